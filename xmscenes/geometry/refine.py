"""Vertices added to a triangulation until it follows a grid of heights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from xmscenes.geometry.delaunay import Net, insert_clear, locate

Array = Any


@njit(cache=True)
def _worst(
    net: Net, z: Array, t: int, heights: Array, care: Array, cell: float, x0: float, y0: float
) -> tuple[float, int, int]:
    """Largest distance between triangle t and the heights at the cell centres in it, and that cell."""
    a, b, c = net.tv[t, 0], net.tv[t, 1], net.tv[t, 2]
    ax, ay = float(net.px[a]), float(net.py[a])
    bx, by, cx, cy = net.px[b] - ax, net.py[b] - ay, net.px[c] - ax, net.py[c] - ay
    area = bx * cy - by * cx
    if area <= 0:
        return 0.0, -1, -1
    zb, zc = z[b] - z[a], z[c] - z[a]
    gx, gy = (zb * cy - zc * by) / area, (zc * bx - zb * cx) / area
    low, high = min(0.0, by, cy) + ay, max(0.0, by, cy) + ay
    i0, i1 = max(int(np.ceil((low - y0) / cell)), 0), min(int(np.floor((high - y0) / cell)), heights.shape[0] - 1)
    worst, wi, wj = 0.0, -1, -1
    for i in range(i0, i1 + 1):
        y = y0 + i * cell - ay
        left, right = -1e300, 1e300
        # Half planes of the three edges: left of each.
        for ex, ey, dx, dy in ((0.0, 0.0, bx, by), (bx, by, cx - bx, cy - by), (cx, cy, -cx, -cy)):
            if dy > 0:
                right = min(right, ex + (y - ey) * dx / dy)
            elif dy < 0:
                left = max(left, ex + (y - ey) * dx / dy)
            elif dx * (y - ey) < 0:
                right = -1e300
        j0 = max(int(np.ceil((left + ax - x0) / cell)), 0)
        j1 = min(int(np.floor((right + ax - x0) / cell)), heights.shape[1] - 1)
        for j in range(j0, j1 + 1):
            if care[i, j] > 0.0:
                x = x0 + j * cell - ax
                error = care[i, j] * abs(heights[i, j] - (z[a] + gx * x + gy * y))
                if error > worst:
                    worst, wi, wj = error, i, j
    return worst, wi, wj


@njit(cache=True)
def refine(
    net: Net,
    z: Array,
    heights: Array,
    care: Array,
    cell: float,
    x0: float,
    y0: float,
    limit: float,
    label: int,
    clear: float,
) -> float:
    """Add the worst cell centre of every triangle, round after round, until none is off by more than ``limit``.

    Only triangles of ``label`` or above count, and cells whose ``care`` is above 0; it multiplies their errors.
    Cells that lie beside a fixed edge, nearer than ``clear``, are left to the edge: a vertex there would make a needle
    that is steep where the edge is a little off the heights. ``cell``, ``clear``, ``x0`` and ``y0`` (the centre of
    cell (0, 0)) are in the net's units; ``z`` (V,) are the heights of its vertices. Returns the largest error left,
    which exceeds the limit only when the net has no room.
    """
    # Garland & Heckbert, Fast polygonal approximation of terrains (1995), in rounds instead of one at a time.
    stack = np.zeros(4096, np.int64)
    room = net.px.shape[0] - 2
    n_max = net.tv.shape[0]
    error, row, column = np.zeros(n_max), np.zeros(n_max, np.int32), np.zeros(n_max, np.int32)
    while True:
        number = net.size[1]
        for t in range(number):
            if net.dirty[t]:
                net.dirty[t] = False
                error[t] = 0.0
                if net.label[t] >= label:
                    error[t], row[t], column[t] = _worst(net, z, t, heights, care, cell, x0, y0)
        bad = np.flatnonzero(error[:number] > limit)
        if bad.shape[0] == 0 or net.size[0] >= room:
            return float(error[:number].max())
        added = False
        for t in bad[np.argsort(-error[bad], kind="mergesort")]:
            if net.dirty[t] or net.size[0] >= room:
                continue
            i, j = row[t], column[t]
            x, y = np.int64(np.rint(x0 + j * cell)), np.int64(np.rint(y0 + i * cell))
            p = insert_clear(net, t, x, y, clear, stack)
            if p >= 0:
                z[p] = heights[i, j]
            else:
                care[i, j] = 0.0
                net.dirty[t] = True
            added = True
        if not added:
            return float(error[:number].max())


@njit(cache=True)
def _off(net: Net, z: Array, t: int, x: int, y: int, height: float) -> float:
    """How far a height lies from triangle t at (x, y); 0 where the triangle has no area."""
    a, b, c = net.tv[t, 0], net.tv[t, 1], net.tv[t, 2]
    bx, by = float(net.px[b] - net.px[a]), float(net.py[b] - net.py[a])
    cx, cy = float(net.px[c] - net.px[a]), float(net.py[c] - net.py[a])
    area = bx * cy - by * cx
    if area <= 0:
        return 0.0
    dx, dy = float(x - net.px[a]), float(y - net.py[a])
    u, v = (dx * cy - dy * cx) / area, (bx * dy - by * dx) / area
    return float(abs(height - (z[a] + u * (z[b] - z[a]) + v * (z[c] - z[a]))))


@njit(cache=True)
def follow(net: Net, z: Array, xy: Array, heights: Array, limit: float, label: int, clear: float) -> int:
    """Add the worst of given points (N, 2) in every triangle, round after round, while one is off by over ``limit``.

    For places that a grid of heights is too coarse for, such as walls. Points nearer than ``clear`` to a fixed edge
    are left to the edge. Gives how many were added.
    """
    stack = np.zeros(4096, np.int64)
    room = net.px.shape[0] - 2
    at = np.zeros(xy.shape[0], np.int64)
    done = np.zeros(xy.shape[0], np.bool_)
    first = net.size[0]
    while True:
        number = net.size[1]
        worst = np.full(number, -1, np.int64)
        error = np.full(number, limit)
        for p in range(xy.shape[0]):
            if done[p]:
                continue
            start = at[p] if p == 0 or at[p] > 0 else at[p - 1]
            t, _, _ = locate(net, start, xy[p, 0], xy[p, 1])
            at[p] = t
            if net.label[t] < label:
                continue
            off = _off(net, z, t, xy[p, 0], xy[p, 1], heights[p])
            if off > error[t]:
                error[t], worst[t] = off, p
        net.dirty[:number] = False
        added = False
        for t in range(number):
            p = worst[t]
            if p < 0 or net.dirty[t] or net.size[0] >= room:
                continue
            done[p] = added = True
            vertex = insert_clear(net, t, xy[p, 0], xy[p, 1], clear, stack)
            if vertex >= 0:
                z[vertex] = heights[p]
        if not added:
            return int(net.size[0] - first)
