"""A polygon solid in flat arrays, triangulated, so that compiled loops can look at it."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numba import njit

from xmscenes.geometry.exact import LIMIT
from xmscenes.geometry.solid_rings import area_vector, projection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

THIN = 5.0  # steps of the grid: a triangle that is no higher is turned against its neighbour
GRID_M = 1e-4  # what CityJSON keeps: a tenth of a millimetre


class PolygonSolid(Protocol):
    """What is read of a solid: vertices (V, 3) in metres, and faces as rings of vertex indices, outer ring first."""

    @property
    def vertices(self) -> Any:
        """Positions, (V, 3) float64, metres."""

    @property
    def faces(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """Faces, each a tuple of rings, each a tuple of vertex indices."""


class PackedSolid(NamedTuple):
    """One solid in flat arrays; starts and rings hold the first row of each ring or face, and one more for the end."""

    xyz: NDArray[np.float64]  # (V, 3) metres, from the middle of the solid's box
    grid: NDArray[np.int64]  # (V, 3) the same on the whole-number grid
    corner: NDArray[np.int64]  # (C,) vertex of each ring corner
    starts: NDArray[np.int64]  # (R + 1,) into corner
    rings: NDArray[np.int64]  # (F + 1,) into starts
    tri: NDArray[np.int64]  # (T, 3) triangles of the faces
    tri_face: NDArray[np.int64]  # (T,) the face of each


def is_readable(solid: PolygonSolid) -> bool:
    """Tell whether every coordinate is a number and every index has a vertex."""
    if not np.isfinite(solid.vertices).all():
        return False
    count = len(solid.vertices)
    return all(0 <= i < count for face in solid.faces for ring in face for i in ring)


@njit(cache=True)
def _flatten(xyz: Any, corner: Any, outer: int) -> Any:
    """Project corners (C, 2) along the axis in which the first ``outer`` of them, a ring, show most area."""
    x, y, z = area_vector(xyz, corner[:outer])
    u, v = projection(x, y, z)
    out = np.zeros((corner.size, 2))
    for i in range(corner.size):
        out[i, 0], out[i, 1] = xyz[corner[i], u], xyz[corner[i], v]
    return out


def triangulate_face(xyz: NDArray[np.float64], face: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Cut one polygon face into triangles of its own vertices, oriented like the face (earcut, dominant axis).

    A face that is too thin or too twisted to be cut gives fewer triangles than n + 2 * holes - 2, or none.
    """
    if len(face) == 1 and len(face[0]) == 3:
        a, b, c = face[0]
        return [(a, b, c)]
    rings = [ring for ring in face if len(ring) >= 3]
    if not rings:
        return []
    import mapbox_earcut

    index = np.array(list(chain.from_iterable(rings)), dtype=np.int64)
    ends = np.array(list(accumulate(len(ring) for ring in rings)), dtype=np.uint32)
    flat = _flatten(xyz, index, len(rings[0]))
    # The projection shows the outer ring counter-clockwise, and so earcut returns its triangles.
    cut = index[mapbox_earcut.triangulate_float64(flat, ends)].tolist()
    return list(zip(cut[::3], cut[1::3], cut[2::3], strict=True))


def triangulate_solid(solid: PolygonSolid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Triangles (T, 3) of a polygon solid on its own vertices, and the face (T,) that each comes from."""
    xyz = np.asarray(solid.vertices, dtype=np.float64)
    cut = [triangulate_face(xyz, face) for face in solid.faces]
    tri = np.array(list(chain.from_iterable(cut)), dtype=np.int64).reshape(-1, 3)
    return tri, np.repeat(np.arange(len(cut)), [len(c) for c in cut]).astype(np.int64)


@njit(cache=True)
def _across(grid: Any, a: int, b: int, c: int) -> tuple[float, float, float]:
    """Vector across a triangle, twice its area long."""
    ux, uy, uz = float(grid[b, 0] - grid[a, 0]), float(grid[b, 1] - grid[a, 1]), float(grid[b, 2] - grid[a, 2])
    vx, vy, vz = float(grid[c, 0] - grid[a, 0]), float(grid[c, 1] - grid[a, 1]), float(grid[c, 2] - grid[a, 2])
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


@njit(cache=True)
def _height2(grid: Any, a: int, b: int, c: int) -> float:
    """Square of a triangle's height above its longest edge, in steps of the grid."""
    x, y, z = _across(grid, a, b, c)
    longest = 1.0  # coinciding corners have no height
    for i, j in ((a, b), (b, c), (c, a)):
        dx, dy, dz = float(grid[j, 0] - grid[i, 0]), float(grid[j, 1] - grid[i, 1]), float(grid[j, 2] - grid[i, 2])
        longest = max(longest, dx * dx + dy * dy + dz * dz)
    return (x * x + y * y + z * z) / longest


@njit(cache=True)
def _is_better(grid: Any, a: int, b: int, c: int, tip: int) -> bool:
    """Tell whether (c, b, tip) and (b, a, tip) are fatter than (a, c, b) and (c, a, tip), and not folded."""
    before = min(_height2(grid, a, c, b), _height2(grid, c, a, tip))
    if min(_height2(grid, c, b, tip), _height2(grid, b, a, tip)) <= before:
        return False
    x, y, z = _across(grid, c, b, tip)
    r, s, t = _across(grid, b, a, tip)
    return x * r + y * s + z * t > 0.0


@njit(cache=True)
def _longest_edge(grid: Any, a: Any) -> int:
    """Corner (0, 1, 2) of a triangle at which its longest edge starts."""
    longest, start = -1, 0
    for k in range(3):
        i, j = a[k], a[(k + 1) % 3]
        dx, dy, dz = grid[j, 0] - grid[i, 0], grid[j, 1] - grid[i, 1], grid[j, 2] - grid[i, 2]
        length = dx * dx + dy * dy + dz * dz
        if length > longest:
            longest, start = length, k
    return start


@njit(cache=True)
def _turn_edge(grid: Any, tri: Any, face: Any, t: int, start: int) -> bool:
    """Turn the edge of triangle t that starts at a corner against its neighbour of the same face, if that helps."""
    a, c, b = tri[t, start], tri[t, (start + 1) % 3], tri[t, (start + 2) % 3]
    for u in range(tri.shape[0]):
        if u == t or face[u] != face[t]:
            continue
        for k in range(3):
            if tri[u, k] == c and tri[u, (k + 1) % 3] == a:
                tip = tri[u, (k + 2) % 3]
                if not _is_better(grid, a, b, c, tip):
                    return False
                tri[t, 0], tri[t, 1], tri[t, 2] = c, b, tip
                tri[u, 0], tri[u, 1], tri[u, 2] = b, a, tip
                return True
    return False


@njit(cache=True)
def _turn_flat(grid: Any, tri: Any, face: Any) -> None:
    """Turn the long edge of triangles almost without area, in place, so that no chord runs along a ring's vertex.

    Ear clipping leaves such triangles where ring vertices are nearly collinear; on paper they are watertight, in space
    their chord touches what stands on the vertex between, on one side or the other of it as rounding will have it.
    Every turn makes the flatter of two triangles fatter, so a stack of them comes apart and nothing is turned back.
    """
    for _ in range(tri.shape[0]):
        turned = False
        for t in range(tri.shape[0]):
            if _height2(grid, tri[t, 0], tri[t, 1], tri[t, 2]) <= THIN * THIN:
                turned |= _turn_edge(grid, tri, face, t, _longest_edge(grid, tri[t]))
        if not turned:
            return


def _starts(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(counts)], dtype=np.int64)


def pack_solid(solid: PolygonSolid) -> PackedSolid:
    """Put a readable solid into flat arrays around its middle, and triangulate it."""
    xyz = np.asarray(solid.vertices, dtype=np.float64).reshape(-1, 3)
    if len(xyz):
        xyz = xyz - np.rint((xyz.min(axis=0) + xyz.max(axis=0)) / (2 * GRID_M)) * GRID_M
    rings = [ring for face in solid.faces for ring in face]
    tri, tri_face = triangulate_solid(solid)
    grid = _on_grid(xyz)
    _turn_flat(grid, tri, tri_face)
    return PackedSolid(
        xyz=xyz,
        grid=grid,
        corner=np.array(list(chain.from_iterable(rings)), dtype=np.int64),
        starts=_starts([len(ring) for ring in rings]),
        rings=_starts([len(face) for face in solid.faces]),
        tri=tri,
        tri_face=tri_face,
    )


def turned(packed: PackedSolid, angle_rad: float) -> PackedSolid:
    """The same solid, turned about the vertical through its middle: its vertices fall on other places of the grid."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    xyz = packed.xyz @ np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    grid = _on_grid(xyz)
    tri = packed.tri.copy()
    _turn_flat(grid, tri, packed.tri_face)
    return packed._replace(xyz=xyz, grid=grid, tri=tri)


def _on_grid(xyz: NDArray[np.float64]) -> NDArray[np.int64]:
    step = max(GRID_M, 2.0 * float(np.abs(xyz).max(initial=0.0)) / LIMIT)
    return np.rint(xyz / step).astype(np.int64)
