"""The ``plain`` delivery: core glTF 2.0, one file a level, nothing that an engine must know beforehand.

Day is the default look; dusk and night are material variants (KHR_materials_variants), which a client may ignore.
Feature ids are left out: Filament refuses a file with vertex attributes of names that it does not know, and nodes
carry the feature table of their chain all the same. ``xr`` and ``tiles`` have the ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.baked import by_material, instance_transforms
from xmscenes.export.cells import level_at
from xmscenes.export.gltf import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GltfWriter
from xmscenes.export.materials import MaterialTable
from xmscenes.export.standing import standing
from xmscenes.export.tables import asset, feature_table
from xmscenes.export.textures import ImageRules, TextureTable
from xmscenes.frame import Frame
from xmscenes.geometry.meshes import Corners, split_corners
from xmscenes.geometry.tangents import vertex_tangents
from xmscenes.look.colour import linear_from_srgb

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.records import LodChain, LodLevel, Mesh, Placement, Scene

_U16 = 65535


def write_plain(scene: Scene, folder: Path, assets: Path | None = None) -> list[Path]:
    """Write ``<scene>_LOD0.glb`` … into ``folder``; a chain without a level shows its next finer one.

    Copies (trees, lamps) become nodes that share a mesh; ``standing`` says which of them stand at a level. Node names
    are chain ids, node extras hold the feature table.
    ``assets`` is the folder with ``look/``; without it materials have colours only.
    """
    return [
        _file(scene, level, assets).save(folder / f"{scene.name}_LOD{level}.glb") for level in range(level_count(scene))
    ]


def level_count(scene: Scene) -> int:
    """Count the rendering levels of a scene: the longest chain decides."""
    chains = [chain for tile in scene.tiles for chain in tile.chains]
    return max((chain.levels[-1].index + 1 for chain in chains if chain.levels), default=1)


def _file(scene: Scene, index: int, assets: Path | None) -> GltfWriter:
    writer = GltfWriter(asset(scene))
    meshes = _Meshes(writer, assets)
    roots = []
    for tile in scene.tiles:
        for chain in tile.chains:
            level = level_at(chain, index)
            if level is None or level.mesh.is_empty:
                continue
            roots.append(writer.append("nodes", _node(chain, level, meshes)))
        for placement in tile.placements:
            roots += _copies(writer, meshes, scene, placement, index)
    body: dict[str, Any] = {"name": f"{scene.title} LOD{index}"}
    if roots:
        body["nodes"] = roots
    writer.json["scene"] = 0
    writer.json["scenes"] = [body]
    return writer


def _node(chain: LodChain, level: LodLevel, meshes: _Meshes) -> dict[str, Any]:
    return {
        "name": chain.id,
        "mesh": meshes.add(chain.id, level.mesh),
        "extras": {
            "kind": chain.kind,
            "lod": level.index,
            "error_m": round(level.error_m, 4),
            "features": feature_table(chain.features),
        },
    }


def _copies(writer: GltfWriter, meshes: _Meshes, scene: Scene, placement: Placement, index: int) -> list[int]:
    shown, placement = standing(scene, placement, index)
    if shown.is_empty or not len(placement.xyz):
        return []
    mesh = meshes.shared(f"prototype/{placement.prototype}/{index}", shown)
    translation, rotation, scale = instance_transforms(placement)
    extras = {"kind": placement.kind, "origin": str(placement.origin)}
    return [
        writer.append(
            "nodes",
            {
                "name": f"{placement.kind}/{placement.prototype}",
                "mesh": mesh,
                "translation": translation[i].tolist(),
                "rotation": rotation[i].tolist(),
                "scale": scale[i].tolist(),
                "extras": extras,
            },
        )
        for i in range(len(placement.xyz))
    ]


class _Meshes:
    """Writes meshes in float32, one primitive a material; a shared one is written once."""

    def __init__(self, writer: GltfWriter, assets: Path | None) -> None:
        self._writer = writer
        self._materials = MaterialTable(writer, TextureTable(writer, ImageRules(assets=assets)), variants=True)
        self._shared: dict[str, int] = {}

    def shared(self, key: str, mesh: Mesh) -> int:
        if key not in self._shared:
            self._shared[key] = self.add(key, mesh)
        return self._shared[key]

    def add(self, name: str, mesh: Mesh) -> int:
        primitives = []
        for material, part, _ in by_material(mesh, None):
            corners = split_corners(part)
            item = {**self._primitive(corners), **self._materials.worn(material)}
            if corners.uv is not None and self._materials.wants_tangents(material):
                tangents = vertex_tangents(corners)
                turned = unit_rows(Frame.to_gltf(tangents[:, :3].astype(np.float64)))
                item["attributes"]["TANGENT"] = self._attribute(np.hstack([turned, tangents[:, 3:]]))
            primitives.append(item)
        # Blender 3.4 asks the last primitive whether all have variants, and fails where one has none.
        primitives.sort(key=lambda item: "extensions" not in item)
        return self._writer.append("meshes", {"name": name, "primitives": primitives})

    def _primitive(self, corners: Corners) -> dict[str, Any]:
        add = self._attribute
        attributes = {
            "POSITION": add(Frame.to_gltf(corners.xyz).astype(np.float32), bounds=True),
            "NORMAL": add(unit_rows(Frame.to_gltf(corners.normal.astype(np.float64)))),
        }
        if corners.uv is not None:
            attributes["TEXCOORD_0"] = add(corners.uv.astype(np.float32))
        if corners.rgb is not None:
            attributes["COLOR_0"] = add(linear_rgba16(corners.rgb), normalized=True)
        short = len(corners.xyz) < _U16
        indices = corners.faces.reshape(-1).astype(np.uint16 if short else np.uint32)
        view = self._writer.view(indices, ELEMENT_ARRAY_BUFFER)
        return {"attributes": attributes, "indices": self._writer.accessor(view, indices)}

    def _attribute(self, rows: NDArray[Any], *, normalized: bool = False, bounds: bool = False) -> int:
        view = self._writer.view(rows, ARRAY_BUFFER)
        return self._writer.accessor(view, rows, normalized=normalized, bounds=bounds)


def unit_rows(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """Scale rows to length one in float32, close enough for strict validators."""
    wide = vectors.astype(np.float64)
    rows: NDArray[np.float32] = (wide / np.linalg.norm(wide, axis=1, keepdims=True)).astype(np.float32)
    return rows


def linear_rgba16(rgb: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """SRGB bytes to the linear 16-bit RGBA of COLOR_0: 8 linear bits would show steps in dark colours."""
    table = np.rint(linear_from_srgb(np.arange(256)) * _U16).astype(np.uint16)
    return np.column_stack([table[rgb], np.full(len(rgb), _U16, np.uint16)])
