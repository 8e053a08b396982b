"""What lies under or over a place: heights of a triangulated surface at positions in plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = Any
_CELL_M = 4.0
_EDGE = 1e-6  # share of a triangle by which a place on its edge may lie outside: seams stay closed


class Surface:
    """Triangles (T, 3, 3) that can be asked for their height; upright ones are left out."""

    def __init__(self, triangles: NDArray[np.float64]) -> None:
        flat = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])[:, 2]
        self._tri = np.ascontiguousarray(triangles[np.abs(flat) > 1e-9], dtype=np.float64)
        xy = self._tri[:, :, :2]
        self._origin = xy.min(axis=(0, 1)) if len(xy) else np.zeros(2)
        span = xy.max(axis=(0, 1)) - self._origin if len(xy) else np.zeros(2)
        # Far triangles of kilometres would fill a fine grid: no more than a million cells.
        self._cell = max(_CELL_M, float(np.sqrt(span[0] * span[1] / 1e6)))
        self._shape = (int(span[1] / self._cell) + 1, int(span[0] / self._cell) + 1)
        self._start, self._list = _binned(self._tri, self._origin, self._cell, self._shape)

    def top(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height (N,) of the highest triangle at positions (N, 2); NaN where there is none."""
        return self.nearest(xy, np.full(len(xy), np.inf))

    def nearest(self, xy: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height (N,) of the triangle at positions (N, 2) that is nearest to heights (N,); NaN where there is none."""
        places = np.ascontiguousarray(np.asarray(xy, dtype=np.float64)[:, :2])
        wanted = np.ascontiguousarray(z, dtype=np.float64)
        found: NDArray[np.float64] = _nearest(
            places, wanted, self._tri, self._origin, self._cell, self._shape, self._start, self._list
        )
        return found


@njit(cache=True)
def _binned(tri: Array, origin: Array, cell: float, shape: Any) -> Any:
    """Triangles by the cells that their boxes touch: starts (cells + 1,) and a list of triangles."""
    start = np.zeros(shape[0] * shape[1] + 1, np.int64)
    for fill in range(2):
        if fill == 1:
            total = start.cumsum()
            entries = np.zeros(total[-1], np.int32)
            at = total.copy()
        for t in range(len(tri)):
            c0, c1 = _span(tri[t, :, 0], origin[0], cell, shape[1])
            r0, r1 = _span(tri[t, :, 1], origin[1], cell, shape[0])
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    k = r * shape[1] + c
                    if fill == 0:
                        start[k + 1] += 1
                    else:
                        entries[at[k]] = t
                        at[k] += 1
    return total, entries


@njit(cache=True)
def _span(values: Array, low: float, cell: float, count: int) -> Any:
    first = int((values.min() - 1e-6 - low) / cell)
    last = int((values.max() + 1e-6 - low) / cell)
    return max(first, 0), min(last, count - 1)


@njit(cache=True)
def _nearest(
    xy: Array, wanted: Array, tri: Array, origin: Array, cell: float, shape: Any, start: Array, listed: Array
) -> Array:
    out = np.full(len(xy), np.nan)
    for i in range(len(xy)):
        x, y = xy[i, 0], xy[i, 1]
        c, r = int(np.floor((x - origin[0]) / cell)), int(np.floor((y - origin[1]) / cell))
        if c < 0 or r < 0 or c >= shape[1] or r >= shape[0]:
            continue
        for k in range(start[r * shape[1] + c], start[r * shape[1] + c + 1]):
            t = listed[k]
            ax, ay = tri[t, 0, 0], tri[t, 0, 1]
            ux, uy = tri[t, 1, 0] - ax, tri[t, 1, 1] - ay
            vx, vy = tri[t, 2, 0] - ax, tri[t, 2, 1] - ay
            twice = ux * vy - uy * vx
            a = ((x - ax) * vy - (y - ay) * vx) / twice
            b = (ux * (y - ay) - uy * (x - ax)) / twice
            if a < -_EDGE or b < -_EDGE or a + b > 1.0 + _EDGE:
                continue
            z = tri[t, 0, 2] + a * (tri[t, 1, 2] - tri[t, 0, 2]) + b * (tri[t, 2, 2] - tri[t, 0, 2])
            if np.isnan(out[i]) or (
                z > out[i] if np.isinf(wanted[i]) else abs(z - wanted[i]) < abs(out[i] - wanted[i])
            ):
                out[i] = z
    return out
