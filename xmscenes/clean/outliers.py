"""Points that stand alone: birds, multipath, dust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.clean.columns import Columns, Sorted, search_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import CleanOptions

Array = Any
_ROUNDING = 1e-9
_LEAST_SPREAD = 0.25  # of the neighbours' median


def find_outliers(xyz: NDArray[np.float64], options: CleanOptions) -> NDArray[np.bool_]:
    """Tell which points are far lonelier than the points around them.

    A point is an outlier when the mean distance to its ``outlier_neighbours`` nearest points exceeds the median
    of that figure over those neighbours by more than ``outlier_sigma`` of its own spread (a median absolute
    deviation, at least a quarter of the median). ``xyz`` is (N, 3). Too few points, or 0 neighbours: none is.
    """
    # Compared with the neighbours, not with the whole cloud as usual (Rusu et al. 2008): the usual threshold
    # changes with the tile and takes the sparse far side of every wall. Only points that a cheap count finds
    # lonely are looked at, with a search in columns: 0.5 s of CPU for 1 M points of trees and houses.
    outlier = np.zeros(len(xyz), dtype=np.bool_)
    k = options.outlier_neighbours
    if k == 0 or len(xyz) <= k:
        return outlier
    columns = Columns(xyz, k)
    suspects = np.flatnonzero(columns.lonely(max(k // 3, 1)))
    if not len(suspects):
        return outlier
    suspects, own, neighbours = standing_out(columns, suspects, 1.0 + _LEAST_SPREAD * options.outlier_sigma)
    theirs = columns.means_of(neighbours)
    middle = np.median(theirs, axis=1)
    spread = 1.4826 * np.median(np.abs(theirs - middle[:, None]), axis=1)
    outlier[suspects] = own > middle + options.outlier_sigma * np.maximum(spread, _LEAST_SPREAD * middle)
    return outlier


def standing_out(
    columns: Columns, index: NDArray[np.int64], times: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Points that may be more than so many times as lonely as their neighbours' median; all others are not.

    Gives them, their mean distances (Q,) to the k nearest others, and those others (Q, k).
    """
    distance, found = columns.nearest(index)
    own = distance.mean(axis=1)
    known = np.full(len(columns.place), np.nan)
    known[columns.place[index]] = own
    bound = own / times * (1.0 + _ROUNDING)
    kept = _stands_out(columns.sorted, columns.wide, distance, found, bound, known, columns.slack)
    return index[kept], own[kept], columns.sorted.order[found[kept]]


@njit(cache=True)
def _stands_out(
    points: Sorted, wide: int, distance: Array, found: Array, bound: Array, known: Array, slack: float
) -> Array:
    """Points of which no majority of neighbours has a mean distance of ``bound`` or more.

    ``known`` holds the means found so far, NaN elsewhere: neighbours are searched around only until it is clear.
    """
    number, k = distance.shape
    out = np.ones(number, dtype=np.bool_)
    near, who = np.zeros(k), np.zeros(k, dtype=np.int64)
    for q in range(number):
        lonely = 0
        for m in range(k):
            mean = known[found[q, m]]
            lonely += mean >= bound[q] or (
                np.isnan(mean) and _mean_at_least(points, distance[q], found[q], m) >= bound[q]
            )
        for m in range(k):
            j = found[q, m]
            if lonely > k // 2:
                break
            if np.isnan(known[j]):
                near[:] = np.inf
                search_around(points, wide, j, near, who, slack)
                known[j] = near.mean()
                told = _mean_at_least(points, distance[q], found[q], m) >= bound[q]
                lonely += not told and known[j] >= bound[q]
        out[q] = lonely <= k // 2
    return out


@njit(cache=True)
def _mean_at_least(points: Sorted, distance: Array, found: Array, m: int) -> float:
    """Bound of the mean distance of neighbour ``m``, by what was found around the point itself.

    A ball around the neighbour that ends where that search ended holds nothing else.
    """
    k = distance.shape[0]
    reach = distance[k - 1] - distance[m]
    total, inside = 0.0, 0
    for n in range(-1, k):  # the point itself, then its other neighbours
        d = distance[m]
        if n >= 0:
            a, b = found[m], found[n]
            dx, dy = points.xyz[a, 0] - points.xyz[b, 0], points.xyz[a, 1] - points.xyz[b, 1]
            dz = points.xyz[a, 2] - points.xyz[b, 2]
            d = np.sqrt(dx * dx + dy * dy + dz * dz)
        if n != m and d < reach:
            total, inside = total + d, inside + 1
    return float((total + (k - inside) * reach) / k)
