"""The ``tiles`` delivery: 3D Tiles 1.1 with an explicit tileset; every GLB is refined by REPLACE.

``geometricError`` of a tile is the measured error, in metres, of what its content shows. Squares hold the merged
coarse levels, the leaves hold LOD0. Pictures lie beside the GLBs and are shared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.baked import by_material
from xmscenes.export.cells import (
    MERGED_STEP_M,
    PLACE_STEP_M,
    Cell,
    FeatureRows,
    all_vertices,
    copies_corners,
    make_cells,
    merge_cell,
    merge_place,
)
from xmscenes.export.copies import CopyNodes
from xmscenes.export.files import write_atomic
from xmscenes.export.georeference import east_north_up
from xmscenes.export.gltf import GltfWriter
from xmscenes.export.metadata import primitive_features, write_metadata
from xmscenes.export.packed import PackedMeshes, PackedPart
from xmscenes.export.plain import level_count
from xmscenes.export.quantize import STEP_M, grid_around
from xmscenes.export.tables import asset, feature_table
from xmscenes.export.textures import ImageRules
from xmscenes.geometry.meshes import keep_faces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.records import Mesh, Scene, TileLods

Json = dict[str, Any]
PAD_M = 0.02  # quantised copies may lie this far outside of what was modelled; on coarser grids half a step
LARGEST_BYTES = 2_000_000  # a leaf above this is cut into several
PICTURE_PX = 1024  # every tile holds its own copy on the GPU, so pictures are small and colour only


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A part of a content: a mesh and the feature row of every face."""

    name: str
    mesh: Mesh
    feature: NDArray[np.int32]
    step_m: float = STEP_M


def write_tiles(scene: Scene, folder: Path, assets: Path | None = None, *, georeference: bool = False) -> list[Path]:
    """Write ``tileset.json``, ``content/*.glb`` and ``textures/`` into ``folder``; returns every file but pictures.

    With ``georeference`` the root carries the transform to the earth (ECEF); without it nothing tells where it is.
    """
    return _Tiles(scene, folder, assets).write(georeference=georeference)


class _Tiles:
    def __init__(self, scene: Scene, folder: Path, assets: Path | None) -> None:
        self.scene, self.folder = scene, folder
        self.rows = FeatureRows(scene)
        self.files: list[Path] = []
        self._extents = {tile.key: extent(all_vertices(scene, [tile])) for tile in scene.tiles}
        self._table = feature_table(self.rows.features)
        self._prototypes: dict[str, list[PackedPart]] = {}
        self._images = ImageRules(
            assets=assets, webp=True, largest_px=PICTURE_PX, colour_only=True, beside=folder / "textures",
            beside_uri="../textures",
        )  # fmt: skip

    def write(self, *, georeference: bool) -> list[Path]:
        cells = make_cells(self.scene.tiles, level_count(self.scene))
        box = bounding_box(list(self._extents.values()), max(PLACE_STEP_M, *MERGED_STEP_M.values()))
        span = 2.0 * float(np.linalg.norm(np.reshape(box[3:], (3, 3)).sum(axis=0)))
        root: Json = {"boundingVolume": {"box": box}, "geometricError": span, "refine": "REPLACE"}
        error = self._glance(root)
        children = [child for cell in cells for child in self._cell(cell, error)]
        if georeference:
            root["transform"] = east_north_up(self.scene.frame).T.reshape(-1).tolist()
        if children:
            root["children"] = children
        body = {"asset": {"version": "1.1", "extras": asset(self.scene)}, "geometricError": span, "root": root}
        text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False)
        return [write_atomic(self.folder / "tileset.json", text.encode()), *self.files]

    def _glance(self, root: Json) -> float:
        """Give the root the whole place at its coarsest, so that it is seen from any distance; returns its error."""
        levels = level_count(self.scene)
        merged = merge_place(self.scene, self.rows, levels - 1) if levels > 1 else None
        error = 0.0 if merged is None else _written(merged.error_m)
        if merged is None or error == 0.0:
            return np.inf
        item = Item(name="place", mesh=merged.mesh, feature=merged.feature, step_m=PLACE_STEP_M)
        root["geometricError"] = error
        root["content"] = {"uri": self._content(f"place_LOD{merged.level}", [item])}
        return error

    def _cell(self, cell: Cell, parent_error_m: float) -> list[Json]:
        """Tiles of a cell: its merged level above what it replaces, unless that would not lower the error."""
        merged = None
        if cell.level is not None:
            merged = merge_cell(cell, self.scene, self.rows)
        own = 0.0 if merged is None else _written(merged.error_m)  # as it will be compared: in whole tenths of mm
        shown = merged is not None and 0.0 < own < parent_error_m
        error = own if shown else parent_error_m
        below = (
            self._leaves(cell.tiles[0])
            if cell.size == 1
            else [tile for inner in cell.inner for tile in self._cell(inner, error)]
        )
        if merged is None or not shown:
            return below
        name = cell.name.replace("/", "_")
        step_m = MERGED_STEP_M.get(cell.size, STEP_M)
        merged_item = Item(name=cell.name, mesh=merged.mesh, feature=merged.feature, step_m=step_m)
        uri = self._content(f"{name}_LOD{merged.level}", [merged_item])
        clouds = [merged.mesh.vertices, *(self._extents[tile.key] for tile in cell.tiles)]
        tile = self._tile(uri, clouds, error, step_m / 2)
        return [tile | ({"children": below} if below else {})]

    def _leaves(self, tile: TileLods) -> list[Json]:
        items = [
            Item(name=chain.id, mesh=chain.levels[0].mesh, feature=self.rows.of_level(chain, chain.levels[0]))
            for chain in tile.chains
            if not chain.levels[0].mesh.is_empty
        ]
        return self._leaf(f"tile_{tile.key}_LOD0", items, tile)

    def _leaf(self, name: str, items: Sequence[Item], tile: TileLods | None) -> list[Json]:
        """One leaf, or several when it is too large: first chain by chain, then half by half."""
        if not items and (tile is None or not tile.placements):
            return []
        data = self._glb(items, tile)
        halves = _cut(items) if len(data) > LARGEST_BYTES else []
        if halves:
            found = []
            for k, part in enumerate(halves):
                found += self._leaf(f"{name}{'abcdefghijklmnopqrstuvwxyz'[k % 26]}", part, tile if k == 0 else None)
            return found
        clouds = [item.mesh.vertices for item in items]
        if tile is not None:
            clouds += copies_corners(self.scene, [tile])
        return [self._tile(self._save(name, data), clouds, 0.0)]

    def _tile(self, uri: str, clouds: Sequence[NDArray[np.float64]], error_m: float, pad_m: float = PAD_M) -> Json:
        box = bounding_box(clouds, max(pad_m, PAD_M))
        return {"boundingVolume": {"box": box}, "geometricError": error_m, "content": {"uri": uri}}

    def _content(self, name: str, items: Sequence[Item]) -> str:
        return self._save(name, self._glb(items, None))

    def _save(self, name: str, data: bytes) -> str:
        self.files.append(write_atomic(self.folder / "content" / f"{name}.glb", data))
        return f"content/{name}.glb"

    def _glb(self, items: Sequence[Item], tile: TileLods | None) -> bytes:
        writer = GltfWriter(asset(self.scene))
        meshes = PackedMeshes(writer, self._images)
        used = np.unique(np.concatenate([item.feature for item in items])) if items else np.zeros(0, np.int32)
        nodes = []
        for item in items:
            local = np.searchsorted(used, item.feature).astype(np.int32)
            grid = grid_around([item.mesh.vertices], item.step_m)
            mesh = meshes.add(item.name, by_material(item.mesh, local), grid, primitive_features(len(used)))
            nodes.append(writer.append("nodes", {"name": item.name, "mesh": mesh, **grid.transform()}))
        if tile is not None:
            copies = CopyNodes(meshes, self.scene, self._prototypes)
            nodes += [copies.add(tile, number, 0) for number, placed in enumerate(tile.placements) if len(placed.xyz)]
        meshes.flush()
        write_metadata(writer, [self._table[row] for row in used.tolist()])
        writer.json["scene"] = 0
        writer.json["scenes"] = [{"nodes": nodes}]
        return writer.to_bytes()


def _written(error_m: float) -> float:
    """Round an error to what the tileset says."""
    return round(float(error_m), 4)


def _cut(items: Sequence[Item]) -> list[list[Item]]:
    """Take a content apart: by items, or a single item along its longer side; nothing for one feature or face."""
    if len(items) > 1:
        return [[item] for item in items]
    item = items[0]
    middle = item.mesh.vertices[item.mesh.faces].mean(axis=1)
    axis = int(np.argmax(np.ptp(middle[:, :2], axis=0)))
    side = middle[:, axis] > np.median(middle[:, axis])
    if side.all() or not side.any():
        return []
    return [
        [Item(name=item.name, mesh=keep_faces(item.mesh, part), feature=item.feature[part])] for part in (~side, side)
    ]


def extent(clouds: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Lowest and highest coordinates (2, 3) of all points; without any, nothing (0, 3)."""
    full = [cloud for cloud in clouds if len(cloud)]
    if not full:
        return np.zeros((0, 3))
    return np.array([np.min([c.min(axis=0) for c in full], axis=0), np.max([c.max(axis=0) for c in full], axis=0)])


def bounding_box(clouds: Sequence[NDArray[np.float64]], pad_m: float = PAD_M) -> list[float]:
    """3D Tiles box (centre and three half axes) around local coordinates, a little wider than they are."""
    reach = extent(clouds)
    low, high = reach if len(reach) else np.zeros((2, 3))
    low, high = low - pad_m, high + pad_m
    low, high = np.floor(low * 50.0) / 50.0, np.ceil(high * 50.0) / 50.0  # whole 2 cm: a wider cloud never gets less
    axes = np.diag(np.round((high - low) / 2.0, 2))
    return [*np.round((low + high) / 2.0, 2).tolist(), *axes.reshape(-1).tolist()]
