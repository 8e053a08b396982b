"""Sorting keys that are spread about evenly, as places are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.sorting import stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 48  # equal leading bits; more are sorted by merging


def argsort_spread(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Order (N,) of keys (int64 from 0, or uint64; N > 0), as a stable ``np.argsort`` gives it.

    Keys are dealt out by their leading bits, about one a heap, and only heaps are sorted. Clumps of keys cost no more
    than an ordinary sort.
    """
    # 1.4 M points of a window: 0.07 to 0.10 s of CPU, np.argsort takes 0.2 s.
    low, span = keys.min(), int(keys.max()) - int(keys.min())
    shift = max(span.bit_length() - len(keys).bit_length(), 0)
    return _order(keys.view(np.uint64), np.uint64(low), np.uint64(shift), (span >> shift) + 1)


@njit(cache=True, nogil=True)
def _order(keys: Any, low: Any, shift: Any, heaps: int) -> Any:
    ends = np.zeros(heaps + 1, np.int64)
    for n in range(keys.shape[0]):
        ends[((keys[n] - low) >> shift) + np.uint64(1)] += 1
    for heap in range(heaps):
        ends[heap + 1] += ends[heap]
    order, ranked = np.zeros(keys.shape[0], np.int64), np.zeros(keys.shape[0], np.uint64)
    for n in range(keys.shape[0]):  # afterwards ends[heap] is where the heap ends
        heap = (keys[n] - low) >> shift
        at = ends[heap]
        ends[heap] += 1
        order[at], ranked[at] = n, keys[n]
    first = 0
    for heap in range(heaps):
        last = ends[heap]
        if last - first > _FEW:
            order[first:last] = order[first:last][stable_order(ranked[first:last])]
        else:
            for n in range(first + 1, last):
                key, number, at = ranked[n], order[n], n
                while at > first and ranked[at - 1] > key:
                    ranked[at], order[at] = ranked[at - 1], order[at - 1]
                    at -= 1
                ranked[at], order[at] = key, number
        first = last
    return order
