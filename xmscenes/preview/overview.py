"""A scene seen from straight above: how high it is, and what is there. Cameras are placed with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN, FOLIAGE, BUILDING, WATER, NOTHING = range(5)


def plan_matrix(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """World (glTF axes) to a plan: x east, y north in [-1, 1]; depth near 1 at the top, just above 0 at the bottom."""
    size = np.maximum(high - low, 1e-3)
    matrix = np.zeros((4, 4))
    matrix[0] = [2 / size[0], 0, 0, -1 - 2 * low[0] / size[0]]
    matrix[1] = [0, 0, -2 / size[2], 1 + 2 * low[2] / size[2]]
    matrix[2] = [0, 0.998 / size[1], 0, 0.001 - 0.998 * low[1] / size[1]]
    matrix[3, 3] = 1.0
    return matrix


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Grids over the scene in local axes, row 0 south, NaN where nothing is.

    ``top_m`` is the highest surface, ``ground_m`` the highest one that can be stood on, ``kind`` what is on top.
    """

    corner_m: tuple[float, float]  # south-west
    cell_m: tuple[float, float]
    top_m: NDArray[np.float64]  # (rows, columns)
    ground_m: NDArray[np.float64]  # (rows, columns)
    kind: NDArray[np.uint8]  # (rows, columns)

    @staticmethod
    def from_depths(
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        depth: NDArray[np.float32],
        code: NDArray[np.uint8],
        ground: NDArray[np.float32],
    ) -> Overview:
        """Build from pictures drawn with ``plan_matrix``, bottom row first; ``code`` is the G-buffer's alpha."""
        rows, columns = depth.shape
        size = np.maximum(high - low, 1e-3)

        def height(d: NDArray[np.float32]) -> NDArray[np.float64]:
            return np.where(d > 0, low[1] + (d.astype("f8") - 0.001) / 0.998 * size[1], np.nan)

        return Overview(
            corner_m=(float(low[0]), float(-high[2])),
            cell_m=(float(size[0] / columns), float(size[2] / rows)),
            top_m=height(depth),
            ground_m=height(ground),
            kind=np.where(depth > 0, code // 64, NOTHING).astype("u1"),
        )

    @property
    def size_m(self) -> tuple[float, float]:
        """Extent east and north."""
        rows, columns = self.top_m.shape
        return self.cell_m[0] * columns, self.cell_m[1] * rows

    def cells(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
        """Row and column of points (…, 2), clipped, and whether they lie inside."""
        rows, columns = self.top_m.shape
        column = np.floor((xy[..., 0] - self.corner_m[0]) / self.cell_m[0]).astype(np.intp)
        row = np.floor((xy[..., 1] - self.corner_m[1]) / self.cell_m[1]).astype(np.intp)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        return np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1), inside

    def ground_at(self, x_m: float, y_m: float) -> float | None:
        """Elevation that can be stood on; None outside the scene or where there is no ground."""
        row, column, inside = self.cells(np.array([x_m, y_m]))
        z = float(self.ground_m[row, column])
        return z if bool(inside) and np.isfinite(z) else None

    @cached_property
    def centre_m(self) -> tuple[float, float, float]:
        """Middle of what is worth seeing: buildings weighed by height, else everything that is not water."""
        base = float(np.nanquantile(self.top_m, 0.05))
        weight = np.where(self.kind == BUILDING, np.nan_to_num(self.top_m - base), 0.0).clip(min=0)
        if not weight.any():
            weight = ((self.kind != WATER) & (self.kind != NOTHING)).astype("f8")
        if not weight.any():
            weight = np.ones_like(self.top_m)
        rows, columns = np.indices(weight.shape)
        x = float((weight * (columns + 0.5)).sum() / weight.sum() * self.cell_m[0] + self.corner_m[0])
        y = float((weight * (rows + 0.5)).sum() / weight.sum() * self.cell_m[1] + self.corner_m[1])
        return x, y, float(np.nan_to_num((weight * np.nan_to_num(self.top_m)).sum() / weight.sum()))

    @cached_property
    def reach_m(self) -> float:
        """Radius about the centre that holds nine tenths of what is worth seeing."""
        x, y, _ = self.centre_m
        seen = self.kind == BUILDING
        if not seen.any():
            seen = (self.kind != NOTHING) & (self.kind != WATER)
        if not seen.any():
            return max(self.size_m) / 2
        rows, columns = np.nonzero(seen)
        dx = (columns + 0.5) * self.cell_m[0] + self.corner_m[0] - x
        dy = (rows + 0.5) * self.cell_m[1] + self.corner_m[1] - y
        return max(float(np.quantile(np.hypot(dx, dy), 0.9)), 5.0)
