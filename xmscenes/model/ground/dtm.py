"""The bare earth as a grid of heights, from ground points, or from spot heights and a coarse elevation model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.raster import Grid, fill_gaps, grid_over, sample
from xmscenes.geometry.run_out import open_cells, run_out
from xmscenes.geometry.shapes import polygon_of
from xmscenes.geometry.thin_plate import fit_thin_plate
from xmscenes.model.ground.cover import land_of
from xmscenes.records import HeightGrid, PointClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.options import TerrainOptions
    from xmscenes.records import Area, Box, Tile

Array = Any  # an ndarray; compiled code knows its type
_SHORE_M = 1.2  # land beside the water, where nothing was measured
_COARSE_CELL_M = 8.0
_STEEPEST = 1.5  # steeper steps are walls, along which nothing slides
_SMOOTH_CELLS = 0.5
_RUN_OUT_CELLS = 4
_OPEN_M, _CARRIED_M = 55.0, 30.0  # where nothing is known so far ahead the survey ends; it is carried on so far
_TRUSTED_M = 20.0  # a gap's rim is believed this far; twice as far out the coarse surface takes over


@dataclass(frozen=True, slots=True)
class Ground:
    """The bare earth of a tile's window: heights at world-aligned cells, linear in between."""

    z: NDArray[np.float64]  # (rows, columns), no NaN
    grid: Grid
    point_count: int  # ground points it rests on
    is_known: bool = True  # False: nothing told the heights, all is 0
    even: NDArray[np.bool_] | None = None  # cells of graded ways, where the eye finds every bump

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Elevation at (N, 2) positions."""
        return sample(self.z, self.grid, xy)

    def to_record(self) -> HeightGrid:
        """The grid as a record."""
        return HeightGrid(z=self.z.astype(np.float32), cell_m=self.grid.cell_m, corner_m=self.grid.corner_m)


def tile_ground(tile: Tile, options: TerrainOptions) -> Ground:
    """Bare earth of a tile's window; buildings, water and other gaps are bridged from their rims.

    Without ground points the coarse surface (``tile.dem``) is used alone; without it too, the ground is flat at 0.
    """
    grid = grid_over(tile.window_m, options.cell_m)
    xyz = tile.points.xyz.take(np.flatnonzero(tile.points.point_class == PointClass.GROUND), axis=0)
    known = _cell_heights(grid, xyz)
    if not np.isfinite(known).any():
        z = np.zeros(grid.shape) if tile.dem is None else _cubic(tile.dem, grid.centres()).reshape(grid.shape)
        return Ground(np.round(z, 3), grid, 0, tile.dem is not None)
    # The land's heights go a few cells out over the water, so that its edge does not feel the far shore.
    known = run_out(known, _wet_cells(tile, grid), _RUN_OUT_CELLS)
    z = fill_gaps(_carried_on(known, grid.cell_m), grid.first, rounds=24)
    if tile.dem is not None:
        from scipy.ndimage import distance_transform_edt

        far = distance_transform_edt(np.isnan(known)) * grid.cell_m
        away = far > _TRUSTED_M
        share = np.minimum(far[away] / _TRUSTED_M - 1.0, 1.0)
        z[away] = z[away] * (1.0 - share) + _cubic(tile.dem, grid.centres()[away.ravel()]) * share
    # Whole millimetres: far influences that windows do not share end below that.
    return Ground(np.round(z, 3), grid, len(xyz))


def _cell_heights(grid: Grid, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Height of the ground at the centre of each cell that holds points; NaN in the others."""
    # A cell's points rarely lie about its centre: on a slope of 1:2 that alone is 7 cm. So they are slid along the
    # slope to the centre first. That and smoothing over 0.25 m halve the triangles of the terrain (24,600 to
    # 15,000 for 250 m of wooded hill at 0.1 m).
    from scipy.ndimage import gaussian_filter

    row, column, inside = grid.cells_of(xyz)
    if not inside.any():
        return np.full(grid.shape, np.nan)
    if not inside.all():
        row, column, xyz = row[inside], column[inside], xyz[inside]
    cell = row * grid.shape[1] + column
    number = np.bincount(cell, minlength=grid.shape[0] * grid.shape[1]).reshape(grid.shape).astype(np.float64)

    def mean(values: NDArray[np.float64], empty: float) -> NDArray[np.float64]:
        total = np.bincount(cell, weights=values, minlength=number.size).reshape(grid.shape)
        return np.where(number > 0, total / np.maximum(number, 1.0), empty)

    seen = _carried_on(mean(xyz[:, 2], np.nan), grid.cell_m)
    rough = gaussian_filter(fill_gaps(seen, grid.first), 1.0, mode="nearest", truncate=3.0)
    slope_y, slope_x = np.gradient(rough, grid.cell_m) if min(grid.shape) > 1 else (np.zeros(grid.shape),) * 2
    total = mean(_slid(xyz, row, column, slope_x, slope_y, grid.first, grid.cell_m), 0.0) * number
    weight = gaussian_filter(number, _SMOOTH_CELLS, mode="constant", truncate=3.0)
    smooth = gaussian_filter(total, _SMOOTH_CELLS, mode="constant", truncate=3.0) / np.maximum(weight, 1e-12)
    return np.where(number > 0, smooth, np.nan)


@njit(cache=True)
def _slid(
    xyz: Array, row: Array, column: Array, slope_x: Array, slope_y: Array, first: tuple[int, int], cell_m: float
) -> Array:
    """Heights of points, slid along the slope to the centre of their cell."""
    out = np.zeros(xyz.shape[0])
    for n in range(xyz.shape[0]):
        i, j = row[n], column[n]
        steep_x = min(max(slope_x[i, j], -_STEEPEST), _STEEPEST)
        steep_y = min(max(slope_y[i, j], -_STEEPEST), _STEEPEST)
        slid_x = steep_x * (xyz[n, 0] - (j + first[0]) * cell_m)
        slid_y = steep_y * (xyz[n, 1] - (i + first[1]) * cell_m)
        out[n] = xyz[n, 2] - (slid_x + slid_y)
    return out


def _wet_cells(tile: Tile, grid: Grid) -> NDArray[np.bool_]:
    """Cells in the sea or in a polygon of the water layer."""
    import shapely

    xy = grid.centres()
    wet = np.zeros(len(xy), dtype=np.bool_)
    land = land_of(tile)
    if land is not None and not shapely.covers(land, shapely.box(*tile.window_m)):
        shapely.prepare(land)
        wet |= ~shapely.contains_xy(land, xy)
    for area in tile.areas.get("water", ()):
        shape = polygon_of(area)
        shapely.prepare(shape)
        wet |= shapely.contains_xy(shape, xy)
    return wet.reshape(grid.shape)


def _carried_on(known: NDArray[np.float64], cell_m: float) -> NDArray[np.float64]:
    """Heights that go on where the survey ends: bridging such a place would give every window another surface."""
    return run_out(known, open_cells(known, int(_OPEN_M / cell_m)), int(_CARRIED_M / cell_m))


def _cubic(dem: HeightGrid, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights of a coarse grid at (N, 2) places, smooth; unknown cells are bridged first. Local: four cells."""
    from scipy.ndimage import map_coordinates

    first = round(dem.corner_m[0] / dem.cell_m), round(dem.corner_m[1] / dem.cell_m)
    z = np.nan_to_num(fill_gaps(np.asarray(dem.z, dtype=np.float64), first))
    place = (xy - np.asarray(dem.corner_m)) / dem.cell_m
    # Not prefiltered: a B-spline through the raw values smooths a little, and it is local where the exact
    # interpolant is not.
    heights = map_coordinates(z, [place[:, 1], place[:, 0]], order=3, prefilter=False, mode="nearest")
    return np.asarray(heights, dtype=np.float64)


def fit_ground(
    box: Box,
    spots: NDArray[np.float64],
    land: Sequence[Area] = (),
    dem: HeightGrid | None = None,
    water_level_m: float = 0.0,
) -> HeightGrid:
    """Bare earth of a whole scene from spot heights, the shore and a coarse elevation model.

    ``spots`` is (K, 3), weighed as good to 1.5 m, since most come from a radar surface model; the shore lies
    ``1.2 m`` above the water. A ``dem`` coarser than 20 m is taken for a surface model too: its lower quartile of
    3 x 3 cells counts, good to 6 m. Land never lies below the water. Nothing known gives a flat 0.
    """
    grid = grid_over(box, _COARSE_CELL_M)
    xyz = [np.asarray(spots, dtype=np.float64).reshape(-1, 3)]
    weight = [np.full(len(xyz[0]), 1 / 1.5**2)]
    shore = _shore_points(land, water_level_m)
    xyz.append(shore)
    weight.append(np.full(len(shore), 1 / 0.4**2))
    if dem is not None:
        cells = _dem_points(dem)
        xyz.append(cells)
        weight.append(np.full(len(cells), 1 / 6.0**2))
    z = fit_thin_plate(grid, np.vstack(xyz), np.concatenate(weight), stiffness=0.05)
    if np.isnan(z).any():
        z = np.zeros(grid.shape)
    if len(shore):
        z = np.maximum(z, water_level_m + 0.5 * _SHORE_M)
    return HeightGrid(z=z.astype(np.float32), cell_m=grid.cell_m, corner_m=grid.corner_m)


def _shore_points(land: Sequence[Area], level_m: float) -> NDArray[np.float64]:
    """A point every coarse cell along the shores, at the height of the land's edge."""
    import shapely

    rings = [shapely.LinearRing(ring) for area in land for ring in (area.ring, *area.holes)]
    if not rings:
        return np.zeros((0, 3))
    xy = shapely.get_coordinates(shapely.segmentize(rings, _COARSE_CELL_M))
    return np.column_stack([xy, np.full(len(xy), level_m + _SHORE_M)])


def _dem_points(dem: HeightGrid) -> NDArray[np.float64]:
    from scipy.ndimage import percentile_filter

    z = np.asarray(dem.z, dtype=np.float64)
    known = np.isfinite(z)
    if dem.cell_m > 20.0:
        z = percentile_filter(np.where(known, z, np.inf), 25, size=3, mode="nearest")
        known &= np.isfinite(z)
    row, column = np.nonzero(known)
    x, y = dem.corner_m[0] + column * dem.cell_m, dem.corner_m[1] + row * dem.cell_m
    return np.column_stack([x, y, z[known]])
