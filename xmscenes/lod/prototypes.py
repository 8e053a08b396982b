"""Levels of what stands in many copies: trees, boats, lamps. Their looks come by hand, their errors are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.errors import ModelError
from xmscenes.lod.measured import Reference
from xmscenes.look.prototypes import PROTOTYPES
from xmscenes.records import LodChain, LodLevel

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_prototypes(names: Iterable[str]) -> dict[str, LodChain]:
    """Chains of the named prototypes, one metre high; ``error_m`` is for that height and grows with a copy's scale."""
    return {name: _chain(name) for name in sorted(names)}


def _chain(name: str) -> LodChain:
    if name not in PROTOTYPES:
        raise ModelError(f"prototype {name!r}: not known; known: {', '.join(sorted(PROTOTYPES))}")
    meshes = PROTOTYPES[name]()
    reference = Reference(meshes[0])
    levels = [LodLevel(index=0, mesh=meshes[0], error_m=0.0)]
    for k, mesh in enumerate(meshes[1:], start=1):
        error = reference.error(mesh)
        levels.append(LodLevel(index=k, mesh=mesh, error_m=max(levels[-1].error_m, error.p99_m)))
    return LodChain(id=name, kind="prototype", levels=tuple(levels))
