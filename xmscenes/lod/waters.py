"""Levels of water: flat, so that only its colours and its shores keep triangles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.lod.ladder import Rung, decimated_rungs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Mesh

FAR_M = 0.5  # below this error water stays whole: near by its colour must not follow the depth in stars
SHADES = 12.0  # steps of sRGB that count as much as the error that a level may have
LEVEL_M = 1e-6


def water_rungs(mesh: Mesh, limits_m: Sequence[float], locked: NDArray[np.bool_]) -> list[Rung]:
    """One rung a limit: whole near by, from afar with as many vertices as its shores and its shades need.

    Shade counts as height while it is decimated: a slope of depth keeps its vertices, an even sea loses them. Water
    that is not level, or has no colours, stays whole.
    """
    z = mesh.vertices[:, 2]
    rungs, best = [], Rung(mesh=mesh)
    for limit in limits_m:
        if limit >= FAR_M and mesh.rgb is not None and np.ptp(z) <= LEVEL_M:
            shade = np.zeros(len(z))
            shade[mesh.faces.reshape(-1)] = mesh.rgb.reshape(-1, 3).mean(axis=1) * (limit / SHADES)
            lifted = replace(mesh, vertices=np.column_stack([mesh.vertices[:, :2], z + shade]))
            rung = decimated_rungs(lifted, [limit], locked)[0]
            flat = np.column_stack([rung.mesh.vertices[:, :2], np.full(len(rung.mesh.vertices), z[0])])
            if len(rung.mesh.faces) < len(best.mesh.faces):
                best = replace(rung, mesh=replace(rung.mesh, vertices=flat))
        rungs.append(best)
    return rungs
