"""Buildings whose relief no plain form may replace yet: the coarsest of many decimations, or a form with what stands
on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import keep_faces, merge_meshes
from xmscenes.geometry.nearest import build_tree, nearest_distances
from xmscenes.geometry.simplify import simplify_mesh
from xmscenes.lod.ladder import Rung
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.lod.measured import Reference
    from xmscenes.records import Mesh

# Aims of the collapses. Their mean square says little about the 99th percentile of a house of a hundred triangles, so
# one pass leaves a snapshot at each, and the measurement decides: LOD1 of two places shrank by a quarter against
# aiming at the limit and stepping back.
AIMS_M = (0.02, 0.05, 0.1, 0.15, 0.2, 0.27, 0.36, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8)
FAR = 0.9  # share of the limit from which a part of a roof is kept


def relief_rungs(mesh: Mesh, reference: Reference, forms: Sequence[Mesh], limits_m: Sequence[float]) -> list[Rung]:
    """One rung a limit: of all snapshots and all ``forms`` with their roof parts, the fewest triangles within it.

    ``mesh`` is the painted, welded LOD0; limits rise. A limit that nothing meets repeats the rung before.
    """
    aims = [aim for aim in AIMS_M if aim <= max(limits_m, default=0.0)]
    snapshots = simplify_mesh(mesh, aims)
    best, rungs = Rung(mesh=mesh), []
    for limit in limits_m:
        fine = snapshots[max(sum(aim <= limit / 2 for aim in aims) - 1, 0)] if aims else mesh
        standing = [made for form in forms if (made := with_standing(form, fine, limit)) is not None]
        candidates = [(shot, True) for shot, aim in zip(snapshots, aims, strict=True) if aim <= 1.5 * limit]
        candidates += [(made, False) for made in standing]
        for candidate, thinned in sorted(candidates, key=lambda one: len(one[0].faces)):
            if len(candidate.faces) >= len(best.mesh.faces):
                break
            error = reference.error(candidate, thinned=thinned, limit_m=limit)
            if error.p99_m <= limit:
                best = Rung(mesh=candidate, error_m=error.p99_m, error_max_m=error.max_m)
                break
        rungs.append(best)
    return rungs


def with_standing(form: Mesh, fine: Mesh, limit_m: float) -> Mesh | None:
    """Add to a plain form what stands on its roof farther off than the limit allows; None when nothing does."""
    roof = form.faces[form.surface == Surface.ROOF]
    if not len(roof) or fine.is_empty:
        return None
    eave_m = form.vertices[roof, 2].min()
    apart = nearest_distances(build_tree(form.vertices, form.faces), fine.vertices)[fine.faces]
    low = fine.vertices[fine.faces, 2].min(axis=1)
    stands = (apart > FAR * limit_m).any(axis=1) & (low > eave_m - limit_m)
    return merge_meshes([form, keep_faces(fine, stands)])[0] if np.any(stands) else None
