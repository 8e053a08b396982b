"""Rasters over the survey's area: which cells a polygon or a line covers, and how far the nearest one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A grid of square cells; row 0 is south, ``corner_m`` is the centre of cell (0, 0)."""

    shape: tuple[int, int]
    cell_m: float
    corner_m: tuple[float, float]

    @classmethod
    def over(cls, box: Box, cell_m: float, margin_m: float = 0.0) -> Canvas:
        """Make the canvas that covers a box and a margin around it."""
        west, south = box[0] - margin_m, box[1] - margin_m
        columns = int(np.ceil((box[2] + margin_m - west) / cell_m)) + 1
        rows = int(np.ceil((box[3] + margin_m - south) / cell_m)) + 1
        return cls(shape=(rows, columns), cell_m=cell_m, corner_m=(west, south))

    @property
    def x(self) -> NDArray[np.float64]:
        """Centres of the columns."""
        return np.asarray(self.corner_m[0] + self.cell_m * np.arange(self.shape[1]), dtype=np.float64)

    @property
    def y(self) -> NDArray[np.float64]:
        """Centres of the rows."""
        return np.asarray(self.corner_m[1] + self.cell_m * np.arange(self.shape[0]), dtype=np.float64)

    def cells(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the cells under (N, 2) positions, clamped to the canvas."""
        ij = np.floor((np.asarray(xy)[:, :2] - self.corner_m) / self.cell_m + 0.5).astype(np.int64)
        return np.clip(ij[:, 1], 0, self.shape[0] - 1), np.clip(ij[:, 0], 0, self.shape[1] - 1)

    def burn(self, values: NDArray[Any], polygons: Iterable[Any], value: int) -> None:
        """Set the cells whose centre lies in polygons (shapely, holes respected)."""
        from PIL import Image, ImageDraw

        for polygon in polygons:
            window = self.window(polygon.bounds)
            if window is None:
                continue
            r0, r1, c0, c1 = window
            image = Image.new("L", (c1 - c0, r1 - r0), 0)
            pen = ImageDraw.Draw(image)
            for ring, ink in ((polygon.exterior, 1), *((hole, 0) for hole in polygon.interiors)):
                pen.polygon(self._pixels(ring.coords, r0, c0), fill=ink)
            values[r0:r1, c0:c1][np.asarray(image, dtype=bool)] = value

    def burn_lines(self, values: NDArray[Any], lines: Iterable[Any], value: int, width_m: float) -> None:
        """Set the cells within half a width of lines (shapely)."""
        flat = (line.buffer(width_m / 2, cap_style="flat") for line in lines)
        self.burn(values, (p for b in flat for p in getattr(b, "geoms", [b]) if not p.is_empty), value)

    def _pixels(self, coords: Any, r0: int, c0: int) -> list[tuple[float, float]]:
        xy = (np.asarray(coords)[:, :2] - self.corner_m) / self.cell_m - (c0, r0)
        return [(float(x), float(y)) for x, y in xy]

    def window(self, bounds: Any) -> tuple[int, int, int, int] | None:
        """Rows and columns [r0, r1) x [c0, c1) around a bounding box; None off the canvas."""
        low = np.floor((np.asarray(bounds[:2]) - self.corner_m) / self.cell_m).astype(int) - 1
        high = np.ceil((np.asarray(bounds[2:]) - self.corner_m) / self.cell_m).astype(int) + 2
        c0, r0 = max(int(low[0]), 0), max(int(low[1]), 0)
        c1, r1 = min(int(high[0]), self.shape[1]), min(int(high[1]), self.shape[0])
        return (r0, r1, c0, c1) if r0 < r1 and c0 < c1 else None


def distance_m(mask: NDArray[np.bool_], cell_m: float) -> NDArray[np.float32]:
    """Distance of every cell to the nearest true one; infinity where there is none."""
    from scipy import ndimage

    if not mask.any():
        return np.full(mask.shape, np.inf, dtype=np.float32)
    return np.asarray(ndimage.distance_transform_edt(~mask) * cell_m, dtype=np.float32)


def value_noise(canvas: Canvas, rng: np.random.Generator, wavelength_m: float) -> NDArray[np.float32]:
    """Smooth noise of unit variance with features of about one wavelength."""
    step = wavelength_m / canvas.cell_m
    rows, columns = (int(np.ceil(n / step)) + 4 for n in canvas.shape)
    knots = rng.standard_normal((rows, columns))
    row, column = np.arange(canvas.shape[0]) / step + 1, np.arange(canvas.shape[1]) / step + 1
    # two 1-D passes of cubic B-spline weights: the same surface as a 2-D zoom, a hundredth of its memory
    out = _spline(knots, row)
    out = _spline(np.ascontiguousarray(out.T), column).T
    return np.asarray(out / out.std(), dtype=np.float32)


def _spline(knots: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    base, t = np.floor(at).astype(int), (at % 1.0)[:, None]
    weights = ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6)
    total = np.zeros((len(at), knots.shape[1]))
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        total += weight * knots[base + offset]
    return total
