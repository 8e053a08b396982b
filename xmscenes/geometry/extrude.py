"""Closed solids from a planar partition with a height at every corner of every face.

Between two faces, and between a face and the outside, stand walls. All heights that occur above one plan vertex
form its column; every wall that ends there uses all of them, so there are no T-junctions, and the surface is closed
on shared indices by construction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from xmscenes.geometry.solid_pack import pack_solid
from xmscenes.geometry.solid_shell import count_open_triangle_edges
from xmscenes.geometry.triangulate import triangulate_face
from xmscenes.records import Mesh, Solid, Surface

STEP = 10_000  # heights are whole tenths of a millimetre while topology is made
Ring = list[int]


@dataclass(slots=True)
class CornerHeights:
    """A partition with heights: ``xy`` of the plan vertices, rings of every face, a height at every corner.

    ``heights[f][v]`` is the height of face f above vertex v in tenths of a millimetre. ``rings[f]`` is the outer
    ring (counter-clockwise), then the holes (clockwise). ``floor`` is the height of the underside.
    """

    xy: list[tuple[float, float]]
    rings: list[list[Ring]]
    heights: list[dict[int, int]]
    floor: int
    corners: set[int] = field(default_factory=set)  # plan vertices at which the outline really turns


def extrude(plan: CornerHeights) -> Solid:
    """Raise a partition to a closed solid: roofs, walls and one floor.

    Walls along one straight stretch of the outline are one face. Two neighbours may not cross between the ends of
    their common edge, every roof lies above the floor, and around a vertex every height is passed at most twice
    (see ``pinches``); then the result is a 2-manifold.
    """
    sides = {
        (ring[i], ring[(i + 1) % len(ring)]): f
        for f, rings in enumerate(plan.rings)
        for ring in rings
        for i in range(len(ring))
    }
    columns = _columns(plan)
    faces: list[tuple[Surface, list[list[tuple[int, int]]]]] = []
    for f, rings in enumerate(plan.rings):
        if rings:
            faces.append((Surface.ROOF, [[(v, plan.heights[f][v]) for v in ring] for ring in rings]))
    faces += _inner_walls(plan, sides, columns)
    outline = _outline(sides)
    floor: list[list[tuple[int, int]]] = []
    for loop in outline:
        walls, foot = _outer_walls(plan, loop, sides, columns)
        faces += walls
        floor.append(foot)
    faces += [(Surface.FLOOR, rings) for rings in _nested_floors(plan, floor)]
    return _to_solid(plan, faces)


def solid_to_mesh(solid: Solid) -> Mesh:
    """Triangulate a solid on its own vertices; the mesh is watertight when the solid is closed.

    Chords along nearly straight rings of two faces can coincide; then flat triangles are turned until none do.
    """
    faces: list[tuple[int, int, int]] = []
    surface: list[int] = []
    for rings, kind in zip(solid.faces, solid.surface.tolist(), strict=True):
        triangles = triangulate_face(solid.vertices, rings)
        faces += triangles
        surface += [kind] * len(triangles)
    tri = np.array(faces, dtype=np.int64).reshape(-1, 3)
    if count_open_triangle_edges(tri, len(solid.vertices)):
        packed = pack_solid(solid)
        tri, surface = packed.tri, solid.surface[packed.tri_face].tolist()
    return Mesh(vertices=solid.vertices, faces=tri.astype(np.int32), surface=np.array(surface, dtype=np.uint8))


def _columns(plan: CornerHeights) -> dict[int, list[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for heights in plan.heights:
        for v, z in heights.items():
            found[v].add(z)
    return {v: sorted(zs) for v, zs in found.items()}


def _climb(columns: dict[int, list[int]], v: int, start: int, stop: int) -> list[tuple[int, int]]:
    """Vertices of a column strictly between two heights, in walking order."""
    if start <= stop:
        return [(v, z) for z in columns[v] if start < z < stop]
    return [(v, z) for z in reversed(columns[v]) if stop < z < start]


def _inner_walls(
    plan: CornerHeights, sides: dict[tuple[int, int], int], columns: dict[int, list[int]]
) -> list[tuple[Surface, list[list[tuple[int, int]]]]]:
    walls = []
    for (a, b), f in sides.items():
        g = sides.get((b, a))
        if g is None:
            continue
        top_a, top_b = plan.heights[f][a], plan.heights[f][b]
        low_a, low_b = plan.heights[g][a], plan.heights[g][b]
        if top_a < low_a or top_b < low_b or (top_a == low_a and top_b == low_b):
            continue  # the other side's turn, or no step
        ring = [(a, low_a), (b, low_b)]
        if top_b > low_b:
            ring += [*_climb(columns, b, low_b, top_b), (b, top_b)]
        if top_a > low_a:
            ring += [(a, top_a), *_climb(columns, a, top_a, low_a)]
        walls.append((Surface.WALL, [ring]))
    return walls


def _outline(sides: dict[tuple[int, int], int]) -> list[Ring]:
    """Loops of the edges that have a face on their left and nothing on their right."""
    following = {a: b for a, b in sides if (b, a) not in sides}
    loops = []
    while following:
        start = min(following)
        loop, v = [start], following.pop(start)
        while v != start:
            loop.append(v)
            v = following.pop(v)
        loops.append(loop)
    return loops


def _outer_walls(
    plan: CornerHeights, loop: Ring, sides: dict[tuple[int, int], int], columns: dict[int, list[int]]
) -> tuple[list[tuple[Surface, list[list[tuple[int, int]]]]], list[tuple[int, int]]]:
    """One wall for each straight stretch of a loop, and the loop's foot on the floor (seen from below)."""
    turns = [i for i, v in enumerate(loop) if v in plan.corners]
    if len(turns) < 3:
        turns = list(range(len(loop)))
    walls = []
    n = len(loop)
    for k, i in enumerate(turns):
        count = (turns[(k + 1) % len(turns)] - i) % n or n
        chain = [loop[(i + j) % n] for j in range(count + 1)]
        top: list[tuple[int, int]] = []
        for a, b in pairwise(chain):
            heights = plan.heights[sides[(a, b)]]
            if top and top[-1][1] != heights[a]:
                top += [*_climb(columns, a, top[-1][1], heights[a])]
            if not top or top[-1] != (a, heights[a]):
                top.append((a, heights[a]))
            top.append((b, heights[b]))
        first, last = chain[0], chain[-1]
        ring = [(first, plan.floor), (last, plan.floor)]
        ring += _climb(columns, last, plan.floor, top[-1][1])
        ring += reversed(top)
        ring += _climb(columns, first, top[0][1], plan.floor)
        walls.append((Surface.WALL, [ring]))
    return walls, [(loop[i], plan.floor) for i in reversed(turns)]


def _nested_floors(plan: CornerHeights, loops: list[list[tuple[int, int]]]) -> list[list[list[tuple[int, int]]]]:
    """Group floor loops to faces: the loops around solid ground (clockwise from above), each with its courtyards."""
    from xmscenes.geometry.polygons import points_in_polygon, signed_area_m2

    rings = [np.array([plan.xy[v] for v, _ in loop]) for loop in loops]
    outer = [i for i, ring in enumerate(rings) if signed_area_m2(ring) < 0]
    if len(outer) == 1:
        return [[loops[outer[0]], *(loop for i, loop in enumerate(loops) if i != outer[0])]]
    groups = {i: [loops[i]] for i in outer}
    for i, ring in enumerate(rings):
        if i not in groups:
            around = [o for o in outer if points_in_polygon(ring[:1], (rings[o][::-1], ()))[0]]
            home = min(around or outer, key=lambda o: abs(signed_area_m2(rings[o])))
            groups[home].append(loops[i])
    return list(groups.values())


def _to_solid(plan: CornerHeights, faces: list[tuple[Surface, list[list[tuple[int, int]]]]]) -> Solid:
    index: dict[tuple[int, int], int] = {}
    rings = tuple(
        tuple(tuple(index.setdefault(corner, len(index)) for corner in ring) for ring in face) for _, face in faces
    )
    vertices = np.array([(*plan.xy[v], z / STEP) for v, z in index], dtype=np.float64)
    return Solid(vertices=vertices.reshape(-1, 3), faces=rings, surface=np.array([s for s, _ in faces], dtype=np.uint8))


def polygon_block(polygon: tuple[np.ndarray, tuple[np.ndarray, ...]], floor_m: float, top_m: float) -> Solid:
    """Raise one polygon (ring and holes) to a block with a flat top; ``top_m`` must lie above ``floor_m``."""
    rings: list[Ring] = []
    xy: list[tuple[float, float]] = []
    for ring in (polygon[0], *polygon[1]):
        rings.append(list(range(len(xy), len(xy) + len(ring))))
        xy += [(float(x), float(y)) for x, y in ring]
    top = round(top_m * STEP)
    heights = {v: top for ring in rings for v in ring}
    return extrude(CornerHeights(xy, [rings], [heights], round(floor_m * STEP), set(heights)))
