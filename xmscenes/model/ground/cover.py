"""What covers the ground of a tile: polygons with a kind each, later ones on top."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.linework import cut_ring
from xmscenes.geometry.shapes import polygon_of, polygonal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Box, Tile


class Cover(IntEnum):
    """Kinds of ground. Water bodies are -1, -2 … in the order of ``Site.waters``."""

    LAND = 0
    GREEN = 1
    YARD = 2  # paved ground around buildings
    SAND = 3
    ROCK = 9
    SQUARE = 4
    PATH = 5
    LANE = 6
    STREET = 7
    STEPS = 8
    PAVED = 10  # open ground of dense quarters and quays
    SIDEWALK = 11
    KERB = 12  # the top of the stones
    KERB_FACE = 13
    MARK = 14  # white paint on the carriageway
    MARK_YELLOW = 15


YARD_M = 2.0


@dataclass(frozen=True, slots=True)
class Patch:
    """A polygon of one kind of ground; ``owner`` is the feature it came from."""

    kind: int
    shape: shapely.Geometry
    owner: str = ""


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


_PLANTED = {
    "wood": Cover.GREEN, "scrub": Cover.GREEN, "grassland": Cover.GREEN, "heath": Cover.GREEN,
    "beach": Cover.SAND, "sand": Cover.SAND, "shoal": Cover.SAND, "bare_rock": Cover.ROCK, "scree": Cover.ROCK,
}  # fmt: skip


def green_patches(tile: Tile) -> list[Patch]:
    """Woods, lawns, beaches and bare rock of the greens layer, by id; an unknown kind counts as green."""
    found = []
    for area in sorted(tile.areas.get("greens", ()), key=lambda a: (a.id, a.ring.tobytes())):
        kind = _PLANTED.get(area.tags.get("natural", ""), Cover.GREEN)
        shape = polygon_of(area)
        if not shapely.is_empty(shape):
            found.append(Patch(int(kind), shape, area.id))
    return sorted(found, key=lambda patch: patch.kind)


def cut_at(shape: shapely.Geometry, box: Box) -> shapely.Geometry:
    """The polygons of one feature with vertices where they cross the lines of a tile's border."""
    out = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            rings = [cut_ring(shapely.get_coordinates(r)[:-1], box) for r in (polygon.exterior, *polygon.interiors)]
            out.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.multipolygons(out)


def united(shapes: Iterable[shapely.Geometry], box: Box) -> shapely.Geometry:
    """Union of features' polygons, each cut at the tile's border first so that neighbours cut them alike."""
    cut = [cut_at(shape, box) for shape in shapes if not shapely.is_empty(shape)]
    return polygonal(shapely.union_all([shapely.make_valid(shape) for shape in cut], grid_size=0.001))


def yard_patch(tile: Tile) -> list[Patch]:
    """Paved ground around the buildings of the window, those of other tiles too."""
    outlines = [polygon_of(f) for f in (*tile.footprints, *tile.nearby)]
    grown = [shapely.buffer(shapely.simplify(o, 0.6), YARD_M, join_style="mitre", mitre_limit=1.5) for o in outlines]
    shape = united(grown, tile.bounds_m)
    return [] if shapely.is_empty(shape) else [Patch(int(Cover.YARD), shape)]


def classify(patches: Iterable[Patch], xy: NDArray[np.float64]) -> NDArray[np.int32]:
    """Kind of ground at (N, 2) positions: that of the last patch that holds it, else ``LAND``."""
    kind = np.full(len(xy), int(Cover.LAND), dtype=np.int32)
    for patch in patches:
        west, south, east, north = shapely.bounds(patch.shape)  # NaN when it is empty: nothing is near
        near = np.flatnonzero((xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north))
        if len(near):
            shapely.prepare(patch.shape)
            kind[near[shapely.contains_xy(patch.shape, xy[near])]] = patch.kind
    return kind
