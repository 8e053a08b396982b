"""Positions, normals, colours and texture coordinates as small integers (KHR_mesh_quantization)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.geometry.meshes import Corners, keep_faces, split_corners
from xmscenes.geometry.order import steady_order
from xmscenes.geometry.tangents import vertex_tangents
from xmscenes.geometry.triangles import has_area, normal_codes, unit_normals
from xmscenes.look.colour import linear_from_srgb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Mesh

STEP_M = 0.005
MOST = 65535


@dataclass(frozen=True, slots=True)
class Grid:
    """Where integers lie: ``origin_m + integer * step_m`` in glTF axes.

    All grids of one step share their lines, so tiles meet exactly. A thing too long for 16 bits at this step keeps
    float32 positions (``floats``): the grid is then used to join vertices only.
    """

    origin_m: NDArray[np.float64]
    step_m: float
    floats: bool = False

    def place(self, vertices: NDArray[np.float64]) -> NDArray[np.int32]:
        """Integers (V, 3) of local coordinates."""
        return np.rint((Frame.to_gltf(vertices) - self.origin_m) / self.step_m).astype(np.int32)

    def transform(self) -> dict[str, list[float]]:
        """Give the members of a node that put its quantised mesh in place."""
        at = {"translation": self.origin_m.tolist()}
        return at if self.floats else {**at, "scale": [self.step_m] * 3}


def grid_around(clouds: Iterable[NDArray[np.float64]], step_m: float = STEP_M) -> Grid:
    """Make the grid that holds all these local coordinates."""
    full = [Frame.to_gltf(cloud) for cloud in clouds if len(cloud)]
    low = np.min([cloud.min(axis=0) for cloud in full], axis=0)
    high = np.max([cloud.max(axis=0) for cloud in full], axis=0)
    return Grid(np.floor(low / step_m) * step_m, step_m, floats=bool((high - low).max() / step_m > MOST - 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """One primitive's vertex rows, every row a multiple of four bytes, and its triangles."""

    position: NDArray[np.uint16] | NDArray[np.float32]  # (N, 4), last column 0; or (N, 3) metres from the origin
    normal: NDArray[np.float32] | None  # (N, 4) unit vectors, for the octahedral filter; None: faces are flat
    tangent: NDArray[np.float32] | None  # (N, 4) unit vectors and handedness
    colour: NDArray[np.uint8] | None  # (N, 4) linear
    uv: NDArray[np.float32] | None  # (N, 2)
    feature: NDArray[np.int32] | None  # (N,)
    faces: NDArray[np.uint32]  # (F, 3)


def pack(
    mesh: Mesh,
    feature_of_face: NDArray[np.int32] | None,
    grid: Grid,
    *,
    tangents: bool = False,
    normals: bool = True,
    alike: bool = True,
) -> Packed | None:
    """Put a mesh on the grid; triangles that lose their area there are left out. None when nothing is left.

    ``tangents`` are for normal maps. Without ``normals`` clients shade every face flat, as glTF asks for, and faces
    share their corners: half the vertices of a town of blocks. ``alike`` puts flat faces that look alike together;
    cards of trees lie better as they are, a tree at a time.
    """
    place = grid.place(mesh.vertices)
    keep = has_area(place, mesh.faces)
    if not keep.any():
        return None
    if not keep.all():
        mesh = keep_faces(mesh, keep)
        feature_of_face = None if feature_of_face is None else feature_of_face[keep]
        place = grid.place(mesh.vertices)
    if alike and (mesh.smooth is None or not mesh.smooth.any()):
        order = _alike(mesh, feature_of_face, normals=normals)
        mesh = keep_faces(mesh, order)
        place = grid.place(mesh.vertices)
        feature_of_face = None if feature_of_face is None else feature_of_face[order]
    split = split_corners(mesh, feature_of_face, place, creases=normals)
    return _rows(split, place, grid, tangents=tangents, normals=normals)


def _alike(mesh: Mesh, feature_of_face: NDArray[np.int32] | None, *, normals: bool) -> NDArray[np.int64]:
    """Order of flat faces by feature, colour and normal: what stays the same from vertex to vertex costs no bytes."""
    keys = [] if feature_of_face is None else [feature_of_face]
    if mesh.rgb is not None:
        keys.append(mesh.rgb[:, 0].astype(np.int32) @ np.array([65536, 256, 1], np.int32))
    if normals:
        keys.append(normal_codes(unit_normals(mesh.vertices, mesh.faces).astype(np.float32)))
    return np.lexsort(keys[::-1]) if keys else np.arange(len(mesh.faces))


def _rows(split: Corners, place: NDArray[np.int32], grid: Grid, *, tangents: bool, normals: bool) -> Packed:
    import meshopt

    order, remap, unique = meshopt.reorder_mesh(split.faces.reshape(-1), triangles=True, optsize=True)
    at = np.argsort(remap, kind="stable")[:unique]
    faces, steady = steady_order(order.reshape(-1, 3), place[split.vertex[at]])
    at = at[steady]
    rgba = None
    if split.rgb is not None and not (split.rgb == 255).all():  # white is what no colour means
        table = np.rint(linear_from_srgb(np.arange(256)) * 255.0).astype(np.uint8)
        rgba = np.column_stack([table[split.rgb[at]], np.full(unique, 255, np.uint8)])
    zero = np.zeros((unique, 1))
    position: NDArray[np.uint16] | NDArray[np.float32]
    if grid.floats:
        position = (Frame.to_gltf(split.xyz[at]) - grid.origin_m).astype(np.float32)
    else:
        position = np.hstack([place[split.vertex[at]], zero]).astype(np.uint16)
    tangent = None
    if tangents and split.uv is not None:
        wide = vertex_tangents(split)[at].astype(np.float64)
        tangent = np.hstack([Frame.to_gltf(wide[:, :3]), wide[:, 3:]]).astype(np.float32)
    normal = None
    if normals:
        normal = np.hstack([Frame.to_gltf(split.normal[at].astype(np.float64)), zero + 1.0]).astype(np.float32)
    return Packed(
        position=position,
        normal=normal,
        tangent=tangent,
        colour=rgba,
        uv=None if split.uv is None else split.uv[at],
        feature=None if split.feature is None else split.feature[at],
        faces=faces,
    )
