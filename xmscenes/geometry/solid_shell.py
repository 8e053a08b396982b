"""Faults of a shell as a whole: edges without a partner, flipped faces, pinched vertices, loose pieces. Compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.sorting import stable_order

Array = Any  # an ndarray; compiled code knows its type


PAIRED, ALONE, SAME_WAY, CROWDED, POINT = 0, 1, 2, 3, 4  # verdicts on a directed edge


@njit(cache=True)
def directed_edges(corner: Array, ring_start: Array, face_ring: Array) -> Array:
    """List the edges of all rings: from, to, face, row of the edge before it in its ring (E, 4)."""
    out = np.zeros((ring_start[face_ring[-1]] - ring_start[face_ring[0]], 4), np.int64)
    k = 0
    for f in range(face_ring.size - 1):
        for r in range(face_ring[f], face_ring[f + 1]):
            first, last = ring_start[r], ring_start[r + 1]
            for i in range(first, last):
                after = i + 1 if i + 1 < last else first
                out[k, 0], out[k, 1], out[k, 2] = corner[i], corner[after], f
                out[k, 3] = k - 1 if i > first else k + last - first - 1
                k += 1
    return out


@njit(cache=True)
def pair_edges(edges: Array, vertex_count: int) -> tuple[Array, Array]:
    """Give each directed edge its partner (row, or -1) and a verdict.

    PAIRED, ALONE (no partner), SAME_WAY (the partner runs as it does), CROWDED (more than two), POINT (no length).
    """
    n = edges.shape[0]
    key = np.zeros(n, np.int64)
    for i in range(n):
        a, b = edges[i, 0], edges[i, 1]
        key[i] = min(a, b) * vertex_count + max(a, b)
    order = stable_order(key)
    twin, verdict = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    i = 0
    while i < n:
        j = i + 1
        while j < n and key[order[j]] == key[order[i]]:
            j += 1
        first = order[i]
        if edges[first, 0] == edges[first, 1]:
            state = POINT
        elif j - i != 2:
            state = ALONE if j - i == 1 else CROWDED
        else:
            second = order[i + 1]
            state = SAME_WAY if edges[first, 0] == edges[second, 0] else PAIRED
            twin[first], twin[second] = second, first
        for k in range(i, j):
            verdict[order[k]] = state
        i = j
    return twin, verdict


@njit(cache=True)
def all_paired(verdict: Array) -> bool:
    """Tell whether every directed edge has its partner."""
    bad = 0
    for state in verdict:
        bad += state != PAIRED
    return bad == 0


@njit(cache=True)
def count_pinched(edges: Array, twin: Array, vertex_count: int) -> int:
    """Count the vertices around which the faces form more than one fan; all edges must be paired."""
    leaving, fan = np.zeros(vertex_count, np.int64), np.zeros(vertex_count, np.int64)
    for i in range(edges.shape[0]):
        leaving[edges[i, 0]] += 1
    count = 0
    for start in range(edges.shape[0]):
        vertex = edges[start, 0]
        if fan[vertex] > 0:
            continue
        at = start
        while True:
            fan[vertex] += 1
            at = twin[edges[at, 3]]
            if at == start or fan[vertex] > leaving[vertex]:
                break
        count += fan[vertex] != leaving[vertex]
    return count


@njit(cache=True)
def count_pieces(edges: Array, twin: Array, face_count: int) -> int:
    """Count the pieces of the shell that hang together by edges."""
    parent = np.zeros(face_count, np.int64)
    for f in range(face_count):
        parent[f] = f
    for i in range(edges.shape[0]):
        if twin[i] < 0:
            continue
        a, b = edges[i, 2], edges[twin[i], 2]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        parent[max(a, b)] = min(a, b)
    count = 0
    for f in range(face_count):
        if parent[f] == f:
            count += 1
    return count


@njit(cache=True)
def count_open_triangle_edges(tri: Array, vertex_count: int) -> int:
    """Count the edges of triangles that are not met by exactly one triangle running the other way."""
    n = tri.shape[0] * 3
    key, forward = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for t in range(tri.shape[0]):
        for k in range(3):
            a, b = tri[t, k], tri[t, (k + 1) % 3]
            key[3 * t + k] = min(a, b) * vertex_count + max(a, b)
            forward[3 * t + k] = 1 if a < b else (-1 if a > b else 2)
    order = stable_order(key)
    bad, i = 0, 0
    while i < n:
        j, balance = i, 0
        while j < n and key[order[j]] == key[order[i]]:
            balance += forward[order[j]]
            j += 1
        if j - i != 2 or balance != 0:
            bad += 1
        i = j
    return bad


@njit(cache=True)
def count_close_vertices(xyz: Array, snap_m: float) -> tuple[int, int]:
    """Count the pairs of vertices closer than ``snap_m``, and give a vertex of one; sweep along x."""
    x = np.zeros(xyz.shape[0])
    for i in range(x.size):
        x[i] = xyz[i, 0]
    order = stable_order(x)
    count, first = 0, -1
    for i in range(order.size):
        a = order[i]
        for j in range(i + 1, order.size):
            b = order[j]
            dx, dy, dz = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
            if dx >= snap_m:
                break
            if dx * dx + dy * dy + dz * dz < snap_m * snap_m:
                count += 1
                first = min(a, b)
    return count, first


@njit(cache=True)
def volume_m3(xyz: Array, tri: Array) -> float:
    """Sum the signed volume inside the triangles: positive when they look outward."""
    total = 0.0
    for t in range(tri.shape[0]):
        a, b, c = tri[t, 0], tri[t, 1], tri[t, 2]
        total += xyz[a, 0] * (xyz[b, 1] * xyz[c, 2] - xyz[b, 2] * xyz[c, 1])
        total += xyz[a, 1] * (xyz[b, 2] * xyz[c, 0] - xyz[b, 0] * xyz[c, 2])
        total += xyz[a, 2] * (xyz[b, 0] * xyz[c, 1] - xyz[b, 1] * xyz[c, 0])
    return total / 6
