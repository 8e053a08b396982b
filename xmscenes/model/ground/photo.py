"""Colours of the ground as they were photographed: from an orthophoto, or from the colours of ground points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.raster import Grid, fill_gaps, grid_over, means, sample
from xmscenes.records import Origin, PointClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.options import TerrainOptions
    from xmscenes.records import ColourGrid, Tile

_POINTS_CELL_M = 1.0  # of a grid of points' colours: some eight points a cell, whose speckle averages out
_SPECKLE_CELLS = 0.7
BEND = 14.0  # of 255: a terrain follows the brightness so closely


@dataclass(frozen=True, slots=True)
class Photo:
    """Colours (3 channels) on a grid; no gaps."""

    channels: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    grid: Grid
    offset_m: tuple[float, float]  # the grid's cells lie so far off whole multiples of their size

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give sRGB 0 to 255, (..., 3), at (..., 2) positions."""
        flat = np.asarray(xy, dtype=np.float64).reshape(-1, 2) - self.offset_m
        rgb = np.stack([sample(channel, self.grid, flat) for channel in self.channels], axis=-1)
        return np.asarray(rgb.reshape(*np.shape(xy)[:-1], 3), dtype=np.float64)

    def brightness(self, ground: Ground) -> NDArray[np.float64]:
        """Brightness on the cells of the ground."""
        rgb = self.at(ground.grid.centres())
        return np.asarray((rgb @ [0.299, 0.587, 0.114]).reshape(ground.z.shape), dtype=np.float64)


def photo_of(tile: Tile, options: TerrainOptions) -> Photo | None:
    """The ground's own colours; None where the cover must tell. Made-up points' colours count only when asked for."""
    if options.colour in ("auto", "ortho") and tile.ortho is not None:
        return _from_ortho(tile.ortho)
    if options.colour == "points" or (options.colour == "auto" and tile.points_origin is Origin.MEASURED):
        return _from_points(tile)
    return None


def _from_ortho(ortho: ColourGrid) -> Photo | None:
    if not ortho.known.any():
        return None
    grid = Grid(ortho.cell_m, (0, 0), ortho.known.shape)
    channels = [_filled(np.where(ortho.known, ortho.rgb[..., k], np.nan), grid) for k in range(3)]
    return Photo((channels[0], channels[1], channels[2]), grid, ortho.corner_m)


def _from_points(tile: Tile) -> Photo | None:
    from scipy.ndimage import gaussian_filter

    if tile.points.rgb is None:
        return None
    ground = tile.points.point_class == PointClass.GROUND
    rgb = tile.points.rgb[ground].astype(np.float64)
    if not len(rgb) or np.ptp(rgb) < 1.0:  # a file may have the field and nothing in it
        return None
    grid = grid_over(tile.window_m, _POINTS_CELL_M)
    xy = tile.points.xyz[ground]
    channels = [gaussian_filter(_filled(means(grid, xy, rgb[:, k]), grid), _SPECKLE_CELLS) for k in range(3)]
    return Photo((channels[0], channels[1], channels[2]), grid, (0.0, 0.0))


def _filled(channel: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    return np.nan_to_num(fill_gaps(channel, grid.first))
