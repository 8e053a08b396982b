"""Square grids whose cells lie at multiples of the cell size, so that two windows over one place share their cells.

Cell (i, j) of the world is centred on (j, i) × ``cell_m``. A grid is a block of those cells: ``first`` holds the
world index (column, row) of its cell (0, 0); row 0 is south.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Box

Array = Any


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a block of cells lies: cell size in metres, world index of its south-west cell, rows and columns."""

    cell_m: float
    first: tuple[int, int]  # column, row
    shape: tuple[int, int]  # rows, columns

    @property
    def corner_m(self) -> tuple[float, float]:
        """Centre of cell (0, 0)."""
        return self.first[0] * self.cell_m, self.first[1] * self.cell_m

    def cells_of(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Row and column of each of (N, 2) positions, and whether it falls on the grid."""
        column = np.floor(xy[:, 0] / self.cell_m + 0.5).astype(np.int64) - self.first[0]
        row = np.floor(xy[:, 1] / self.cell_m + 0.5).astype(np.int64) - self.first[1]
        inside = (row >= 0) & (row < self.shape[0]) & (column >= 0) & (column < self.shape[1])
        return row, column, inside

    def centres(self) -> NDArray[np.float64]:
        """Positions of all cell centres, (rows * columns, 2), row by row from the south."""
        x = (np.arange(self.shape[1]) + self.first[0]) * self.cell_m
        y = (np.arange(self.shape[0]) + self.first[1]) * self.cell_m
        return np.column_stack([np.tile(x, self.shape[0]), np.repeat(y, self.shape[1])])


def grid_over(box: Box, cell_m: float) -> Grid:
    """The cells whose centres lie in a box, its edges included."""
    west, south, east, north = (edge / cell_m for edge in box)
    first = int(np.ceil(west - 1e-9)), int(np.ceil(south - 1e-9))
    last = int(np.floor(east + 1e-9)), int(np.floor(north + 1e-9))
    return Grid(cell_m, first, (max(last[1] - first[1] + 1, 1), max(last[0] - first[0] + 1, 1)))


def lowest(grid: Grid, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lowest z in each cell; NaN where no point falls."""
    lowest_z: NDArray[np.float64] = _lowest(xyz, 1.0, grid.cell_m, grid.first, grid.shape)
    return lowest_z


def highest(grid: Grid, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Highest z in each cell; NaN where no point falls."""
    return np.asarray(-_lowest(xyz, -1.0, grid.cell_m, grid.first, grid.shape), dtype=np.float64)


@njit(cache=True)
def _lowest(xyz: Array, upwards: float, cell: float, first: tuple[int, int], shape: tuple[int, int]) -> Array:
    """Lowest z of each cell's points, of the heights turned over when ``upwards`` is -1."""
    out = np.full(shape, np.inf)
    for n in range(xyz.shape[0]):
        column = int(np.floor(xyz[n, 0] / cell + 0.5)) - first[0]
        row = int(np.floor(xyz[n, 1] / cell + 0.5)) - first[1]
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            out[row, column] = min(out[row, column], upwards * xyz[n, 2])
    return np.where(np.isinf(out), np.nan, out)


def counts(grid: Grid, xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many points fall in each cell."""
    row, column, inside = grid.cells_of(xy)
    flat = row[inside] * grid.shape[1] + column[inside]
    return np.bincount(flat, minlength=grid.shape[0] * grid.shape[1]).reshape(grid.shape)


def means(grid: Grid, xy: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of ``values`` in each cell; NaN where no point falls."""
    row, column, inside = grid.cells_of(xy)
    flat = row[inside] * grid.shape[1] + column[inside]
    size = grid.shape[0] * grid.shape[1]
    total = np.bincount(flat, weights=values[inside], minlength=size)
    number = np.bincount(flat, minlength=size)
    mean: NDArray[np.float64] = np.where(number > 0, total / np.maximum(number, 1), np.nan).reshape(grid.shape)
    return mean


def fill_gaps(z: NDArray[np.float64], first: tuple[int, int], rounds: int = 12) -> NDArray[np.float64]:
    """Bridge the NaN cells smoothly from the cells around them; nothing known anywhere stays NaN.

    Coarser and coarser means (each level's cells at world multiples, hence ``first``, the world column and row of
    cell (0, 0)) give a first guess, and relaxing it towards the membrane through the rim gives the surface. A
    cell depends on what lies around its own gap only, so windows that see the whole gap agree to the last bit.
    """
    known = np.isfinite(z)
    if known.all() or not known.any():
        return z.copy()
    if max(z.shape) <= 2:  # cells -1 and 0 never join, however coarse the level
        return np.asarray(np.where(known, z, z[known].mean()), dtype=np.float64)
    coarse, first_up = _halved(z, first[0], first[1])
    # Fewer rounds on coarse levels, or a cell would feel what lies hundreds of metres away.
    filled_up = fill_gaps(coarse, first_up, max(rounds // 2, 2))
    guess = np.where(known, z, _doubled(filled_up, first_up[0], first_up[1], first[0], first[1], z.shape))
    return _relaxed(guess, ~known, rounds)


@njit(cache=True)
def _halved(z: Array, column0: int, row0: int) -> Any:
    rows, columns = z.shape
    up_column, up_row = column0 // 2, row0 // 2
    shape = ((row0 + rows - 1) // 2 - up_row + 1, (column0 + columns - 1) // 2 - up_column + 1)
    total, number = np.zeros(shape), np.zeros(shape)
    for i in range(rows):
        for j in range(columns):
            if np.isfinite(z[i, j]):
                a, b = (row0 + i) // 2 - up_row, (column0 + j) // 2 - up_column
                total[a, b] += z[i, j]
                number[a, b] += 1.0
    out = np.full(shape, np.nan)
    for i in range(shape[0]):
        for j in range(shape[1]):
            if number[i, j] > 0:
                out[i, j] = total[i, j] / number[i, j]
    return out, (up_column, up_row)


@njit(cache=True)
def _doubled(up: Array, up_column: int, up_row: int, column0: int, row0: int, shape: tuple[int, int]) -> Array:
    out = np.zeros(shape)
    for i in range(shape[0]):
        y = (row0 + i) * 0.5 - 0.25 - up_row
        a = min(max(int(np.floor(y)), 0), up.shape[0] - 1)
        a1, u = min(a + 1, up.shape[0] - 1), min(max(y - a, 0.0), 1.0)
        for j in range(shape[1]):
            x = (column0 + j) * 0.5 - 0.25 - up_column
            b = min(max(int(np.floor(x)), 0), up.shape[1] - 1)
            b1, v = min(b + 1, up.shape[1] - 1), min(max(x - b, 0.0), 1.0)
            south = up[a, b] * (1 - v) + up[a, b1] * v
            out[i, j] = south * (1 - u) + (up[a1, b] * (1 - v) + up[a1, b1] * v) * u
    return out


@njit(cache=True)
def _relaxed(z: Array, free: Array, rounds: int) -> Array:
    rows, columns = z.shape
    free_row, free_column = np.nonzero(free)
    old, new = z.copy(), z.copy()
    for _ in range(rounds):
        for n in range(free_row.shape[0]):
            i, j = free_row[n], free_column[n]
            total, number = 0.0, 0
            if i > 0:
                total += old[i - 1, j]
                number += 1
            if i + 1 < rows:
                total += old[i + 1, j]
                number += 1
            if j > 0:
                total += old[i, j - 1]
                number += 1
            if j + 1 < columns:
                total += old[i, j + 1]
                number += 1
            new[i, j] = total / number
        old, new = new, old
    return old


@njit(cache=True)
def _bilinear(z: Array, column: Array, row: Array) -> Array:
    out = np.zeros(column.shape[0])
    for n in range(column.shape[0]):
        x = min(max(column[n], 0.0), z.shape[1] - 1.0)
        y = min(max(row[n], 0.0), z.shape[0] - 1.0)
        j, i = min(int(x), max(z.shape[1] - 2, 0)), min(int(y), max(z.shape[0] - 2, 0))
        v, u = x - j, y - i
        j1, i1 = min(j + 1, z.shape[1] - 1), min(i + 1, z.shape[0] - 1)
        south = z[i, j] if v == 0 else z[i, j] * (1 - v) + z[i, j1] * v
        if u == 0:
            out[n] = south
        else:
            north = z[i1, j] if v == 0 else z[i1, j] * (1 - v) + z[i1, j1] * v
            out[n] = south * (1 - u) + north * u
    return out


def sample(z: NDArray[Any], grid: Grid, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height at (N, 2) positions, linear between the cell centres; beyond the grid the edge cells count."""
    column = xy[:, 0] / grid.cell_m - grid.first[0]
    row = xy[:, 1] / grid.cell_m - grid.first[1]
    result: NDArray[np.float64] = _bilinear(np.asarray(z, dtype=np.float64), column, row)
    return result
