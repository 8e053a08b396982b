"""Rendering levels of a tile: chains of meshes, each with the error that was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.mesh_cuts import cut_at_squares, is_long
from xmscenes.geometry.meshes import merge_meshes, welded
from xmscenes.lod.blocks import Piece, merged_pieces, single_pieces
from xmscenes.lod.buildings import building_rungs, mean_paint
from xmscenes.lod.crafted import crafted_rungs
from xmscenes.lod.ground import ground_rungs
from xmscenes.lod.ladder import Rung, coarsest_within, decimated_rungs, pinned_rungs, thin_rungs
from xmscenes.lod.waters import water_rungs
from xmscenes.options import TileOptions
from xmscenes.records import FeatureInfo, LodChain, LodLevel, TileLods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.lod.buildings import Paint
    from xmscenes.options import LodOptions
    from xmscenes.records import Box, Feature, Mesh, TileModel

CHAIN_OF_KIND = {"building": "buildings", "terrain": "terrain"}  # every other kind is part of the site
FIRST_MERGED = 2  # from this level on, neighbours merge
WORTH = 0.9  # a level must have at most this share of the triangles of the one before
ON_BORDER_M = 1e-6


def make_levels(model: TileModel, options: LodOptions, tile_m: float = TileOptions().size_m) -> TileLods:
    """Make the chains of one tile: terrain, buildings, the site, and every hero on its own.

    Level 0 is what was modelled. Each coarser level is chosen feature by feature: the coarsest form (or decimation)
    whose two-way error against LOD0 stays within ``options.max_error_m[k]``. ``error_m`` of a level is the worst
    99th percentile of its features, both ways; the maximum stands beside it. The percentile is the figure that
    switching distances use, because a single spike of a few triangles must not keep a tile at full detail. Levels
    that save less than a tenth of the triangles are dropped. ``options.pin`` ids keep full detail in every level.
    ``tile_m`` is the edge of a tile's square: things longer than that are cut at the borders of all squares.
    """
    groups: dict[str, list[Feature]] = {}
    for feature in sorted(model.features, key=lambda f: (f.kind, f.id)):
        groups.setdefault(_chain_id(feature, model), []).append(feature)
    chains = [
        chain
        for name, features in sorted(groups.items())
        if (chain := _chain(name, features, model.bounds_m, options)) is not None
    ]
    chains = [_in_squares(chain, model.bounds_m, tile_m) for chain in chains]
    return TileLods(key=model.key, bounds_m=model.bounds_m, chains=tuple(chains), placements=tuple(model.placements))


def _chain_id(feature: Feature, model: TileModel) -> str:
    if feature.kind == "hero":
        return f"hero/{feature.id}"
    return f"{CHAIN_OF_KIND.get(feature.kind, 'site')}/{model.key}"


def _chain(name: str, features: list[Feature], bounds_m: Box, options: LodOptions) -> LodChain | None:
    limits = options.max_error_m[1:]
    paints = [mean_paint(feature.mesh) if feature.kind == "building" else {} for feature in features]
    ladders = [
        coarsest_within(limits, _rungs(feature, limits, bounds_m, options, paint))
        for feature, paint in zip(features, paints, strict=True)
    ]
    levels = [_level(0, single_pieces([Rung(mesh=feature.mesh) for feature in features]), 0.0, 0.0)]
    if levels[0].mesh.is_empty:
        return None
    for k in range(len(limits)):
        last = levels[-1]
        rungs = [ladder[k] for ladder in ladders]
        if name.startswith("buildings/") and k + 1 >= FIRST_MERGED:
            pieces = merged_pieces(features, rungs, paints, limits[k], frozenset(options.pin))
        else:
            pieces = single_pieces(rungs)
        level = _level(k + 1, pieces, last.error_m, last.error_max_m)
        if len(level.mesh.faces) <= WORTH * len(last.mesh.faces):
            levels.append(level)
    return LodChain(id=name, kind=name.split("/")[0], levels=tuple(levels), features=tuple(_info(f) for f in features))


def _rungs(feature: Feature, limits: Sequence[float], bounds_m: Box, options: LodOptions, paint: Paint) -> list[Rung]:
    if feature.id in options.pin or feature.mesh.is_empty:
        return pinned_rungs(feature.mesh, len(limits))
    if feature.kind == "building":
        return building_rungs(feature, limits, paint)
    if feature.kind == "path":
        return thin_rungs(welded(feature.mesh), limits)
    mesh = welded(feature.mesh)
    if feature.kind == "water":
        return water_rungs(mesh, limits, _on_border(mesh, bounds_m))
    if feature.kind == "terrain":
        return ground_rungs(mesh, limits, lambda part: _on_border(part, bounds_m))
    rungs = decimated_rungs(mesh, limits, _on_border(mesh, bounds_m))
    return crafted_rungs(mesh, feature.coarser, rungs, limits) if feature.coarser else rungs


def _on_border(mesh: Mesh, bounds_m: Box) -> NDArray[np.bool_]:
    """Vertices on the tile's border: they stay, so that neighbours meet whatever level each of them shows."""
    west, south, east, north = bounds_m
    x, y = mesh.vertices[:, 0], mesh.vertices[:, 1]
    sides = ((x, west), (x, east), (y, south), (y, north))
    border: NDArray[np.bool_] = np.any([abs(value - side) < ON_BORDER_M for value, side in sides], axis=0)
    return border


def _level(index: int, pieces: list[Piece], least_m: float, least_max_m: float) -> LodLevel:
    mesh, _ = merge_meshes([piece.mesh for piece in pieces])
    return LodLevel(
        index=index,
        mesh=mesh,
        error_m=max([least_m, *(piece.error_m for piece in pieces)]),
        error_max_m=max([least_max_m, *(piece.error_max_m for piece in pieces)]),
        feature_of_face=np.concatenate([piece.owner for piece in pieces]),
    )


def _in_squares(chain: LodChain, bounds_m: Box, tile_m: float) -> LodChain:
    """Cut a long site chain at the borders of tiles: there a delivery may take a bridge apart without a gap."""
    if chain.kind != "site" or not is_long(chain.levels[0].mesh, bounds_m, tile_m):
        return chain
    levels = []
    for level in chain.levels:
        mesh, source = cut_at_squares(level.mesh, tile_m)
        owner = level.feature_of_face
        levels.append(replace(level, mesh=mesh, feature_of_face=None if owner is None else owner[source]))
    return replace(chain, levels=tuple(levels))


def _info(feature: Feature) -> FeatureInfo:
    return FeatureInfo(
        id=feature.id,
        kind=feature.kind,
        name=feature.name,
        form=feature.form,
        outcome=feature.outcome,
        tags=feature.tags,
    )
