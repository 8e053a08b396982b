"""The ``xr`` delivery: one ``scene.glb`` for headsets and browsers, its levels nested, the coarsest first in the file.

MSFT_lod is used, not required: a client that does not know it shows the finest level. Quantised and compressed here
and never by a later tool, because gltfpack and gltf-transform drop MSFT_lod.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.export.baked import as_one_material, by_material
from xmscenes.export.cells import (
    FEW,
    MERGED_STEP_M,
    WORTH,
    Cell,
    FeatureRows,
    Merged,
    all_vertices,
    copies_corners,
    fine_triangles,
    level_at,
    make_cells,
    merge_cell,
)
from xmscenes.export.copies import CopyNodes
from xmscenes.export.coverage import bounding_sphere, screen_coverage
from xmscenes.export.gltf import GltfWriter
from xmscenes.export.near import clustered, without_metal
from xmscenes.export.packed import PackedMeshes
from xmscenes.export.plain import level_count
from xmscenes.export.quantize import STEP_M, Grid, grid_around
from xmscenes.export.shares import Share
from xmscenes.export.spread import spread_scene
from xmscenes.export.tables import asset, describe, feature_columns
from xmscenes.export.textures import ImageRules
from xmscenes.export.waters import all_water, dry_scene
from xmscenes.frame import Frame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.records import LodChain, Mesh, Scene, TileLods

Json = dict[str, Any]
WORTH_FACETS = (256, 4_096)  # flat faces, near and far, that are worth a draw call of their own, without normals


def write_xr(scene: Scene, path: Path, assets: Path | None = None, *, step_m: float = STEP_M) -> Path:
    """Write the scene as one GLB. ``assets`` is the folder with ``look/``; without it materials have colours only.

    ``scenes[0].extras.features`` is the feature table, one list a column; ``_FEATURE_ID_0`` is the row, and rows from
    ``extras.copies_from`` on are kinds of copies (trees, lamps) that far levels hold baked in. Nodes with
    MSFT_lod carry ``extras.sphere`` [x, y, z, radius] in glTF axes and ``extras.error_m``, one figure a level.
    """
    return _Xr(scene, assets, step_m).write().save(path)


class _Xr:
    def __init__(self, scene: Scene, assets: Path | None, step_m: float) -> None:
        self.step_m = step_m
        self.rows = FeatureRows(scene)
        self._water = all_water(scene, self.rows)
        self.scene = scene = clustered(spread_scene(dry_scene(scene), self.rows), self.rows)
        self.writer = GltfWriter(asset(scene))
        self.meshes = PackedMeshes(self.writer, ImageRules(assets=assets, webp=True, largest_px=2048))
        self.cells = make_cells(scene.tiles, level_count(scene))
        self._merged: dict[str, Merged] = {}  # by cell name
        self._always: set[str] = set()  # cells that show their merged mesh from near, too
        self._coarse: dict[str, dict[int, float]] = {}  # by cell name: nodes of merged meshes with their errors
        self._fine: dict[str, int] = {}  # triangles of a cell at its finest, by cell name
        self._shares: dict[str, tuple[Merged, list[Share], Json]] = {}  # by inner cell or chain: its piece of a mesh
        self._chains: dict[str, list[int]] = {}  # by chain id: nodes, finest first
        self._copies: dict[tuple[str, int], list[int]] = {}  # by tile and placement: nodes of copies, finest first
        self._copy_nodes = CopyNodes(self.meshes, self.scene)
        self._clouds = {tile.key: all_vertices(scene, [tile]) for tile in scene.tiles}

    def write(self) -> GltfWriter:
        for cell in self.cells:
            self._plan(cell)
        roots = self._write_water()
        flat = _flatten(self.cells, self._always)
        alone = [cell for cell in self.cells if not any(c.name in self._merged for c in _flatten((cell,), set()))]
        shown = [tile for cell in alone for tile in cell.tiles]  # from the first picture on: nothing stands for them
        self._write_chains(shown, 1)
        self._write_chains(shown, 0)
        for size in sorted({cell.size for cell in flat}, reverse=True):
            for cell in flat:
                if cell.size == size:
                    self._write_merged(cell)
            self.meshes.flush()
        near = [cell.tiles[0] for cell in flat if cell.size == 1 and cell.name not in self._always]
        near = [tile for tile in near if not any(tile is other for other in shown)]
        for level in (1, 0):
            self._write_chains(near, level)
            self.meshes.flush()
        roots += [index for cell in self.cells for index in self._cell_nodes(cell)]
        body: Json = {
            "name": self.scene.title,
            "extras": {"features": feature_columns(self.rows.features), "copies_from": self.rows.copies_from},
        }
        if roots:
            body["nodes"] = roots
        self.writer.json["scene"] = 0
        self.writer.json["scenes"] = [body]
        describe(self.writer, self.scene)
        return self.writer

    def _plan(self, cell: Cell) -> int:
        """Decide what stands for a cell from afar; returns the triangles that it shows at its finest.

        A merged mesh that saves too little is left out, or, when there is next to nothing, is all that there is.
        """
        fine = sum(map(self._plan, cell.inner)) if cell.inner else fine_triangles(self.scene, cell.tiles[0])
        self._fine[cell.name] = fine
        merged = None if cell.level is None else merge_cell(cell, self.scene, self.rows)
        saves = merged is not None and len(merged.mesh.faces) < WORTH * fine
        if merged is None or not (saves or fine <= FEW):
            return fine
        self._merged[cell.name] = merged
        if not saves:
            self._always.add(cell.name)
            return len(merged.mesh.faces)
        return fine

    def _write_water(self) -> list[int]:
        """All water as one root that is always drawn, in the group of the coarsest level."""
        if self._water is None:
            return []
        mesh, feature = self._water
        node = self._mesh_node("water", mesh, feature, grid_around([mesh.vertices], self.step_m))
        node["extras"] = {"kind": "water", "lod": 0, "error_m": 0.0}
        return [self.writer.append("nodes", node)]

    def _write_merged(self, cell: Cell) -> None:
        merged = self._merged.get(cell.name)
        if merged is None:
            self._write_share(cell)
            return
        step_m = self.step_m if cell.name in self._always else MERGED_STEP_M.get(cell.size, self.step_m)
        grid = grid_around([merged.mesh.vertices], step_m)
        name = f"{cell.name}/LOD{merged.level}"
        facets = cell.size != 2 and _flat(merged.mesh) >= WORTH_FACETS[True]
        pieces = replace(merged, mesh=as_one_material(merged.mesh, smooth=not facets)).pieces(cell)
        parts = [by_material(piece.mesh, piece.feature) for piece in pieces.values()]
        mesh, shares = self.meshes.add_pieces(name, parts, grid, facets=facets, far=True)
        node: Json = {"name": name, "mesh": mesh, **grid.transform()}
        node["extras"] = {"lod": merged.level, "error_m": _figure(merged.error_m)}
        self._coarse[cell.name] = {self.writer.append("nodes", node): merged.error_m}
        for (part, piece), share in zip(pieces.items(), shares, strict=True):
            if part:
                self._shares[part] = piece, share, node
        if cell.name not in self._always:
            self._write_share(cell)

    def _write_share(self, cell: Cell) -> None:
        """Let a cell beside nearer ones show its piece of the square around it, where that is far enough away.

        The square as a whole may be near: then its far tiles are one mesh each of the same level.
        """
        own = self._merged.get(cell.name)
        finer = self._fine[cell.name] if own is None else len(own.mesh.faces)
        if self._has_share(cell.name, finer, 0.0 if own is None else own.error_m):
            self._coarse.setdefault(cell.name, {})[self._share_node(cell.name)] = self._shares[cell.name][0].error_m

    def _has_share(self, name: str, finer: int, error_m: float) -> bool:
        """Whether there is a piece of a larger mesh that is worth to be shown instead of so many triangles."""
        piece, shares, _ = self._shares.get(name, (None, [], {}))
        return piece is not None and bool(shares) and len(piece.mesh.faces) < WORTH * finer and piece.error_m > error_m

    def _share_node(self, name: str) -> int:
        piece, shares, whole = self._shares[name]
        name = f"{name}/LOD{piece.level}"
        node: Json = {"name": name, "mesh": self.meshes.add_share(name, shares)}
        node |= {key: whole[key] for key in ("translation", "scale") if key in whole}
        node["extras"] = {"lod": piece.level, "error_m": _figure(piece.error_m)}
        return self.writer.append("nodes", node)

    def _chain_level(self, chain: LodChain, index: int) -> None:
        """Level 0 of every chain, and level 1 of heroes and parts of quarters: others hand over to the merged tile."""
        if index and self._has_share(chain.id, len(chain.levels[0].mesh.faces), 0.0):
            self._chains[chain.id] = [self._share_node(chain.id)]
            return
        level = chain.levels[0] if index == 0 else level_at(chain, index)
        if level is None or level.mesh.is_empty or (index and (chain.kind != "hero" or level.index == 0)):
            return
        grid = grid_around([chain.levels[0].mesh.vertices], self.step_m)
        node = self._mesh_node(chain.id, without_metal(chain, level.mesh), self.rows.of_level(chain, level), grid)
        node["extras"] = {"kind": chain.kind, "lod": level.index, "error_m": _figure(level.error_m)}
        nodes = self._chains.setdefault(chain.id, [])
        nodes.insert(0, self.writer.append("nodes", node))
        if index == 0 and len(nodes) > 1:
            self._link(nodes, [chain.levels[0].mesh.vertices], [level_at(chain, 1).error_m])  # type: ignore[union-attr]

    def _write_chains(self, tiles: list[TileLods], level: int) -> None:
        """Write a level of what stands near by, with the finest also the copies."""
        for tile in tiles:
            for chain in tile.chains:
                self._chain_level(chain, level)
        if level == 0:
            self._write_copies(tiles)

    def _write_copies(self, tiles: list[TileLods]) -> None:
        """Copies near by, plainer ones from where the difference of their outlines is no longer seen."""
        for tile in tiles:
            for number, placement in enumerate(tile.placements):
                if not len(placement.xyz):
                    continue
                errors = self._copy_nodes.plainer(placement)
                nodes = [self._copy_nodes.add(tile, number, level) for level in (0, *errors)]
                self._copies[str(tile.key), number] = nodes
                if errors:
                    only = replace(tile, chains=(), placements=(placement,))
                    self._link(nodes, copies_corners(self.scene, [only]), list(errors.values()))

    def _mesh_node(self, name: str, mesh: Mesh, feature: NDArray[np.int32], grid: Grid) -> Json:
        index = self.meshes.add(name, by_material(mesh, feature), grid, facets=_flat(mesh) >= WORTH_FACETS[False])
        return {"name": name, "mesh": index, **grid.transform()}

    def _cell_nodes(self, cell: Cell) -> list[int]:
        """Node of a cell; none where there is nothing."""
        if cell.name in self._always:
            return list(self._coarse[cell.name])
        if cell.size == 1:
            tile = cell.tiles[0]
            children = [self._chains[chain.id][0] for chain in tile.chains if chain.id in self._chains]
            children += [nodes[0] for (key, _), nodes in self._copies.items() if key == str(tile.key)]
        else:
            children = [index for inner in cell.inner for index in self._cell_nodes(inner)]
        if not children:
            return []
        node: Json = {"name": cell.name, "extras": {"lod": 0, "error_m": 0.0}, "children": children}
        index = self.writer.append("nodes", node)
        if coarse := self._coarse.get(cell.name):
            clouds = [cloud for tile in cell.tiles for cloud in self._clouds[tile.key]]
            self._link([index, *coarse], clouds, list(coarse.values()))
        return [index]

    def _link(self, nodes: list[int], clouds: list[NDArray[np.float64]], errors_m: list[float]) -> None:
        """Tie the nodes of one thing together, finest first."""
        centre, radius = bounding_sphere(clouds)
        finest = self.writer.json["nodes"][nodes[0]]
        finest["extensions"] = finest.get("extensions", {}) | {"MSFT_lod": {"ids": nodes[1:]}}
        x, y, z = Frame.to_gltf(centre).tolist()
        finest["extras"] |= {
            "MSFT_screencoverage": screen_coverage(radius, errors_m),
            "sphere": [_figure(v) for v in (x, y, z, radius)],
            "levels_error_m": [0.0, *map(_figure, errors_m)],
        }
        self.writer.use("MSFT_lod")


def _flatten(cells: tuple[Cell, ...], closed: set[str]) -> list[Cell]:
    """All cells but those inside closed ones."""
    return [part for cell in cells for part in (cell, *(() if cell.name in closed else _flatten(cell.inner, closed)))]


def _flat(mesh: Mesh) -> int:
    """Count flat faces."""
    return len(mesh.faces) if mesh.smooth is None else int((~mesh.smooth).sum())


def _figure(value: float) -> float:
    return round(float(value), 4)
