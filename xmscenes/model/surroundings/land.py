"""Heights and colours of the land beyond the area: the coarse elevation model, tied to the scene's own edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import HeightGrid

    Floats = NDArray[np.float64]

_TIE_M = 400.0  # over this distance the height of the scene's edge gives way to the elevation model
_SHORE_RUN_M = 120.0  # the land reaches its height this far from the shore
_PLAIN_M = 4.0  # over the water, where nothing is known
_SURFACE_CELL_M = 20.0  # a coarser model shows roofs and trees: its low values count
_HILL_M = (25.0, 60.0)  # between these heights the town gives way to wooded slopes
_TOWN, _PARK, _HILL, _HAZE = (138.0, 136.0, 128.0), (86.0, 106.0, 76.0), (84.0, 102.0, 76.0), (166.0, 182.0, 198.0)
_PATCHES_M = (900.0, 320.0)  # size of the quarters and parks that the colours of a town change by
_NEAR_RGB = (128.0, 134.0, 104.0)  # at the scene's edge: between its paving and its lawns
_BLEND_M = 350.0  # from the edge's colour to the town's
_HAZE_AT_MOST = 0.86


def land_heights(xy: Floats, to_shore_m: Floats, rim: Floats, dem: HeightGrid | None, sea_level_m: float) -> Floats:
    """Heights (N,) of quiet ground at (N, 2): the elevation model without what stands on it, level at the shore.

    Near the area its own ground along the border, ``rim`` (K, 3), counts; where no elevation model reaches, the land
    runs out into a plain.
    """
    from scipy.spatial import cKDTree

    z = _model_heights(xy, dem, sea_level_m)
    if len(rim):
        off = rim[:, 2] - _model_heights(rim[:, :2], dem, sea_level_m)
        count = min(6, len(rim))
        away, near = cKDTree(rim[:, :2]).query(xy, k=count)
        away, near = away.reshape(len(xy), count), near.reshape(len(xy), count)
        weight = 1.0 / np.maximum(away, 1.0) ** 2
        z = z + (off[near] * weight).sum(axis=1) / weight.sum(axis=1) * np.exp(-away[:, 0] / _TIE_M)
    rise = np.clip(to_shore_m / _SHORE_RUN_M, 0.0, 1.0)
    return np.asarray(sea_level_m + np.maximum(z - sea_level_m, 0.5) * rise, dtype=np.float64)


def _model_heights(xy: Floats, dem: HeightGrid | None, sea_level_m: float) -> Floats:
    from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates, percentile_filter

    plain = np.full(len(xy), sea_level_m + _PLAIN_M)
    if dem is None or not np.isfinite(dem.z).any():
        return plain
    z = np.asarray(dem.z, dtype=np.float64)
    known = np.isfinite(z)
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    z = z[tuple(nearest)]
    if dem.cell_m > _SURFACE_CELL_M:
        z = gaussian_filter(percentile_filter(z, 25, size=3, mode="nearest"), 0.7, mode="nearest")
    at = (xy - np.asarray(dem.corner_m)) / dem.cell_m
    cells = np.array([at[:, 1], at[:, 0]])
    heights = map_coordinates(z, cells, order=1, mode="nearest")
    # Where the model ends its last value is carried a kilometre, then the plain takes over.
    row, column = np.clip(np.rint(cells).astype(int), 0, np.array(z.shape)[:, None] - 1)
    beyond = np.hypot(*(cells - np.array([row, column]))) * dem.cell_m
    beyond += distance_transform_edt(known == 0)[row, column] * dem.cell_m if not known.all() else 0.0
    share = np.exp(-np.maximum(beyond - dem.cell_m, 0.0) / 1000.0)
    return np.asarray(plain + (heights - plain) * share, dtype=np.float64)


def land_rgb(xy: Floats, z: Floats, to_area_m: Floats, reach_m: float, sea_level_m: float) -> Floats:
    """Colours (N, 3) of the quiet ground: muted, in patches, paler with the distance until they meet the haze."""
    low, high = _HILL_M
    hill = np.clip((z - sea_level_m - low) / (high - low), 0.0, 1.0)[:, None]
    away = np.clip(to_area_m / _BLEND_M, 0.0, 1.0)[:, None]
    town = np.array(_TOWN) + (np.array(_PARK) - np.array(_TOWN)) * _patches(xy)[:, None]
    far = town + (np.array(_HILL) - town) * hill
    near = np.array(_NEAR_RGB) + (np.array(_HILL) - np.array(_NEAR_RGB)) * hill
    rgb = near + (far - near) * away
    haze = (_HAZE_AT_MOST * np.clip(to_area_m / max(reach_m, 1.0), 0.0, 1.0))[:, None]
    return np.asarray(rgb + (np.array(_HAZE) - rgb) * haze, dtype=np.float64)


def _patches(xy: Floats) -> Floats:
    """Smooth noise (N,) in 0 to 1: values on a grid, the same ones everywhere and always, and between them."""
    from scipy.ndimage import map_coordinates

    grid = np.random.default_rng(20).random((128, 128))
    shares = [map_coordinates(grid, (xy / size).T + 64.0, order=1, mode="grid-wrap") for size in _PATCHES_M]
    return np.asarray(np.clip(2.0 * (0.6 * shares[0] + 0.4 * shares[1]) - 0.5, 0.0, 1.0), dtype=np.float64)
