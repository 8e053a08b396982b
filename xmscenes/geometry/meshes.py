"""Triangle meshes as arrays: merge, cut, normals, and the split of shared corners into drawable vertices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.triangles import blended_normals, cross_products, normal_codes, unit_normals, used_vertices
from xmscenes.geometry.unique_rows import unique_corners, unique_rows
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
    chosen = pick_faces(mesh, keep)
    used, faces = used_vertices(chosen.faces, len(mesh.vertices))
    return replace(chosen, vertices=_rows(mesh.vertices, used), faces=_frozen(faces))


def pick_faces(mesh: Mesh, keep: NDArray[Any]) -> Mesh:
    """Faces chosen by a boolean or an index array; all vertices stay, used or not."""
    index = np.arange(len(mesh.faces))[keep]
    return Mesh(
        vertices=mesh.vertices,
        **{
            name: None if (values := getattr(mesh, name)) is None else _rows(values, index)
            for name in ("faces", "surface", "material", "rgb", "uv", "smooth")
        },
    )


def _rows(values: NDArray[Any], index: NDArray[Any]) -> NDArray[Any]:
    return _frozen(np.take(values, index, axis=0))


def _frozen(fresh: NDArray[Any]) -> NDArray[Any]:
    """Say that nobody else holds the array: a record then need not copy it."""
    fresh.flags.writeable = False
    return fresh


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
    smooth = np.zeros(len(mesh.faces), bool) if mesh.smooth is None else mesh.smooth
    normals: NDArray[np.float32] = blended_normals(mesh.vertices, mesh.faces, smooth, np.cos(np.deg2rad(CREASE_DEG)))
    return normals


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
    blended = mesh.smooth is not None and bool(mesh.smooth.any())
    if blended:
        normals = corner_normals(mesh).reshape(-1, 3)
    else:  # one a face
        normals = unit_normals(mesh.vertices, mesh.faces).astype(np.float32)
    whole = np.arange(len(mesh.vertices), dtype=np.int32)[:, None] if place is None else place
    first, inverse = unique_corners(
        mesh.faces,
        whole,
        normal_codes(normals) if creases else None,
        None if mesh.uv is None else (mesh.uv + np.float32(0)).view(np.int32),  # -0 is 0
        mesh.rgb,
        feature_of_face,
    )
    face = first // 3
    vertex = mesh.faces.reshape(-1)[first]
    return Corners(
        vertex=vertex,
        xyz=np.take(mesh.vertices, vertex, axis=0),
        normal=np.take(normals, first if blended else face, axis=0),
        uv=None if mesh.uv is None else np.take(mesh.uv.reshape(-1, 2), first, axis=0),
        rgb=None if mesh.rgb is None else np.take(mesh.rgb.reshape(-1, 3), first, axis=0),
        feature=None if feature_of_face is None else feature_of_face[face].astype(np.int32),
        faces=inverse,
    )
