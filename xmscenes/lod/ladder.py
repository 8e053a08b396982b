"""The rungs of one feature: what may stand for it at each level, with the error it was measured to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.edges import edge_ends, grouped_edges
from xmscenes.geometry.meshes import keep_faces
from xmscenes.geometry.simplify import simplify_mesh
from xmscenes.lod.measured import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Mesh

TRIES = 3
AIM = 0.85  # share of the allowed error that decimation aims at first; measured p99 lies near the aim


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A mesh for one level of one feature, its 99th percentile and its largest error against LOD0, both ways."""

    mesh: Mesh
    error_m: float = 0.0
    error_max_m: float = 0.0


def decimated_rungs(
    mesh: Mesh,
    limits_m: Sequence[float],
    locked: NDArray[np.bool_] | None = None,
    reference: Reference | None = None,
) -> list[Rung]:
    """One rung a limit by decimation; each is measured and obeys its limit (99th percentile, two ways).

    A limit that cannot be met, or a limit of zero, repeats the rung before. ``reference`` is LOD0 where ``mesh`` is one
    of its levels.
    """
    reference = reference or Reference(mesh)
    best = Rung(mesh=mesh)
    aims = [limit * AIM for limit in limits_m]
    found: list[Rung | None] = [None if limit > 0 else best for limit in limits_m]
    for _ in range(TRIES):
        meshes = simplify_mesh(mesh, np.maximum.accumulate(aims).tolist(), locked)
        for i, limit in enumerate(limits_m):
            if found[i] is not None:
                continue
            error = reference.error(meshes[i], thinned=True)
            if error.p99_m <= limit:
                found[i] = Rung(mesh=meshes[i], error_m=error.p99_m, error_max_m=error.max_m)
            else:
                aims[i] *= AIM * limit / error.p99_m if np.isfinite(error.p99_m) else 0.3
        if all(found):
            break
    rungs = []
    for rung in found:
        best = rung if rung is not None and len(rung.mesh.faces) < len(best.mesh.faces) else best
        rungs.append(best)
    return rungs


def coarsest_within(limits_m: Sequence[float], rungs: Sequence[Rung]) -> list[Rung]:
    """For every limit the coarsest rung that obeys it: level ground made for 3 m may err by less than 0.3 m."""
    return [
        next((later for later in reversed(rungs[k:]) if later.error_m <= limit), rungs[k])
        for k, limit in enumerate(limits_m)
    ]


def pinned_rungs(mesh: Mesh, count: int) -> list[Rung]:
    """Full detail in every level."""
    return [Rung(mesh=mesh)] * count


def thin_rungs(mesh: Mesh, limits_m: Sequence[float]) -> list[Rung]:
    """Rungs of a ribbon (a path) that lies on the ground: decimated, and gone when it is narrower than the limit."""
    rungs = decimated_rungs(mesh, limits_m)
    width = ribbon_width_m(mesh)
    gone = keep_faces(mesh, np.zeros(len(mesh.faces), dtype=bool))
    return [
        Rung(mesh=gone, error_m=max(rung.error_m, width), error_max_m=max(rung.error_max_m, width))
        if 0 < width <= limit
        else rung
        for rung, limit in zip(rungs, limits_m, strict=True)
    ]


def ribbon_width_m(mesh: Mesh) -> float:
    """Mean width of a ribbon: twice its area over the length of its border."""
    from xmscenes.geometry.meshes import face_areas

    start, end = edge_ends(mesh.faces)
    order, first, count = grouped_edges(mesh.faces, len(mesh.vertices))
    border = order[first[count == 1]]
    length = np.linalg.norm(mesh.vertices[start[border]] - mesh.vertices[end[border]], axis=1).sum()
    return float(2.0 * face_areas(mesh).sum() / length) if length > 0 else 0.0
