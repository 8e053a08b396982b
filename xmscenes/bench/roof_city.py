"""A made-up city of known roofs: flat, shed, gable, hip, pyramid, gambrel, mansard, sawtooth, L, T, courtyard, dormers.

A building is a set of parts; a part is a convex outline under the lowest of its planes; the roof of a building is the
highest of its parts. So gables are two planes, mansards eight, valleys and dormers come by themselves, and faces are
exact polygons. No roof of a real place is copied: nobody can tune to this city.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.roof_truth import RoofTruth, from_faces
from xmscenes.geometry.solid_pack import triangulate_face

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

CRS = "EPSG:4548"
CORNER_M = (457_000.0, 2_704_000.0)
SPACING_M = 42.0
SLIVER_M2 = 1e-4

Plane = tuple[float, float, float]  # z = a x + b y + c
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Part:
    """A convex outline (K, 2), counter-clockwise, under the lowest of its planes."""

    ring: NDArray[np.float64]
    planes: tuple[Plane, ...]


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


def box(x: float, y: float, length: float, width: float, *planes: Plane) -> Part:
    """Rectangle about (x, y) under planes given about its own middle."""
    half = np.array([length, width]) / 2
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + (x, y)
    return Part(ring, tuple((a, b, c - a * x - b * y) for a, b, c in planes))


def slopes(length: float, width: float, eave: float, along: float | None, across: float) -> list[Plane]:
    """Planes that rise from the long eaves with pitch ``across`` and, unless None, from the short ones."""
    planes: list[Plane] = [(0.0, across, eave + across * width / 2), (0.0, -across, eave + across * width / 2)]
    if along is not None:
        planes += [(along, 0.0, eave + along * length / 2), (-along, 0.0, eave + along * length / 2)]
    return planes


def _size(rng: Rng) -> tuple[float, float, float, float]:
    """Length, width, eave height and pitch of an ordinary house."""
    width = rng.uniform(6, 12)
    return width * rng.uniform(1.05, 2.2), width, rng.uniform(3, 12), np.tan(np.radians(rng.uniform(18, 50)))


def _flat(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    return [box(0, 0, length, width, (0, 0, eave))]


def _steps(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    low = box(0, 0, length, width, (0, 0, eave))
    high = box(-length / 4, 0, length / 2, width, (0, 0, eave + rng.uniform(0.6, 5)))
    lift = box(length / 5, width / 5, 3.2, 2.6, (0, 0, eave + rng.uniform(1.5, 3)))
    return [low, high, lift]


def _shed(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, (0, pitch / 3, eave + pitch * width / 6))]


def _gable(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, *slopes(length, width, eave, None, pitch))]


def _uneven(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    other = pitch * rng.uniform(0.4, 0.7)
    return [box(0, 0, length, width, (0, pitch, eave + pitch * width / 2), (0, -other, eave + 1 + other * width / 2))]


def _hip(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, *slopes(length, width, eave, pitch * rng.uniform(0.9, 1.6), pitch))]


def _half_hip(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    planes = slopes(length, width, eave, None, pitch)
    steep = np.tan(np.radians(60))
    start = eave + pitch * width * 0.28
    return [
        box(
            0,
            0,
            length,
            width,
            *planes,
            (steep, 0, start + steep * length / 2),
            (-steep, 0, start + steep * length / 2),
        )
    ]


def _pyramid(rng: Rng) -> list[Part]:
    _, width, eave, pitch = _size(rng)
    return [box(0, 0, width, width, *slopes(width, width, eave, pitch, pitch))]


def _gambrel(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    steep, shallow = np.tan(np.radians(rng.uniform(55, 65))), np.tan(np.radians(rng.uniform(20, 30)))
    lift = (steep - shallow) * width * 0.17
    return [box(0, 0, length, width, *slopes(length, width, eave, None, steep),
                *slopes(length, width, eave + lift, None, shallow))]  # fmt: skip


def _mansard(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    steep = np.tan(np.radians(rng.uniform(55, 68)))
    top = slopes(length, width, eave + 2.2, 0.3, 0.3) if rng.random() < 0.5 else [(0.0, 0.0, eave + 2.4)]
    return [box(0, 0, length, width, *slopes(length, width, eave, steep, steep), *top)]


def _sawtooth(rng: Rng) -> list[Part]:
    teeth, width, eave = int(rng.integers(3, 6)), rng.uniform(10, 18), rng.uniform(4, 7)
    pitch, step = np.tan(np.radians(rng.uniform(14, 25))), rng.uniform(4, 6)
    return [
        box((k - (teeth - 1) / 2) * step, 0, step, width, (pitch, 0, eave + pitch * step / 2)) for k in range(teeth)
    ]


def _wing(rng: Rng) -> list[Part]:
    """T: a cross wing with a ridge of its own height."""
    length, width, eave, pitch = _size(rng)
    wide, out = width * rng.uniform(0.55, 0.9), rng.uniform(3, 6)
    reach = width / 2 + out
    cross = [(pitch, 0.0, eave + pitch * wide / 2), (-pitch, 0.0, eave + pitch * wide / 2)]
    return [
        box(0, 0, length, width, *slopes(length, width, eave, None, pitch)),
        box(rng.uniform(-1, 1) * (length - wide) / 2.2, reach / 2, wide, reach, *cross),
    ]


def _corner(rng: Rng) -> list[Part]:
    """L: two gables that meet at a corner."""
    length, width, eave, pitch = _size(rng)
    reach = width / 2 + rng.uniform(5, 9)
    cross = [(pitch, 0.0, eave + pitch * width / 2), (-pitch, 0.0, eave + pitch * width / 2)]
    return [
        box(0, 0, length, width, *slopes(length, width, eave, None, pitch)),
        box((length - width) / 2, reach - width / 2, width, 2 * reach - width + width, *cross),
    ]


def _dormers(rng: Rng) -> list[Part]:
    length, width, eave, pitch = (float(v) for v in (rng.uniform(10, 16), rng.uniform(8, 11), rng.uniform(4, 8), 1.0))
    parts = [box(0, 0, length, width, *slopes(length, width, eave, None, pitch))]
    for side in (-1, 1):
        for x in np.linspace(-length / 3.2, length / 3.2, int(rng.integers(1, 3))):
            wide, deep, up = rng.uniform(1.8, 2.8), width * 0.3, eave + rng.uniform(2.2, 2.8)
            flat = (0.0, 0.0, up)
            ridge = [(0.7, 0.0, up + 0.1), (-0.7, 0.0, up + 0.1)]
            planes = [flat] if rng.random() < 0.5 else ridge
            parts.append(box(float(x), side * (width / 2 - 0.6 - deep / 2), wide, deep, *planes))
    return parts


def _tower(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    side = rng.uniform(3.5, 5)
    top = eave + rng.uniform(5, 12)
    return [
        box(0, 0, length, width, *slopes(length, width, eave, pitch, pitch)),
        box((length - side) / 2, (width - side) / 2, side, side, *slopes(side, side, top, 1.2, 1.2)),
    ]


def _courtyard(rng: Rng) -> list[Part]:
    outer, wide, eave = rng.uniform(20, 27), rng.uniform(5, 7), rng.uniform(6, 12)
    pitch = np.tan(np.radians(rng.uniform(20, 40)))
    flat = rng.random() < 0.4
    long = [(0.0, 0.0, eave)] if flat else slopes(outer, wide, eave, pitch, pitch)
    short = [(0.0, 0.0, eave)] if flat else [(b, a, c) for a, b, c in long]
    at = (outer - wide) / 2
    return [
        box(0, -at, outer, wide, *long),
        box(0, at, outer, wide, *long),
        box(-at, 0, wide, outer, *short),
        box(at, 0, wide, outer, *short),
    ]


def _round(rng: Rng) -> list[Part]:
    """An octagon under a tent roof."""
    radius, eave, pitch = rng.uniform(4, 8), rng.uniform(4, 9), np.tan(np.radians(rng.uniform(25, 45)))
    angle = 2 * np.pi * np.arange(8) / 8
    ring = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    middle = angle + np.pi / 8
    top = eave + pitch * radius * np.cos(np.pi / 8)
    return [Part(ring, tuple((float(-pitch * np.cos(m)), float(-pitch * np.sin(m)), float(top)) for m in middle))]


def _terrace(rng: Rng) -> list[Part]:
    """A roof behind a parapet-high step, with a wedge-shaped plan."""
    length, width, eave, pitch = _size(rng)
    skew = rng.uniform(1, 3)
    ring = np.array(
        [[-length / 2, -width / 2], [length / 2, -width / 2 + skew], [length / 2, width / 2], [-length / 2, width / 2]]
    )
    return [Part(ring, tuple(slopes(length, width, eave, None, pitch)))]


KINDS: dict[str, Callable[[Rng], list[Part]]] = {
    "corner": _corner,
    "courtyard": _courtyard,
    "dormers": _dormers,
    "flat": _flat,
    "gable": _gable,
    "gambrel": _gambrel,
    "half_hip": _half_hip,
    "hip": _hip,
    "mansard": _mansard,
    "pyramid": _pyramid,
    "sawtooth": _sawtooth,
    "shed": _shed,
    "steps": _steps,
    "tent": _round,
    "tower": _tower,
    "uneven": _uneven,
    "wedge": _terrace,
    "wing": _wing,
}
