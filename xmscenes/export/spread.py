"""Long things belong to every square they cross: a bridge of a kilometre is fine only where one stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.mesh_cuts import is_long
from xmscenes.geometry.meshes import keep_faces
from xmscenes.records import TileKey, TileLods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from xmscenes.export.cells import FeatureRows
    from xmscenes.records import Box, LodChain, LodLevel, Scene


def spread_scene(scene: Scene, rows: FeatureRows) -> Scene:
    """Take site chains apart that reach more than a tile beyond their own; levels are made cut at tiles' borders.

    Each part goes to the tile where it lies, which is made when there is none; ``rows`` learns whose the parts are.
    Otherwise the square that owns a long bridge would be near wherever the bridge is, with all that stands in it.
    """
    tiles = {tile.key: tile for tile in scene.tiles}
    parts: dict[TileKey, list[LodChain]] = {}
    for tile in scene.tiles:
        for chain in tile.chains:
            if chain.kind != "site" or not is_long(chain.levels[0].mesh, tile.bounds_m, scene.tile_m):
                continue
            for key, part in _parts(chain, scene.tile_m):
                rows.share(part.id, chain.id)
                parts.setdefault(key, []).append(part)
            tiles[tile.key] = replace(
                tiles[tile.key], chains=tuple(c for c in tiles[tile.key].chains if c is not chain)
            )
    for key, more in parts.items():
        if key not in tiles:
            tiles[key] = TileLods(key=key, bounds_m=_square(key, scene.tile_m), chains=())
        tiles[key] = replace(tiles[key], chains=(*tiles[key].chains, *more))
    return replace(scene, tiles=tuple(tiles[key] for key in sorted(tiles))) if parts else scene


def _square(key: TileKey, size_m: float) -> Box:
    return key.column * size_m, key.row * size_m, (key.column + 1) * size_m, (key.row + 1) * size_m


def _parts(chain: LodChain, size_m: float) -> Iterator[tuple[TileKey, LodChain]]:
    """Parts of a chain with the key of their tile; each has all levels, empty where nothing of them lies there."""
    places = [
        np.floor(level.mesh.vertices[level.mesh.faces][..., :2].mean(axis=1) / size_m).astype(int)
        for level in chain.levels
    ]
    for column, row in sorted({(x, y) for x, y in np.concatenate(places).tolist()}):
        key = TileKey(column=column, row=row)
        levels = [
            part_of(level, (place == (column, row)).all(axis=1))
            for level, place in zip(chain.levels, places, strict=True)
        ]
        yield key, replace(chain, id=f"{chain.id}/{key}", levels=tuple(levels))


def part_of(level: LodLevel, inside: NDArray[np.bool_]) -> LodLevel:
    """Keep some faces (F,) of a level, and whose they are."""
    owner = level.feature_of_face
    return replace(level, mesh=keep_faces(level.mesh, inside), feature_of_face=None if owner is None else owner[inside])
