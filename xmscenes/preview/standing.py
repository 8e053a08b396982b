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
    x, y, z = camera.eye_m
    for radius in _RINGS_M:
        for turn in np.radians(np.arange(0.0, 360.0, 30.0)).tolist():
            eye = (x + radius * float(np.sin(turn)), y + radius * float(np.cos(turn)), z)
            if not _is_inside(surfaces_above(scene, Frame.to_gltf(np.array(eye)))):
                note = f"camera {camera.name!r}: stood inside a wall or the ground; moved {radius:.0f} m aside"
                return camera.moved_to(eye, note)
    lifted = float(surfaces[:, 0].max()) + EYE_HEIGHT_M
    note = f"camera {camera.name!r}: stood inside a wall or the ground; moved {lifted - z:.1f} m up"
    return camera.moved_to((x, y, lifted), note)


def _is_inside(surfaces: NDArray[np.float64]) -> bool:
    return bool(surfaces[:, 1].sum() > 0)


def surfaces_above(scene: RenderScene, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Surfaces straight above a point (glTF axes): rows of height and +1 (faces up) or -1 (faces down), (N, 2)."""
    found = [np.zeros((0, 2))]
    for draw in scene.draws:
        material = scene.material_of(draw)
        if material.alpha_mode != "OPAQUE" or material.double_sided:
            continue
        low, high = scene.boxes(draw)
        near = (low[:, 0] <= point[0]) & (high[:, 0] >= point[0]) & (low[:, 2] <= point[2]) & (high[:, 2] >= point[2])
        for matrix in draw.matrices[near & (high[:, 1] > point[1])]:
            geometry = scene.geometries[draw.geometry]
            world = geometry.positions @ matrix[:3, :3].T.astype("f4") + matrix[:3, 3]
            found.append(_crossings(world.astype("f8"), geometry.indices.reshape(-1, 3), point))
    return np.concatenate(found)


def _crossings(
    vertices: NDArray[np.float64], faces: NDArray[np.uint32], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    x, z = vertices[:, 0][faces] - point[0], vertices[:, 2][faces] - point[2]
    near = (x.min(axis=1) <= 0) & (x.max(axis=1) >= 0) & (z.min(axis=1) <= 0) & (z.max(axis=1) >= 0)
    x, z, y = x[near], z[near], vertices[:, 1][faces[near]]
    # Barycentric weights in plan; the sign of the area tells which way the face looks (z points south).
    weight = np.stack([_cross(x, z, 1, 2), _cross(x, z, 2, 0), _cross(x, z, 0, 1)], axis=1)
    area = weight.sum(axis=1)
    # Half-open: a point on an edge that two faces share counts once.
    inside = np.where(area[:, None] < 0, weight <= 0, weight > 0).all(axis=1) & (np.abs(area) > 1e-12)
    height = (weight[inside] * y[inside]).sum(axis=1) / area[inside]
    above = height > point[1]
    return np.column_stack([height[above], -np.sign(area[inside][above])])


def _cross(x: NDArray[np.float64], z: NDArray[np.float64], i: int, j: int) -> NDArray[np.float64]:
    return np.asarray(x[:, i] * z[:, j] - x[:, j] * z[:, i])
