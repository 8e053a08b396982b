"""A made-up city of known roofs: flat, shed, gable, hip, pyramid, gambrel, mansard, sawtooth, L, T, courtyard, dormers.

A building is a set of parts; a part is a convex outline under the lowest of its planes; the roof of a building is the
highest of its parts. So gables are two planes, mansards eight, valleys and dormers come by themselves, and faces are
exact polygons. No roof of a real place is copied: nobody can tune to this city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.roof_kinds import KINDS, Part, Plane
from xmscenes.bench.roof_truth import RoofTruth, from_faces
from xmscenes.geometry.solid_pack import triangulate_face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CRS = "EPSG:4548"
CORNER_M = (457_000.0, 2_704_000.0)
SPACING_M = 42.0
SLIVER_M2 = 1e-4


def make_city(count: int, seed: int) -> RoofTruth:
    """Build a city of ``count`` buildings of all kinds, turned at random, on stepped ground."""
    import shapely
    from shapely import affinity

    rng = np.random.default_rng(seed)
    kinds = sorted(KINDS)
    ids, polygons, floors, faces = [], [], [], []
    columns = int(np.ceil(np.sqrt(count)))
    for b in range(count):
        kind = kinds[b % len(kinds)]
        parts = KINDS[kind](rng)
        outline, cut = roof_of(parts)
        floor = float(np.round(rng.uniform(2, 9), 2))
        angle = rng.uniform(0, 360)
        shift = np.array(CORNER_M) + SPACING_M * np.array([b % columns, b // columns]) + rng.uniform(-3, 3, 2)
        turn = np.array([[np.cos(np.radians(angle)), -np.sin(np.radians(angle))],
                         [np.sin(np.radians(angle)), np.cos(np.radians(angle))]])  # fmt: skip
        polygons.append(affinity.translate(affinity.rotate(outline, angle, origin=(0, 0)), *shift))
        faces.append([np.concatenate([f[:, :, :2] @ turn.T + shift, f[:, :, 2:] + floor], axis=2) for f in cut])
        floors.append(floor)
        ids.append(f"{kind}_{b:04d}")
    return from_faces(CRS, ids, [shapely.geometry.polygon.orient(p) for p in polygons], floors, faces)


def roof_of(parts: Sequence[Part]) -> tuple[Any, list[NDArray[np.float64]]]:
    """Outline (shapely) and roof faces, each triangles (T, 3, 3), of the highest of some parts."""
    import shapely

    regions = [(i, plane, _region(part, plane)) for i, part in enumerate(parts) for plane in part.planes]
    faces = []
    for i, plane, region in regions:
        for j, other, over in regions:
            if j != i and not region.is_empty:
                region = region.difference(_where_higher(over, other, plane, wins_ties=j < i))
        faces += [_lifted(polygon, plane) for polygon in _polygons(region)]
    outline = shapely.union_all([shapely.Polygon(part.ring) for part in parts], grid_size=1e-6)
    return outline, [face for face in faces if len(face)]


def _region(part: Part, plane: Plane) -> Any:
    """Where a plane is the lowest of its part."""
    import shapely

    region = shapely.Polygon(part.ring)
    for k, other in enumerate(part.planes):
        if other is not plane:
            wins = k > part.planes.index(plane)
            region = _clip(region, np.subtract(other, plane), keep_zero=wins)
    return region


def _where_higher(over: Any, other: Plane, plane: Plane, *, wins_ties: bool) -> Any:
    return _clip(over, np.subtract(other, plane), keep_zero=wins_ties)


def _clip(region: Any, line: NDArray[np.float64], *, keep_zero: bool) -> Any:
    """Part of a polygon where a x + b y + c is positive."""
    import shapely

    a, b, c = line
    size = float(np.hypot(a, b))
    if size < 1e-9:
        return region if c > 1e-9 or (abs(c) <= 1e-9 and keep_zero) else shapely.Polygon()
    normal = np.array([a, b]) / size
    foot, along = -normal * (c / size), np.array([-normal[1], normal[0]])
    far = 1e4
    corners = [
        foot + along * far,
        foot - along * far,
        foot - along * far + normal * far,
        foot + along * far + normal * far,
    ]
    return region.intersection(shapely.Polygon(corners))


def _polygons(shape: Any) -> list[Any]:
    parts = [shape] if shape.geom_type == "Polygon" else list(getattr(shape, "geoms", ()))
    return [p for p in parts if p.geom_type == "Polygon" and p.area > SLIVER_M2]


def _lifted(polygon: Any, plane: Plane) -> NDArray[np.float64]:
    import shapely

    rings = [np.asarray(r.coords)[:-1] for r in (polygon.exterior, *polygon.interiors)]
    rings = [r if shapely.LinearRing(r).is_ccw == (k == 0) else r[::-1] for k, r in enumerate(rings)]
    xy = np.concatenate(rings)
    xyz = np.column_stack([xy, xy @ np.array(plane[:2]) + plane[2]])
    ends = np.cumsum([0, *(len(r) for r in rings)])
    face = [tuple(range(ends[k], ends[k + 1])) for k in range(len(rings))]
    return xyz[np.array(triangulate_face(xyz, face), dtype=np.int64).reshape(-1, 3)]
