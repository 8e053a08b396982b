"""Tree crowns found in points: peaks of the canopy, and the cells that belong to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.raster import grid_over, highest
from xmscenes.records import PointClass, among

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.records import Tile

Array = Any  # an ndarray; compiled code knows its type
CELL_M = 0.5
_PLANTS = (PointClass.LOW_VEGETATION, PointClass.MEDIUM_VEGETATION, PointClass.HIGH_VEGETATION)
_LEAST_M = 1.0  # lower growth is part of the ground


@dataclass(frozen=True, slots=True)
class Crowns:
    """Crowns of a window: ``xy`` (N, 2) of their middles, ``height_m`` above ground, ``radius_m``."""

    xy: NDArray[np.float64]
    height_m: NDArray[np.float64]
    radius_m: NDArray[np.float64]


def find_crowns(tile: Tile, ground: Ground) -> Crowns:
    """Find the crowns of all plants over a metre high in a tile's window, from points of classes 3 to 5.

    A crown is a peak of the smoothed canopy and the cells that lead up to it, down to a third of its height. Two
    peaks closer than a crown of that height is wide are one tree.
    """
    # Local maxima with a window that grows with height (Popescu & Wynne 2004), then a marker-controlled watershed.
    from scipy.ndimage import gaussian_filter
    from skimage.segmentation import watershed

    xyz = tile.points.xyz.take(np.flatnonzero(among(tile.points.point_class, _PLANTS)), axis=0)
    if not len(xyz):
        return Crowns(np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    grid = grid_over(tile.window_m, CELL_M)
    above = np.column_stack([xyz[:, :2], xyz[:, 2] - ground.at(xyz[:, :2])])
    canopy = _filled(highest(grid, above))
    smooth = gaussian_filter(canopy, 1.0, mode="constant")
    peaks = _peaks(smooth)
    if not len(peaks):
        return Crowns(np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    markers = np.zeros(canopy.shape, dtype=np.int32)
    markers[peaks[:, 0], peaks[:, 1]] = np.arange(1, len(peaks) + 1)
    labels = watershed(-smooth, markers, mask=canopy > _LEAST_M)
    top = np.zeros(len(peaks) + 1)
    np.maximum.at(top, labels.ravel(), canopy.ravel())
    crown = (labels > 0) & (canopy > top[labels] / 3.0)
    index = labels[crown]
    row, column = np.nonzero(crown)
    cells = np.bincount(index, minlength=len(peaks) + 1)
    weight = np.maximum(cells, 1)
    x = np.bincount(index, weights=column, minlength=len(peaks) + 1) / weight
    y = np.bincount(index, weights=row, minlength=len(peaks) + 1) / weight
    xy = (np.column_stack([x, y]) + np.array(grid.first)) * CELL_M
    keep = np.flatnonzero(cells[1:] >= 2) + 1
    return Crowns(xy[keep], top[keep], np.sqrt(cells[keep] * CELL_M**2 / np.pi))


def _filled(canopy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bridge single empty cells between points with the median of 3 x 3 cells; the rest is bare."""
    return np.asarray(_with_medians(np.pad(np.nan_to_num(canopy), 1), np.isnan(canopy)), dtype=np.float64)


@njit(cache=True)
def _with_medians(z: Array, empty: Array) -> Array:
    """The heights inside a rim, each empty one replaced by the median of the nine about it."""
    out = z[1:-1, 1:-1].copy()
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            if empty[i, j] and z[i : i + 3, j : j + 3].any():
                out[i, j] = np.sort(z[i : i + 3, j : j + 3].copy().ravel())[4]
    return out


def _peaks(smooth: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells (N, 2) that are the highest within the reach of a tree of their height."""
    from scipy.ndimage import maximum_filter

    # Few cells are highest among their eight neighbours: only those look further.
    cells = np.argwhere((smooth > _LEAST_M) & (smooth == maximum_filter(smooth, size=3, mode="constant")))
    height = smooth[cells[:, 0], cells[:, 1]]
    found = np.zeros(len(cells), dtype=np.bool_)
    for low, high, reach_m in (
        (_LEAST_M, 3.0, 1.0),
        (3.0, 6.0, 1.5),
        (6.0, 10.0, 2.0),
        (10.0, 15.0, 2.5),
        (15.0, 99.0, 3.0),
    ):
        reach = round(reach_m / CELL_M)
        disk = np.argwhere(np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) <= reach + 0.25)
        own = np.flatnonzero((height > low) & (height <= high))
        row, column = (cells[own, None] + disk).transpose(2, 0, 1)
        found[own] = np.pad(smooth, reach)[row, column].max(axis=1) == height[own]
    return cells[found]
