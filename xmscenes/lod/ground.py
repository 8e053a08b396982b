"""Levels of the terrain: with its pictures near by, from afar with nothing but colour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.lod.ladder import Rung, decimated_rungs
from xmscenes.lod.measured import Reference
from xmscenes.look.materials import INDEX, MATERIALS
from xmscenes.look.worn import without_textures
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

BARE_M = 0.5  # from errors of this on, seen from 250 m and more, the grain of a picture is below a pixel


def ground_rungs(mesh: Mesh, limits_m: Sequence[float], lock: Callable[[Mesh], NDArray[np.bool_]]) -> list[Rung]:
    """One rung a limit; those of ``BARE_M`` and more wear colours alone, so that no border of a picture must stay.

    Half of the triangles of a far terrain stood on borders between materials and between pictures. Where the colours
    of both sides differ, they still do. They are made of the last rung with pictures, which is a third of the work of
    starting at LOD0, and measured against LOD0 as all are. ``lock`` says which vertices of a mesh stay.
    """
    near, reference = [limit for limit in limits_m if limit < BARE_M], Reference(mesh)
    rungs = decimated_rungs(mesh, near, lock(mesh), reference)
    best = rungs[-1] if rungs else Rung(mesh=mesh)
    far = decimated_rungs(bare_ground(best.mesh), list(limits_m)[len(near) :], lock(best.mesh), reference)
    for rung in far:
        best = min(best, rung, key=lambda one: len(one.mesh.faces))
        rungs.append(best)
    return rungs


def bare_ground(mesh: Mesh) -> Mesh:
    """Turn the looks of opaque faces into colours of the plain material, and all of them into one surface."""
    material = np.zeros(len(mesh.faces), np.uint8) if mesh.material is None else mesh.material
    if any(MATERIALS[index].alpha_mode != "OPAQUE" or index == INDEX["water"] for index in np.unique(material)):
        return mesh
    return replace(
        without_textures(mesh), material=None, uv=None, surface=np.full(len(mesh.faces), Surface.GROUND, np.uint8)
    )
