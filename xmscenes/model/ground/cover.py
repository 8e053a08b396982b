"""What covers the ground of a tile: polygons with a kind each, later ones on top."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Area, Tile


class Cover(IntEnum):
    """Kinds of ground. Water bodies are -1, -2 … in the order of ``Site.waters``."""

    LAND = 0
    GREEN = 1
    YARD = 2  # paved ground around buildings
    SAND = 3
    SQUARE = 4
    ROAD = 5
    PATH = 6
    STEPS = 7


@dataclass(frozen=True, slots=True)
class Patch:
    """A polygon of one kind of ground; ``owner`` is the feature it came from."""

    kind: int
    shape: shapely.Geometry
    owner: str = ""


def polygon_of(area: Area) -> shapely.Geometry:
    """Valid polygon of an area; nothing is left of a degenerate one."""
    if len(area.ring) < 3:
        return shapely.Polygon()
    return polygonal(shapely.make_valid(shapely.Polygon(area.ring, [h for h in area.holes if len(h) > 2])))


def polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry without its lines and points."""
    return shapely.union_all([p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")])


def land_of(tile: Tile) -> shapely.Geometry | None:
    """Land inside the window; None when no coastline layer tells."""
    if "coastline" not in tile.areas:
        return None
    return shapely.union_all([polygon_of(area) for area in tile.areas["coastline"]])


def rings_of(patches: Iterable[Patch]) -> list[NDArray[np.float64]]:
    """Outlines and holes of all patches, not closed."""
    rings: list[NDArray[np.float64]] = []
    for patch in patches:
        for polygon in shapely.get_parts(patch.shape):
            if polygon.geom_type == "Polygon" and not polygon.is_empty:
                rings += [shapely.get_coordinates(r)[:-1] for r in (polygon.exterior, *polygon.interiors)]
    return rings


def classify(patches: Iterable[Patch], xy: NDArray[np.float64]) -> NDArray[np.int32]:
    """Kind of ground at (N, 2) positions: that of the last patch that holds it, else ``LAND``."""
    kind = np.full(len(xy), int(Cover.LAND), dtype=np.int32)
    for patch in patches:
        west, south, east, north = patch.shape.bounds if not patch.shape.is_empty else (0.0, 0.0, -1.0, -1.0)
        near = np.flatnonzero((xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north))
        if len(near):
            shapely.prepare(patch.shape)
            kind[near[shapely.contains_xy(patch.shape, xy[near])]] = patch.kind
    return kind
