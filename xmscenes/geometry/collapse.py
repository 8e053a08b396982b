"""Compiled kernels of the simplifier: quadrics, a heap of collapses, and the mesh that shrinks under them.

Half-edge collapses only (a vertex moves onto a neighbour), so no vertex and no attribute value is invented and
coarse levels stay on the quantisation grid of the fine one. Quadrics: Garland and Heckbert, 1997. Two quadrics a
vertex, one of its faces and one of its kept lines (borders, seams), each divided by its own weight, so that both
are mean squared distances in m².
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

FLIP_COS = 0.2  # a face may not turn farther than about 78 degrees in one collapse
SLIVER = 1e-4  # smallest height to longest side of a triangle that a collapse may leave behind


@njit(cache=True)
def add_plane(q: Any, nx: float, ny: float, nz: float, d: float, w: float) -> None:
    """Add a weighted plane to a quadric of 10 numbers and a weight."""
    q[0] += w * nx * nx
    q[1] += w * ny * ny
    q[2] += w * nz * nz
    q[3] += w * nx * ny
    q[4] += w * nx * nz
    q[5] += w * ny * nz
    q[6] += w * nx * d
    q[7] += w * ny * d
    q[8] += w * nz * d
    q[9] += w * d * d
    q[10] += w


@njit(cache=True)
def mean_square(q: Any, x: float, y: float, z: float) -> float:
    """Mean squared distance of a point to the planes of a quadric."""
    if q[10] <= 0.0:
        return 0.0
    value = (
        q[0] * x * x + q[1] * y * y + q[2] * z * z
        + 2.0 * (q[3] * x * y + q[4] * x * z + q[5] * y * z + q[6] * x + q[7] * y + q[8] * z)
        + q[9]
    )  # fmt: skip
    return max(value, 0.0) / q[10]


@njit(cache=True)
def cross_of(xyz: Any, a: int, b: int, c: int) -> Any:
    """Twice the area vector of a triangle."""
    ux, uy, uz = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
    vx, vy, vz = xyz[c, 0] - xyz[a, 0], xyz[c, 1] - xyz[a, 1], xyz[c, 2] - xyz[a, 2]
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


@njit(cache=True)
def face_quadrics(xyz: Any, faces: Any) -> Any:
    """Quadric of every vertex from its faces, weighted by area."""
    out = np.zeros((len(xyz), 11))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        nx, ny, nz = cross_of(xyz, a, b, c)
        length = np.sqrt(nx * nx + ny * ny + nz * nz)
        if length <= 0.0:
            continue
        nx, ny, nz = nx / length, ny / length, nz / length
        d = -(nx * xyz[a, 0] + ny * xyz[a, 1] + nz * xyz[a, 2])
        for k in range(3):
            add_plane(out[faces[f, k]], nx, ny, nz, d, length)
    return out


@njit(cache=True)
def line_quadrics(xyz: Any, faces: Any, keep: Any) -> Any:
    """Quadric of every vertex from the kept lines: planes through the line, upright on the face."""
    out = np.zeros((len(xyz), 11))
    for f in range(len(faces)):
        nx, ny, nz = cross_of(xyz, faces[f, 0], faces[f, 1], faces[f, 2])
        for k in range(3):
            if not keep[f, k]:
                continue
            a, b = faces[f, k], faces[f, (k + 1) % 3]
            ex, ey, ez = xyz[b, 0] - xyz[a, 0], xyz[b, 1] - xyz[a, 1], xyz[b, 2] - xyz[a, 2]
            px, py, pz = ey * nz - ez * ny, ez * nx - ex * nz, ex * ny - ey * nx
            length = np.sqrt(px * px + py * py + pz * pz)
            if length <= 0.0:
                continue
            px, py, pz = px / length, py / length, pz / length
            d = -(px * xyz[a, 0] + py * xyz[a, 1] + pz * xyz[a, 2])
            weight = ex * ex + ey * ey + ez * ez
            add_plane(out[a], px, py, pz, d, weight)
            add_plane(out[b], px, py, pz, d, weight)
    return out


@njit(cache=True)
def heap_set(heap: Any, place: Any, key: Any, size: int, item: int) -> int:
    """Put an item into an indexed heap, or move it after its key changed; returns the new size.

    Equal keys leave by item number, so the order never depends on luck.
    """
    i = place[item]
    if i < 0:
        i = size
        size += 1
    while i > 0:
        up = (i - 1) >> 1
        other = heap[up]
        if key[other] < key[item] or (key[other] == key[item] and other <= item):
            break
        heap[i] = other
        place[other] = i
        i = up
    while True:
        down = 2 * i + 1
        if down >= size:
            break
        if down + 1 < size:
            a, b = heap[down], heap[down + 1]
            if key[b] < key[a] or (key[b] == key[a] and b < a):
                down += 1
        other = heap[down]
        if key[item] < key[other] or (key[item] == key[other] and item <= other):
            break
        heap[i] = other
        place[other] = i
        i = down
    heap[i] = item
    place[item] = i
    return size


@njit(cache=True)
def heap_drop(heap: Any, place: Any, key: Any, size: int, item: int) -> int:
    """Take an item out of an indexed heap; returns the new size."""
    i = place[item]
    if i < 0:
        return size
    place[item] = -1
    size -= 1
    last = heap[size]
    if last != item:
        heap[i] = last
        place[last] = i
        heap_set(heap, place, key, size, last)
    return size


@njit(cache=True)
def allowed(xyz: Any, faces: Any, head: Any, nexts: Any, alive: Any, u: int, v: int, mark: Any, stamp: int) -> bool:
    """Whether u may move onto v: the surface stays a surface and no face flips or becomes a needle."""
    _mark_neighbours(faces, head, nexts, alive, v, mark, stamp)
    shared = 0
    ring = 0
    c = head[u]
    while c >= 0:
        f = c // 3
        if alive[f]:
            k = c % 3
            b, d = faces[f, (k + 1) % 3], faces[f, (k + 2) % 3]
            if b == v or d == v:
                shared += 1
            elif not _keeps_facing(xyz, u, v, b, d):
                return False
            for w in (b, d):  # common neighbours are counted once
                if w != v and mark[w] == stamp:
                    mark[w] = stamp + 1
                    ring += 1
            if (
                b != v
                and d != v
                and mark[b] >= stamp
                and mark[d] >= stamp
                and _has_face(faces, head, nexts, alive, v, b, d)
            ):
                return False  # the last two sides of a tetrahedron would fall onto each other
        c = nexts[c]
    return ring == shared  # link condition: Dey, Edelsbrunner, Guha, Nekhayev, 1999


@njit(cache=True)
def _mark_neighbours(faces: Any, head: Any, nexts: Any, alive: Any, v: int, mark: Any, stamp: int) -> None:
    c = head[v]
    while c >= 0:
        f = c // 3
        if alive[f]:
            for k in range(3):
                mark[faces[f, k]] = stamp
        c = nexts[c]


@njit(cache=True)
def _has_face(faces: Any, head: Any, nexts: Any, alive: Any, v: int, b: int, d: int) -> bool:
    c = head[v]
    while c >= 0:
        f = c // 3
        if alive[f]:
            p, q = faces[f, (c % 3 + 1) % 3], faces[f, (c % 3 + 2) % 3]
            if (p == b and q == d) or (p == d and q == b):
                return True
        c = nexts[c]
    return False


@njit(cache=True)
def _keeps_facing(xyz: Any, u: int, v: int, b: int, d: int) -> bool:
    ox, oy, oz = cross_of(xyz, u, b, d)
    nx, ny, nz = cross_of(xyz, v, b, d)
    old = np.sqrt(ox * ox + oy * oy + oz * oz)
    new = np.sqrt(nx * nx + ny * ny + nz * nz)
    if ox * nx + oy * ny + oz * nz < FLIP_COS * old * new:
        return False
    longest = 0.0
    for p, q in ((v, b), (v, d), (b, d)):
        side = 0.0
        for axis in range(3):
            side += (xyz[p, axis] - xyz[q, axis]) ** 2
        longest = max(longest, side)
    return new > SLIVER * longest


@njit(cache=True)
def collapse_cost(xyz: Any, qf: Any, ql: Any, u: int, v: int) -> float:
    """Mean squared error (m²) of moving u onto v."""
    x, y, z = xyz[v, 0], xyz[v, 1], xyz[v, 2]
    # ties are common on flat ground: the shorter edge wins by a hair, then the lower number
    dx, dy, dz = xyz[u, 0] - x, xyz[u, 1] - y, xyz[u, 2] - z
    hair = 1e-9 * (dx * dx + dy * dy + dz * dz)
    return mean_square(qf[u], x, y, z) + mean_square(ql[u], x, y, z) + hair


@njit(cache=True)
def best_target(
    xyz: Any, faces: Any, head: Any, nexts: Any, alive: Any, qf: Any, ql: Any, on_line: Any, u: int, above: float
) -> Any:
    """Find the cheapest neighbour to collapse u onto, if it costs more than ``above``: (cost, v) or (inf, -1).

    A vertex on a kept line only slides along a kept line.
    """
    best, target = np.inf, -1
    c = head[u]
    while c >= 0:
        f = c // 3
        if alive[f]:
            k = c % 3
            # around a vertex off all lines every neighbour is the next corner of exactly one face
            for step in range(1, 3 if on_line[u] else 2):
                v = faces[f, (k + step) % 3]
                if on_line[u] and not on_line[v]:
                    continue
                cost = collapse_cost(xyz, qf, ql, u, v)
                if cost > above and (cost < best or (cost == best and v < target)):
                    best, target = cost, v
        c = nexts[c]
    return best, target
