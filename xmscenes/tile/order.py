"""The order of a tile's points: by x, y, z, then by the rest of the record, whatever order they were surveyed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.spread_keys import argsort_spread
from xmscenes.tile.buckets import RECORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = RECORD.itemsize // 4
_REST = ("intensity", "point_class", "return_number", "return_count", "red", "green", "blue")


def cut(records: NDArray[Any], limits: NDArray[np.int64]) -> NDArray[Any]:
    """Records inside west, south, east, north (mm), the border included, in their order."""
    words = records.view("<i4").reshape(-1, _WORDS)
    return np.asarray(_cut(words, limits).view(RECORD)[:, 0])


def in_order(records: NDArray[Any]) -> NDArray[Any]:
    """Records sorted by x, y, z and then by the rest; equal records are the same wherever they stand."""
    if len(records) < 2:
        return records
    words = records.view("<i4").reshape(-1, _WORDS)
    low, wide = _extent(words)
    bits = [int(span).bit_length() for span in wide]
    if sum(bits) > 64:  # stray points kilometres off: rare, and six times as slow
        return records[np.lexsort((*(records[name] for name in reversed(_REST)), *(records[n] for n in "zyx")))]
    # One 64-bit key for the place, 5 x as fast as a key an axis: 500,000 points in 0.04 s of CPU.
    key = _keys(words, low, bits[1] + bits[2], bits[2])
    order = argsort_spread(key)
    ranked = key[order]
    same = ranked[1:] == ranked[:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        there = order[tied]
        rest = [records[name][there] for name in reversed(_REST)]
        order[tied] = there[np.lexsort((*rest, ranked[tied]))]
    return np.asarray(_taken(words, order).view(RECORD)[:, 0])


@njit(cache=True, nogil=True)
def _cut(words: Any, limits: Any) -> Any:
    inside = np.zeros(words.shape[0], dtype=np.bool_)
    kept = 0
    for n in range(words.shape[0]):
        x, y = words[n, 0], words[n, 1]
        inside[n] = (x >= limits[0]) & (y >= limits[1]) & (x <= limits[2]) & (y <= limits[3])
        kept += inside[n]
    out = np.zeros((kept, words.shape[1]), dtype=np.int32)
    place = 0
    for n in range(words.shape[0]):
        if inside[n]:
            for word in range(_WORDS):
                out[place, word] = words[n, word]
            place += 1
    return out


@njit(cache=True, nogil=True)
def _extent(words: Any) -> Any:
    """Least x, y, z and how far they reach."""
    low, high = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    for axis in range(3):
        low[axis] = high[axis] = words[0, axis]
    for n in range(words.shape[0]):
        for axis in range(3):
            value = np.int64(words[n, axis])
            low[axis], high[axis] = min(low[axis], value), max(high[axis], value)
    return low, high - low


@njit(cache=True, nogil=True)
def _keys(words: Any, low: Any, x_shift: int, y_shift: int) -> Any:
    out = np.zeros(words.shape[0], dtype=np.uint64)
    for n in range(words.shape[0]):
        x = np.uint64(words[n, 0] - low[0]) << np.uint64(x_shift)
        y = np.uint64(words[n, 1] - low[1]) << np.uint64(y_shift)
        out[n] = x | y | np.uint64(words[n, 2] - low[2])
    return out


@njit(cache=True, nogil=True)
def _taken(words: Any, order: Any) -> Any:
    out = np.empty_like(words)
    for n in range(words.shape[0]):
        for word in range(_WORDS):
            out[n, word] = words[order[n], word]
    return out
