"""A reconstructed solid as a dresser sees it: straight walls, roof faces, and what lies along their edges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.vectors import cross, following
from xmscenes.records import Solid, Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Edge = tuple[int, int]

FLAT_SLOPE = 0.09  # 5 degrees: gentler roofs are terraces
STEP_M = 0.25  # lower steps inside a roof are no eaves: what lines them would lie on the next face


@dataclass(frozen=True, slots=True)
class Wall:
    """A straight stretch of wall: its polygons in the plane, metres along it and heights.

    ``origin`` and ``along`` lead from the plane to the ground plan; ``outward`` is its horizontal normal.
    """

    origin: Floats  # (2,)
    along: Floats  # (2,)
    outward: Floats  # (2,)
    length: float
    area: shapely.Polygon | shapely.MultiPolygon
    is_rectangle: bool
    low: float = field(init=False)  # height of its foot
    top: float = field(init=False)  # height of its highest point

    def __post_init__(self) -> None:
        """Ask the area for its heights once, not at every storey."""
        _, low, _, top = shapely.bounds(self.area).tolist()
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "top", top)

    def point(self, s: float | Floats, z: float | Floats, out: float = 0.0) -> Floats:
        """Points in space: metres along the wall, heights, metres in front of it."""
        s, z = np.asarray(s, dtype=np.float64), np.asarray(z, dtype=np.float64)
        xyz = np.zeros((*np.broadcast(s, z).shape, 3))
        xyz[..., :2] = self.origin + s[..., None] * self.along + out * self.outward
        xyz[..., 2] = z
        return xyz


@dataclass(frozen=True, slots=True)
class RoofFace:
    """A roof polygon: outer ring and holes as vertex numbers, its plane, and its edges by kind."""

    rings: tuple[tuple[int, ...], ...]
    gradient: Floats  # (2,) rise per metre east and north
    is_flat: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """A solid sorted out. ``eaves`` are roof edges (i, j) over a wall, by roof face; ``ridges`` join two roof faces."""

    vertices: Floats
    walls: tuple[Wall, ...]
    roofs: tuple[RoofFace, ...]
    eaves: tuple[tuple[int, Edge], ...]
    ridges: tuple[tuple[Edge, int, int], ...]
    base: float
    eave: float
    area_m2: float

    @property
    def kind(self) -> str:
        """``"flat"``, ``"gable"`` or ``"hip"``, by the slopes and by the walls under them."""
        sizes = np.array([_plan_area(self.vertices, r) for r in self.roofs])
        flat = np.array([r.is_flat for r in self.roofs])
        if sizes[flat].sum() > 0.6 * sizes.sum():
            return "flat"
        peaked = sum(1 for w in self.walls if not w.is_rectangle and w.top - self.eave > 0.8 and w.length > 3.0)
        return "gable" if peaked >= 1 else "hip"


def read_shell(solid: Solid) -> Shell:
    """Sort out a closed solid with outward faces; walls that lie in one plane and touch become one wall."""
    vertices = np.asarray(solid.vertices)
    order = np.flatnonzero(solid.surface == Surface.ROOF).tolist()
    roofs = tuple(_roof(vertices, solid.faces[f]) for f in order)
    eaves, ridges = _roof_edges(solid, vertices, roofs, {f: k for k, f in enumerate(order)})
    base = float(vertices[:, 2].min())
    return Shell(
        vertices=vertices,
        walls=tuple(_walls(solid)),
        roofs=roofs,
        eaves=tuple(eaves),
        ridges=tuple(ridges),
        base=base,
        eave=_eave(vertices, eaves, base),
        area_m2=sum(_plan_area(vertices, r) for r in roofs),
    )


def _edges(rings: tuple[tuple[int, ...], ...]) -> list[Edge]:
    return [edge for ring in rings for edge in zip(ring, ring[1:] + ring[:1], strict=True)]


def _roof_edges(
    solid: Solid, vertices: Floats, roofs: tuple[RoofFace, ...], number: dict[int, int]
) -> tuple[list[tuple[int, Edge]], list[tuple[Edge, int, int]]]:
    """Roof edges over a wall, and edges where two roofs meet in a ridge or a hip."""
    owner = {edge: f for f, rings in enumerate(solid.faces) for edge in _edges(rings)}
    eaves: list[tuple[int, Edge]] = []
    ridges: list[tuple[Edge, int, int]] = []
    for f, own in number.items():
        for i, j in _edges(solid.faces[f]):
            other = owner.get((j, i))
            if other is None:
                continue
            if other in number:
                if i < j and _is_convex(vertices, roofs[own], roofs[number[other]], i, j):
                    ridges.append(((i, j), own, number[other]))
            elif (
                solid.surface[other] == Surface.WALL
                and _middle_z(vertices, solid.faces[other]) < vertices[[i, j], 2].mean()
                and vertices[list(solid.faces[other][0]), 2].min() < vertices[[i, j], 2].max() - STEP_M
            ):
                eaves.append((own, (i, j)))
    return eaves, ridges


def _middle_z(vertices: Floats, rings: tuple[tuple[int, ...], ...]) -> float:
    return float(vertices[list(rings[0]), 2].mean())


def _eave(vertices: Floats, eaves: Sequence[tuple[int, Edge]], base: float) -> float:
    """The height at which most of the wall ends: the lower end of level eaves, weighed by length."""
    rows: list[tuple[float, float]] = [
        (float(min(vertices[i, 2], vertices[j, 2])), float(np.linalg.norm(vertices[i, :2] - vertices[j, :2])))
        for _, (i, j) in eaves
        if abs(vertices[i, 2] - vertices[j, 2]) < 0.3
    ]
    if not rows:
        return float(max(vertices[:, 2].mean(), base + 2.2))
    rows.sort()
    weights = np.cumsum([length for _, length in rows])
    return rows[int(np.searchsorted(weights, weights[-1] * 0.35))][0]


def _roof(vertices: Floats, rings: tuple[tuple[int, ...], ...]) -> RoofFace:
    ring = vertices[list(rings[0])] - vertices[rings[0][0]]
    normal = cross(ring, following(ring)).sum(0)
    gradient = -normal[:2] / normal[2] if abs(normal[2]) > 1e-9 else np.zeros(2)
    return RoofFace(rings=rings, gradient=gradient, is_flat=bool(np.linalg.norm(gradient) < FLAT_SLOPE))


def _plan_area(vertices: Floats, roof: RoofFace) -> float:
    total = 0.0
    for ring in roof.rings:
        x, y = (vertices[list(ring), :2] - vertices[ring[0], :2]).T
        total += 0.5 * float((x * following(y) - following(x) * y).sum())
    return abs(total)


def _is_convex(vertices: Floats, one: RoofFace, two: RoofFace, i: int, j: int) -> bool:
    """Whether two roofs meet in a ridge or a hip, at more than 8 degrees, and not in a valley."""
    direction = vertices[j, :2] - vertices[i, :2]
    length = float(np.linalg.norm(direction))
    if length < 0.6:
        return False
    right = np.array([direction[1], -direction[0]]) / length
    return float(two.gradient @ right - one.gradient @ right) < -0.14


def _walls(solid: Solid) -> list[Wall]:
    groups: dict[tuple[int, int, int], list[tuple[tuple[int, ...], ...]]] = defaultdict(list)
    frames: dict[tuple[int, int, int], tuple[Floats, Floats]] = {}
    vertices = np.asarray(solid.vertices)
    for rings, kind in zip(solid.faces, solid.surface.tolist(), strict=True):
        if kind != Surface.WALL:
            continue
        ring = vertices[list(rings[0])] - vertices[rings[0][0]]
        normal = cross(ring, following(ring)).sum(0)[:2]
        size = float(np.linalg.norm(normal))
        if size < 1e-9:
            continue
        outward = normal / size
        offset = float(outward @ vertices[rings[0][0], :2])
        key = (round(float(np.arctan2(outward[1], outward[0])) * 200), round(offset * 20), 0)
        groups[key].append(rings)
        frames.setdefault(key, (outward, np.array([-outward[1], outward[0]])))
    walls: list[Wall] = []
    for key in sorted(groups):
        outward, along = frames[key]
        walls += _stretches(vertices, groups[key], outward, along)
    return walls


def _stretches(
    vertices: Floats, faces: list[tuple[tuple[int, ...], ...]], outward: Floats, along: Floats
) -> list[Wall]:
    flat = []
    for rings in faces:
        shapes = [np.column_stack([vertices[list(r), :2] @ along, vertices[list(r), 2]]) for r in rings]
        flat.append(shapely.make_valid(shapely.Polygon(shapes[0], shapes[1:])))
    union = flat[0] if len(flat) == 1 else shapely.unary_union(shapely.set_precision(flat, 1e-4))
    walls = []
    offset = float(outward @ vertices[faces[0][0][0], :2])
    for part in getattr(union, "geoms", [union]):
        if part.geom_type != "Polygon" or part.area < 0.05:
            continue
        s0, z0, s1, z1 = part.bounds
        box_area = (s1 - s0) * (z1 - z0)
        walls.append(
            Wall(
                origin=along * s0 + outward * offset,
                along=along,
                outward=outward,
                length=float(s1 - s0),
                area=_starting_at_0(part, s0),
                is_rectangle=bool(abs(box_area - part.area) < 1e-3 * max(box_area, 1.0)),
            )
        )
    return walls


def _starting_at_0(part: shapely.Polygon, first: float) -> shapely.Polygon:
    return shapely.transform(part, lambda xy: xy - (first, 0.0))
