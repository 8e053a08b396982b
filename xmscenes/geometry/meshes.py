"""Triangle meshes as arrays: merge, cut, normals, and the split of shared corners into drawable vertices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.triangles import cross_products, normal_codes, unit_normals
from xmscenes.geometry.unique_rows import unique_rows
from xmscenes.records import Mesh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CREASE_DEG = 60.0  # a smooth corner that leans farther than this from its neighbours keeps its own edge


def face_crosses(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    """Outward normals of the faces, (F, 3), as long as twice each face's area."""
    crosses: NDArray[np.float64] = cross_products(vertices, faces)
    return crosses


def face_areas(mesh: Mesh) -> NDArray[np.float64]:
    """Area of every face in square metres."""
    areas: NDArray[np.float64] = np.linalg.norm(face_crosses(mesh.vertices, mesh.faces), axis=1) / 2.0
    return areas


def empty_mesh() -> Mesh:
    """Return a mesh with nothing in it."""
    return Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), np.int32), surface=np.zeros(0, np.uint8))


def keep_faces(mesh: Mesh, keep: NDArray[Any]) -> Mesh:
    """Faces chosen by a boolean or an index array, without the vertices that only the others used."""
    faces = mesh.faces[keep]
    used = np.zeros(len(mesh.vertices), dtype=bool)
    used[faces] = True
    renumber = np.cumsum(used, dtype=np.int32) - 1
    return Mesh(
        vertices=mesh.vertices[used],
        faces=renumber[faces].reshape(-1, 3),
        **{
            name: None if (values := getattr(mesh, name)) is None else values[keep]
            for name in ("surface", "material", "rgb", "uv", "smooth")
        },
    )


def merge_meshes(meshes: Sequence[Mesh]) -> tuple[Mesh, NDArray[np.int32]]:
    """Put meshes into one, in order; vertices stay apart. Returns the mesh and (F,) which mesh each face was.

    An attribute that only some of them carry is filled: material 0, white, uv zero, not smooth.
    """
    counts = [len(m.faces) for m in meshes]
    owner = np.repeat(np.arange(len(meshes), dtype=np.int32), counts)
    if not meshes:
        return empty_mesh(), owner
    starts = np.cumsum([0] + [len(m.vertices) for m in meshes])[:-1]
    fill: dict[str, tuple[tuple[int, ...], Any, int]] = {
        "material": ((), np.uint8, 0),
        "rgb": ((3, 3), np.uint8, 255),
        "uv": ((3, 2), np.float32, 0),
        "smooth": ((), np.bool_, 0),
    }
    attributes = {}
    for name, (shape, dtype, value) in fill.items():
        parts = [getattr(m, name) for m in meshes]
        if any(part is not None for part in parts):
            attributes[name] = np.concatenate(
                [
                    np.full((count, *shape), value, dtype) if part is None else part
                    for part, count in zip(parts, counts, strict=True)
                ]
            )
    merged = Mesh(
        vertices=np.concatenate([m.vertices for m in meshes]),
        faces=np.concatenate([m.faces + np.int32(start) for m, start in zip(meshes, starts, strict=True)]),
        surface=np.concatenate([m.surface for m in meshes]),
        **attributes,
    )
    return merged, owner


def welded(mesh: Mesh, step_m: float = 1e-4) -> Mesh:
    """Join vertices that fall together on a grid of ``step_m``, and drop faces that lose their area by it."""
    first, index = unique_rows(np.rint(mesh.vertices / step_m).astype(np.int32))
    if len(first) == len(mesh.vertices):
        return mesh
    faces = index[mesh.faces].astype(np.int32)
    a, b, c = faces.T
    joined = replace(mesh, vertices=mesh.vertices[first], faces=faces)
    return keep_faces(joined, (a != b) & (b != c) & (c != a))


def corner_normals(mesh: Mesh) -> NDArray[np.float32]:
    """Unit normal of every face corner, (F, 3, 3): flat, or blended with neighbours where faces are ``smooth``.

    A degenerate face points up. Blending weighs by area and stops at a crease of ``CREASE_DEG``.
    """
    flat = unit_normals(mesh.vertices, mesh.faces)
    normals = np.repeat(flat.astype(np.float32)[:, None, :], 3, axis=1)
    if mesh.smooth is not None and mesh.smooth.any():
        at = mesh.smooth
        crosses = face_crosses(mesh.vertices, mesh.faces)
        total = np.zeros((len(mesh.vertices), 3))
        for corner in range(3):
            for axis in range(3):
                total[:, axis] += np.bincount(mesh.faces[at, corner], crosses[at, axis], minlength=len(mesh.vertices))
        blended = _unit(total)[mesh.faces[at]]
        near = np.einsum("fck,fk->fc", blended, flat[at]) >= np.cos(np.deg2rad(CREASE_DEG))
        normals[at] = np.where(near[:, :, None], blended, normals[at])
    return normals


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    up = np.array([0.0, 0.0, 1.0])
    unit: NDArray[np.float64] = np.where(length > 1e-12, vectors / np.maximum(length, 1e-12), up)
    return unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Corners:
    """Drawable vertices: every (N, …) row is a different combination of place, normal, uv, colour and feature."""

    vertex: NDArray[np.int32]  # the mesh's vertex that each one came from
    xyz: NDArray[np.float64]
    normal: NDArray[np.float32]
    uv: NDArray[np.float32] | None
    rgb: NDArray[np.uint8] | None
    feature: NDArray[np.int32] | None
    faces: NDArray[np.uint32]  # (F, 3)


def split_corners(
    mesh: Mesh,
    feature_of_face: NDArray[np.int32] | None = None,
    place: NDArray[np.int32] | None = None,
    *,
    creases: bool = True,
) -> Corners:
    """Split shared vertices where normal, uv, colour or feature differ; vertices come in order of first use.

    Normals are compared on a grid of 1/511, so coplanar faces share their corners whatever the last bits say.
    ``place`` (V, 3) are vertices on a grid: those that fall together become one. Without ``creases`` normals are not
    compared: a vertex keeps the normal of the first face that uses it.
    """
    normals = corner_normals(mesh).reshape(-1, 3)
    where = mesh.faces.reshape(-1)
    columns = [where] if place is None else [place[where, axis] for axis in range(3)]
    if creases:
        columns.append(normal_codes(normals))
    if mesh.uv is not None:
        uv = np.ascontiguousarray(mesh.uv + np.float32(0)).reshape(-1, 2).view(np.int32)
        columns += [uv[:, 0], uv[:, 1]]
    if mesh.rgb is not None:
        rgb = mesh.rgb.reshape(-1, 3)
        columns.append(rgb[:, 0].astype(np.int32) << 16 | rgb[:, 1].astype(np.int32) << 8 | rgb[:, 2])
    table = np.zeros((len(where), len(columns) + (feature_of_face is not None)), np.int32)
    for k, column in enumerate(columns):
        table[:, k] = column
    if feature_of_face is not None:
        table[:, -1] = np.repeat(feature_of_face, 3)
    first, inverse = unique_rows(table)
    vertex = mesh.faces.reshape(-1)[first]
    return Corners(
        vertex=vertex,
        xyz=mesh.vertices[vertex],
        normal=normals[first],
        uv=None if mesh.uv is None else mesh.uv.reshape(-1, 2)[first],
        rgb=None if mesh.rgb is None else mesh.rgb.reshape(-1, 3)[first],
        feature=None if feature_of_face is None else feature_of_face[first // 3].astype(np.int32),
        faces=inverse.astype(np.uint32).reshape(-1, 3),
    )
