"""Ground points, found by opening a raster of lowest heights with larger and larger windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.raster import fill_gaps, grid_over, lowest, means, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.raster import Grid
    from xmscenes.options import CleanOptions
    from xmscenes.records import Box


_LOOSE_M = 0.3  # how far a point may lie above the lowest of its cell and still be a candidate
_NOISES = 2.5


def find_ground(xyz: NDArray[np.float64], window_m: Box, options: CleanOptions) -> NDArray[np.bool_]:
    """Tell which points lie on the bare earth.

    ``xyz`` is (N, 3) in local metres. A cell's answer depends on what lies within ``options.largest_building_m``
    of it, so tiles with that much buffer agree. No points give an empty answer.
    """
    # After Pingel, Clarke & McBride, An improved simple morphological filter (2013). One opening per window of the
    # unopened surface, not of the opened one: with square windows the two are equal, and this one is local.
    if not len(xyz):
        return np.zeros(0, dtype=np.bool_)
    grid = grid_over(window_m, options.ground_cell_m)
    bare = _bare_cells(lowest(grid, xyz), grid, options)
    surface = fill_gaps(bare, grid.first)
    if not np.isfinite(surface).any():
        return np.zeros(len(xyz), dtype=np.bool_)
    above = xyz[:, 2] - sample(surface, grid, xyz[:, :2])
    # Half a cell of slope is what the cell's lowest point may lie below its centre.
    steepness = sample(_slope(surface, grid.cell_m), grid, xyz[:, :2])
    slack = np.minimum(steepness, 2.0) * 0.5 * grid.cell_m
    candidate = (above <= _LOOSE_M + slack) & (above >= -1.0 - slack)
    return candidate & _near_their_mean(xyz, candidate, grid, slack, options)


def _near_their_mean(
    xyz: NDArray[np.float64],
    candidate: NDArray[np.bool_],
    grid: Grid,
    slack: NDArray[np.float64],
    options: CleanOptions,
) -> NDArray[np.bool_]:
    """Keep what lies within the noise of the candidates' smoothed mean: grass and kerb-high shrubs go.

    The noise is measured in blocks of 8 cells, because image-matching clouds are several times as rough as lidar.
    """
    from scipy.ndimage import uniform_filter

    mean = uniform_filter(fill_gaps(means(grid, xyz[candidate], xyz[candidate, 2]), grid.first), 3, mode="nearest")
    off = xyz[:, 2] - sample(mean, grid, xyz[:, :2])
    blocks = grid_over(_extent(grid), 8 * grid.cell_m)
    noise = fill_gaps(means(blocks, xyz[candidate], np.abs(off[candidate])), blocks.first)
    if not np.isfinite(noise).all():
        return candidate
    limit = np.clip(_NOISES * 1.25 * sample(noise, blocks, xyz[:, :2]), options.ground_tolerance_m, _LOOSE_M)
    near: NDArray[np.bool_] = np.abs(off) <= limit + slack
    return near


def _extent(grid: Grid) -> Box:
    west, south = grid.corner_m
    rows, columns = grid.shape
    pad = 8 * grid.cell_m
    return west - pad, south - pad, west + columns * grid.cell_m + pad, south + rows * grid.cell_m + pad


def _bare_cells(low: NDArray[np.float64], grid: Grid, options: CleanOptions) -> NDArray[np.float64]:
    from scipy.ndimage import grey_closing, grey_opening

    surface = fill_gaps(low, grid.first)
    pits = grey_closing(surface, size=(3, 3), mode="nearest") - surface > 1.0 + 2.0 * options.ground_slope * grid.cell_m
    low = np.where(pits, np.nan, low)
    surface = fill_gaps(low, grid.first)
    objects = np.zeros(surface.shape, dtype=np.bool_)
    for radius in _radii(options.largest_building_m / 2.0 / grid.cell_m):
        opened = grey_opening(surface, size=(2 * radius + 1, 2 * radius + 1), mode="nearest")
        # A hillside loses slope x radius to the opening; a house loses its height.
        objects |= surface - opened > 0.3 + options.ground_slope * radius * grid.cell_m
    return np.where(objects, np.nan, low)


def _radii(largest: float) -> list[int]:
    radii = [1]
    while radii[-1] < largest:
        radii.append(min(radii[-1] * 2, max(int(np.ceil(largest)), 1)))
    return radii


def _slope(surface: NDArray[np.float64], cell_m: float) -> NDArray[Any]:
    if min(surface.shape) < 2:
        return np.zeros(surface.shape)
    south_north, west_east = np.gradient(surface, cell_m)
    return np.asarray(np.hypot(south_north, west_east))
