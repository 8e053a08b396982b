"""Faces of a partition joined where they wear the same label: outer rings and holes, without needless vertices."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from xmscenes.geometry.vectors import following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.halfedge import Partition

STRAIGHT_MM = 4.0  # a vertex between two borders is dropped when it lies this near to their straight line
Ring = list[int]


def components(partition: Partition, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the connected parts of equal label: the part (F,) of every face, numbered by their first face."""
    part: NDArray[np.int64] = _components(partition.face, partition.face_count, labels)
    return part


def without_slivers(
    partition: Partition, labels: NDArray[np.int64], least_m2: float, least_width_m: float
) -> NDArray[np.int64]:
    """Give parts that are too small or too narrow the label with which they share the longest border."""
    labels = labels.copy()
    while True:
        part = components(partition, labels)
        count = int(part.max(initial=-1)) + 1
        area, border = _measure(partition.xy, partition.origin, partition.face, part, labels, count)
        width = 2.0 * area / np.maximum(border.sum(axis=1), 1e-9)
        neighbours = border[:, :-1]
        bad = ((area < least_m2) | (width < least_width_m)) & (neighbours.max(axis=1, initial=0.0) > 0.0)
        if not bad.any():
            return labels
        worst = int(np.flatnonzero(bad)[np.argmin(area[bad])])
        labels[part == worst] = int(np.argmax(neighbours[worst]))


def dissolve(partition: Partition, part: NDArray[np.int64], corners: int) -> list[list[Ring]]:
    """Rings of vertex numbers of every part: the outer ring first (counter-clockwise), then its holes.

    The first ``corners`` vertices (the outline's own) always stay; others stay where three parts meet or the border
    turns. Rings are simple: where a border touches itself in a vertex it falls into two rings.
    """
    loops, owner = _trace(partition.origin, partition.following, partition.face, part)
    degree: dict[int, set[int]] = defaultdict(set)
    for ring in loops:
        for i, v in enumerate(ring):
            w = ring[(i + 1) % len(ring)]
            degree[v].add(w)
            degree[w].add(v)
    xy = partition.xy
    needless = _needless(xy, degree, corners)
    shapes: dict[int, list[tuple[float, Ring]]] = defaultdict(list)
    for ring, name in zip(loops, owner, strict=True):
        for simple in _simple_rings([v for v in ring if v not in needless]):
            if len(simple) >= 3:
                points = xy[simple]
                x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
                shapes[name].append((float(x @ following(y) - y @ following(x)), simple))
    return [[ring for _, ring in sorted(shapes[name], key=lambda s: -s[0])] for name in sorted(shapes)]


def _needless(xy: NDArray[np.float64], degree: dict[int, set[int]], corners: int) -> set[int]:
    """Vertices between two straight border pieces, taken away one after another so that no drift adds up."""
    gone: set[int] = set()
    hidden: dict[tuple[int, int], list[int]] = {}
    for v in sorted(degree):
        if v < corners or len(degree[v]) != 2:
            continue
        a, b = sorted(degree[v])
        if b in degree[a]:
            continue
        between = [*hidden.get((min(a, v), max(a, v)), []), v, *hidden.get((min(b, v), max(b, v)), [])]
        ax, ay = xy[a]
        ux, uy = xy[b] - xy[a]
        length = float(np.hypot(ux, uy))
        if length == 0.0 or any(
            abs(ux * (xy[m][1] - ay) - uy * (xy[m][0] - ax)) > STRAIGHT_MM * length for m in between
        ):
            continue
        hidden[(a, b)] = between
        degree[a].remove(v)
        degree[b].remove(v)
        degree[a].add(b)
        degree[b].add(a)
        degree[v] = set()
        gone.add(v)
    return gone


def _simple_rings(ring: Ring) -> list[Ring]:
    """Cut a ring that visits a vertex twice into simple rings."""
    done: list[Ring] = []
    path: Ring = []
    place: dict[int, int] = {}
    for v in ring:
        if v in place:
            start = place[v]
            done.append(path[start:])
            for w in path[start:]:
                place.pop(w, None)
            path = path[:start]
        place[v] = len(path)
        path.append(v)
    return [*done, path]


def _trace(
    origin: NDArray[np.int64], following: NDArray[np.int64], face: NDArray[np.int64], part: NDArray[np.int64]
) -> tuple[list[Ring], list[int]]:
    flat, starts, owners = _borders_of_parts(origin, following, face, part)
    numbers = flat.tolist()
    bounds = starts.tolist()
    return [numbers[a:b] for a, b in pairwise(bounds)], owners.tolist()


@njit(cache=True)
def _borders_of_parts(origin, following, face, part):  # type: ignore[no-untyped-def]
    n = origin.shape[0]
    kept = np.zeros(n, np.bool_)
    for h in range(n):
        if face[h] >= 0:
            other = face[h ^ 1]
            kept[h] = other < 0 or part[other] != part[face[h]]
    done = np.zeros(n, np.bool_)
    flat = np.zeros(n, np.int64)
    starts = np.zeros(n + 1, np.int64)
    owners = np.zeros(n, np.int64)
    used, loops = 0, 0
    for first in range(n):
        if not kept[first] or done[first]:
            continue
        h = first
        while not done[h]:
            done[h] = True
            flat[used] = origin[h]
            used += 1
            h = following[h]
            while not kept[h]:
                h = following[h ^ 1]
        owners[loops] = part[face[first]]
        loops += 1
        starts[loops] = used
    return flat[:used].copy(), starts[: loops + 1].copy(), owners[:loops].copy()


@njit(cache=True)
def _root(parent, f):  # type: ignore[no-untyped-def]
    while parent[f] != f:
        parent[f] = parent[parent[f]]
        f = parent[f]
    return f


@njit(cache=True)
def _components(face, faces, labels):  # type: ignore[no-untyped-def]
    parent = np.arange(faces)
    for h in range(0, face.shape[0], 2):
        f, g = face[h], face[h + 1]
        if f >= 0 and g >= 0 and f != g and labels[f] == labels[g]:
            a, b = _root(parent, f), _root(parent, g)
            parent[max(a, b)] = min(a, b)
    part = np.full(faces, -1, np.int64)
    count = 0
    for f in range(faces):
        root = _root(parent, f)
        if root == f:
            part[f] = count
            count += 1
        else:
            part[f] = part[root]
    return part


@njit(cache=True)
def _measure(xy, origin, face, part, labels, count):  # type: ignore[no-untyped-def]
    """Area (m²) of each part, and the length of its border to every label and (last column) to the outside."""
    area = np.zeros(count)
    border = np.zeros((count, labels.max() + 2))
    for h in range(origin.shape[0]):
        f = face[h]
        if f < 0:
            continue
        a, b = origin[h], origin[h ^ 1]
        area[part[f]] += 0.5e-6 * (xy[a, 0] * xy[b, 1] - xy[b, 0] * xy[a, 1])
        g = face[h ^ 1]
        if g >= 0 and part[g] == part[f]:
            continue
        length = 1e-3 * np.hypot(xy[a, 0] - xy[b, 0], xy[a, 1] - xy[b, 1])
        border[part[f], labels[g] if g >= 0 else border.shape[1] - 1] += length
    return area, border
