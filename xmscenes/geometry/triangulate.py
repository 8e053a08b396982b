"""Triangles of a planar polygon in space, on exactly the vertices of its rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Triangle = tuple[int, int, int]
Flat = list[list[float]]  # corners in the plane; plain numbers, for sums on a few of them


def triangulate_face(vertices: NDArray[np.float64], rings: Sequence[Sequence[int]]) -> list[Triangle]:
    """Cut one flat face into triangles that use every ring vertex, so that neighbours stay watertight.

    ``rings`` index ``vertices`` (V, 3): the outer ring first, counter-clockwise seen from outside, then the holes.
    The triangles keep that orientation. A ring of n vertices without holes gives n - 2 triangles.
    """
    outer = rings[0]
    if len(rings) == 1 and len(outer) == 3:
        return [(outer[0], outer[1], outer[2])]
    flat = _flattened(vertices[[v for ring in rings for v in ring]].tolist(), len(outer))
    if len(rings) == 1 and len(outer) == 4:
        return _quad(flat, outer)
    return _earcut(flat, rings)


def _flattened(points: list[list[float]], outer: int) -> Flat:
    """Project ring vertices along the dominant axis of the face's normal, so that the face is CCW.

    The first ``outer`` are the outer ring. Plain numbers: on the four corners of most faces numpy takes three times as
    long.
    """
    x0, y0, z0 = points[0]
    nx = ny = nz = ax = ay = az = 0.0
    for x, y, z in points[1:outer]:
        x, y, z = x - x0, y - y0, z - z0
        nx += ay * z - az * y
        ny += az * x - ax * z
        nz += ax * y - ay * x
        ax, ay, az = x, y, z
    if abs(nz) >= abs(nx) and abs(nz) >= abs(ny):
        first, second, up = 0, 1, nz
    elif abs(nx) >= abs(ny):
        first, second, up = 1, 2, nx
    else:
        first, second, up = 2, 0, ny
    if up < 0:
        first, second = second, first
    low, left = points[0][first], points[0][second]
    return [[point[first] - low, point[second] - left] for point in points]


def _cross(flat: Flat, a: int, b: int, c: int) -> float:
    ax, ay = flat[a]
    bx, by = flat[b]
    cx, cy = flat[c]
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


def _quad(flat: Flat, ring: Sequence[int]) -> list[Triangle]:
    # The diagonal whose smaller triangle is the larger: never a flat triangle while another choice exists.
    even = min(_cross(flat, 0, 1, 2), _cross(flat, 0, 2, 3))
    odd = min(_cross(flat, 1, 2, 3), _cross(flat, 1, 3, 0))
    a, b, c, d = ring
    return [(a, b, c), (a, c, d)] if even >= odd else [(b, c, d), (b, d, a)]


def _earcut(flat: Flat, rings: Sequence[Sequence[int]]) -> list[Triangle]:
    import mapbox_earcut

    names = [v for ring in rings for v in ring]
    ends = np.cumsum([len(r) for r in rings]).astype(np.uint32)
    corners = mapbox_earcut.triangulate_float64(np.array(flat), ends).reshape(-1, 3).astype(int).tolist()
    found: list[Triangle] = [(a, b, c) for a, b, c in corners if _cross(flat, a, b, c) != 0.0]
    return [(names[a], names[b], names[c]) for a, b, c in _with_dropped(found, flat, rings)]


def _with_dropped(triangles: list[Triangle], flat: Flat, rings: Sequence[Sequence[int]]) -> list[Triangle]:
    """Put back ring vertices that earcut left out because they are collinear: split the triangle beside them."""
    following: dict[int, int] = {}
    start = 0
    for ring in rings:
        n = len(ring)
        following.update({start + i: start + (i + 1) % n for i in range(n)})
        start += n
    edges = {(t[i], t[(i + 1) % 3]) for t in triangles for i in range(3)}
    if all(edge in edges for edge in following.items()):
        return triangles
    done: list[Triangle] = []
    for triangle in triangles:
        polygon: list[int] = []
        for i in range(3):
            a, b = triangle[i], triangle[(i + 1) % 3]
            polygon += [a, *_chain(a, b, following, edges, flat)]
        done += [triangle] if len(polygon) == 3 else _fan(polygon, flat)
    return done


def _chain(a: int, b: int, following: dict[int, int], edges: set[tuple[int, int]], flat: Flat) -> list[int]:
    """Ring vertices between a and b if the triangle edge a → b stands for a run of dropped ones."""
    if following[a] == b or (b, a) in edges or (a, following[a]) in edges:
        return []
    run, v = [], following[a]
    while v != b:
        run.append(v)
        v = following[v]
        if v == a or len(run) > len(flat):
            return []
    return run


def _fan(polygon: list[int], flat: Flat) -> list[Triangle]:
    """Ears of a triangle that carries extra vertices on its sides, fattest first."""
    ring, ears = list(polygon), []
    while len(ring) > 3:
        n = len(ring)
        best = max(range(n), key=lambda i: _fatness(flat, ring[i - 1], ring[i], ring[(i + 1) % n], ring))
        ears.append((ring[best - 1], ring[best], ring[(best + 1) % n]))
        del ring[best]
    return [*ears, (ring[0], ring[1], ring[2])]


def _fatness(flat: Flat, a: int, b: int, c: int, ring: list[int]) -> float:
    """Area of the ear at b; flat ears, and ears that would leave a flat rest, are no choice."""
    area = _cross(flat, a, b, c)
    rest = [v for v in ring if v != b]
    largest = max(_cross(flat, rest[i - 1], rest[i], rest[(i + 1) % len(rest)]) for i in range(len(rest)))
    return min(area, largest)
