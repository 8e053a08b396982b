"""From planes over a partition to consistent corner heights: joints, crossings, pinched vertices."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from xmscenes.geometry.extrude import STEP, CornerHeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.geometry.extrude import Ring

Plane = tuple[float, float, float]  # z = a x + b y + c
LEAST_EDGE_M = 0.004  # a crossing nearer to an end moves away from it: validators join what is 1 mm apart
CUT_M = 0.03  # how far a pinched corner is cut back
FINE = 10_000  # plan coordinates of new vertices are whole tenths of a millimetre


def raise_corners(
    xy: Sequence[tuple[float, float]],
    rings: list[list[Ring]],
    planes: list[Plane],
    floor_m: float,
    corners: int,
    merge_m: float,
) -> CornerHeights:
    """Give every corner of every face its height, so that the faces extrude to a 2-manifold.

    Heights above one vertex that differ by less than ``merge_m`` become their mean. Where two neighbours cross
    between the ends of an edge, a vertex is put; where high and low faces alternate around a vertex, a corner is cut
    back by 3 cm. The first ``corners`` vertices are the outline's own.
    """
    plan = CornerHeights(
        xy=list(xy),
        rings=[[list(ring) for ring in face] for face in rings],
        heights=[
            {v: _height(plane, xy[v]) for ring in face for v in ring} for face, plane in zip(rings, planes, strict=True)
        ],
        floor=round(floor_m * STEP),
        corners=set(range(corners)),
    )
    _merge(plan, None, merge_m)
    _put_crossings(plan, planes)
    for _ in range(3):
        fresh = _cut_pinches(plan, planes)
        if not fresh:
            break
        _merge(plan, fresh, merge_m)
    return plan


def _height(plane: Plane, place: tuple[float, float]) -> int:
    return round((plane[0] * place[0] + plane[1] * place[1] + plane[2]) * STEP)


def _merge(plan: CornerHeights, only: set[int] | None, merge_m: float) -> None:
    """Join heights above a vertex that are nearly equal, weighing all alike."""
    gap = round(merge_m * STEP)
    above: dict[int, list[tuple[int, int]]] = {}
    for f, heights in enumerate(plan.heights):
        for v, z in heights.items():
            if only is None or v in only:
                above.setdefault(v, []).append((z, f))
    for v, found in above.items():
        if len(found) < 2:
            continue
        found.sort()
        group = [found[0]]
        for item in [*found[1:], (found[-1][0] + 10 * gap + 10, -1)]:
            if item[0] - group[0][0] <= gap:
                group.append(item)
                continue
            mean = round(sum(z for z, _ in group) / len(group))
            for _, f in group:
                plan.heights[f][v] = mean
            group = [item]


def _sides(plan: CornerHeights) -> dict[tuple[int, int], int]:
    return {edge: f for f, rings in enumerate(plan.rings) for ring in rings for edge in pairwise([*ring, ring[0]])}


def _put_crossings(plan: CornerHeights, planes: list[Plane]) -> None:
    """Put a vertex where the roofs on both sides of an edge cross."""
    sides = _sides(plan)
    fresh: dict[tuple[int, int], int] = {}
    for (a, b), f in sides.items():
        g = sides.get((b, a))
        if g is None or a > b:
            continue
        gap_a = plan.heights[f][a] - plan.heights[g][a]
        gap_b = plan.heights[f][b] - plan.heights[g][b]
        if gap_a * gap_b >= 0:
            continue
        clear = LEAST_EDGE_M / max(math.dist(plan.xy[a], plan.xy[b]), 3.0 * LEAST_EDGE_M)
        t = min(max(gap_a / (gap_a - gap_b), clear), 1.0 - clear)
        x = round((plan.xy[a][0] + t * (plan.xy[b][0] - plan.xy[a][0])) * FINE) / FINE
        y = round((plan.xy[a][1] + t * (plan.xy[b][1] - plan.xy[a][1])) * FINE) / FINE
        v = len(plan.xy)
        plan.xy.append((x, y))
        z = round((_height(planes[f], (x, y)) + _height(planes[g], (x, y))) / 2)
        plan.heights[f][v] = plan.heights[g][v] = z
        fresh[(a, b)] = fresh[(b, a)] = v
    if fresh:
        for rings in plan.rings:
            for ring in rings:
                ring[:] = [w for edge in pairwise([*ring, ring[0]]) for w in (edge[0], fresh.get(edge, -1)) if w >= 0]


def _cut_pinches(plan: CornerHeights, planes: list[Plane]) -> set[int]:
    """Cut back one corner at each vertex around which solid and air alternate more than once. Returns new vertices."""
    sides = _sides(plan)
    around: dict[int, list[tuple[int, int, int]]] = {}  # vertex → (face, next, previous)
    for f, rings in enumerate(plan.rings):
        for ring in rings:
            for i, v in enumerate(ring):
                around.setdefault(v, []).append((f, ring[(i + 1) % len(ring)], ring[i - 1]))
    fresh: set[int] = set()
    busy: set[int] = set()  # faces already changed in this round
    for v in sorted(around):
        if len(around[v]) < 3:
            continue
        fan = _fan(around[v], v, sides)
        if not _is_pinched(plan, v, fan):
            continue
        for i, sector in enumerate(fan):
            if sector is None or not _relieves(plan, v, fan, i):
                continue
            faces = {s[0] for s in (sector, fan[i - 1], fan[(i + 1) % len(fan)]) if s is not None}
            if faces & busy or not _is_sharp(plan, v, sector):
                continue
            busy |= faces
            fresh |= _cut_corner(plan, planes, v, sector, sides)
            break
    return fresh


def _fan(
    corners: list[tuple[int, int, int]], v: int, sides: dict[tuple[int, int], int]
) -> list[tuple[int, int, int] | None]:
    """Corners around a vertex counter-clockwise; None stands for the outside."""
    by_next = {c[1]: c for c in corners}
    start = next((c for c in corners if (c[1], v) not in sides), corners[0])
    fan: list[tuple[int, int, int] | None] = []
    corner: tuple[int, int, int] | None = start
    while corner is not None and len(fan) <= len(corners):
        fan.append(corner)
        corner = by_next.get(corner[2])
        if corner == start:
            return fan
    return [*fan, None]


def _levels(plan: CornerHeights, v: int, fan: list[tuple[int, int, int] | None]) -> list[int]:
    return [plan.floor if c is None else plan.heights[c[0]][v] for c in fan]


def _changes(levels: list[int]) -> int:
    """How often, at the worst level, the ring of heights changes between solid and air."""
    worst = 0
    for z in set(levels):
        solid = [level >= z for level in levels]
        worst = max(worst, sum(solid[i] != solid[i - 1] for i in range(len(solid))))
    return worst


def _is_pinched(plan: CornerHeights, v: int, fan: list[tuple[int, int, int] | None]) -> bool:
    return len(fan) > 3 and _changes(_levels(plan, v, fan)) > 2


def _relieves(plan: CornerHeights, v: int, fan: list[tuple[int, int, int] | None], i: int) -> bool:
    """Whether the vertex gets better when sector i leaves it."""
    levels = _levels(plan, v, fan)
    return _changes(levels[:i] + levels[i + 1 :]) < _changes(levels)


def _is_sharp(plan: CornerHeights, v: int, corner: tuple[int, int, int]) -> bool:
    (x, y), (ax, ay), (bx, by) = plan.xy[v], plan.xy[corner[1]], plan.xy[corner[2]]
    ux, uy, wx, wy = ax - x, ay - y, bx - x, by - y
    turn = ux * wy - uy * wx
    size = ((ux * ux + uy * uy) * (wx * wx + wy * wy)) ** 0.5
    return bool(turn > 0.1 * size)


def _cut_corner(
    plan: CornerHeights,
    planes: list[Plane],
    v: int,
    corner: tuple[int, int, int],
    sides: dict[tuple[int, int], int],
) -> set[int]:
    """Take a small triangle at v from the corner's face and give it to the face beside it."""
    f, after, before = corner
    p, q = _step_from(plan, v, after), _step_from(plan, v, before)
    left, right = sides.get((v, before)), sides.get((after, v))
    _replace(plan.rings[f], (before, v, after), [q, p])
    if left is not None:
        _insert(plan.rings[left], (v, before), [p, q])
        if right is not None:
            _insert(plan.rings[right], (after, v), [p])
    elif right is not None:
        _insert(plan.rings[right], (after, v), [p, q])
    if not any(v in ring for ring in plan.rings[f]):
        plan.heights[f].pop(v, None)
    taker = left if left is not None else right
    for w in (p, q):
        for face in {f, taker, right if w == p else left}:
            if face is not None and any(w in ring for ring in plan.rings[face]):
                plan.heights[face][w] = _height(planes[face], plan.xy[w])
    return {p, q}


def _step_from(plan: CornerHeights, v: int, to: int) -> int:
    (x, y), (ax, ay) = plan.xy[v], plan.xy[to]
    length = ((ax - x) ** 2 + (ay - y) ** 2) ** 0.5
    t = min(CUT_M / length, 0.35)
    plan.xy.append((round((x + t * (ax - x)) * FINE) / FINE, round((y + t * (ay - y)) * FINE) / FINE))
    return len(plan.xy) - 1


def _replace(rings: list[Ring], run: tuple[int, int, int], new: list[int]) -> None:
    for ring in rings:
        n = len(ring)
        for i in range(n):
            if ring[i] == run[1] and ring[i - 1] == run[0] and ring[(i + 1) % n] == run[2]:
                ring[i : i + 1] = new
                return


def _insert(rings: list[Ring], edge: tuple[int, int], new: list[int]) -> None:
    for ring in rings:
        n = len(ring)
        for i in range(n):
            if ring[i] == edge[0] and ring[(i + 1) % n] == edge[1]:
                ring[i + 1 : i + 1] = new
                return
