"""Cut meshes along planes of constant x or y, so that no face lies on both sides; what needs it is what is long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import face_areas, keep_faces
from xmscenes.records import Mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_M2 = 1e-9  # slivers below this are left out


def cut_mesh(mesh: Mesh, axis: int, at: float) -> tuple[Mesh, NDArray[np.int64]]:
    """Cut faces where coordinate ``axis`` is ``at``; also gives (F,) which face of ``mesh`` each one was.

    Faces that touch the plane stay whole. Colours and texture coordinates are interpolated; cut edges that were
    shared stay shared.
    """
    apart = mesh.vertices[:, axis] - at
    above = apart[mesh.faces] >= 0.0
    crossing = np.flatnonzero(above.any(axis=1) & ~above.all(axis=1))
    if not len(crossing):
        return mesh, np.arange(len(mesh.faces))
    lone = np.where(above[crossing].sum(axis=1) == 1, above[crossing].argmax(axis=1), above[crossing].argmin(axis=1))
    turn = (lone[:, None] + np.arange(3)) % 3  # the lone corner first
    a, b, c = np.take_along_axis(mesh.faces[crossing], turn, axis=1).T
    edges = np.sort(np.concatenate([np.column_stack([a, b]), np.column_stack([a, c])]), axis=1)
    pairs, which = np.unique(edges, axis=0, return_inverse=True)
    low, high = pairs.T
    share = (apart[low] / (apart[low] - apart[high]))[:, None]
    fresh = mesh.vertices[low] + share * (mesh.vertices[high] - mesh.vertices[low])
    p, q = which.reshape(2, -1) + len(mesh.vertices)
    whole = np.ones(len(mesh.faces), bool)
    whole[crossing] = False
    parts = np.concatenate([np.column_stack(rows) for rows in ((a, p, q), (p, b, c), (p, c, q))])
    share_b = apart[a] / (apart[a] - apart[b])
    share_c = apart[a] / (apart[a] - apart[c])
    source = np.concatenate([np.flatnonzero(whole), np.tile(crossing, 3)])

    def corners(values: NDArray[np.generic] | None) -> NDArray[np.generic] | None:
        if values is None:
            return None
        old = np.take_along_axis(values[crossing], turn[:, :, None], axis=1).astype(np.float64)
        one = old[:, 0] + share_b[:, None] * (old[:, 1] - old[:, 0])
        two = old[:, 0] + share_c[:, None] * (old[:, 2] - old[:, 0])
        rows = ((old[:, 0], one, two), (one, old[:, 1], old[:, 2]), (one, old[:, 2], two))
        made = np.concatenate([np.stack(row, axis=1) for row in rows])
        made = np.rint(made) if values.dtype == np.uint8 else made
        return np.concatenate([values[whole], made.astype(values.dtype)])

    cut = Mesh(
        vertices=np.concatenate([mesh.vertices, fresh]),
        faces=np.concatenate([mesh.faces[whole], parts]).astype(np.int32),
        surface=mesh.surface[source],
        material=None if mesh.material is None else mesh.material[source],
        rgb=corners(mesh.rgb),
        uv=corners(mesh.uv),
        smooth=None if mesh.smooth is None else mesh.smooth[source],
    )
    keep = whole[source] | (face_areas(cut) > LEAST_M2)
    return keep_faces(cut, keep), source[keep]


def is_long(mesh: Mesh, box: tuple[float, float, float, float], size_m: float) -> bool:
    """Whether a mesh reaches more than ``size_m`` beyond a box (west, south, east, north)."""
    if not len(mesh.vertices):
        return False
    west, south, east, north = box
    low, high = mesh.vertices[:, :2].min(axis=0), mesh.vertices[:, :2].max(axis=0)
    return bool(max(west - low[0], south - low[1], high[0] - east, high[1] - north) > size_m)


def cut_at_squares(mesh: Mesh, size_m: float) -> tuple[Mesh, NDArray[np.int64]]:
    """Cut a mesh at all borders of squares counted from zero; also gives (F,) which face of ``mesh`` each one was."""
    source = np.arange(len(mesh.faces))
    for axis in (0, 1):
        if mesh.is_empty:
            break
        low, high = mesh.vertices[:, axis].min(), mesh.vertices[:, axis].max()
        for number in range(int(np.floor(low / size_m)) + 1, int(np.ceil(high / size_m))):
            mesh, before = cut_mesh(mesh, axis, number * size_m)
            source = source[before]
    return mesh, source
