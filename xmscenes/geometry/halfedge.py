"""A planar partition that is refined by straight cuts, on an integer grid.

Coordinates are whole millimetres held in float64, so that every orientation test is exact. The topology is never
recomputed from coordinates: a cut inserts vertices and edges into half-edge arrays, and a vertex within ``SNAP`` of
a cut is used as it stands. So slivers thinner than ``SNAP`` cannot arise and no intersection is solved twice.
Half-edges come in pairs, the twin of h is h ^ 1. Face -1 is the outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.cut_events import EVENTS, SNAP, find_events, side_of
from xmscenes.geometry.sorting import stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.polygons import Polygon

OVERLAP = 150.0  # mm of a cut that must lie in a face for the face to be cut
MAX_FACES = 900
_NOWHERE: Any = np.int64(-1)  # not a Python number: numba would compile copies of kernels for its value


@dataclass(frozen=True, slots=True)
class Partition:
    """Faces of a polygon: half-edge arrays (``origin``, ``following``, ``face``) and vertices in millimetres."""

    xy: NDArray[np.float64]  # (V, 2)
    origin: NDArray[np.int64]  # (H,) vertex
    following: NDArray[np.int64]  # (H,) next half-edge of the same face
    face: NDArray[np.int64]  # (H,)
    face_count: int


def cut_polygon(polygon: Polygon, cuts: NDArray[np.float64]) -> Partition:
    """Cut a polygon (millimetres) into faces along straight cuts, in the order given.

    ``cuts`` is (N, 6): a point, a unit direction, and the stretch (from, to) along it where the cut is wanted. A face
    is cut from border to border if at least 15 cm of the wanted stretch lies in it. Holes are joined to the outside
    by bridges, edges with the same face on both sides, so that every face has one loop.
    """
    rings = [polygon[0], *sorted(polygon[1], key=lambda r: (r[:, 0].min(), r[:, 1].min()))]
    sizes = np.array([len(r) for r in rings])
    start = int(sizes.sum())
    room = start + 4 * len(rings) + 64
    worst = room + 24 * MAX_FACES + 40 * (len(cuts) + 1)
    xy = np.zeros((worst, 2))
    xy[:start] = np.concatenate(rings)
    links = np.full((2 * worst + 2 * MAX_FACES, 4), -1, dtype=np.int64)  # origin, next, previous, face
    counts = np.zeros(3, dtype=np.int64)  # vertices, half-edges, faces
    _build(xy, links, counts, sizes, np.asarray(cuts, dtype=np.float64).reshape(-1, 6))
    vertices, edges, faces = counts.tolist()
    return Partition(
        xy[:vertices].copy(), links[:edges, 0].copy(), links[:edges, 1].copy(), links[:edges, 3].copy(), faces
    )


@njit(cache=True)
def _build(xy, links, counts, sizes, cuts):  # type: ignore[no-untyped-def]
    start = 0
    for size in sizes:
        for i in range(size):
            h = 2 * (start + i)
            links[h, 0] = start + i
            links[h, 1] = 2 * (start + (i + 1) % size)
            links[h, 2] = 2 * (start + (i - 1) % size)
            links[h, 3] = 0
            links[h + 1, 0] = start + (i + 1) % size
            links[h + 1, 1] = 2 * (start + (i - 1) % size) + 1
            links[h + 1, 2] = 2 * (start + (i + 1) % size) + 1
        start += size
    counts[0], counts[1], counts[2] = start, 2 * start, 1
    first = sizes[0]
    for size in sizes[1:]:
        _bridge(xy, links, counts, first, size)
        first += size
    first_of = np.zeros(MAX_FACES + 1, np.int64)
    for c in range(cuts.shape[0]):
        before = counts[2]
        for f in range(before):
            if counts[2] >= MAX_FACES - 32 or counts[0] >= xy.shape[0] - 64:
                return
            _cut_face(xy, links, counts, first_of, f, cuts[c])


@njit(cache=True)
def _split_edge(xy, links, counts, h, x, y):  # type: ignore[no-untyped-def]
    """Put a vertex on the edge of h. Returns the new pair's even half-edge, which runs on from the vertex."""
    even, odd = h & ~1, h | 1
    m = counts[0]
    xy[m, 0], xy[m, 1] = x, y
    counts[0] += 1
    n = counts[1]
    counts[1] += 2
    links[n, 0], links[n, 3] = m, links[even, 3]
    links[n + 1, 0], links[n + 1, 3] = links[odd, 0], links[odd, 3]
    after, before = links[even, 1], links[odd, 2]
    if after == odd:  # the edge dangles: its far end is a tip
        after, before = n + 1, n
    links[even, 1], links[n, 2] = n, even
    links[n, 1], links[after, 2] = after, n
    links[before, 1], links[n + 1, 2] = n + 1, before
    links[n + 1, 1], links[odd, 2] = odd, n + 1
    links[odd, 0] = m
    return n


@njit(cache=True)
def _connect(links, counts, a, b):  # type: ignore[no-untyped-def]
    """Edge between the corners in front of half-edges a and b of one face. Returns the half-edge from a's to b's."""
    c = counts[1]
    counts[1] += 2
    pa, pb = links[a, 2], links[b, 2]
    links[c, 0], links[c + 1, 0] = links[a, 0], links[b, 0]
    links[c, 3] = links[c + 1, 3] = links[a, 3]
    links[pa, 1], links[c, 2] = c, pa
    links[c, 1], links[b, 2] = b, c
    links[pb, 1], links[c + 1, 2] = c + 1, pb
    links[c + 1, 1], links[a, 2] = a, c + 1
    return c


@njit(cache=True)
def _bridge(xy, links, counts, first, size):  # type: ignore[no-untyped-def]
    """Join the hole whose ring starts at vertex ``first`` to what lies west of it."""
    v = first
    for i in range(first, first + size):
        if xy[i, 0] < xy[v, 0] or (xy[i, 0] == xy[v, 0] and xy[i, 1] < xy[v, 1]):
            v = i
    px, py = xy[v, 0], xy[v, 1]
    best, best_x = _NOWHERE, -1e300
    for h in range(counts[1]):
        if links[h, 3] != 0:
            continue
        a, b = links[h, 0], links[h ^ 1, 0]
        ya, yb = xy[a, 1], xy[b, 1]
        if (ya > py) == (yb > py):
            continue
        x = xy[a, 0] + (py - ya) / (yb - ya) * (xy[b, 0] - xy[a, 0])
        if x < px - 1e-6 and x > best_x and ya > yb:
            best, best_x = h, x
    if best < 0:
        return
    a, b = links[best, 0], links[best ^ 1, 0]
    dx, dy = xy[b, 0] - xy[a, 0], xy[b, 1] - xy[a, 1]
    length = np.sqrt(dx * dx + dy * dy)
    t = (py - xy[a, 1]) / dy
    margin = min(0.5, 3.0 * SNAP / length)
    t = min(1.0 - margin, max(margin, t))
    x, y = np.round(xy[a, 0] + t * dx), np.round(xy[a, 1] + t * dy)
    n = _split_edge(xy, links, counts, best, x, y)
    out = n if best & 1 == 0 else best
    hole = _NOWHERE
    for h in range(counts[1]):
        if links[h, 0] == v and links[h, 3] == 0:
            hole = h
    _connect(links, counts, out, hole)


@njit(cache=True)
def _corner(xy, links, counts, cut, t, h, kind, split):  # type: ignore[no-untyped-def]
    """Half-edge that leaves the event's corner; an edge that the cut crosses gets its vertex now."""
    if kind < 2:
        return h
    pair = h >> 1
    n = -1
    for i in range(0, EVENTS, 2):
        if split[i] == pair:
            n = split[i + 1]
            break
        if split[i] < 0:
            x, y = np.round(cut[0] + t * cut[2]), np.round(cut[1] + t * cut[3])
            n = _split_edge(xy, links, counts, h, x, y)
            split[i], split[i + 1] = pair, n
            break
    return n if h & 1 == 0 else h


@njit(cache=True)
def _cut_face(xy, links, counts, first_of, f, cut):  # type: ignore[no-untyped-def]  # noqa: C901
    first = first_of[f]
    at = np.zeros(EVENTS)
    who = np.zeros(EVENTS, np.int64)
    kind = np.zeros(EVENTS, np.int64)
    count = find_events(xy, links, first, cut, at, who, kind)
    if count < 2 or count % 2:
        return
    key = np.zeros(count)
    for i in range(count):
        key[i] = at[i] + 1e-7 * (kind[i] & 1)
    order = stable_order(key)
    for i in range(0, count, 2):
        if kind[order[i]] & 1 == 0 or kind[order[i + 1]] & 1 == 1:
            return
    split = np.full(EVENTS, -1, np.int64)
    for i in range(0, count, 2):
        s, e = order[i], order[i + 1]
        overlap = min(at[e], cut[5]) - max(at[s], cut[4])
        if overlap < min(OVERLAP, 0.9 * (at[e] - at[s])) or at[e] - at[s] < 2.0 * SNAP:
            continue  # not wanted here, or the tip of a sharp corner
        out = _corner(xy, links, counts, cut, at[s], who[s], kind[s], split)
        arrive = _corner(xy, links, counts, cut, at[e], who[e], kind[e], split)
        if links[out, 0] == links[arrive, 0] or links[out, 1] == arrive or links[arrive, 1] == out:
            continue
        c = _connect(links, counts, out, arrive)
        if i + 2 < count and kind[e] == 0 and who[order[i + 2]] == who[e] and kind[order[i + 2]] == 1:
            side, _ = side_of(xy, links[links[c ^ 1, 2], 0], cut)
            if side > 0:  # the cut goes on from a reflex corner, and now from this half of it
                who[order[i + 2]] = c ^ 1
        new = counts[2]
        counts[2] += 1
        first_of[links[c ^ 1, 3]], first_of[new] = c ^ 1, c
        h = c
        while True:
            links[h, 3] = new
            h = links[h, 1]
            if h == c:
                break
