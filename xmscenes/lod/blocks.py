"""Blocks of neighbours: from afar, houses that touch become one silhouette, and outlines lose their small corners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.extrude import polygon_block
from xmscenes.geometry.meshes import merge_meshes
from xmscenes.lod.buildings import painted, solids_mesh
from xmscenes.lod.measured import Reference
from xmscenes.records import Form, Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.lod.buildings import Paint
    from xmscenes.lod.ladder import Rung
    from xmscenes.lod.measured import Hidden
    from xmscenes.records import Feature

TOUCH_M = 0.3  # houses this near to each other count as touching; the gap between them is not seen
LEAST_BLOCK = 10  # triangles of the simplest block: four walls and a roof
OUTLINE_SHARE = 0.35  # share of the allowed error that the outline may give away


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A mesh for one level of one or several features, (F,) whose face each one is, and the measured error."""

    mesh: Mesh
    owner: NDArray[np.int32]
    error_m: float
    error_max_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _House:
    index: int
    feature: Feature
    outline: BaseGeometry
    low_m: float
    top_m: float
    paint: Paint


def single_pieces(rungs: Sequence[Rung]) -> list[Piece]:
    """Every feature by itself."""
    return [
        Piece(
            mesh=rung.mesh,
            owner=np.full(len(rung.mesh.faces), index, np.int32),
            error_m=rung.error_m,
            error_max_m=rung.error_max_m,
        )
        for index, rung in enumerate(rungs)
    ]


def merged_pieces(
    features: Sequence[Feature], rungs: Sequence[Rung], paints: Sequence[Paint], limit_m: float, pinned: frozenset[str]
) -> list[Piece]:
    """Merge touching houses of about one height wherever that saves triangles within the limit.

    A block that does not save, or errs too much, gives way to the rungs of its houses.
    """
    pieces = dict(enumerate(single_pieces(rungs)))
    houses = [
        house
        for index, feature in enumerate(features)
        if feature.id not in pinned and (house := _house(index, feature, paints[index])) is not None
    ]
    for group in _touching(houses, limit_m):
        alone = sum(len(rungs[house.index].mesh.faces) for house in group)
        if alone <= LEAST_BLOCK:
            continue
        block = _block(group, limit_m)
        if block is None or len(block.mesh.faces) >= alone:
            continue
        error = Reference(*_seen(group)).error(block.mesh, limit_m=limit_m)
        if error.p99_m > limit_m:
            continue
        for house in group:
            del pieces[house.index]
        pieces[group[0].index] = Piece(mesh=block.mesh, owner=block.owner, error_m=error.p99_m, error_max_m=error.max_m)
    return [pieces[index] for index in sorted(pieces)]


def _house(index: int, feature: Feature, paint: Paint) -> _House | None:
    import shapely

    solids = feature.solids.get(Form.BLOCK, ())
    if not solids or feature.mesh.is_empty:
        return None
    floors = [
        shapely.Polygon(s.vertices[list(rings[0]), :2], [s.vertices[list(hole), :2] for hole in rings[1:]])
        for s in solids
        for rings, surface in zip(s.faces, s.surface.tolist(), strict=True)
        if surface == Surface.FLOOR
    ]
    outline = shapely.union_all(shapely.make_valid(floors))
    z = np.concatenate([s.vertices[:, 2] for s in solids])
    if outline.is_empty or outline.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    low, top = float(z.min()), float(z.max())
    return _House(index=index, feature=feature, outline=outline, low_m=low, top_m=top, paint=paint)


def _touching(houses: list[_House], limit_m: float) -> list[list[_House]]:
    """Groups of houses that touch, whose tops lie within the limit of each other: nearest heights join first."""
    import shapely

    if not houses:
        return []
    outlines = np.array([house.outline for house in houses], dtype=object)
    tops = np.array([house.top_m for house in houses])
    a, b = shapely.STRtree(outlines).query(outlines, predicate="dwithin", distance=TOUCH_M)
    a, b = a[a < b], b[a < b]
    step = np.abs(tops[a] - tops[b])
    group = list(range(len(houses)))
    members = {i: [i] for i in group}
    for pair in np.lexsort((b, a, step)):
        one, two = sorted((group[a[pair]], group[b[pair]]))
        joined = [*members[one], *members[two]]
        if one == two or np.ptp(tops[joined]) > limit_m:
            continue
        for i in members.pop(two):
            group[i] = one
        members[one] = sorted(joined)
    return [[houses[i] for i in members[key]] for key in sorted(members)]


def _block(group: list[_House], limit_m: float) -> Piece | None:
    """One flat-topped solid, or one for each part of the outline, over the houses of a group."""
    import shapely

    area = np.array([house.outline.area for house in group])
    top = float(np.average([house.top_m for house in group], weights=area))
    low = min(house.low_m for house in group)
    outline = shapely.union_all([house.outline for house in group])
    if len(group) > 1:
        closed = outline.buffer(TOUCH_M / 2, join_style="mitre", mitre_limit=2.0)
        outline = closed.buffer(-TOUCH_M / 2, join_style="mitre", mitre_limit=2.0)
    outline = shapely.make_valid(shapely.set_precision(outline.simplify(limit_m * OUTLINE_SHARE), 0.001))
    parts = [p for p in shapely.get_parts(outline) if p.geom_type == "Polygon" and p.area > 0]
    if not parts or top - low < 0.01:
        return None
    solids = []
    for part in shapely.orient_polygons(np.array(parts)):
        rings = [np.asarray(ring.coords)[:-1] for ring in (part.exterior, *part.interiors)]
        solids.append(polygon_block((rings[0], tuple(rings[1:])), low, top))
    mesh = painted(solids_mesh(solids), _mean_paint(group, area))
    return Piece(mesh=mesh, owner=_owners(mesh, group), error_m=np.inf, error_max_m=np.inf)


def _mean_paint(group: list[_House], area: NDArray[np.float64]) -> dict[Surface, tuple[int, int, int]]:
    found = {}
    for surface in (Surface.ROOF, Surface.WALL, Surface.DETAIL):
        mean = np.average([house.paint[surface] for house in group], axis=0, weights=area)
        red, green, blue = np.rint(mean).astype(int).tolist()
        found[surface] = (red, green, blue)
    return found


def _owners(mesh: Mesh, group: list[_House]) -> NDArray[np.int32]:
    """Which house each face is: the nearest one to its middle."""
    import shapely

    middle = shapely.points(mesh.vertices[mesh.faces].mean(axis=1)[:, :2])
    apart = np.array([shapely.distance(house.outline, middle) for house in group])
    owners: NDArray[np.int32] = np.array([house.index for house in group], np.int32)[apart.argmin(axis=0)]
    return owners


def _seen(group: list[_House]) -> tuple[Mesh, Hidden]:
    """Merge the houses' own meshes, and say which points of them lie in a party wall."""
    import shapely

    mesh, owner = merge_meshes([house.feature.mesh for house in group])
    grown = [house.outline.buffer(TOUCH_M) for house in group]

    def hidden(points: NDArray[np.float64], face: NDArray[np.int64]) -> NDArray[np.bool_]:
        within = np.zeros(len(points), dtype=bool)
        wall = mesh.surface[face] == Surface.WALL
        for number, house in enumerate(group):
            other = wall & (owner[face] != number) & (points[:, 2] <= house.top_m)
            within[other] |= shapely.contains_xy(grown[number], points[other, 0], points[other, 1])
        return within

    return mesh, hidden
