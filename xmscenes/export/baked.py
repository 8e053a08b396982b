"""Meshes made ready for merging: copies turned into one mesh, materials taken apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.geometry.meshes import keep_faces
from xmscenes.look.atlas import foliage_uv
from xmscenes.look.materials import INDEX, MATERIALS
from xmscenes.records import Mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Placement


def bake_copies(mesh: Mesh, placement: Placement) -> Mesh:
    """Put every copy of a prototype into one mesh."""
    count = len(placement.xyz)
    faces = mesh.faces[None] + (np.arange(count, dtype=np.int32) * len(mesh.vertices))[:, None, None]

    def repeated(values: NDArray[np.generic] | None) -> NDArray[np.generic] | None:
        return None if values is None else np.tile(values, (count,) + (1,) * (values.ndim - 1))

    return Mesh(
        vertices=copied_points(mesh.vertices, placement),
        faces=faces.reshape(-1, 3),
        surface=repeated(mesh.surface),
        material=repeated(mesh.material),
        rgb=repeated(mesh.rgb),
        uv=repeated(mesh.uv),
        smooth=repeated(mesh.smooth),
    )


def copied_points(points: NDArray[np.float64], placement: Placement, wider: float = 1.0) -> NDArray[np.float64]:
    """Points (V, 3) of a prototype where every copy has them, (N V, 3), each copy ``wider`` times as wide."""
    turn = np.deg2rad(placement.heading_deg.astype(np.float64))
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    scale = placement.scale * np.array([wider, wider, 1.0], np.float32)
    scaled = points[None] * scale.astype(np.float64)[:, None]
    x, y = scaled[..., 0], scaled[..., 1]
    turned = np.stack([x * cos + y * sin, y * cos - x * sin, scaled[..., 2]], axis=-1)  # clockwise from above
    places: NDArray[np.float64] = (turned + placement.xyz[:, None]).reshape(-1, 3)
    return places


def as_one_material(mesh: Mesh, *, smooth: bool = True) -> Mesh:
    """Let plain faces wear the white patch of the leaves' picture: one draw call instead of two.

    Without ``smooth`` only flat faces do. A mesh without leaves stays what it is.
    """
    leaves, plain = INDEX["foliage"], INDEX["plain"]
    if mesh.material is None or mesh.uv is None or not {leaves, plain} <= set(np.unique(mesh.material).tolist()):
        return mesh
    bare = mesh.material == plain
    if mesh.smooth is not None and not smooth:
        bare &= ~mesh.smooth
    uv, material = mesh.uv.copy(), mesh.material.copy()
    uv[bare] = foliage_uv("solid", np.array([0.5, 0.5]))
    material[bare] = leaves
    return replace(mesh, uv=uv, material=material)


def instance_transforms(
    placement: Placement,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Translations (N, 3), unit quaternions xyzw (N, 4) and scales (N, 3) of the copies, in glTF axes."""
    half = -np.deg2rad(placement.heading_deg.astype(np.float64)) / 2.0  # clockwise from above: minus about +y
    zero = np.zeros_like(half)
    rotation = np.column_stack([zero, np.sin(half), zero, np.cos(half)]).astype(np.float32)
    scale = np.ascontiguousarray(placement.scale[:, [0, 2, 1]]).astype(np.float32)
    return Frame.to_gltf(placement.xyz).astype(np.float32), rotation, scale


def by_material(
    mesh: Mesh, feature_of_face: NDArray[np.int32] | None
) -> list[tuple[int, Mesh, NDArray[np.int32] | None]]:
    """Cut a mesh into its materials, in their order; a mesh without materials wears material 0.

    Parts whose material has no texture lose their texture coordinates.
    """
    found = [0] if mesh.material is None else np.unique(mesh.material).tolist()
    parts: list[tuple[int, Mesh, NDArray[np.int32] | None]] = []
    for material in found:
        part, feature = mesh, feature_of_face
        if len(found) > 1:
            keep = mesh.material == material
            part, feature = keep_faces(mesh, keep), None if feature is None else feature[keep]
        if MATERIALS[material].texture is None and part.uv is not None:
            part = replace(part, uv=None)
        parts.append((material, part, feature))
    return parts
