"""Polygon outlines as the edges of a triangulation of a box: cut at the box, noded, and bent to follow heights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.vectors import following

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Box

    Heights = Callable[[NDArray[np.float64]], NDArray[np.float64]]

Array = Any
_GRID_M = 0.001


def edges_in_box(rings: Iterable[NDArray[np.float64]], box: Box) -> NDArray[np.float64]:
    """Edges (E, 2, 2) of closed rings inside a box, cut at its border; edges along the border itself are left out.

    A cut depends on its edge and the border line alone, so the box on the other side has the same point.
    """
    parts = []
    for ring in rings:
        start = np.asarray(np.round(ring, 3), dtype=np.float64)
        parts.append(np.stack([start, following(start)], axis=1))
    if not parts:
        return np.zeros((0, 2, 2))
    edges = np.concatenate(parts)
    edges = edges[(edges.max(axis=1) >= box[:2]).all(axis=1) & (edges.min(axis=1) <= box[2:]).all(axis=1)]
    swap = (edges[:, 0, 0] > edges[:, 1, 0]) | ((edges[:, 0, 0] == edges[:, 1, 0]) & (edges[:, 0, 1] > edges[:, 1, 1]))
    edges[swap] = edges[swap, ::-1]
    for axis, line in ((0, box[0]), (0, box[2]), (1, box[1]), (1, box[3])):
        edges = _cut(edges, axis, line)
    middle = edges.mean(axis=1)
    inside = ((middle > box[:2]) & (middle < box[2:])).all(axis=1)
    edges = edges[inside & (edges[:, 0] != edges[:, 1]).any(axis=1)]
    return np.unique(edges, axis=0)


def cut_ring(ring: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    """Set a vertex on a closed ring (M, 2) wherever an edge crosses the line through a side of the box.

    Coordinates come back in whole millimetres. Every vertex set depends on its edge and that line alone, so a ring
    that is cut before it is united with others meets the border where the neighbour's copy does.
    """
    start = np.asarray(np.round(ring, 3), dtype=np.float64)
    end = following(start)
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swap[:, None], end, start), np.where(swap[:, None], start, end)
    points, place = [start], [np.arange(len(start), dtype=np.float64)]
    for axis, line in ((0, box[0]), (0, box[2]), (1, box[1]), (1, box[3])):
        at = np.flatnonzero((low[:, axis] - line) * (high[:, axis] - line) < 0)
        t = (line - low[at, axis]) / (high[at, axis] - low[at, axis])
        point = np.round(low[at] + t[:, None] * (high[at] - low[at]), 3)
        point[:, axis] = line
        points.append(point)
        place.append(at + np.where(swap[at], 1.0 - t, t))
    order = np.argsort(np.concatenate(place), kind="stable")
    return np.asarray(np.concatenate(points)[order], dtype=np.float64)


def _cut(edges: NDArray[np.float64], axis: int, line: float) -> NDArray[np.float64]:
    a, b = edges[:, 0], edges[:, 1]
    across = (a[:, axis] - line) * (b[:, axis] - line) < 0
    if not across.any():
        return edges
    a, b = a[across], b[across]
    t = (line - a[:, axis]) / (b[:, axis] - a[:, axis])
    at = np.round(a + t[:, None] * (b - a), 3)
    at[:, axis] = line
    return np.concatenate([edges[~across], np.stack([a, at], axis=1), np.stack([at, b], axis=1)])


def node(edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Split edges where they meet, on a grid of millimetres: vertices (V, 2) and edges (E, 2) that cross nowhere."""
    import shapely

    if not len(edges):
        return np.zeros((0, 2)), np.zeros((0, 2), dtype=np.int64)
    net = shapely.unary_union(shapely.linestrings(edges), grid_size=_GRID_M)
    parts = shapely.get_parts(net)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    millimetres = np.rint(xy / _GRID_M).astype(np.int64)
    unique, index = np.unique(millimetres, axis=0, return_inverse=True)
    follows = line[1:] == line[:-1]
    pairs = np.column_stack([index.ravel()[:-1], index.ravel()[1:]])[follows]
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    xy = np.asarray(unique * _GRID_M, dtype=np.float64)
    return xy, np.asarray(pairs[pairs[:, 0] != pairs[:, 1]], dtype=np.int64)


def separating(
    points: NDArray[np.float64],
    edges: NDArray[np.int64],
    box: Box,
    classify: Callable[[NDArray[np.float64]], NDArray[Any]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Keep the edges with different kinds of ground on their two sides, and the points that they use.

    On the border of the box a point stays where the kind changes along the border, so both sides decide alike.
    """
    if not len(edges):
        return points[:0], edges
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    along = (b - a) / np.maximum(np.hypot(*(b - a).T), 1e-9)[:, None]
    off = np.column_stack([-along[:, 1], along[:, 0]]) * 4 * _GRID_M
    middle = (a + b) / 2.0
    edges = edges[classify(middle + off) != classify(middle - off)]
    used = np.zeros(len(points), dtype=np.bool_)
    used[edges.ravel()] = True
    for axis in (0, 1):
        border = np.flatnonzero(np.isin(points[:, axis], (box[axis], box[axis + 2])))
        step = np.zeros((1, 2))
        step[0, 1 - axis] = 4 * _GRID_M
        used[border] |= classify(points[border] - step) != classify(points[border] + step)
    index = np.cumsum(used) - 1
    return points[used], index[edges]


def bend(
    points: NDArray[np.float64], edges: NDArray[np.int64], height_of: Heights, step_m: float, max_error_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Add points on edges until the heights along each are linear between them within ``max_error_m``.

    Heights are looked at every ``step_m``. Each edge is treated alone, from its lesser end to its greater one.
    """
    if not len(edges):
        return points, edges
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    edges = np.where(swap[:, None], edges[:, ::-1], edges)
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    pieces = np.maximum(np.ceil(np.hypot(*(b - a).T) / step_m).astype(np.int64), 1)
    first = np.concatenate([[0], np.cumsum(pieces + 1)])
    number = np.repeat(np.arange(len(edges)), pieces + 1)
    t = (np.arange(first[-1]) - first[number]) / pieces[number]
    xy = a[number] + t[:, None] * (b - a)[number]
    keep = np.zeros(len(xy), dtype=np.bool_)
    keep[first[:-1]] = keep[first[1:] - 1] = True
    _keep_bends(t * 1.0, height_of(xy), first, keep, max_error_m)
    ends = np.zeros(len(xy), dtype=np.int64)
    ends[first[:-1]], ends[first[1:] - 1] = edges[:, 0], edges[:, 1]
    new = keep.copy()
    new[first[:-1]] = new[first[1:] - 1] = False
    ends[new] = len(points) + np.arange(int(new.sum()))
    kept, of = ends[keep], number[keep]
    together = of[1:] == of[:-1]
    return np.vstack([points, np.round(xy[new], 3)]), np.column_stack([kept[:-1], kept[1:]])[together]


def keep_bends(
    s: NDArray[np.float64], z: NDArray[np.float64], fixed: NDArray[np.bool_], max_error_m: float
) -> NDArray[np.bool_]:
    """Choose places ``s`` (N,) along a profile ``z`` so that straight lines between them stay within the error.

    The first, the last and the ``fixed`` places are always chosen. NaN heights are not looked at.
    """
    keep = fixed.copy()
    keep[0] = keep[-1] = True
    _keep_bends(s, z, np.array([0, len(s)]), keep, max_error_m)
    return keep


@njit(cache=True)
def _keep_bends(s: Array, z: Array, first: Array, keep: Array, limit: float) -> None:
    # Ramer 1972, Douglas & Peucker 1973, on heights; a stack instead of recursion.
    stack = np.zeros((4096, 2), np.int64)
    for k in range(first.shape[0] - 1):
        start = first[k]
        for end in range(first[k] + 1, first[k + 1]):
            if not keep[end]:
                continue
            stack[0, 0], stack[0, 1] = start, end
            top = 1
            while top > 0:
                top -= 1
                i, j = stack[top, 0], stack[top, 1]
                worst, at = limit, -1
                for m in range(i + 1, j):
                    line = z[i] + (z[j] - z[i]) * (s[m] - s[i]) / (s[j] - s[i])
                    if abs(z[m] - line) > worst:
                        worst, at = abs(z[m] - line), m
                if at >= 0 and top + 2 <= stack.shape[0]:
                    keep[at] = True
                    stack[top, 0], stack[top, 1] = i, at
                    stack[top + 1, 0], stack[top + 1, 1] = at, j
                    top += 2
            start = end
