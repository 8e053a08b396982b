"""Is a camera inside a wall or under the ground? If so, move it, and say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.preview.camera import EYE_HEIGHT_M, Camera

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.scene import RenderScene

_RINGS_M = (2.0, 4.0, 7.0, 11.0, 16.0, 24.0, 36.0)


def free_camera(scene: RenderScene, camera: Camera) -> Camera:
    """Give the camera back, or one nearby that stands in the open, with a note that says how far it was moved.

    A point is inside when more surfaces above it face up than down: true within closed solids and below terrain.
    Transparent, double-sided and alpha-tested surfaces do not count.
    """
    surfaces = surfaces_above(scene, camera.eye_gltf())
    if not _is_inside(surfaces):
        return camera
    ground = surfaces[surfaces[:, 2] == 0]
    if _is_inside(ground):
        return _lifted(camera, float(ground[:, 0].max()), "stood under the ground")
    for radius in _RINGS_M:
        for turn in np.radians(np.arange(0.0, 360.0, 30.0)).tolist():
            step = np.array([float(np.sin(turn)), float(np.cos(turn)), 0.0])
            # Free here and a fifth of the way back: not with the nose at the wall just left.
            spots = [np.array(camera.eye_m) + share * radius * step for share in (1.0, 0.8)]
            if not any(_is_inside(surfaces_above(scene, Frame.to_gltf(spot))) for spot in spots):
                x, y, z = spots[0].tolist()
                note = f"camera {camera.name!r}: stood inside a wall; moved {radius:.0f} m aside"
                return camera.moved_to((x, y, z), note)
    return _lifted(camera, float(surfaces[:, 0].max()), "stood inside a wall")


def _lifted(camera: Camera, surface_m: float, reason: str) -> Camera:
    x, y, z = camera.eye_m
    up = surface_m + EYE_HEIGHT_M
    return camera.moved_to((x, y, up), f"camera {camera.name!r}: {reason}; moved {up - z:.1f} m up")


def _is_inside(surfaces: NDArray[np.float64]) -> bool:
    return bool(surfaces[:, 1].sum() > 0)


def surfaces_above(scene: RenderScene, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Surfaces above a point (glTF axes): rows of height, +1 (faces up) or -1 (down), 1 for buildings, (N, 3)."""
    found = [np.zeros((0, 3))]
    for draw in scene.draws:
        material = scene.material_of(draw)
        if material.alpha_mode != "OPAQUE" or material.double_sided:
            continue
        low, high = scene.boxes(draw)
        near = (low[:, 0] <= point[0]) & (high[:, 0] >= point[0]) & (low[:, 2] <= point[2]) & (high[:, 2] >= point[2])
        for matrix in draw.matrices[near & (high[:, 1] > point[1])]:
            geometry = scene.geometries[draw.geometry]
            world = geometry.positions @ matrix[:3, :3].T.astype("f4") + matrix[:3, 3]
            rows = _crossings(world.astype("f8"), geometry.indices.reshape(-1, 3), point)
            found.append(np.column_stack([rows, np.full(len(rows), float(draw.kind.startswith("building")))]))
    return np.concatenate(found)


def _crossings(
    vertices: NDArray[np.float64], faces: NDArray[np.uint32], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    # A hair off in an odd direction: a plumb line through an edge would count both faces or none.
    x, z = vertices[:, 0][faces] - (point[0] + 1.2374e-5), vertices[:, 2][faces] - (point[2] + 2.1131e-5)
    near = (x.min(axis=1) <= 0) & (x.max(axis=1) >= 0) & (z.min(axis=1) <= 0) & (z.max(axis=1) >= 0)
    x, z, y = x[near], z[near], vertices[:, 1][faces[near]]
    # Barycentric weights in plan; the sign of the area tells which way the face looks (z points south).
    weight = np.stack([_cross(x, z, 1, 2), _cross(x, z, 2, 0), _cross(x, z, 0, 1)], axis=1)
    area = weight.sum(axis=1)
    inside = (weight * np.sign(area)[:, None] > 0).all(axis=1)
    height = (weight[inside] * y[inside]).sum(axis=1) / area[inside]
    above = height > point[1]
    return np.column_stack([height[above], -np.sign(area[inside][above])])


def _cross(x: NDArray[np.float64], z: NDArray[np.float64], i: int, j: int) -> NDArray[np.float64]:
    return np.asarray(x[:, i] * z[:, j] - x[:, j] * z[:, i])
