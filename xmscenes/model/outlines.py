"""Footprints from the points, for a survey that comes without any."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from xmscenes.model.buildings import outline_buildings

if TYPE_CHECKING:
    from xmscenes.records import Box, Footprint, Tile


def with_outlines(tile: Tile) -> Tile:
    """Give a tile the buildings found in its points: those whose representative point lies in it are its own."""
    found = outline_buildings(tile.points, origin=tile.points_origin)
    own = tuple(f for f in found if _owns(tile.bounds_m, f))
    ids = {f.id for f in own}
    return replace(tile, footprints=own, nearby=tuple(f for f in found if f.id not in ids))


def _owns(bounds_m: Box, footprint: Footprint) -> bool:
    point = shapely.point_on_surface(shapely.make_valid(shapely.Polygon(footprint.ring)))
    west, south, east, north = bounds_m
    return west <= point.x < east and south <= point.y < north
