"""Labels on a raster: spread from points to cells, smoothed, and the borders between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def label_cells(
    xyz: NDArray[np.float64],
    labels: NDArray[np.int64],
    inside: NDArray[np.bool_],
    corner: tuple[float, float],
    cell_m: float,
) -> NDArray[np.int64]:
    """Label every cell of ``inside`` (rows, columns; row 0 south): its highest labelled point, else the nearest.

    ``corner`` is the south-west corner of cell (0, 0). Cells outside, and all cells when no point has a label, are
    -1. A last vote among the eight neighbours removes lone cells.
    """
    grid: NDArray[np.int64] = _spread(xyz, labels, inside, corner[0], corner[1], cell_m)
    return grid


@njit(cache=True)
def _spread(xyz, labels, inside, x0, y0, cell):  # type: ignore[no-untyped-def]  # noqa: C901
    rows, columns = inside.shape
    owner = np.full((rows, columns), -1, np.int64)
    for i in range(xyz.shape[0]):
        if labels[i] < 0:
            continue
        r, c = int((xyz[i, 1] - y0) / cell), int((xyz[i, 0] - x0) / cell)
        if r < 0 or c < 0 or r >= rows or c >= columns:
            continue
        if owner[r, c] < 0 or xyz[i, 2] > xyz[owner[r, c], 2]:
            owner[r, c] = i
    for sweep in range(2):  # nearest source by propagation (Danielsson, Euclidean distance mapping, 1980)
        for rr in range(rows):
            r = rr if sweep % 2 == 0 else rows - 1 - rr
            dr = -1 if sweep % 2 == 0 else 1
            for c in range(columns):
                _closer(owner, xyz, x0, y0, cell, r, c, r + dr, c)
                _closer(owner, xyz, x0, y0, cell, r, c, r + dr, c - 1)
                _closer(owner, xyz, x0, y0, cell, r, c, r + dr, c + 1)
                _closer(owner, xyz, x0, y0, cell, r, c, r, c - 1)
            for c in range(columns - 1, -1, -1):
                _closer(owner, xyz, x0, y0, cell, r, c, r, c + 1)
    grid = np.full((rows, columns), -1, np.int64)
    for r in range(rows):
        for c in range(columns):
            if inside[r, c] and owner[r, c] >= 0:
                grid[r, c] = labels[owner[r, c]]
    return _voted(grid)


@njit(cache=True)
def _closer(owner, xyz, x0, y0, cell, r, c, rr, cc):  # type: ignore[no-untyped-def]
    rows, columns = owner.shape
    if rr < 0 or cc < 0 or rr >= rows or cc >= columns:
        return
    other = owner[rr, cc]
    if other < 0 or other == owner[r, c]:
        return
    x, y = x0 + (c + 0.5) * cell, y0 + (r + 0.5) * cell
    mine = owner[r, c]
    away = (xyz[other, 0] - x) ** 2 + (xyz[other, 1] - y) ** 2
    if mine < 0 or away < (xyz[mine, 0] - x) ** 2 + (xyz[mine, 1] - y) ** 2:
        owner[r, c] = other


@njit(cache=True)
def _voted(grid):  # type: ignore[no-untyped-def]
    rows, columns = grid.shape
    out = grid.copy()
    seen = np.zeros(9, np.int64)
    for r in range(rows):
        for c in range(columns):
            if grid[r, c] < 0:
                continue
            count = 0
            for rr in range(max(0, r - 1), min(rows, r + 2)):
                for cc in range(max(0, c - 1), min(columns, c + 2)):
                    if grid[rr, cc] >= 0:
                        seen[count] = grid[rr, cc]
                        count += 1
            out[r, c] = _most_votes(seen[:count], grid[r, c])
    return out


@njit(cache=True)
def _most_votes(seen, own):  # type: ignore[no-untyped-def]
    """The most frequent label; of equally frequent ones ``own``, else the first."""
    best, votes = own, 0
    for label in seen:
        same = 0
        for other in seen:
            same += other == label
        if same > votes or (same == votes and label == own):
            best, votes = label, same
        if 2 * votes > len(seen):  # nothing can beat it; inside a plane that is the first
            break
    return best


@njit(cache=True)
def label_borders(grid, x0, y0, cell):  # type: ignore[no-untyped-def]
    """Middles of the cell sides between different labels: (K, 2) places and (K, 2) labels, the smaller first."""
    rows, columns = grid.shape
    count = 0
    places = np.zeros((2 * rows * columns, 2))
    pairs = np.zeros((2 * rows * columns, 2), np.int64)
    for r in range(rows):
        for c in range(columns):
            a = grid[r, c]
            if a < 0:
                continue
            if c + 1 < columns and grid[r, c + 1] >= 0 and grid[r, c + 1] != a:
                b = grid[r, c + 1]
                places[count, 0], places[count, 1] = x0 + (c + 1) * cell, y0 + (r + 0.5) * cell
                pairs[count, 0], pairs[count, 1] = min(a, b), max(a, b)
                count += 1
            if r + 1 < rows and grid[r + 1, c] >= 0 and grid[r + 1, c] != a:
                b = grid[r + 1, c]
                places[count, 0], places[count, 1] = x0 + (c + 0.5) * cell, y0 + (r + 1) * cell
                pairs[count, 0], pairs[count, 1] = min(a, b), max(a, b)
                count += 1
    return places[:count].copy(), pairs[:count].copy()
