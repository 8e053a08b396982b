"""Ledges: places where the ground steps up within a cell, so that the ground points themselves must tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.records import PointClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.records import Tile

_ALIKE_M = 0.8  # a point counts when another so near ...
_ALIKE_DZ_M = 0.15  # ... lies at its height: one alone may be a car or a leaf
_SPREAD_CELLS = 1


def ledge_points(
    tile: Tile, measured: Ground, ground: Ground, limit_m: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Ground points (K, 3) of the tile that the grid misses by more than ``limit_m``, and cells that only they tell.

    ``measured`` is the ground before ways were graded; on graded ways and their banks there are no ledges.
    """
    from scipy.ndimage import binary_dilation

    west, south, east, north = tile.bounds_m
    xyz = tile.points.xyz.take(np.flatnonzero(tile.points.point_class == PointClass.GROUND), axis=0)
    inside = (xyz[:, 0] > west) & (xyz[:, 0] < east) & (xyz[:, 1] > south) & (xyz[:, 1] < north)
    xyz = every = xyz.take(np.flatnonzero(inside), axis=0)
    xyz = xyz[np.abs(measured.at(xyz) - xyz[:, 2]) > limit_m]
    mask = np.zeros(ground.z.shape, dtype=np.bool_)
    if not len(xyz):
        return xyz, mask
    graded = np.abs(ground.z - measured.z) > 1e-9
    row, column, _ = ground.grid.cells_of(xyz)
    xyz = xyz[~graded[row, column]]
    row, column, _ = ground.grid.cells_of(xyz[_alike(xyz)])
    mask[row, column] = True
    mask = binary_dilation(mask, np.ones((3, 3)), iterations=_SPREAD_CELLS)
    # Every point of those cells, also the ones that the grid meets: they hold the ground on both sides of the ledge.
    row, column, _ = ground.grid.cells_of(every)
    every = every[mask[row, column] & ~graded[row, column]]
    return every[_alike(every)], mask & ~graded


def _alike(xyz: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points have another close by at their height."""
    from scipy.spatial import cKDTree

    found = np.zeros(len(xyz), dtype=np.bool_)
    if len(xyz):
        pairs = cKDTree(xyz[:, :2]).query_pairs(_ALIKE_M, output_type="ndarray")
        found[pairs[np.abs(xyz[pairs[:, 0], 2] - xyz[pairs[:, 1], 2]) < _ALIKE_DZ_M].ravel()] = True
    return found
