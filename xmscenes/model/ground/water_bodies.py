"""Sea, lakes and docks: where they lie and at what level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.model.ground.cover import Patch, polygon_of
from xmscenes.records import Origin, PointClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.options import WaterOptions
    from xmscenes.records import Area, Tile

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
        shapely.prepare(self.patch.shape)
        inside: NDArray[np.bool_] = shapely.dwithin(self.patch.shape, shapely.points(xy), 0.002)
        return inside


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
    rim = shapely.get_coordinates(shapely.segmentize(shape.boundary, 5.0))
    return round(float(np.percentile(ground.at(rim), 10)) - 0.3, 2), "lowest ground on the rim"


def land_height(z: NDArray[np.float64], xy: NDArray[np.float64], waters: Sequence[WaterBody]) -> NDArray[np.float64]:
    """Ground heights (N,) at (N, 2) positions, raised to the level of any water that touches the position."""
    z = z.copy()
    for body in waters:
        wet = body.holds(xy)
        z[wet] = np.maximum(z[wet], body.level_m)
    return z
