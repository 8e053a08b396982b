"""Vertices of a partition that nearly coincide become one: ridges that meet in a point, not in a tiny triangle."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.geometry.corners import Plane
    from xmscenes.geometry.extrude import Ring

Place = tuple[float, float]


def join_near_vertices(
    xy: Sequence[Place], faces: list[list[Ring]], planes: list[Plane], corners: int, reach_m: float
) -> list[list[Ring]]:
    """Collapse edges shorter than ``reach_m``; rings that shrink to a line vanish, faces without an outer ring too.

    The vertex that stays is one of those joined: an outline's own (one of the first ``corners``, or on its border) if
    there is one, else that above which the planes of the faces around differ least. Edges between two of the outline's
    vertices stay. A face that vanishes leaves an empty list, so that numbers hold.
    """
    border = _border(faces)
    groups = _groups(xy, faces, border, reach_m)
    if not groups:
        return faces
    around: dict[int, set[int]] = {}
    for f, rings in enumerate(faces):
        for ring in rings:
            for v in ring:
                around.setdefault(v, set()).add(f)
    stays: dict[int, int] = {}
    for group in groups:
        near = sorted({f for v in group for f in around[v]})
        fixed = [v for v in group if v < corners] or [v for v in group if v in border] or group
        best = min(fixed, key=lambda v: (_spread(xy[v], [planes[f] for f in near]), v))
        stays.update(dict.fromkeys(group, best))
    return [_renamed(rings, stays) for rings in faces]


def _border(faces: list[list[Ring]]) -> set[int]:
    """Vertices on the outside."""
    edges = {edge for rings in faces for ring in rings for edge in pairwise([*ring, ring[0]])}
    return {v for a, b in edges if (b, a) not in edges for v in (a, b)}


def _groups(xy: Sequence[Place], faces: list[list[Ring]], border: set[int], reach_m: float) -> list[list[int]]:
    """Chains of short edges, each with at most one vertex of the border."""
    parent: dict[int, int] = {}

    def root(v: int) -> int:
        while parent.setdefault(v, v) != v:
            v = parent[v]
        return v

    edges = {(min(e), max(e)) for rings in faces for ring in rings for e in pairwise([*ring, ring[0]])}
    lengths = [(((xy[a][0] - xy[b][0]) ** 2 + (xy[a][1] - xy[b][1]) ** 2) ** 0.5, a, b) for a, b in edges]
    held: dict[int, int] = {}  # group → border vertices in it
    for length, a, b in sorted(lengths):
        if length >= reach_m:
            break
        p, q = root(a), root(b)
        count = held.get(p, int(p in border)) + held.get(q, int(q in border))
        if p == q or count > 1:
            continue
        parent[max(p, q)] = min(p, q)
        held[min(p, q)] = count
    found: dict[int, list[int]] = {}
    for v in sorted(parent):
        found.setdefault(root(v), []).append(v)
    return [group for group in found.values() if len(group) > 1]


def _spread(place: Place, planes: list[Plane]) -> float:
    heights = [a * place[0] + b * place[1] + c for a, b, c in planes]
    return max(heights) - min(heights)


def _renamed(rings: list[Ring], stays: dict[int, int]) -> list[Ring]:
    result: list[Ring] = []
    for i, ring in enumerate(rings):
        named = [stays.get(v, v) for v in ring]
        kept = [v for k, v in enumerate(named) if v != named[k - 1]]
        while len(kept) > 2:  # a spike: there and back again
            n = len(kept)
            tip = next((k for k in range(n) if kept[k - 1] == kept[(k + 1) % n]), None)
            if tip is None:
                break
            kept = [v for k, v in enumerate(kept) if k not in (tip, (tip + 1) % n)]
        if len(kept) > 2:
            result.append(kept)
        elif i == 0:
            return []
    return result
