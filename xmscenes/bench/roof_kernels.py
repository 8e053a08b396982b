"""Compiled measurements for judging roofs: distance to triangles, highest surface over a place, highest points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = Any  # an ndarray; compiled code knows its type


@njit(cache=True)
def _nearest_on_triangle(p: Array, a: Array, b: Array, c: Array) -> float:
    """Squared distance of a point to a closed triangle (C. Ericson, Real-Time Collision Detection, 2005, 5.1.5)."""
    ab, ac, ap = b - a, c - a, p - a
    d1, d2 = (ab * ap).sum(), (ac * ap).sum()
    if d1 <= 0.0 and d2 <= 0.0:
        return (ap * ap).sum()
    bp = p - b
    d3, d4 = (ab * bp).sum(), (ac * bp).sum()
    if d3 >= 0.0 and d4 <= d3:
        return (bp * bp).sum()
    cp = p - c
    d5, d6 = (ab * cp).sum(), (ac * cp).sum()
    if d6 >= 0.0 and d5 <= d6:
        return (cp * cp).sum()
    vc, vb, va = d1 * d4 - d3 * d2, d5 * d2 - d1 * d6, d3 * d6 - d5 * d4
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        r = ap - ab * (d1 / (d1 - d3))
    elif vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        r = ap - ac * (d2 / (d2 - d6))
    elif va <= 0.0 and d4 >= d3 and d5 >= d6:
        r = bp - (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)))
    else:
        total = va + vb + vc
        r = ap - ab * (vb / total) - ac * (vc / total)
    return (r * r).sum()


@njit(cache=True)
def distances_m(points: Array, tri: Array) -> Array:
    """Measure the unsigned distance of each point (N, 3) to the nearest of the triangles (T, 3, 3)."""
    out = np.zeros(points.shape[0])
    low, high = np.zeros((tri.shape[0], 3)), np.zeros((tri.shape[0], 3))
    for t in range(tri.shape[0]):
        for axis in range(3):
            low[t, axis], high[t, axis] = tri[t, :, axis].min(), tri[t, :, axis].max()
    first = 0
    for i in range(points.shape[0]):
        best = _nearest_on_triangle(points[i], tri[first, 0], tri[first, 1], tri[first, 2])
        for t in range(tri.shape[0]):
            gap = 0.0
            for axis in range(3):
                d = max(low[t, axis] - points[i, axis], points[i, axis] - high[t, axis])
                gap += d * d if d > 0.0 else 0.0
            if gap >= best:
                continue
            d = _nearest_on_triangle(points[i], tri[t, 0], tri[t, 1], tri[t, 2])
            if d < best:
                best, first = d, t
        out[i] = np.sqrt(best)
    return out


@njit(cache=True)
def topmost_z(xy: Array, tri: Array) -> Array:
    """Height of the highest triangle (T, 3, 3) over or under each place (N, 2); NaN where there is none.

    Upright triangles are passed over. Edges belong to their triangles, so that no seam opens.
    """
    out = np.full(xy.shape[0], np.nan)
    for t in range(tri.shape[0]):
        ax, ay, az = tri[t, 0]
        ux, uy, uz = tri[t, 1] - tri[t, 0]
        vx, vy, vz = tri[t, 2] - tri[t, 0]
        twice = ux * vy - uy * vx
        if abs(twice) < 1e-9:
            continue
        west, east = tri[t, :, 0].min() - 1e-6, tri[t, :, 0].max() + 1e-6
        south, north = tri[t, :, 1].min() - 1e-6, tri[t, :, 1].max() + 1e-6
        for i in range(xy.shape[0]):
            x, y = xy[i, 0], xy[i, 1]
            if x < west or x > east or y < south or y > north:
                continue
            dx, dy = x - ax, y - ay
            r, s = (dx * vy - dy * vx) / twice, (ux * dy - uy * dx) / twice
            if r < -1e-7 or s < -1e-7 or r + s > 1.0 + 1e-7:
                continue
            z = az + r * uz + s * vz
            if not out[i] >= z:
                out[i] = z
    return out


@njit(cache=True)
def highest_of_cells(xyz: Array, cell_m: float, origin_x: float, origin_y: float) -> Array:
    """Rows of the highest point (the first of equals) of each cell; cells lie at multiples of their size.

    ``origin`` is added to x and y first, so that cells are those of absolute coordinates.
    """
    n = xyz.shape[0]
    column, row = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        column[i] = np.int64(np.floor((xyz[i, 0] + origin_x) / cell_m))
        row[i] = np.int64(np.floor((xyz[i, 1] + origin_y) / cell_m))
    if n == 0:
        return np.zeros(0, np.int64)
    first = column.min()
    width = column.max() - first + 1
    order = np.argsort(row * width + column - first, kind="mergesort")
    kept = np.zeros(n, np.int64)
    count, i = 0, 0
    while i < n:
        best, j = order[i], i
        while j < n and row[order[j]] == row[order[i]] and column[order[j]] == column[order[i]]:
            if xyz[order[j], 2] > xyz[best, 2]:
                best = order[j]
            j += 1
        kept[count] = best
        count, i = count + 1, j
    return kept[:count]
