"""Trees, lamps and boats as instances (EXT_mesh_gpu_instancing)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.baked import by_material, instance_transforms
from xmscenes.export.quantize import grid_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.export.packed import PackedMeshes
    from xmscenes.records import Placement, Scene, TileLods

INSTANCING = "EXT_mesh_gpu_instancing"
POSITION_BITS, SCALE_BITS, TURN_BITS = 20, 12, 10  # 4 mm over 2 km, 1/2000, 0.1 degree
PROTOTYPE_STEP_M = 0.005 / 32  # prototypes are one metre high and copied up to 32 times as large


def add_copies(meshes: PackedMeshes, scene: Scene, tile: TileLods, level: int) -> list[int]:
    """Add one node for each placement of a tile, showing a level of its prototype; returns the nodes.

    The prototype's grid stands in the instances' scale, so the node itself has no transform.
    """
    nodes = []
    for placement in tile.placements:
        chain = scene.prototypes[placement.prototype]
        if not len(placement.xyz):
            continue
        node: dict[str, Any] = {
            "name": f"{placement.kind}/{placement.prototype}/{tile.key}",
            "extras": {"kind": placement.kind, "prototype": placement.prototype, "origin": str(placement.origin)},
        }
        mesh, step, origin = _prototype(meshes, scene, placement.prototype, min(level, len(chain.levels) - 1))
        meshes.writer.use(INSTANCING, required=True)
        node["mesh"] = mesh
        node["extensions"] = {INSTANCING: {"attributes": _attributes(meshes, placement, step, origin)}}
        nodes.append(meshes.writer.append("nodes", node))
    return nodes


def _prototype(meshes: PackedMeshes, scene: Scene, name: str, level: int) -> tuple[int, float, NDArray[np.float64]]:
    """Mesh of a prototype's level, written once; the step and the origin (glTF axes) of its grid."""
    chain = scene.prototypes[name]
    grid = grid_around([part.mesh.vertices for part in chain.levels], PROTOTYPE_STEP_M)
    key = f"prototype/{name}/LOD{level}"
    if key not in meshes.shared:
        meshes.shared[key] = meshes.add(key, by_material(chain.levels[level].mesh, None), grid)
    return meshes.shared[key], grid.step_m, grid.origin_m


def _attributes(
    meshes: PackedMeshes, placement: Placement, step_m: float, origin_m: NDArray[np.float64]
) -> dict[str, int]:
    translation, rotation, scale = (rows.astype(np.float64) for rows in instance_transforms(placement))
    _, y, _, w = rotation.T
    cos, sin = w * w - y * y, 2.0 * w * y
    moved = scale * origin_m
    shift = np.column_stack([moved[:, 0] * cos + moved[:, 2] * sin, moved[:, 1], moved[:, 2] * cos - moved[:, 0] * sin])
    add = meshes.streams.vertices
    return {
        "TRANSLATION": add(
            "COPY_AT", (translation + shift).astype(np.float32), filtered=("EXPONENTIAL", POSITION_BITS), stored="f4"
        ),
        "ROTATION": add(
            "COPY_TURN",
            rotation.astype(np.float32),
            filtered=("QUATERNION", TURN_BITS),
            stored="i2",
            normalized=True,
        ),
        "SCALE": add(
            "COPY_SCALE", (scale * step_m).astype(np.float32), filtered=("EXPONENTIAL", SCALE_BITS), stored="f4"
        ),
    }
