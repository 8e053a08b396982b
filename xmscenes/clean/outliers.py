"""Points that stand alone: birds, multipath, dust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import CleanOptions

Array = Any
_CELL_M = 1.0


def find_outliers(xyz: NDArray[np.float64], options: CleanOptions) -> NDArray[np.bool_]:
    """Tell which points are far lonelier than the points around them.

    A point is an outlier when the mean distance to its ``outlier_neighbours`` nearest points exceeds the median
    of that figure over those neighbours by more than ``outlier_sigma`` of its own spread (a median absolute
    deviation, at least a quarter of the median). ``xyz`` is (N, 3). Too few points, or 0 neighbours: none is.
    """
    # Compared with the neighbours, not with the whole cloud as usual (Rusu et al. 2008): the usual threshold
    # changes with the tile and takes the sparse far side of every wall. Only points that a cheap count finds
    # lonely are looked at: 0.4 s instead of 2.3 s for 466 000 points.
    outlier = np.zeros(len(xyz), dtype=np.bool_)
    k = options.outlier_neighbours
    if k == 0 or len(xyz) <= k:
        return outlier
    suspects = np.flatnonzero(_lonely(xyz, max(k // 2, 1)))
    if not len(suspects):
        return outlier
    from scipy.spatial import cKDTree

    tree = cKDTree(xyz, balanced_tree=False, compact_nodes=False)
    distance, neighbours = tree.query(xyz[suspects], k=k + 1)
    own = distance[:, 1:].mean(axis=1)
    around = np.unique(neighbours[:, 1:])
    theirs = tree.query(xyz[around], k=k + 1)[0][:, 1:].mean(axis=1)
    theirs = theirs[np.searchsorted(around, neighbours[:, 1:])]
    middle = np.median(theirs, axis=1)
    spread = 1.4826 * np.median(np.abs(theirs - middle[:, None]), axis=1)
    outlier[suspects] = own > middle + options.outlier_sigma * np.maximum(spread, 0.25 * middle)
    return outlier


def _lonely(xyz: NDArray[np.float64], enough: int) -> NDArray[np.bool_]:
    """Points with fewer than ``enough`` others within twice the local point spacing (at most a cell)."""
    cell = np.floor(xyz[:, :2] / _CELL_M).astype(np.int64)
    cell -= cell.min(axis=0) - 1
    columns = int(cell[:, 0].max()) + 2
    flat = cell[:, 1] * columns + cell[:, 0]
    order = np.argsort(flat, kind="stable")
    starts = np.searchsorted(flat[order], np.arange(columns * (int(cell[:, 1].max()) + 2) + 1))
    lonely: NDArray[np.bool_] = _count(xyz[order], flat[order], starts, columns, enough)
    out = np.zeros(len(xyz), dtype=np.bool_)
    out[order] = lonely
    return out


@njit(cache=True)
def _count(xyz: Array, flat: Array, starts: Array, columns: int, enough: int) -> Array:
    lonely = np.ones(xyz.shape[0], dtype=np.bool_)
    for i in range(xyz.shape[0]):
        around = 0
        for band in range(-1, 2):
            first = flat[i] + band * columns - 1
            around += starts[first + 3] - starts[first]
        reach = min(4.0 * 9.0 * _CELL_M * _CELL_M / around, _CELL_M * _CELL_M)
        found = 0
        for band in range(-1, 2):
            first = flat[i] + band * columns - 1
            for j in range(starts[first], starts[first + 3]):
                dx, dy, dz = xyz[j, 0] - xyz[i, 0], xyz[j, 1] - xyz[i, 1], xyz[j, 2] - xyz[i, 2]
                if j != i and dx * dx + dy * dy + dz * dz <= reach:
                    found += 1
                    if found >= enough:
                        break
            if found >= enough:
                break
        lonely[i] = found < enough
    return lonely
