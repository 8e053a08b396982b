"""Compiled loops over the edges of rings."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def vertices_to_keep(ring, min_edge, collinear):  # type: ignore[no-untyped-def]
    """Drop doubled vertices, short edges and vertices on the line of their neighbours, until nothing changes."""
    n = ring.shape[0]
    keep = np.ones(n, np.bool_)
    left = n
    changed = True
    while changed and left > 3:
        changed = False
        for i in range(n):
            if not keep[i] or left <= 3:
                continue
            p = (i - 1) % n
            while not keep[p]:
                p = (p - 1) % n
            q = (i + 1) % n
            while not keep[q]:
                q = (q + 1) % n
            ux, uy = ring[q, 0] - ring[p, 0], ring[q, 1] - ring[p, 1]
            wx, wy = ring[i, 0] - ring[p, 0], ring[i, 1] - ring[p, 1]
            length = np.sqrt(ux * ux + uy * uy)
            if np.sqrt(wx * wx + wy * wy) < min_edge:
                drop = True
            elif length < 1e-9:
                drop = False
            else:
                along = (ux * wx + uy * wy) / length
                drop = abs(ux * wy - uy * wx) / length < collinear and -min_edge < along < length + min_edge
            if drop:
                keep[i] = False
                left -= 1
                changed = True
    return np.flatnonzero(keep)


@njit(cache=True)
def _distance(px, py, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    ux, uy = bx - ax, by - ay
    length2 = ux * ux + uy * uy
    t = 0.0 if length2 == 0.0 else ((px - ax) * ux + (py - ay) * uy) / length2
    t = min(1.0, max(0.0, t))
    return np.sqrt((px - ax - t * ux) ** 2 + (py - ay - t * uy) ** 2)


@njit(cache=True)
def _side(ax, ay, bx, by, px, py):  # type: ignore[no-untyped-def]
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


@njit(cache=True)
def clear_of_each_other(starts, ends, gap):  # type: ignore[no-untyped-def]
    """Whether no two edges cross and no vertex comes within ``gap`` of an edge that is not its own."""
    n = starts.shape[0]
    for i in range(n):
        ax, ay, bx, by = starts[i, 0], starts[i, 1], ends[i, 0], ends[i, 1]
        x0, x1 = min(ax, bx) - gap, max(ax, bx) + gap
        y0, y1 = min(ay, by) - gap, max(ay, by) + gap
        for j in range(n):
            cx, cy, dx, dy = starts[j, 0], starts[j, 1], ends[j, 0], ends[j, 1]
            if max(cx, dx) < x0 or min(cx, dx) > x1 or max(cy, dy) < y0 or min(cy, dy) > y1:
                continue
            own = (cx == ax and cy == ay) or (cx == bx and cy == by)
            if not own and _distance(cx, cy, ax, ay, bx, by) < gap:
                return False
            if j <= i or _side(ax, ay, bx, by, cx, cy) * _side(ax, ay, bx, by, dx, dy) >= 0:
                continue
            if _side(cx, cy, dx, dy, ax, ay) * _side(cx, cy, dx, dy, bx, by) < 0:
                return False
    for i in range(n):  # a vertex met twice: rings that touch in a point
        for j in range(i + 1, n):
            if starts[i, 0] == starts[j, 0] and starts[i, 1] == starts[j, 1]:
                return False
    return True


@njit(cache=True)
def inside_rings(xy, starts, ends, origin):  # type: ignore[no-untyped-def]
    """Whether each point lies inside the rings whose edges run from ``starts`` to ``ends`` relative to ``origin``."""
    n, m = xy.shape[0], starts.shape[0]
    out = np.zeros(n, np.bool_)
    for i in range(n):
        x, y = xy[i, 0] - origin[0], xy[i, 1] - origin[1]
        odd = False
        for j in range(m):
            if (starts[j, 1] > y) != (ends[j, 1] > y):
                cut = starts[j, 0] + (y - starts[j, 1]) / (ends[j, 1] - starts[j, 1]) * (ends[j, 0] - starts[j, 0])
                if x < cut:
                    odd = not odd
        out[i] = odd
    return out


@njit(cache=True)
def outline_distance(xy, starts, ends):  # type: ignore[no-untyped-def]
    """Distance of each point to the nearest edge."""
    out = np.full(xy.shape[0], 1e300)
    for i in range(xy.shape[0]):
        for j in range(starts.shape[0]):
            away = _distance(xy[i, 0], xy[i, 1], starts[j, 0], starts[j, 1], ends[j, 0], ends[j, 1])
            out[i] = min(out[i], away)
    return out
