"""What a client draws of a GLB at one rendering level: a flat list of primitives with their instances."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.gltf_read import Glb, Json, compose, load_glb, node_matrix, trusting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

INSTANCING, LOD = "EXT_mesh_gpu_instancing", "MSFT_lod"
LOOKS = ("NORMAL", "TEXCOORD_0", "COLOR_0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One primitive: vertices in the space of its node, and (N, 4, 4) matrices to the scene, one an instance."""

    name: str
    vertices: NDArray[np.float32]
    faces: NDArray[np.uint32]
    normals: NDArray[np.float32] | None
    uv: NDArray[np.float32] | None
    rgb: NDArray[np.float32] | None  # linear light
    material: Json
    feature: NDArray[np.int64] | None
    instances: NDArray[np.float64]
    extras: Json = field(default_factory=dict)


def read_glb(path: Path, level: int = 0, *, copies: bool = True, looks: Sequence[str] = LOOKS) -> list[Drawn]:
    """Read what is drawn at a rendering level: where levels exist, the coarsest that is no coarser than ``level``.

    Without ``copies``, nodes that hold copies of a prototype (trees, boats, lamps) are passed over. ``looks`` names
    the attributes wanted besides place and feature; the others stay None.
    """
    return drawn_of(load_glb(path), level, copies=copies, looks=looks)


def drawn_of(glb: Glb, level: int = 0, *, copies: bool = True, looks: Sequence[str] = LOOKS) -> list[Drawn]:
    """Do what ``read_glb`` does with a file that is loaded already: what was decoded once is not decoded again."""
    with trusting(glb):
        drawn = [
            item
            for index, matrix in shown_nodes(glb, level)
            if copies or not _is_copy(glb.items("nodes")[index])
            for item in _primitives(glb, glb.items("nodes")[index], matrix, looks)
        ]
        return sorted(drawn, key=lambda item: item.name)


def _is_copy(node: Json) -> bool:
    return INSTANCING in node.get("extensions", {}) or "origin" in node.get("extras", {})


def grid_step_m(item: Drawn) -> float:
    """Position grid of a primitive in metres; 0 for float positions, whose node is not scaled.

    Whole numbers have the step as their node's scale; normalised ones, within 1, are 32767ths of it.
    """
    scale = float(np.linalg.norm(item.instances[0][:3, :3], axis=0).max())
    if item.vertices.size and float(np.abs(item.vertices).max()) <= 1.0:
        return scale / 32767.0
    return 0.0 if scale == 1.0 else scale


def lod_ids(node: Json) -> list[int]:
    """Coarser nodes of a node, finest first; empty without MSFT_lod."""
    ids: list[int] = node.get("extensions", {}).get(LOD, {}).get("ids", [])
    return ids


def shown_nodes(glb: Glb, level: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Walk the nodes that are drawn at a level, with their transforms to the scene. A loop is an ``InputError``."""
    scene = glb.item("scenes", glb.json.get("scene", 0))
    stack = [(index, np.eye(4), 0) for index in reversed(scene.get("nodes", []))]
    while stack:
        index, parent, depth = stack.pop()
        if depth > 64:
            raise glb.fault(f"nodes/{index} lies 64 levels deep or in a loop")
        index = _chosen(glb, index, level)
        node = glb.item("nodes", index)
        matrix = parent @ node_matrix(node)
        yield index, matrix
        stack += [(child, matrix, depth + 1) for child in reversed(node.get("children", []))]


def _chosen(glb: Glb, index: int, level: int) -> int:
    ids = lod_ids(glb.item("nodes", index))
    for rank, other in reversed(list(enumerate(ids, start=1))):
        if glb.item("nodes", other).get("extras", {}).get("lod", rank) <= level:
            return other
    return index


def _primitives(glb: Glb, node: Json, matrix: NDArray[np.float64], looks: Sequence[str]) -> Iterator[Drawn]:
    if "mesh" not in node:
        return
    instances = matrix @ instance_matrices(glb, node)
    for primitive in glb.item("meshes", node["mesh"]).get("primitives", []):
        attributes = primitive.get("attributes", {})
        material = glb.item("materials", primitive["material"]) if "material" in primitive else {}
        normals, uv, colour = (_optional(glb, attributes, name) if name in looks else None for name in LOOKS)
        feature = _optional(glb, attributes, "_FEATURE_ID_0")
        vertices = glb.numbers(attributes["POSITION"])
        indices = glb.accessor(primitive["indices"]) if "indices" in primitive else np.arange(len(vertices))
        yield Drawn(
            name=str(node.get("name", "")),
            vertices=vertices,
            faces=indices.astype(np.uint32).reshape(-1, 3),
            normals=normals,
            uv=None if uv is None else _transformed(uv, material),
            rgb=None if colour is None else colour[:, :3],
            material=material,
            feature=None if feature is None else feature.astype(np.int64),
            instances=instances,
            extras=node.get("extras", {}),
        )


def _optional(glb: Glb, attributes: Json, name: str) -> NDArray[np.float32] | None:
    return glb.numbers(attributes[name]) if name in attributes else None


def _transformed(uv: NDArray[np.float32], material: Json) -> NDArray[np.float32]:
    """Undo the quantisation of texture coordinates (KHR_texture_transform of the base colour)."""
    texture = material.get("pbrMetallicRoughness", {}).get("baseColorTexture", {})
    transform: dict[str, Any] = texture.get("extensions", {}).get("KHR_texture_transform", {})
    scale, offset = transform.get("scale", (1, 1)), transform.get("offset", (0, 0))
    return (uv * np.array(scale, np.float32) + np.array(offset, np.float32)).astype(np.float32)


def instance_matrices(glb: Glb, node: Json) -> NDArray[np.float64]:
    """Transforms (N, 4, 4) of EXT_mesh_gpu_instancing; one identity without it."""
    attributes = node.get("extensions", {}).get(INSTANCING, {}).get("attributes", {})
    if not attributes:
        return np.eye(4)[None]
    values = {key: glb.numbers(index).astype(np.float64) for key, index in attributes.items() if key[0] != "_"}
    count = len(next(iter(values.values())))
    return compose(
        values.get("TRANSLATION", np.zeros((count, 3))),
        values.get("ROTATION", np.tile([0.0, 0.0, 0.0, 1.0], (count, 1))),
        values.get("SCALE", np.ones((count, 3))),
    )
