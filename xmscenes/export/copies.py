"""Trees, lamps and boats as instances (EXT_mesh_gpu_instancing)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.baked import as_one_material, by_material, instance_transforms
from xmscenes.export.quantize import grid_around
from xmscenes.look.materials import INDEX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.export.packed import PackedMeshes, PackedPart
    from xmscenes.records import LodLevel, Placement, Scene, TileLods

INSTANCING = "EXT_mesh_gpu_instancing"
POSITION_BITS, SCALE_BITS, TURN_BITS = 20, 12, 10  # 4 mm over 2 km, 1/2000, 0.1 degree
PROTOTYPE_STEP_M = 0.005 / 32  # prototypes are one metre high and copied up to 32 times as large


class CopyNodes:
    """Adds nodes of copies to a file. The prototype's grid stands in the instances' scale; nodes have no transform."""

    def __init__(self, meshes: PackedMeshes, scene: Scene, packed: dict[str, list[PackedPart]] | None = None) -> None:
        """Take ``packed`` prototypes over from one file to the next, when their images are the same."""
        self._packed = {} if packed is None else packed
        self._meshes = meshes
        self._scene = scene
        self._attributes: dict[tuple[str, int], dict[str, int]] = {}  # by tile and place in its list

    def add(self, tile: TileLods, number: int, level: int) -> int:
        """Add a node for one placement of a tile, showing a level of its prototype; levels share the instances."""
        placement = tile.placements[number]
        mesh, step_m, origin_m = self._prototype(placement.prototype, level)
        key = (str(tile.key), number)
        if key not in self._attributes:
            self._attributes[key] = self._instances(placement, step_m, origin_m)
        self._meshes.writer.use(INSTANCING, required=True)
        node: dict[str, Any] = {
            "name": f"{placement.kind}/{placement.prototype}/{tile.key}",
            "extras": {"kind": placement.kind, "prototype": placement.prototype, "origin": str(placement.origin)},
            "mesh": mesh,
            "extensions": {INSTANCING: {"attributes": self._attributes[key]}},
        }
        if level:
            node["extras"] = {"lod": level}  # the finest says the rest; thousands of nodes come first in the file
        return self._meshes.writer.append("nodes", node)

    def plainer(self, placement: Placement) -> dict[int, float]:
        """Levels that stand between the finest and merged tiles, with the largest error of a copy each.

        Cards count when they are the only other level. Errors rise strictly; a level that adds none is left out.
        """
        levels = self._scene.prototypes[placement.prototype].levels
        found: dict[int, float] = {}
        for number in range(1, max(len(levels) - _ends_in_cards(levels), min(len(levels), 2))):
            error = float(levels[number].error_m * placement.scale.max())
            if error > max(found.values(), default=0.0):
                found[number] = error
        return found

    def _prototype(self, name: str, level: int) -> tuple[int, float, NDArray[np.float64]]:
        """Mesh of a prototype's level, written once; the step and the origin (glTF axes) of its grid."""
        levels = self._scene.prototypes[name].levels
        grid = grid_around([part.mesh.vertices for part in levels], PROTOTYPE_STEP_M)
        key = f"prototype/{name}/LOD{level}"
        if key not in self._meshes.shared:
            if key not in self._packed:
                parts = by_material(as_one_material(levels[level].mesh), None)
                self._packed[key] = self._meshes.packed(parts, grid)
            self._meshes.shared[key] = self._meshes.put(key, self._packed[key])
        return self._meshes.shared[key], grid.step_m, grid.origin_m

    def _instances(self, placement: Placement, step_m: float, origin_m: NDArray[np.float64]) -> dict[str, int]:
        translation, rotation, scale = (rows.astype(np.float64) for rows in instance_transforms(placement))
        _, y, _, w = rotation.T
        cos, sin = w * w - y * y, 2.0 * w * y
        x, up, z = (scale * origin_m).T
        shift = np.column_stack([x * cos + z * sin, up, z * cos - x * sin])
        at, size = (translation + shift).astype(np.float32), (scale * step_m).astype(np.float32)
        turn = rotation.astype(np.float32)
        add = self._meshes.streams.vertices
        return {
            "TRANSLATION": add("COPY_AT", at, filtered=("EXPONENTIAL", POSITION_BITS), stored="f4"),
            "ROTATION": add("COPY_TURN", turn, filtered=("QUATERNION", TURN_BITS), stored="i2", normalized=True),
            "SCALE": add("COPY_SCALE", size, filtered=("EXPONENTIAL", SCALE_BITS), stored="f4"),
        }


def _ends_in_cards(levels: Sequence[LodLevel]) -> bool:
    """Whether the plainest level of a prototype is a picture of it."""
    worn = levels[-1].mesh.material
    return worn is not None and bool((worn == INDEX["foliage"]).all())
