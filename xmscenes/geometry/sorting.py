"""Sorting inside kernels. Numba's own argsort costs seconds of compiling for every type and layout of its input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def stable_order(key: Any) -> Any:
    """Order (N,) that sorts a one-dimensional array without NaN; equal values keep their places. Merge sort."""
    n = key.shape[0]
    order, other = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        order[i] = i
    width = 1
    while width < n:
        first = 0
        while first < n:
            middle, end = min(first + width, n), min(first + 2 * width, n)
            a, b = first, middle
            for k in range(first, end):
                if a < middle and (b >= end or key[order[a]] <= key[order[b]]):
                    other[k] = order[a]
                    a += 1
                else:
                    other[k] = order[b]
                    b += 1
            first = end
        order, other = other, order
        width *= 2
    return order


@njit(cache=True)
def sorted_values(key: Any, count: int) -> Any:
    """The first ``count`` values of a one-dimensional array, sorted, as a new array (count,)."""
    part = np.zeros(count, key.dtype)
    for i in range(count):
        part[i] = key[i]
    order = stable_order(part)
    out = np.zeros(count, key.dtype)
    for i in range(count):
        out[i] = part[order[i]]
    return out
