"""Sea, lakes and docks: where they lie and at what level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of
from xmscenes.model.ground.cover import Cover, Patch
from xmscenes.records import Origin, PointClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.options import WaterOptions
    from xmscenes.records import Area, Box, Tile

_SHOAL_M = 12.5
_BEACH_SLOPE = 0.08
_BANK_SLOPE = 0.5  # where the land behind a beach is higher
_LEVEL_TAGS = ("level_m", "ele", "water_level_m")


@dataclass(frozen=True, slots=True)
class WaterBody:
    """A stretch of water at one level inside a tile's window."""

    id: str
    name: str
    patch: Patch
    level_m: float
    origin: Origin
    source: str  # where the level comes from

    def holds(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether (N, 2) positions lie in the water or on its shore, to 2 mm: vertices are whole millimetres."""
        found = np.zeros(len(xy), dtype=np.bool_)
        west, south, east, north = shapely.buffer(shapely.box(*shapely.bounds(self.patch.shape)), 0.01).bounds
        near = np.flatnonzero((xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north))
        shapely.prepare(self.patch.shape)
        found[near] = shapely.contains_xy(self.patch.shape, xy[near])  # most; a tenth of the time of measuring
        near = near[~found[near]]
        found[near] = shapely.dwithin(self.patch.shape, shapely.points(xy[near]), 0.002)
        return found


def water_bodies(
    tile: Tile, land: shapely.Geometry | None, ground: Ground, options: WaterOptions
) -> tuple[WaterBody, ...]:
    """Waters of a tile's window: the sea beyond the coastline, then the polygons of the water layer by id.

    A polygon's level comes from its tag, else from water points (class 9) in it, else from the lowest ground on
    its rim. Lakes win over the sea where they overlap.
    """
    found: list[WaterBody] = []
    if land is not None:
        sea = shapely.difference(shapely.box(*tile.window_m), land)
        if not sea.is_empty:
            origin = tile.areas["coastline"][0].origin if tile.areas["coastline"] else Origin.INFERRED
            found.append(WaterBody("sea", "", Patch(-1, sea, "sea"), options.sea_level_m, origin, "option"))
    for area in sorted(tile.areas.get("water", ()), key=lambda a: (a.id, a.ring.tobytes())):
        shape = shapely.intersection(polygon_of(area), shapely.box(*tile.window_m))
        if shape.area > 0:
            level, source = _level(area, shape, tile, ground)
            patch = Patch(-1 - len(found), shape, area.id)
            found.append(WaterBody(area.id, area.tags.get("name", ""), patch, level, area.origin, source))
    return tuple(found)


def _level(area: Area, shape: shapely.Geometry, tile: Tile, ground: Ground) -> tuple[float, str]:
    for tag in _LEVEL_TAGS:
        try:
            return float(area.tags[tag]), f"tag {tag}"
        except (KeyError, ValueError):
            continue
    xyz = tile.points.xyz[tile.points.point_class == PointClass.WATER]
    if len(xyz):
        wet = xyz[shapely.contains_xy(shape, xyz[:, :2]), 2]
        if len(wet) >= 20:
            return round(float(np.median(wet)), 2), "water points"
    rim = shapely.get_coordinates(shapely.segmentize(shapely.boundary(shape), 5.0))
    return round(float(np.percentile(ground.at(rim), 10)) - 0.3, 2), "lowest ground on the rim"


def land_height(z: NDArray[np.float64], xy: NDArray[np.float64], waters: Sequence[WaterBody]) -> NDArray[np.float64]:
    """Ground heights (N,) at (N, 2) positions, raised to the level of any water that touches the position."""
    z = z.copy()
    for body in waters:
        wet = body.holds(xy)
        z[wet] = np.maximum(z[wet], body.level_m)
    return z


def shore_of(waters: Sequence[WaterBody], window: Box) -> shapely.Geometry:
    """Shores inside a window, without the cuts that the window itself makes."""
    west, south, east, north = window
    frame = shapely.box(west + 0.01, south + 0.01, east - 0.01, north - 0.01)
    return shapely.union_all([shapely.intersection(shapely.boundary(b.patch.shape), frame) for b in waters])


def shoal_points(box: Box, waters: Sequence[WaterBody], window: Box) -> NDArray[np.float64]:
    """Places (N, 2) in the water near a shore, at multiples of 12.5 m, so that its colour can follow the depth.

    Only shores within 25 m count: no buffer is narrower, so neighbouring tiles have the same places on their border.
    """
    shore = shore_of(waters, window)
    if shapely.is_empty(shore):
        return np.zeros((0, 2))
    x = np.arange(np.ceil(box[0] / _SHOAL_M), np.floor(box[2] / _SHOAL_M) + 1) * _SHOAL_M
    y = np.arange(np.ceil(box[1] / _SHOAL_M), np.floor(box[3] / _SHOAL_M) + 1) * _SHOAL_M
    xy = np.column_stack([np.tile(x, len(y)), np.repeat(y, len(x))])
    away = shapely.distance(shore, shapely.points(xy))
    near = (away > 0.3 * _SHOAL_M) & (away < 2 * _SHOAL_M)
    wet = np.zeros(len(xy), dtype=np.bool_)
    for body in waters:
        wet |= body.holds(xy)
    return np.asarray(xy[near & wet])


def with_beaches(ground: Ground, greens: Sequence[Patch], waters: Sequence[WaterBody]) -> Ground:
    """Let beaches run out level with the water where no point was measured; elsewhere the ground stays as it is."""
    sand = [patch.shape for patch in greens if patch.kind == Cover.SAND]
    if not sand or not waters or ground.point_count:
        return ground
    beach = shapely.union_all(sand)
    water = shapely.union_all([body.patch.shape for body in waters])
    inland = shapely.difference(shapely.boundary(beach), shapely.buffer(water, 1.0))
    # Cells beyond the water's edge too: the shore lies between cells.
    place = shapely.union_all([beach, shapely.intersection(shapely.buffer(beach, 4 * ground.grid.cell_m), water)])
    west, south, east, north = shapely.bounds(place)
    xy = ground.grid.centres()
    near = np.flatnonzero((xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north))
    shapely.prepare(place)
    near = near[shapely.contains_xy(place, xy[near])]
    points = shapely.points(xy[near])
    z = ground.z.ravel().copy()
    bank = z[near] - _BANK_SLOPE * (np.inf if shapely.is_empty(inland) else shapely.distance(inland, points))
    for body in waters:
        run_out = body.level_m + _BEACH_SLOPE * shapely.distance(body.patch.shape, points)
        z[near] = np.minimum(z[near], np.maximum(run_out, bank))
    return replace(ground, z=np.round(z, 3).reshape(ground.z.shape))
