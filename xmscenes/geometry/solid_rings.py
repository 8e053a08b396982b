"""Faults of single faces of a solid: rings that cross, holes astray, twisted faces, short edges. Compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.crossings import segments_meet
from xmscenes.geometry.exact import side2d
from xmscenes.geometry.regions import add_point, plane_of_moments

Array = Any  # an ndarray; compiled code knows its type


@njit(cache=True)
def area_vector(xyz: Array, ring: Array) -> tuple[float, float, float]:
    """Sum up a ring's area vector: along the normal from which it runs counter-clockwise, its length the area (m2)."""
    x, y, z = 0.0, 0.0, 0.0
    o = ring[0]
    for i in range(1, ring.size - 1):
        a, b = ring[i], ring[i + 1]
        ux, uy, uz = xyz[a, 0] - xyz[o, 0], xyz[a, 1] - xyz[o, 1], xyz[a, 2] - xyz[o, 2]
        vx, vy, vz = xyz[b, 0] - xyz[o, 0], xyz[b, 1] - xyz[o, 1], xyz[b, 2] - xyz[o, 2]
        x += uy * vz - uz * vy
        y += uz * vx - ux * vz
        z += ux * vy - uy * vx
    return 0.5 * x, 0.5 * y, 0.5 * z


@njit(cache=True)
def out_of_plane(xyz: Array, corners: Array, outer: int) -> float:
    """Measure the largest distance of a face's vertices (holes too) from their least-squares plane, in metres.

    On faces a thousand times as long as wide that plane is uncertain; that of the outer ring's area (its first
    ``outer`` corners) counts where it fits better.
    """
    moments = np.zeros(10)
    o = corners[0]
    for i in corners:
        add_point(moments, xyz[i, 0] - xyz[o, 0], xyz[i, 1] - xyz[o, 1], xyz[i, 2] - xyz[o, 2], 1.0)
    nx, ny, nz, d, _ = plane_of_moments(moments)
    ax, ay, az = area_vector(xyz, corners[:outer])
    size = max(math.sqrt(ax * ax + ay * ay + az * az), 1e-12)
    worst, low, high = 0.0, 0.0, 0.0
    for i in corners:
        x, y, z = xyz[i, 0] - xyz[o, 0], xyz[i, 1] - xyz[o, 1], xyz[i, 2] - xyz[o, 2]
        worst = max(worst, abs(nx * x + ny * y + nz * z + d))
        away = (ax * x + ay * y + az * z) / size
        low, high = min(low, away), max(high, away)
    return min(worst, 0.5 * (high - low)) if size > 1e-9 else worst


@njit(cache=True)
def projection(x: float, y: float, z: float) -> tuple[int, int]:
    """Choose the axes in which a face with this normal is seen best and runs counter-clockwise."""
    if abs(x) >= abs(y) and abs(x) >= abs(z):
        return (1, 2) if x >= 0 else (2, 1)
    if abs(y) >= abs(z):
        return (2, 0) if y >= 0 else (0, 2)
    return (0, 1) if z >= 0 else (1, 0)


@njit(cache=True)
def _spike(q: Array, a: int, b: int, c: int, u: int, v: int) -> bool:
    """Tell whether the way a-b-c turns back on itself."""
    if side2d(q[a, u], q[a, v], q[b, u], q[b, v], q[c, u], q[c, v]) != 0:
        return False
    return (q[b, u] - q[a, u]) * (q[c, u] - q[b, u]) + (q[b, v] - q[a, v]) * (q[c, v] - q[b, v]) <= 0


@njit(cache=True)
def _edges(corner: Array, starts: Array) -> Array:
    """Edges of a face's rings: from, to, ring (E, 3)."""
    out = np.zeros((starts[-1] - starts[0], 3), np.int64)
    k = 0
    for r in range(starts.size - 1):
        for i in range(starts[r], starts[r + 1]):
            after = i + 1 if i + 1 < starts[r + 1] else starts[r]
            out[k, 0], out[k, 1], out[k, 2] = corner[i], corner[after], r
            k += 1
    return out


@njit(cache=True)
def _touch(q: Array, e: Array, f: Array, u: int, v: int) -> bool:
    """Two edges of different rings that share a vertex: is the vertex all they share?"""
    hub = e[0] if e[0] == f[0] or e[0] == f[1] else e[1]
    one = e[1] if e[0] == hub else e[0]
    two = f[1] if f[0] == hub else f[0]
    return not _spike(q, one, hub, two, u, v)


@njit(cache=True)
def _pair_crosses(q: Array, e: Array, f: Array, u: int, v: int) -> bool:
    if e[0] == e[1] or f[0] == f[1]:
        return False
    shared = e[0] == f[0] or e[0] == f[1] or e[1] == f[0] or e[1] == f[1]
    if shared and e[2] != f[2]:
        return not _touch(q, e, f, u, v)
    if shared:
        if e[1] == f[0]:
            return _spike(q, e[0], e[1], f[1], u, v)
        if f[1] == e[0]:
            return _spike(q, f[0], f[1], e[1], u, v)
        return True
    return segments_meet(q[e[0], u], q[e[0], v], q[e[1], u], q[e[1], v], q[f[0], u], q[f[0], v], q[f[1], u], q[f[1], v])


@njit(cache=True)
def rings_cross(q: Array, corner: Array, starts: Array, u: int, v: int) -> bool:
    """Tell whether the rings of a face cross, touch along a line, turn back, or meet themselves in a vertex.

    A hole may touch another ring of its face in one vertex that both list; more than one such contact between the
    same rings cuts the face in two and counts as a crossing. ``q`` holds whole-number coordinates.
    """
    edges = _edges(corner, starts)
    n = edges.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            if _pair_crosses(q, edges[i], edges[j], u, v):
                return True
    rings = starts.size - 1
    contacts = np.zeros((rings, rings), np.int64)
    for i in range(n):
        for j in range(i + 1, n):
            if edges[i, 0] == edges[j, 0]:
                if edges[i, 2] == edges[j, 2]:
                    return True
                contacts[edges[i, 2], edges[j, 2]] += 1
                if contacts[edges[i, 2], edges[j, 2]] > 1:
                    return True
    return False


@njit(cache=True)
def _inside(q: Array, ring: Array, p: int, u: int, v: int) -> int:
    """Vertex p against a ring: 1 inside, 0 on it, -1 outside."""
    inside = -1
    for k in range(ring.size):
        i, j = ring[k], ring[(k + 1) % ring.size]
        if segments_meet(q[i, u], q[i, v], q[j, u], q[j, v], q[p, u], q[p, v], q[p, u], q[p, v]):
            return 0
        if (q[i, v] > q[p, v]) != (q[j, v] > q[p, v]):
            side = side2d(q[i, u], q[i, v], q[j, u], q[j, v], q[p, u], q[p, v])
            if (side > 0) == (q[j, v] > q[i, v]):
                inside = -inside
    return inside


@njit(cache=True)
def _places(q: Array, outer: Array, inner: Array, u: int, v: int) -> tuple[int, int]:
    """How many vertices of a ring lie inside another ring, and how many outside."""
    inside, outside = 0, 0
    for p in inner:
        place = _inside(q, outer, p, u, v)
        inside += place > 0
        outside += place < 0
    return inside, outside


@njit(cache=True)
def holes_astray(q: Array, corner: Array, starts: Array, u: int, v: int) -> bool:
    """Tell whether a hole lies outside its face's outer ring or inside another hole."""
    for r in range(1, starts.size - 1):
        hole = corner[starts[r] : starts[r + 1]]
        inside, outside = _places(q, corner[starts[0] : starts[1]], hole, u, v)
        if inside == 0 or outside > 0:
            return True
        for s in range(1, starts.size - 1):
            if s != r and _places(q, corner[starts[s] : starts[s + 1]], hole, u, v)[0] > 0:
                return True
    return False


@njit(cache=True)
def tilt_deg(xyz: Array, tri: Array, nx: float, ny: float, nz: float, thin_m: float) -> float:
    """Measure the angle of a triangle's normal against its face's; 0 where the triangle is thinner than ``thin_m``."""
    x, y, z = area_vector(xyz, tri)
    twice = 2 * math.sqrt(x * x + y * y + z * z)
    longest = 0.0
    for k in range(3):
        a, b = tri[k], tri[(k + 1) % 3]
        dx, dy, dz = xyz[a, 0] - xyz[b, 0], xyz[a, 1] - xyz[b, 1], xyz[a, 2] - xyz[b, 2]
        longest = max(longest, math.sqrt(dx * dx + dy * dy + dz * dz))
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    if longest == 0.0 or twice / longest < thin_m or size == 0.0:
        return 0.0
    cosine = 2 * (x * nx + y * ny + z * nz) / (twice * size)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
