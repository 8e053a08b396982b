"""Closed primitives: boxes, prisms, lofts, bars, balls.

Every primitive is a pair of arrays, vertices (V, 3) and faces (F, 3), closed and CCW from outside. Parts of one
thing may stick into one another; they never share vertices, so each stays a 2-manifold of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.vectors import cross, following
from xmscenes.look.bench import Bench, Rgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Shape = tuple[Floats, NDArray[np.int64]]

__all__ = [
    "Bench",
    "Rgb",
    "ball",
    "beam",
    "box",
    "circle",
    "joined",
    "loft",
    "moved",
    "prism",
    "revolved",
    "swept",
    "triangulated",
]


def moved(shape: Shape, to: ArrayLike = (0, 0, 0), turn_deg: float = 0.0, scale: ArrayLike = 1.0) -> Shape:
    """Scale, then turn CCW about z, then shift a shape. A mirror (negative scale) turns the faces round."""
    factor = np.broadcast_to(np.asarray(scale, dtype=np.float64), 3)
    vertices = shape[0] * factor
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    vertices = vertices @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    faces = shape[1][:, ::-1] if np.prod(factor) < 0 else shape[1]
    return vertices + np.asarray(to, dtype=np.float64), faces


def joined(shapes: Sequence[Shape]) -> Shape:
    """Several shapes as one; they stay separate shells."""
    starts = np.cumsum([0] + [len(v) for v, _ in shapes])
    return (
        np.concatenate([v for v, _ in shapes]),
        np.concatenate([f + n for (_, f), n in zip(shapes, starts[:-1], strict=True)]),
    )


def triangulated(ring: Floats) -> NDArray[np.int64]:
    """Triangles of a simple CCW polygon (N, 2), as rows of vertex numbers, CCW."""
    import mapbox_earcut

    points = np.asarray(ring, dtype=np.float64)[:, :2]
    if len(points) == 3:
        return np.array([[0, 1, 2]])
    if len(points) == 4 and _is_convex(points):
        return np.array([[0, 1, 2], [0, 2, 3]])
    flat = mapbox_earcut.triangulate_float64(points, np.array([len(points)], dtype=np.uint32))
    faces = np.asarray(flat, dtype=np.int64).reshape(-1, 3)
    a, b, c = points[faces[:, 0]], points[faces[:, 1]], points[faces[:, 2]]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    faces[area < 0] = faces[area < 0][:, ::-1]
    return faces


def _is_convex(points: Floats) -> bool:
    corners = points.tolist()
    edges = [(bx - ax, by - ay) for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)]
    return all(ux * vy - uy * vx > 0 for (ux, uy), (vx, vy) in zip(edges, edges[1:] + edges[:1], strict=True))


def loft(rings: Sequence[ArrayLike], *, top: bool = True, bottom: bool = True) -> Shape:
    """Skin rings of equal count, each (N, 3) CCW seen from above (from the last ring back), into a closed shape.

    A ring whose points all coincide closes as a cone's tip. Without ``top`` or ``bottom`` that end stays open.
    """
    sections = [np.asarray(ring, dtype=np.float64) for ring in rings]
    n = len(sections[0])
    tips = [bool(np.ptp(ring, axis=0).max() < 1e-9) for ring in sections]
    starts, vertices, count = [], [], 0
    for ring, tip in zip(sections, tips, strict=True):
        starts.append(count)
        vertices.append(ring[:1] if tip else ring)
        count += 1 if tip else n
    index = np.arange(n)
    after = (index + 1) % n
    faces: list[NDArray[np.int64]] = []
    for i in range(len(sections) - 1):
        low, high = starts[i], starts[i + 1]
        if tips[i] and tips[i + 1]:
            continue
        if tips[i + 1]:
            faces.append(np.column_stack([low + index, low + after, np.full(n, high)]))
        elif tips[i]:
            faces.append(np.column_stack([np.full(n, low), high + after, high + index]))
        else:
            faces.append(np.column_stack([low + index, low + after, high + after]))
            faces.append(np.column_stack([low + index, high + after, high + index]))
    if bottom and not tips[0]:
        faces.append(_cap(sections[0])[:, ::-1] + starts[0])
    if top and not tips[-1]:
        faces.append(_cap(sections[-1]) + starts[-1])
    return np.concatenate(vertices), np.concatenate(faces).astype(np.int64)


def _cap(ring: Floats) -> NDArray[np.int64]:
    """Triangles of a ring in space, seen along its own normal."""
    around = ring - ring.mean(0)
    normal = cross(around, following(around)).sum(0)
    drop = int(np.argmax(np.abs(normal)))
    axes = [(1, 2), (2, 0), (0, 1)][drop]
    flat = ring[:, axes]
    return triangulated(flat) if normal[drop] > 0 else triangulated(flat[::-1])[:, ::-1] * -1 + len(ring) - 1


def prism(ring: ArrayLike, z0: float, z1: float, *, top_scale: float = 1.0) -> Shape:
    """Stand a CCW outline (N, 2) up from z0 to z1; the top may be scaled about its mean point."""
    low = np.asarray(ring, dtype=np.float64)
    middle = low.mean(0)
    high = middle + (low - middle) * top_scale
    return loft([np.column_stack([low, np.full(len(low), z0)]), np.column_stack([high, np.full(len(high), z1)])])


def box(centre: ArrayLike, size: ArrayLike, turn_deg: float = 0.0) -> Shape:
    """A box by the middle of its floor (x, y, z0) and its size (dx, dy, dz)."""
    sx, sy, sz = np.asarray(size, dtype=np.float64) / (2, 2, 1)
    return moved(prism([[-sx, -sy], [sx, -sy], [sx, sy], [-sx, sy]], 0.0, sz), centre, turn_deg)


def circle(radius: float, count: int, *, start_deg: float = 0.0, squeeze: float = 1.0) -> Floats:
    """A regular CCW outline (N, 2); ``squeeze`` flattens it along y."""
    angle = np.radians(start_deg) + np.arange(count) * 2 * np.pi / count
    return np.column_stack([np.cos(angle), np.sin(angle) * squeeze]) * radius


def revolved(profile: Sequence[tuple[float, float]], count: int, *, start_deg: float = 0.0) -> Shape:
    """Turn a profile of (radius, z), from bottom to top, about the z axis. Radius 0 closes as a tip."""
    return loft(
        [np.column_stack([circle(max(r, 0.0), count, start_deg=start_deg), np.full(count, z)]) for r, z in profile]
    )


def beam(start: ArrayLike, end: ArrayLike, width: float, height: float, *, sides: int = 4) -> Shape:
    """A bar between two points; ``width`` lies level, ``height`` upright (for an upright bar: along y)."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    return swept([a, b], width, height, sides=sides)


def swept(path: Sequence[ArrayLike], width: ArrayLike, height: ArrayLike, *, sides: int = 4) -> Shape:
    """A bar along a path of points; ``width`` and ``height`` are single or one a point. Four sides or rounder."""
    points = np.asarray(path, dtype=np.float64)
    tangent = np.gradient(points, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    up = np.where(np.abs(tangent[:, 2:]) > 0.95, [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]])
    if np.any(np.abs(tangent[:, 2]) > 0.95):
        up[:] = [0.0, 1.0, 0.0]
    side = np.cross(tangent, up)
    side /= np.linalg.norm(side, axis=1)[:, None]
    up = np.cross(side, tangent)
    w = np.broadcast_to(np.asarray(width, dtype=np.float64), len(points)) / 2
    h = np.broadcast_to(np.asarray(height, dtype=np.float64), len(points)) / 2
    outline = circle(np.sqrt(2.0), 4, start_deg=45.0) if sides == 4 else circle(1.0, sides, start_deg=90.0)
    rings = [
        p + np.outer(outline[:, 0] * w[i], side[i]) + np.outer(outline[:, 1] * h[i], up[i])
        for i, p in enumerate(points)
    ]
    return loft([ring[::-1] for ring in rings]) if _inside_out(rings) else loft(rings)


def _inside_out(rings: Sequence[Floats]) -> bool:
    first = rings[0]
    normal = np.cross(first[1] - first[0], first[2] - first[1])
    return float(normal @ (rings[1].mean(0) - first.mean(0))) < 0


def ball(subdivisions: int) -> Shape:
    """A unit ball from an icosahedron: 20, 80 or 320 faces."""
    g = (1 + 5**0.5) / 2
    vertices = np.array(
        [
            [-1, g, 0],
            [1, g, 0],
            [-1, -g, 0],
            [1, -g, 0],
            [0, -1, g],
            [0, 1, g],
            [0, -1, -g],
            [0, 1, -g],
            [g, 0, -1],
            [g, 0, 1],
            [-g, 0, -1],
            [-g, 0, 1],
        ],
        dtype=np.float64,
    )
    faces = np.array(
        [
            [0, 11, 5],
            [0, 5, 1],
            [0, 1, 7],
            [0, 7, 10],
            [0, 10, 11],
            [1, 5, 9],
            [5, 11, 4],
            [11, 10, 2],
            [10, 7, 6],
            [7, 1, 8],
            [3, 9, 4],
            [3, 4, 2],
            [3, 2, 6],
            [3, 6, 8],
            [3, 8, 9],
            [4, 9, 5],
            [2, 4, 11],
            [6, 2, 10],
            [8, 6, 7],
            [9, 8, 1],
        ]
    )
    for _ in range(subdivisions):
        edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        middle = (inverse.reshape(-1, 3) + len(vertices)).astype(np.int64)
        vertices = np.concatenate([vertices, vertices[unique].mean(1)])
        a, b, c = faces.T
        ab, bc, ca = middle.T
        faces = np.concatenate([np.column_stack(t) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    return vertices / np.linalg.norm(vertices, axis=1)[:, None], faces
