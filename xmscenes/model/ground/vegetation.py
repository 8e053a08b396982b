"""Trees and shrubs as placements of prototypes: from points where there are any, else scattered where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.prototypes import CROWN_RADIUS
from xmscenes.model.ground.colours import hashed
from xmscenes.model.ground.cover import Cover, classify
from xmscenes.model.ground.crowns import find_crowns
from xmscenes.records import Origin, Placement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.options import VegetationOptions

_FREE = (Cover.LAND, Cover.GREEN)
_ROOM_M = 1.4  # from a trunk to a way, a yard or the water


def model_vegetation(site: Site, options: VegetationOptions) -> tuple[Placement, ...]:
    """Plants whose middle lies in the tile, one placement a prototype, sorted by position.

    With points in the window they come from the points alone. Without any, they are scattered where the ground is
    free, marked as inferred, unless ``options.scatter`` is off.
    """
    if len(site.tile.points):
        crowns = find_crowns(site.tile, site.ground)
        xy, height, radius, origin = crowns.xy, crowns.height_m, crowns.radius_m, site.tile.points_origin
    elif options.scatter and site.land is not None:
        xy, height, radius = _scattered(site, options)
        origin = Origin.INFERRED
    else:
        return ()
    west, south, east, north = site.tile.bounds_m
    inside = (xy[:, 0] >= west) & (xy[:, 0] < east) & (xy[:, 1] >= south) & (xy[:, 1] < north)
    xy, height, radius = xy[inside], height[inside], radius[inside]
    names = prototypes_of(xy, height, radius, options.smallest_tree_m)
    return tuple(_placement(str(n), names == n, xy, height, radius, site, origin) for n in sorted(set(names.tolist())))


def _placement(
    name: str,
    chosen: NDArray[np.bool_],
    xy: NDArray[np.float64],
    height: NDArray[np.float64],
    radius: NDArray[np.float64],
    site: Site,
    origin: Origin,
) -> Placement:
    xy, height, radius = xy[chosen], height[chosen], radius[chosen]
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    xy, height, radius = np.round(xy[order], 3), height[order], radius[order]
    key = np.floor(xy * 100.0).astype(np.int64)
    wide = np.clip(radius / CROWN_RADIUS[name], 0.35 * height, 2.5 * height)
    return Placement(
        prototype=name,
        kind="tree",
        origin=origin,
        xyz=np.column_stack([xy, np.round(site.ground.at(xy) - 0.05, 3)]),
        heading_deg=(360.0 * hashed(key[:, 0], key[:, 1], 5)).astype(np.float32),
        scale=np.round(np.column_stack([wide, wide, height]), 3).astype(np.float32),
    )


def prototypes_of(
    xy: NDArray[np.float64], height: NDArray[np.float64], radius: NDArray[np.float64], smallest_tree_m: float
) -> NDArray[np.str_]:
    """Name of the prototype for each plant, from its size and shape; what size leaves open is drawn by position."""
    slim = radius / np.maximum(height, 0.1)
    key = np.floor(xy * 10.0).astype(np.int64)
    draw = hashed(key[:, 0], key[:, 1], 11)
    names = np.full(len(xy), "tree", dtype="<U10")
    names[(slim > 0.42) & (draw < 0.2)] = "flame_tree"
    names[(slim > 0.42) & (height > 8.0) & (draw >= 0.2)] = "banyan"
    names[(slim < 0.27) & (height > 4.0)] = "palm"
    names[height < smallest_tree_m] = "shrub"
    return names


def _scattered(
    site: Site, options: VegetationOptions
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """One plant at most in each cell of a world-wide grid; everything about it is drawn from the cell's number."""
    west, south, east, north = site.tile.bounds_m
    step = options.spacing_m
    columns, rows = np.meshgrid(
        np.arange(int(np.floor(west / step)) - 1, int(np.ceil(east / step)) + 1),
        np.arange(int(np.floor(south / step)) - 1, int(np.ceil(north / step)) + 1),
    )
    column, row = columns.ravel(), rows.ravel()
    shift = np.column_stack([hashed(column, row, 1), hashed(column, row, 2)])
    xy = (np.column_stack([column, row]) + 0.1 + 0.8 * shift) * step
    kind = classify(site.patches, xy)
    wanted = hashed(column, row, 3) < np.where(kind == Cover.GREEN, 0.85, 0.3)
    free = wanted & np.isin(kind, _FREE)
    for dx, dy in ((_ROOM_M, 0), (-_ROOM_M, 0), (0, _ROOM_M), (0, -_ROOM_M)):
        free[free] = np.isin(classify(site.patches, xy[free] + np.array([dx, dy])), _FREE)
    xy, kind, column, row = xy[free], kind[free], column[free], row[free]
    draw = hashed(column, row, 4)
    height = np.where(kind == Cover.GREEN, 5.0 + 8.0 * draw, 2.0 + 7.0 * draw)
    radius = height * (0.22 + 0.3 * hashed(column, row, 6))
    return xy, height, np.minimum(radius, 0.62 * step)
