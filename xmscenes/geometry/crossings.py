"""Do the triangles of a closed surface cross or touch each other where they share no vertex? Exact on whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.exact import side2d, side3d
from xmscenes.geometry.sorting import stable_order

Array = Any  # an ndarray; compiled code knows its type


@njit(cache=True)
def segments_meet(ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int) -> bool:
    """Tell whether the closed segments a-b and c-d have a point in common (2D)."""
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx):
        return False
    if max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return False
    if side2d(ax, ay, bx, by, cx, cy) * side2d(ax, ay, bx, by, dx, dy) > 0:
        return False
    return side2d(cx, cy, dx, dy, ax, ay) * side2d(cx, cy, dx, dy, bx, by) <= 0


@njit(cache=True)
def _axes(q: Array, a: int, b: int, c: int) -> tuple[int, int]:
    """Axes of a projection in which the triangle keeps an area; (-1, -1) for one that has none."""
    x, y, z = q[b, 0] - q[a, 0], q[b, 1] - q[a, 1], q[b, 2] - q[a, 2]
    r, s, t = q[c, 0] - q[a, 0], q[c, 1] - q[a, 1], q[c, 2] - q[a, 2]
    xy, yz, xz = abs(x * s - y * r), abs(y * t - z * s), abs(x * t - z * r)
    if xy == 0 and yz == 0 and xz == 0:
        return -1, -1
    if xy >= yz and xy >= xz:
        return 0, 1
    return (1, 2) if yz >= xz else (0, 2)


@njit(cache=True)
def _flat_meets(q: Array, s: int, t: int, tri: Array, u: int, v: int) -> bool:
    """Segment s-t against a triangle of the same plane, in the projection (u, v)."""
    inside_s, inside_t = 0, 0
    for k in range(3):
        i, j = tri[k], tri[(k + 1) % 3]
        if segments_meet(q[s, u], q[s, v], q[t, u], q[t, v], q[i, u], q[i, v], q[j, u], q[j, v]):
            return True
        inside_s += side2d(q[i, u], q[i, v], q[j, u], q[j, v], q[s, u], q[s, v])
        inside_t += side2d(q[i, u], q[i, v], q[j, u], q[j, v], q[t, u], q[t, v])
    return abs(inside_s) == 3 or abs(inside_t) == 3


@njit(cache=True)
def segment_meets_triangle(q: Array, s: int, t: int, tri: Array) -> bool:
    """Tell whether the closed segment s-t meets the closed triangle (3D); a triangle without area meets nothing."""
    a, b, c = tri[0], tri[1], tri[2]
    side_s, side_t = side3d(q, a, b, c, s), side3d(q, a, b, c, t)
    if side_s * side_t > 0:
        return False
    if side_s == 0 and side_t == 0:
        u, v = _axes(q, a, b, c)
        return u >= 0 and _flat_meets(q, s, t, tri, u, v)
    one, two, three = side3d(q, s, t, a, b), side3d(q, s, t, b, c), side3d(q, s, t, c, a)
    return (one >= 0 and two >= 0 and three >= 0) or (one <= 0 and two <= 0 and three <= 0)


@njit(cache=True)
def _apart(q: Array, one: Array, two: Array) -> bool:
    """Tell whether a plane through one of the triangles keeps them apart (quick way out)."""
    for tri, other in ((one, two), (two, one)):
        first = side3d(q, tri[0], tri[1], tri[2], other[0])
        if first != 0:
            second = side3d(q, tri[0], tri[1], tri[2], other[1])
            if second == first and side3d(q, tri[0], tri[1], tri[2], other[2]) == first:
                return True
    return False


@njit(cache=True)
def _folded(q: Array, s: int, t: int, p: int, r: int) -> bool:
    """Two triangles on the edge s-t with the tips p and r: do they lie on top of each other?"""
    if side3d(q, s, t, p, r) != 0:
        return False
    u, v = _axes(q, s, t, p)
    if u < 0:
        return False
    one = side2d(q[s, u], q[s, v], q[t, u], q[t, v], q[p, u], q[p, v])
    return one == side2d(q[s, u], q[s, v], q[t, u], q[t, v], q[r, u], q[r, v])


@njit(cache=True)
def _any_edge_meets(q: Array, one: Array, two: Array) -> bool:
    """Two triangles without a common vertex: does an edge of one meet the other?"""
    for k in range(3):
        if segment_meets_triangle(q, one[k], one[(k + 1) % 3], two):
            return True
        if segment_meets_triangle(q, two[k], two[(k + 1) % 3], one):
            return True
    return False


@njit(cache=True)
def triangles_cross(q: Array, one: Array, two: Array) -> bool:
    """Tell whether two triangles have more in common than the vertices that they share by index."""
    shared, i, j = 0, -1, -1
    tip_one, tip_two = 3, 3  # sum of positions 0 + 1 + 2; what remains is the tip
    for m in range(3):
        for n in range(3):
            if one[m] == two[n]:
                shared, i, j = shared + 1, m, n
                tip_one, tip_two = tip_one - m, tip_two - n
    if shared == 0:
        return not _apart(q, one, two) and _any_edge_meets(q, one, two)
    if shared == 1:
        return segment_meets_triangle(q, one[(i + 1) % 3], one[(i + 2) % 3], two) or segment_meets_triangle(
            q, two[(j + 1) % 3], two[(j + 2) % 3], one
        )
    if shared == 2:
        return _folded(q, one[(tip_one + 1) % 3], one[(tip_one + 2) % 3], one[tip_one], two[tip_two])
    return True


@njit(cache=True)
def _boxes(q: Array, tri: Array) -> Array:
    boxes = np.zeros((tri.shape[0], 6), np.int64)
    for t in range(tri.shape[0]):
        for axis in range(3):
            a, b, c = q[tri[t, 0], axis], q[tri[t, 1], axis], q[tri[t, 2], axis]
            boxes[t, axis] = min(a, min(b, c))
            boxes[t, 3 + axis] = max(a, max(b, c))
    return boxes


@njit(cache=True)
def count_crossings(q: Array, tri: Array, face: Array) -> tuple[int, int, int]:
    """Count the crossing pairs of triangles of different faces; also the first pair of faces, or -1, -1.

    ``q`` (V, 3) int64 vertices, ``tri`` (T, 3) vertex indices, ``face`` (T,) the face a triangle belongs to. Sweep
    along x, then boxes, then the exact test.
    """
    boxes = _boxes(q, tri)
    left = np.zeros(tri.shape[0], np.int64)
    for t in range(left.size):
        left[t] = boxes[t, 0]
    order = stable_order(left)
    count, first, second = 0, -1, -1
    for i in range(order.size):
        s = order[i]
        for j in range(i + 1, order.size):
            t = order[j]
            if boxes[t, 0] > boxes[s, 3]:
                break
            if boxes[t, 1] > boxes[s, 4] or boxes[s, 1] > boxes[t, 4]:
                continue
            if boxes[t, 2] > boxes[s, 5] or boxes[s, 2] > boxes[t, 5] or face[s] == face[t]:
                continue
            if triangles_cross(q, tri[s], tri[t]):
                if count == 0:
                    first, second = face[s], face[t]
                count += 1
    return count, first, second
