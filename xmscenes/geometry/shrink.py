"""The loop of the simplifier: collapse the cheapest vertex until the next one costs more than a limit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.collapse import allowed, best_target, collapse_cost, heap_drop, heap_set


@njit(cache=True)
def link_corners(faces: Any, vertices: int) -> Any:
    """Chain the corners of every vertex: head (V,), next (3 F,), last (V,)."""
    head = np.full(vertices, -1, np.int32)
    tail = np.full(vertices, -1, np.int32)
    nexts = np.full(faces.size, -1, np.int32)
    for c in range(faces.size):
        v = faces[c // 3, c % 3]
        if head[v] < 0:
            head[v] = c
        else:
            nexts[tail[v]] = c
        tail[v] = c
    return head, nexts, tail


@njit(cache=True)
def connected_parts(faces: Any, alive: Any, vertices: int) -> Any:
    """Which part each live face (F,) belongs to, named by its lowest vertex; faces that share a vertex are one part."""
    root = np.arange(vertices)
    for f in range(len(faces)):
        if not alive[f]:
            continue
        for k in range(1, 3):
            a, b = faces[f, 0], faces[f, k]
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            while root[b] != b:
                root[b] = root[root[b]]
                b = root[b]
            if a < b:
                root[b] = a
            else:
                root[a] = b
    out = np.zeros(len(faces), np.int64)
    for f in range(len(faces)):
        a = faces[f, 0]
        while root[a] != a:
            a = root[a]
        out[f] = a
    return out


@njit(cache=True)
def small_parts(xyz: Any, faces: Any, alive: Any, size_m: float) -> Any:
    """Live faces (F,) of parts that hang together with nothing and whose bounding box is under ``size_m`` across."""
    part = connected_parts(faces, alive, len(xyz))
    low, high = np.full((len(xyz), 3), np.inf), np.full((len(xyz), 3), -np.inf)
    for f in range(len(faces)):
        if alive[f]:
            for corner in range(3):
                for axis in range(3):
                    at = xyz[faces[f, corner], axis]
                    low[part[f], axis] = min(low[part[f], axis], at)
                    high[part[f], axis] = max(high[part[f], axis], at)
    out = np.zeros(len(faces), np.bool_)
    for f in range(len(faces)):
        if alive[f]:
            span = 0.0
            for axis in range(3):
                span += (high[part[f], axis] - low[part[f], axis]) ** 2
            out[f] = np.sqrt(span) < size_m
    return out


@njit(cache=True)
def fill_heap(
    xyz: Any, faces: Any, head: Any, nexts: Any, alive: Any, qf: Any, ql: Any, on_line: Any, locked: Any,
    heap: Any, place: Any, key: Any, target: Any,
) -> int:  # fmt: skip
    """Enter every free vertex with its cheapest collapse; returns the size of the heap."""
    size = 0
    for u in range(len(xyz)):
        if locked[u] or head[u] < 0:
            continue
        key[u], target[u] = best_target(xyz, faces, head, nexts, alive, qf, ql, on_line, u, -1.0)
        if target[u] >= 0:
            size = heap_set(heap, place, key, size, u)
    return size


@njit(cache=True)
def shrink(
    xyz: Any, faces: Any, uv: Any, rgb: Any, label: Any, textured: bool, head: Any, nexts: Any, tail: Any, alive: Any,
    qf: Any, ql: Any, on_line: Any, locked: Any, heap: Any, place: Any, key: Any, target: Any, stuck: Any, mark: Any,
    stamp: int, size: int, limit: float,
) -> Any:  # fmt: skip
    """Collapse until the cheapest vertex costs more than ``limit`` (m²); returns the heap size and the last stamp.

    ``stuck`` (V,) are vertices whose cheapest collapse was refused, so that a dearer one stands in the heap.
    """
    pairs = np.zeros((8, 2), np.int64)
    while size > 0 and key[heap[0]] <= limit:
        u = heap[0]
        v = target[u]
        stamp += 2
        fits = allowed(xyz, faces, head, nexts, alive, u, v, mark, stamp)
        count = _dying(faces, head, nexts, alive, u, v, pairs) if fits else 0
        if fits and textured:
            fits = _wedges_meet(uv, label, head, nexts, alive, u, pairs, count)
        if not fits:  # look for the next best; without one, wait until a neighbour changes
            key[u], target[u] = best_target(xyz, faces, head, nexts, alive, qf, ql, on_line, u, key[u])
            stuck[u] = True
            size = _enter(heap, place, key, target, size, u)
            continue
        size = heap_drop(heap, place, key, size, u)
        _move(faces, uv, rgb, label, head, nexts, tail, alive, u, v, pairs, count)
        for i in range(11):
            qf[v, i] += qf[u, i]
            ql[v, i] += ql[u, i]
        locked[u] = True
        stamp += 2
        size = _refresh(
            xyz, faces, head, nexts, alive, qf, ql, on_line, locked, heap, place, key, target, stuck, mark, stamp, size,
            u, v,
        )  # fmt: skip
    return size, stamp


@njit(cache=True)
def _enter(heap: Any, place: Any, key: Any, target: Any, size: int, item: int) -> int:
    """Move a vertex to its place in the heap, or out of it when nothing is left to collapse onto."""
    if target[item] < 0:
        return heap_drop(heap, place, key, size, item)
    return heap_set(heap, place, key, size, item)


@njit(cache=True)
def _refresh(
    xyz: Any, faces: Any, head: Any, nexts: Any, alive: Any, qf: Any, ql: Any, on_line: Any, locked: Any,
    heap: Any, place: Any, key: Any, target: Any, stuck: Any, mark: Any, stamp: int, size: int, u: int, v: int,
) -> int:  # fmt: skip
    """Find new cheapest collapses for v and its neighbours, after u moved onto v.

    A neighbour keeps its own quadric and loses only u, so one look at v is enough unless it was to move onto u or
    waits for its surroundings to change: that halves the time of a whole simplification.
    """
    c = head[v]
    while c >= 0:
        f = c // 3
        if alive[f]:
            for k in range(3):
                w = faces[f, k]
                if mark[w] != stamp and not locked[w]:
                    if w == v or stuck[w] or target[w] == u or target[w] < 0:
                        key[w], target[w] = best_target(xyz, faces, head, nexts, alive, qf, ql, on_line, w, -1.0)
                        stuck[w] = False
                        size = _enter(heap, place, key, target, size, w)
                    elif on_line[v] or not on_line[w]:
                        cost = collapse_cost(xyz, qf, ql, w, v)
                        if cost < key[w] or (cost == key[w] and v < target[w]):
                            key[w], target[w] = cost, v
                            size = heap_set(heap, place, key, size, w)
                mark[w] = stamp
        c = nexts[c]
    return size


@njit(cache=True)
def _same_wedge(uv: Any, label: Any, f: int, i: int, g: int, j: int) -> bool:
    return label[f] == label[g] and uv[f, i, 0] == uv[g, j, 0] and uv[f, i, 1] == uv[g, j, 1]


@njit(cache=True)
def _dying(faces: Any, head: Any, nexts: Any, alive: Any, u: int, v: int, pairs: Any) -> int:
    """Corners at u and at v of the faces that die with u → v; returns how many there are (no more than fit)."""
    count = 0
    c = head[u]
    while c >= 0 and count < len(pairs):
        f = c // 3
        if alive[f]:
            for k in range(3):
                if faces[f, k] == v:
                    pairs[count, 0], pairs[count, 1] = c, 3 * f + k
                    count += 1
        c = nexts[c]
    return count


@njit(cache=True)
def _partner(uv: Any, label: Any, pairs: Any, count: int, c: int) -> int:
    """Corner at v of a dying face that wears at u what corner c wears there; -1 without one."""
    for i in range(count):
        g = pairs[i, 0]
        if _same_wedge(uv, label, c // 3, c % 3, g // 3, g % 3):
            return int(pairs[i, 1])
    return -1


@njit(cache=True)
def _wedges_meet(uv: Any, label: Any, head: Any, nexts: Any, alive: Any, u: int, pairs: Any, count: int) -> bool:
    """Whether every texture chart around u continues at v, so that no chart is stretched over a seam."""
    c = head[u]
    while c >= 0:
        if alive[c // 3] and _partner(uv, label, pairs, count, c) < 0:
            return False
        c = nexts[c]
    return True


@njit(cache=True)
def _move(
    faces: Any, uv: Any, rgb: Any, label: Any, head: Any, nexts: Any, tail: Any, alive: Any, u: int, v: int,
    pairs: Any, count: int,
) -> None:  # fmt: skip
    """Move u onto v: faces on the edge die, the others turn to v and take over what is worn there."""
    c = head[u]
    while c >= 0:  # first the looks, while all corners still stand
        f, i = c // 3, c % 3
        if alive[f] and faces[f, 0] != v and faces[f, 1] != v and faces[f, 2] != v:
            corner = _partner(uv, label, pairs, count, c)
            if corner >= 0:
                for k in range(2):
                    uv[f, i, k] = uv[corner // 3, corner % 3, k]
                for k in range(3):
                    rgb[f, i, k] = rgb[corner // 3, corner % 3, k]
        c = nexts[c]
    c = head[u]
    while c >= 0:
        f = c // 3
        if alive[f] and (faces[f, 0] == v or faces[f, 1] == v or faces[f, 2] == v):
            alive[f] = False
        if alive[f]:
            faces[f, c % 3] = v
        c = nexts[c]
    nexts[tail[v]] = head[u]
    tail[v] = tail[u]
    head[u] = -1
    _forget_dead(head, nexts, tail, alive, v)


@njit(cache=True)
def _forget_dead(head: Any, nexts: Any, tail: Any, alive: Any, v: int) -> None:
    """Unlink the corners of dead faces from v's chain."""
    c, before = head[v], -1
    while c >= 0:
        if alive[c // 3]:
            if before < 0:
                head[v] = c
            else:
                nexts[before] = c
            before = c
        c = nexts[c]
    if before < 0:
        head[v] = -1
    else:
        nexts[before] = -1
    tail[v] = before
