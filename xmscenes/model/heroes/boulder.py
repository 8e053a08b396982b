"""A boulder meshed from its survey points: a Poisson surface through them, its unseen foot run down into the ground.

Kazhdan, Hoppe: Screened Poisson Surface Reconstruction, ACM Transactions on Graphics 32(3), 2013, as open3d has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.model.heroes.hero import Seat

    Floats = NDArray[np.float64]
    Shape = tuple[Floats, NDArray[np.int64]]

LEAST_POINTS = 400  # fewer do not tell a boulder's form
_OVER_M = 2.5  # rock stands so far over the plane of its seat, or it is the hill around
_DEPTH = 7  # of the octree: cells of 0.4 m on a boulder of 50 m, as wide as points lie apart
_GAP_M = 1.6  # points of one boulder lie no farther apart
_NEAR_M, _NEAREST = 1.8, 24  # points that a normal is fitted to
_BEARINGS = 72
_DOWN_STEP_M, _FOOT_M = 0.5, 4.0  # the flank is run down to so far under the seat
_BURIED_M = 2.5  # below that the surface is cut off: ground hides it


@dataclass(frozen=True, slots=True)
class Boulder:
    """The points (N, 3) of one boulder and their normals, with its axis in plan."""

    xyz: Floats
    normals: Floats
    seat: Seat


def boulders_of(points: Floats, seats: tuple[Seat, ...]) -> list[Boulder | None]:
    """Share survey points (N, 3), in a hero's own metres, out among the seats; None where there are too few.

    A point belongs to the seat whose ellipse it lies deepest in, and is rock when it stands 2.5 m over its plane.
    """
    depth = np.array([_depth_in(points[:, :2], seat) for seat in seats]).reshape(len(seats), len(points))
    owner = np.argmin(depth, axis=0)
    found: list[Boulder | None] = []
    for k, seat in enumerate(seats):
        own = points[(owner == k) & (depth[k] < 1.0)]
        own = own[own[:, 2] > _plane(own[:, :2], seat) + _OVER_M]
        own = own[_largest(own)] if len(own) else own
        found.append(_with_normals(own, seat) if len(own) >= LEAST_POINTS else None)
    return found


def _largest(xyz: Floats) -> NDArray[np.bool_]:
    """The points that hang together most: the hill beside a boulder lies in its shadow, a gap away."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    pairs = cKDTree(xyz).query_pairs(_GAP_M, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(xyz), len(xyz)))
    _, part = connected_components(links, directed=False)
    return np.asarray(part == np.argmax(np.bincount(part)))


def meshed(boulder: Boulder, faces: Sequence[int]) -> list[Shape]:
    """Vertices (V, 3) and faces (F, 3) of a boulder, for each number the surface with at most so many faces.

    Numbers fall: each surface is made of the one before. It is open at the bottom, 2.5 m under its seat. Vertices are
    whole millimetres.
    """
    import open3d

    cloud = _cloud(boulder.xyz, boulder.normals)
    surface, _ = open3d.geometry.TriangleMesh.create_from_point_cloud_poisson(cloud, depth=_DEPTH, n_threads=1)
    vertices = np.asarray(surface.vertices)
    buried = vertices[:, 2] < _plane(vertices[:, :2], boulder.seat) - _BURIED_M
    surface.remove_vertices_by_mask(buried.tolist())
    piece, size, _ = (np.asarray(values) for values in surface.cluster_connected_triangles())
    surface.remove_triangles_by_mask((piece != np.argmax(size)).tolist())
    found = []
    for number in faces:
        surface = surface.simplify_quadric_decimation(number).remove_unreferenced_vertices()
        found.append((np.round(np.asarray(surface.vertices), 3), np.asarray(surface.triangles).astype(np.int64)))
    return found


def _cloud(xyz: Floats, normals: Floats | None = None) -> Any:
    import open3d

    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(xyz))
    if normals is not None:
        cloud.normals = open3d.utility.Vector3dVector(normals)
    return cloud


def _with_normals(xyz: Floats, seat: Seat) -> Boulder:
    """Fit normals that point away from the boulder's middle; add points where its flank goes down unseen."""
    import open3d

    cloud = _cloud(xyz)
    cloud.estimate_normals(open3d.geometry.KDTreeSearchParamHybrid(radius=_NEAR_M, max_nn=_NEAREST))
    normals = np.asarray(cloud.normals).copy()
    middle = (xyz.min(axis=0) + xyz.max(axis=0)) / 2.0
    normals[((xyz - middle) * normals).sum(axis=1) < 0.0] *= -1.0
    down, outward = _flank(xyz, middle, seat)
    return Boulder(np.vstack([xyz, down]), np.vstack([normals, outward]), seat)


def _flank(xyz: Floats, middle: Floats, seat: Seat) -> tuple[Floats, Floats]:
    """Points and normals of the flank below the lowest that a beam met, straight down to under the ground."""
    away = xyz[:, :2] - middle[:2]
    bearing = np.arctan2(away[:, 1], away[:, 0])
    radius = np.hypot(away[:, 0], away[:, 1])
    sector = np.floor((bearing + np.pi) / (2.0 * np.pi) * _BEARINGS).astype(int) % _BEARINGS
    reach, low = np.full(_BEARINGS, np.nan), np.full(_BEARINGS, np.nan)
    for k in np.unique(sector).tolist():
        own = sector == k
        reach[k] = np.percentile(radius[own], 98)
        low[k] = xyz[own & (radius > reach[k] - 0.6), 2].min()
    known = np.flatnonzero(np.isfinite(reach))
    every = np.arange(_BEARINGS)
    reach, low = (np.interp(every, known, values[known], period=_BEARINGS) for values in (reach, low))
    reach = (np.roll(reach, 1) + 2.0 * reach + np.roll(reach, -1)) / 4.0
    found, outward = [], []
    for k in range(4 * _BEARINGS):
        angle = (k / 4 + 0.5) * 2.0 * np.pi / _BEARINGS - np.pi
        unit = np.array([np.cos(angle), np.sin(angle)])
        spot = middle[:2] + unit * np.interp(k / 4, every, reach, period=_BEARINGS)
        top = float(np.interp(k / 4, every, low, period=_BEARINGS))
        z = np.arange(top - _DOWN_STEP_M, float(_plane(spot[None], seat)[0]) - _FOOT_M, -_DOWN_STEP_M)
        found.append(np.column_stack([np.tile(spot, (len(z), 1)), z]))
        outward.append(np.tile([*unit, 0.0], (len(z), 1)))
    return np.vstack(found), np.vstack(outward)


def _depth_in(xy: Floats, seat: Seat) -> Floats:
    """How far out places (N, 2) lie in the ellipse of a seat: 0 in its middle, 1 on its edge."""
    c, s = np.cos(np.radians(seat.turn_deg)), np.sin(np.radians(seat.turn_deg))
    own = (xy - np.asarray(seat.centre_m)) @ np.array([[c, -s], [s, c]]) / np.asarray(seat.half_m)
    return np.asarray(np.hypot(own[:, 0], own[:, 1]))


def _plane(xy: Floats, seat: Seat) -> Floats:
    """Height of a seat's plane at places (N, 2)."""
    return np.asarray(seat.level_m + xy @ np.asarray(seat.slope))
