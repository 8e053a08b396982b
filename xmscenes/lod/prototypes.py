"""Levels of what stands in many copies: trees, boats, lamps. Their looks come by hand, their errors are measured.

A crown errs leaf by leaf: its surfaces are metres apart from level to level, and nobody compares leaves. What is seen
is its outline, so the error of a level of copies is how far its outline lies off that of the finest one on average
(``geometry.silhouette``). It is told apart from the errors of chains, which are distances of surfaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import ModelError
from xmscenes.geometry.silhouette import outline_distance
from xmscenes.look.cutouts import opaque_blocks
from xmscenes.look.materials import MATERIALS
from xmscenes.look.prototypes import PROTOTYPES
from xmscenes.records import LodChain, LodLevel

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_prototypes(names: Iterable[str]) -> dict[str, LodChain]:
    """Chains of the named prototypes, one metre high; ``error_m`` is for that height and grows with a copy's scale.

    It is an outline error: the mean distance of two silhouettes, the worst of four sides.
    """
    return {name: _chain(name) for name in sorted(names)}


def _chain(name: str) -> LodChain:
    if name not in PROTOTYPES:
        raise ModelError(f"prototype {name!r}: not known; known: {', '.join(sorted(PROTOTYPES))}")
    meshes = PROTOTYPES[name]()
    masked = np.array([look.alpha_mode == "MASK" for look in MATERIALS])
    levels = [LodLevel(index=0, mesh=meshes[0], error_m=0.0)]
    for k, mesh in enumerate(meshes[1:], start=1):
        error = outline_distance(meshes[0], mesh, opaque_blocks(), masked)
        levels.append(LodLevel(index=k, mesh=mesh, error_m=max(levels[-1].error_m, error)))
    return LodChain(id=name, kind="prototype", levels=tuple(levels))
