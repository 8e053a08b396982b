"""Kernels of a constrained Delaunay triangulation of a rectangle, on whole-number coordinates.

Orientation is exact (int64), so no triangle ever turns over. Edge e of triangle t runs from ``tv[t, e]`` to
``tv[t, (e + 1) % 3]``; ``tn[t, e]`` is the triangle beyond it (-1: outside), ``fixed[t, e]`` says that it may not
be flipped. ``size`` holds the number of vertices and of triangles in use. Method: incremental insertion with
Lawson's flips; constraints by flipping what crosses them (Sloan 1993).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

Array = Any


class Net(NamedTuple):
    """Arrays of a triangulation with room to grow."""

    px: Array  # (V,) int64
    py: Array
    tv: Array  # (T, 3) int64
    tn: Array
    fixed: Array  # (T, 3) bool
    label: Array  # (T,) int32
    dirty: Array  # (T,) bool: made or changed since last looked at
    touch: Array  # (V,): a triangle at the vertex
    size: Array  # (2,) int64


def rectangle(width: int, height: int, room: int) -> Net:
    """Two triangles over a rectangle of whole units with its corner at (0, 0), and room for that many vertices."""
    room += 4
    net = Net(
        np.zeros(room, np.int64), np.zeros(room, np.int64),
        np.zeros((2 * room, 3), np.int64), np.full((2 * room, 3), -1, np.int64),
        np.zeros((2 * room, 3), np.bool_), np.zeros(2 * room, np.int32), np.ones(2 * room, np.bool_),
        np.zeros(room, np.int64), np.array([4, 2], np.int64),
    )  # fmt: skip
    net.px[:4], net.py[:4] = (0, width, width, 0), (0, 0, height, height)
    net.tv[0], net.tv[1] = (0, 1, 2), (0, 2, 3)
    net.tn[0, 2], net.tn[1, 0] = 1, 0
    net.touch[:4] = (0, 0, 0, 1)
    return net


@njit(cache=True)
def side(net: Net, a: int, b: int, x: int, y: int) -> int:
    """Twice the signed area of a, b and (x, y): positive when it lies left of a-b."""
    area: int = (net.px[b] - net.px[a]) * (y - net.py[a]) - (net.py[b] - net.py[a]) * (x - net.px[a])
    return area


@njit(cache=True)
def _in_circle(net: Net, a: int, b: int, c: int, d: int) -> bool:
    ax, ay = float(net.px[a] - net.px[d]), float(net.py[a] - net.py[d])
    bx, by = float(net.px[b] - net.px[d]), float(net.py[b] - net.py[d])
    cx, cy = float(net.px[c] - net.px[d]), float(net.py[c] - net.py[d])
    a2, b2, c2 = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    bc, ca, ab = bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx
    bound = abs(bc) * a2 + abs(ca) * b2 + abs(ab) * c2
    return bool(a2 * bc + b2 * ca + c2 * ab > 1e-13 * bound)


@njit(cache=True)
def _set(net: Net, t: int, v: tuple[int, int, int], n: tuple[int, int, int], f: tuple[bool, bool, bool]) -> None:
    net.tv[t, 0], net.tv[t, 1], net.tv[t, 2] = v[0], v[1], v[2]
    net.tn[t, 0], net.tn[t, 1], net.tn[t, 2] = n[0], n[1], n[2]
    net.fixed[t, 0], net.fixed[t, 1], net.fixed[t, 2] = f[0], f[1], f[2]
    net.touch[v[0]], net.touch[v[1]], net.touch[v[2]] = t, t, t
    net.dirty[t] = True


@njit(cache=True)
def _relink(net: Net, t: int, old: int, new: int) -> None:
    if t >= 0:
        for e in range(3):
            if net.tn[t, e] == old:
                net.tn[t, e] = new


@njit(cache=True)
def _edge_to(net: Net, t: int, other: int) -> int:
    for e in range(3):
        if net.tn[t, e] == other:
            return e
    return -1


@njit(cache=True)
def flip(net: Net, t: int, e: int) -> bool:
    """Turn the diagonal of the two triangles at an edge, if it may turn. The apex of t stays its last vertex."""
    u = net.tn[t, e]
    if u < 0 or net.fixed[t, e]:
        return False
    k = _edge_to(net, u, t)
    a, b, p = net.tv[t, e], net.tv[t, (e + 1) % 3], net.tv[t, (e + 2) % 3]
    d = net.tv[u, (k + 2) % 3]
    if side(net, a, d, net.px[p], net.py[p]) <= 0 or side(net, d, b, net.px[p], net.py[p]) <= 0:
        return False
    t1, t2 = net.tn[t, (e + 1) % 3], net.tn[t, (e + 2) % 3]
    f1, f2 = net.fixed[t, (e + 1) % 3], net.fixed[t, (e + 2) % 3]
    u1, u2 = net.tn[u, (k + 1) % 3], net.tn[u, (k + 2) % 3]
    g1, g2 = net.fixed[u, (k + 1) % 3], net.fixed[u, (k + 2) % 3]
    _set(net, t, (a, d, p), (u1, u, t2), (g1, False, f2))
    _set(net, u, (d, b, p), (u2, t1, t), (g2, f1, False))
    _relink(net, u1, u, t)
    _relink(net, t1, t, u)
    return True


@njit(cache=True)
def _legalize(net: Net, stack: Array, top: int) -> None:
    while top > 0:
        top -= 1
        t = stack[top]
        u = net.tn[t, 0]
        if u < 0 or net.fixed[t, 0]:
            continue
        d = net.tv[u, (_edge_to(net, u, t) + 2) % 3]
        if _in_circle(net, net.tv[t, 0], net.tv[t, 1], net.tv[t, 2], d) and flip(net, t, np.int64(0)):
            if top + 2 > stack.shape[0]:
                return  # never seen: the stack holds the whole star of a vertex
            stack[top], stack[top + 1] = t, u
            top += 2


@njit(cache=True)
def locate(net: Net, t: int, x: int, y: int) -> tuple[int, int, int]:
    """Walk from triangle t to (x, y): the triangle there, how many of its edges hold the point, and one of them."""
    steps = 0
    while True:
        moved = False
        for k in range(3):
            e = (k + steps) % 3
            if net.tn[t, e] >= 0 and side(net, net.tv[t, e], net.tv[t, (e + 1) % 3], x, y) < 0:
                t = net.tn[t, e]
                moved = True
                break
        steps += 1
        if not moved or steps > 4 * net.size[1]:
            break
    on, where = 0, 0
    for e in range(3):
        if side(net, net.tv[t, e], net.tv[t, (e + 1) % 3], x, y) == 0:
            on += 1
            where = e
    return t, on, where


@njit(cache=True)
def vertex_at(net: Net, t: int, x: int, y: int) -> int:
    """The vertex of triangle t at (x, y), or -1."""
    for e in range(3):
        if net.px[net.tv[t, e]] == x and net.py[net.tv[t, e]] == y:
            return int(net.tv[t, e])
    return -1


@njit(cache=True)
def _off_edge(net: Net, a: int, b: int, x: int, y: int) -> float:
    """Squared distance of (x, y) from the edge a-b."""
    dx, dy = float(net.px[b] - net.px[a]), float(net.py[b] - net.py[a])
    qx, qy = float(x - net.px[a]), float(y - net.py[a])
    u = min(max((qx * dx + qy * dy) / (dx * dx + dy * dy), 0.0), 1.0)
    return (qx - u * dx) ** 2 + (qy - u * dy) ** 2


@njit(cache=True)
def beside_fixed(net: Net, t: int, x: int, y: int, clear: float, stack: Array) -> bool:
    """Whether (x, y) in triangle t lies nearer than ``clear`` to a fixed edge, but not on one.

    The edge may belong to another triangle when needles lie between; none is looked for beyond fixed edges.
    """
    stack[0] = t
    seen, done = 1, 0
    near = False
    while done < seen:
        t = stack[done]
        done += 1
        for e in range(3):
            if _off_edge(net, net.tv[t, e], net.tv[t, (e + 1) % 3], x, y) >= clear * clear:
                continue
            if net.fixed[t, e]:
                if done == 1 and side(net, net.tv[t, e], net.tv[t, (e + 1) % 3], x, y) == 0:
                    return False
                near = True
                continue
            u = net.tn[t, e]
            known = u < 0 or seen == stack.shape[0]
            for k in range(seen):
                known |= stack[k] == u
            if not known:
                stack[seen] = u
                seen += 1
    return near


@njit(cache=True)
def insert(net: Net, t: int, x: int, y: int, stack: Array) -> int:
    """Put a vertex at (x, y), starting the search at triangle t; gives its index, or that of the one already there."""
    t, on, e = locate(net, t, x, y)
    if on == 2:
        return int(vertex_at(net, t, x, y))
    p, n = net.size[0], net.size[1]
    net.px[p], net.py[p] = x, y
    net.size[0] += 1
    if on == 0:
        e = 0
    a, b, c = net.tv[t, e], net.tv[t, (e + 1) % 3], net.tv[t, (e + 2) % 3]
    n_ab, n_bc, n_ca = net.tn[t, e], net.tn[t, (e + 1) % 3], net.tn[t, (e + 2) % 3]
    f_ab, f_bc, f_ca = net.fixed[t, e], net.fixed[t, (e + 1) % 3], net.fixed[t, (e + 2) % 3]
    net.label[n] = net.label[t]
    if on == 0:
        net.label[n + 1] = net.label[t]
        net.size[1] += 2
        _set(net, t, (a, b, p), (n_ab, n, n + 1), (f_ab, False, False))
        _set(net, n, (b, c, p), (n_bc, n + 1, t), (f_bc, False, False))
        _set(net, n + 1, (c, a, p), (n_ca, t, n), (f_ca, False, False))
        _relink(net, n_bc, t, n)
        _relink(net, n_ca, t, n + 1)
        stack[0], stack[1], stack[2] = t, n, n + 1
        _legalize(net, stack, np.int64(3))
        return int(p)
    u = n_ab
    far = n + 1 if u >= 0 else -1
    _set(net, t, (c, a, p), (n_ca, u, n), (f_ca, f_ab, False))
    _set(net, n, (b, c, p), (n_bc, t, far), (f_bc, False, f_ab))
    _relink(net, n_bc, t, n)
    net.size[1] += 1
    stack[0], stack[1] = t, n
    if u < 0:
        _legalize(net, stack, np.int64(2))
        return int(p)
    k = _edge_to(net, u, t)
    d = net.tv[u, (k + 2) % 3]
    n_ad, n_db = net.tn[u, (k + 1) % 3], net.tn[u, (k + 2) % 3]
    f_ad, f_db = net.fixed[u, (k + 1) % 3], net.fixed[u, (k + 2) % 3]
    net.label[far] = net.label[u]
    net.size[1] += 1
    _set(net, u, (a, d, p), (n_ad, far, t), (f_ad, False, f_ab))
    _set(net, far, (d, b, p), (n_db, n, u), (f_db, f_ab, False))
    _relink(net, n_db, u, far)
    stack[2], stack[3] = u, far
    _legalize(net, stack, np.int64(4))
    return int(p)


@njit(cache=True)
def insert_clear(net: Net, t: int, x: int, y: int, clear: float, stack: Array) -> int:
    """Put a vertex at (x, y) in triangle t; -1 where one is already, or a fixed edge passes nearer than ``clear``."""
    if beside_fixed(net, t, x, y, clear, stack):
        return -1
    before = net.size[0]
    p = insert(net, t, x, y, stack)
    return int(p) if net.size[0] > before else -1


@njit(cache=True)
def insert_all(net: Net, xy: Array, stack: Array) -> Array:
    """Insert (N, 2) positions one after the other, each search starting at the last vertex; gives their vertices."""
    out = np.zeros(xy.shape[0], np.int64)
    t = np.int64(0)  # of a bare 0, here and above, numba would make a type, and compile a copy of the callee for it
    for i in range(xy.shape[0]):
        out[i] = insert(net, t, xy[i, 0], xy[i, 1], stack)
        t = net.touch[out[i]]
    return out
