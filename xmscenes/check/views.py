"""What a client would draw of ``scene.glb`` from one place: levels chosen by coverage, cut by the view frustum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.check.lod import copies
from xmscenes.frame import Frame
from xmscenes.gltf_drawn import instance_matrices, lod_ids
from xmscenes.gltf_read import Glb, node_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A place to look from, in local metres, and how much one eye sees."""

    name: str
    eye_m: Point
    target_m: Point
    vertical_deg: float
    horizontal_deg: float

    def planes(self) -> NDArray[np.float64]:
        """Inward unit normals (4, 3) of the frustum's sides, which pass through the eye; glTF axes."""
        forward = Frame.to_gltf(np.subtract(self.target_m, self.eye_m))
        forward = forward / np.linalg.norm(forward)
        hint = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.999 else np.array([0.0, 0.0, -1.0])
        right = np.cross(forward, hint)
        right /= np.linalg.norm(right)
        up = np.cross(right, forward)
        v, h = np.deg2rad(self.vertical_deg / 2), np.deg2rad(self.horizontal_deg / 2)
        return np.array(
            [
                forward * np.sin(h) + right * np.cos(h),
                forward * np.sin(h) - right * np.cos(h),
                forward * np.sin(v) + up * np.cos(v),
                forward * np.sin(v) - up * np.cos(v),
            ]
        )


@dataclass(frozen=True, slots=True)
class _Draw:
    centre: NDArray[np.float64]
    radius: float
    triangles: int


class DrawCounter:
    """Counts draw calls and triangles of a file from any view; spheres are computed once."""

    def __init__(self, glb: Glb) -> None:
        self._glb = glb
        scene = glb.item("scenes", glb.json.get("scene", 0))
        self._roots: list[int] = scene.get("nodes", [])
        self._draws: dict[int, list[_Draw]] = {}

    def count(self, view: View) -> tuple[int, int]:
        """Draw calls and triangles of one eye: a primitive counts when its bounding sphere meets the frustum."""
        eye = Frame.to_gltf(np.array(view.eye_m, dtype=np.float64))
        planes = view.planes()
        calls = triangles = 0
        for index, matrix in self._shown(eye, view.vertical_deg):
            for draw in self._draws_of(index, matrix):
                if (planes @ (draw.centre - eye) > -draw.radius).all():
                    calls += 1
                    triangles += draw.triangles
        return calls, triangles

    def _shown(self, eye: NDArray[np.float64], fov_deg: float) -> Iterator[tuple[int, NDArray[np.float64]]]:
        stack: list[tuple[int, NDArray[np.float64], int]] = [(root, np.eye(4), 0) for root in self._roots]
        while stack:
            index, parent, depth = stack.pop()
            if depth > 64:
                raise self._glb.fault(f"nodes/{index} lies in a loop")
            node = self._glb.item("nodes", index)
            ids = lod_ids(node)
            if ids:
                level = chosen_level(node.get("extras", {}), eye, fov_deg)
                if level > len(ids):
                    continue
                index = ([index, *ids])[level]
                node = self._glb.item("nodes", index)
            matrix = parent @ node_matrix(node)
            yield index, matrix
            stack += [(child, matrix, depth + 1) for child in node.get("children", [])]

    def _draws_of(self, index: int, matrix: NDArray[np.float64]) -> list[_Draw]:
        if index not in self._draws:
            self._draws[index] = list(self._measure(self._glb.item("nodes", index), matrix))
        return self._draws[index]

    def _measure(self, node: dict[str, Any], matrix: NDArray[np.float64]) -> Iterator[_Draw]:
        if "mesh" not in node:
            return
        instances = matrix @ instance_matrices(self._glb, node)
        many = copies(self._glb, node)
        for primitive in self._glb.item("meshes", node["mesh"])["primitives"]:
            bounds = self._glb.item("accessors", primitive["attributes"]["POSITION"])
            box = np.array([bounds["min"], bounds["max"]], dtype=np.float64)
            corners = np.array([[box[i >> k & 1][k] for k in range(3)] for i in range(8)])
            moved = (np.einsum("nij,cj->nci", instances[:, :3, :3], corners) + instances[:, None, :3, 3]).reshape(-1, 3)
            centre = (moved.min(axis=0) + moved.max(axis=0)) / 2
            radius = float(np.linalg.norm(moved - centre, axis=1).max())
            count = self._glb.item("accessors", primitive["indices"])["count"] // 3
            yield _Draw(centre, radius, many * count)


def chosen_level(extras: dict[str, Any], eye: NDArray[np.float64], fov_deg: float) -> int:
    """Level that the loader shims show from ``eye`` (glTF axes); beyond the last one nothing is drawn."""
    coverage: Sequence[float] = extras["MSFT_screencoverage"]
    x, y, z, radius = extras["sphere"]
    apart = max(float(np.linalg.norm(eye - np.array([x, y, z]))) - radius, 1e-3)
    cover = radius / (apart * np.tan(np.deg2rad(fov_deg) / 2))
    return next((k for k, limit in enumerate(coverage) if cover >= limit), len(coverage))
