"""Carry the heights of a grid on beyond the rim of what is known, cell by cell, each from its neighbours alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = Any


def run_out(z: NDArray[np.float64], where: NDArray[np.bool_], rounds: int) -> NDArray[np.float64]:
    """Let the known cells of a grid (R, C) grow into the NaN cells of a mask, one cell further a round.

    A new cell takes the mean of the cells around it that were known a round before, so a cell ``n`` rounds out
    depends on nothing farther than ``n`` cells: windows that overlap by more agree to the last bit.
    """
    grown = np.ascontiguousarray(z, dtype=np.float64).copy()
    _grow(grown, np.ascontiguousarray(where & np.isnan(grown)), rounds)
    return grown


def open_cells(z: NDArray[np.float64], reach: int) -> NDArray[np.bool_]:
    """NaN cells that lie in no gap but beyond: along a row or a column nothing is known within ``reach`` cells.

    A window shows of such a place only a part, and every window another one.
    """
    found: NDArray[np.bool_] = _open(np.isfinite(z), reach)
    return found


@njit(cache=True)
def _open(known: Array, reach: int) -> Array:
    rows, columns = known.shape
    out = np.zeros(known.shape, np.bool_)
    for axis in range(2):
        lines, length = (rows, columns) if axis == 0 else (columns, rows)
        for line in range(lines):
            for forward in (True, False):
                since = reach + 1
                for step in range(length):
                    at = step if forward else length - 1 - step
                    i, j = (line, at) if axis == 0 else (at, line)
                    since = 0 if known[i, j] else since + 1
                    if since > reach:
                        out[i, j] = True
    return out


@njit(cache=True)
def _around(z: Array, i: int, j: int) -> float:
    total, number = 0.0, 0
    for a in range(max(i - 1, 0), min(i + 2, z.shape[0])):
        for b in range(max(j - 1, 0), min(j + 2, z.shape[1])):
            if np.isfinite(z[a, b]):
                total += z[a, b]
                number += 1
    return total / number if number > 0 else np.nan


@njit(cache=True)
def _first_front(z: Array, free: Array, front: Array) -> int:
    count = 0
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            if free[i, j] and np.isfinite(_around(z, i, j)):
                count = _join(front, count, free, i, j)
    return count


@njit(cache=True)
def _grow(z: Array, free: Array, rounds: int) -> None:
    front, mean = np.zeros((z.size, 2), np.int64), np.zeros(z.size)  # a cell is in the front of one round at most
    first, last = 0, _first_front(z, free, front)
    for _ in range(rounds):
        for k in range(first, last):
            mean[k] = _around(z, front[k, 0], front[k, 1])
        for k in range(first, last):
            z[front[k, 0], front[k, 1]] = mean[k]
        end = last
        for k in range(first, last):
            i, j = front[k, 0], front[k, 1]
            for a in range(max(i - 1, 0), min(i + 2, z.shape[0])):
                for b in range(max(j - 1, 0), min(j + 2, z.shape[1])):
                    end = _join(front, end, free, a, b)
        first, last = last, end


@njit(cache=True)
def _join(front: Array, count: int, free: Array, i: int, j: int) -> int:
    """Put a free cell at the end of the front; gives the front's new length."""
    if not free[i, j]:
        return count
    free[i, j] = False
    front[count, 0], front[count, 1] = i, j
    return count + 1
