"""All water of a place as one mesh: flat, cheap, and one draw call from wherever one looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import keep_faces, merge_meshes
from xmscenes.look.materials import INDEX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.export.cells import FeatureRows
    from xmscenes.records import LodChain, LodLevel, Mesh, Scene


def dry_scene(scene: Scene) -> Scene:
    """Leave out every face that wears water, at every level; chains, features and levels stay in their order."""
    return replace(
        scene,
        tiles=tuple(replace(tile, chains=tuple(_dry(chain) for chain in tile.chains)) for tile in scene.tiles),
    )


def all_water(scene: Scene, rows: FeatureRows) -> tuple[Mesh, NDArray[np.int32]] | None:
    """Water of LOD0 in one mesh, and the feature row of every face; None in a dry place."""
    meshes, features = [], []
    for tile in scene.tiles:
        for chain in tile.chains:
            finest = chain.levels[0]
            wet = _wet(finest.mesh)
            if wet.any():
                meshes.append(keep_faces(finest.mesh, wet))
                features.append(rows.of_level(chain, finest)[wet])
    return (merge_meshes(meshes)[0], np.concatenate(features)) if meshes else None


def _wet(mesh: Mesh) -> NDArray[np.bool_]:
    wet: NDArray[np.bool_] = (
        np.zeros(len(mesh.faces), bool) if mesh.material is None else mesh.material == INDEX["water"]
    )
    return wet


def _dry(chain: LodChain) -> LodChain:
    return replace(chain, levels=tuple(_dry_level(level) for level in chain.levels))


def _dry_level(level: LodLevel) -> LodLevel:
    wet = _wet(level.mesh)
    if not wet.any():
        return level
    owner = level.feature_of_face
    return replace(level, mesh=keep_faces(level.mesh, ~wet), feature_of_face=None if owner is None else owner[~wet])
