"""What stands for copies (trees, lamps, boats) at each rendering level of a scene."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xmscenes.records import LodChain, LodLevel, Mesh, Placement, Scene

SPARSE = 2  # the prototype's level that stands at LOD1: before its cards, after what headsets show near by
THIN_WIDTH = 1.35  # every second copy stands for two, so much wider
NARROW_M = 1.0  # copies narrower than this are gone where others are thinned: from there they are under two pixels


def standing(scene: Scene, placement: Placement, level: int) -> tuple[Mesh, Placement]:
    """Which mesh stands for a placement at a rendering level, and which of its copies stand.

    LOD0 is the finest mesh, LOD1 a sparse one; from LOD2 on cards stand for it, of trees every second one at LOD2 and
    every fourth at LOD3, so much wider; what is narrower than a metre is gone.
    """
    if level >= SPARSE:
        return far_copies(scene, placement, level - 1)
    return _shown(scene.prototypes[placement.prototype], level).mesh, placement


def _shown(chain: LodChain, level: int) -> LodLevel:
    """Which level of a prototype stands at a rendering level."""
    last = len(chain.levels) - 1
    return chain.levels[0 if level == 0 else min(SPARSE, last) if level < SPARSE else last]


def far_copies(scene: Scene, placement: Placement, halvings: int) -> tuple[Mesh, Placement]:
    """The plainest mesh of a placement, and which copies stand when they are thinned so many times."""
    chain = scene.prototypes[placement.prototype]
    return chain.levels[-1].mesh, thinned(chain, placement, halvings)


def thinned(chain: LodChain, placement: Placement, halvings: int) -> Placement:
    """Every second tree, wider, so many times over: a wood keeps its cover with half the cards. Narrow things go.

    Of few trees one stays.
    """
    if not halvings:
        return placement
    if placement.kind == "tree":
        every, wider = 2**halvings, THIN_WIDTH**halvings
        stay = placement.take(slice(0, max(len(placement.xyz) // every, 1) * every, every))
        return replace(stay, scale=stay.scale * np.array([wider, wider, 1.0], np.float32))
    wide = np.ptp(chain.levels[0].mesh.vertices[:, :2], axis=0)
    return placement.take((placement.scale[:, :2] * wide).max(axis=1) >= NARROW_M)


def copies_error_m(scene: Scene, level: int) -> float:
    """Largest outline error, in metres, of the copies that stand at a rendering level; see ``lod.prototypes``."""
    placements = (placed for tile in scene.tiles for placed in tile.placements if len(placed.xyz))
    errors = (_shown(scene.prototypes[p.prototype], level).error_m * float(p.scale.max()) for p in placements)
    return max(errors, default=0.0)
