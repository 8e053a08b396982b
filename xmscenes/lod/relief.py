"""Buildings whose relief no plain form may replace yet: the coarsest of many decimations, or a form with what stands
on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.distance import Surface3, distances_to, sample_surface
from xmscenes.geometry.meshes import face_areas, keep_faces, merge_meshes
from xmscenes.geometry.nearest import build_tree, nearest_distances
from xmscenes.geometry.sheets import into_sheets
from xmscenes.geometry.shrink import connected_parts
from xmscenes.geometry.simplify import Simplifier, Snapshot
from xmscenes.geometry.triangles import used_vertices
from xmscenes.lod.ladder import Rung
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.lod.measured import Reference
    from xmscenes.records import Mesh

# Aims of the collapses, in shares of the limit. Their mean square says little about the 99th percentile of a house of a
# hundred triangles, so one pass leaves a snapshot at each, and the measurement decides: LOD1 of two places shrank by a
# quarter against aiming at the limit and stepping back.
AIMS = (0.1, 0.2, 0.35, 0.5, 0.6, 0.72, 0.86, 1.0, 1.2, 1.4, 1.7, 2.0)
FAR = 0.9  # share of the limit from which a part of a roof is kept
INSIDE = 300  # places looked at inside of parts, beside their corners: a roof touches walls with those
REACH = 1.01  # what lies outside of a part's box by more than this share of a distance is farther off, however rounded
TOPS = (1.0, 2.0)  # coarsest aims, in shares of the limit, from which what they lost is held fast
LOOKS, ROUNDS = 600, 3  # places looked at for what collapses lost, and how often it is held fast
FEWEST = 10  # triangles of four walls and a roof: nothing is simpler


def relief_rungs(
    mesh: Mesh, reference: Reference, forms: Sequence[Mesh], limits_m: Sequence[float], plain: Sequence[Rung]
) -> list[Rung]:
    """One rung a limit: of all snapshots, all ``forms`` with their roof parts, and ``plain``, the fewest triangles.

    ``mesh`` is the painted, welded LOD0; limits rise, ``plain`` has one rung a limit. A limit that nothing meets
    repeats the rung before.
    """
    best, rungs = Rung(mesh=mesh), []
    for limit, found in zip(limits_m, plain, strict=True):
        aims = [aim * limit for aim in AIMS]
        best = min(best, found, key=lambda rung: len(rung.mesh.faces))
        if limit <= 0 or len(best.mesh.faces) <= FEWEST:
            rungs.append(best)
            continue
        snapshots = _snapshots(into_sheets(without_near_parts(mesh, FAR * limit)), aims, limit)
        fine = snapshots[max(sum(aim <= limit / 2 for aim in aims) - 1, 0)].mesh
        fewest = len(best.mesh.faces)
        standing = [made for form in forms if (made := with_standing(form, fine, limit, fewest)) is not None]
        candidates: list[Snapshot | Mesh] = [*{id(shot): shot for shot in snapshots}.values(), *standing]
        for one in sorted(candidates, key=lambda one: len(one.faces)):
            if len(one.faces) >= len(best.mesh.faces):
                break
            thinned = isinstance(one, Snapshot)
            candidate = one.mesh if isinstance(one, Snapshot) else one
            error = reference.error(candidate, thinned=thinned, limit_m=limit)
            if error.p99_m <= limit:
                best = Rung(mesh=candidate, error_m=error.p99_m, error_max_m=error.max_m)
                break
        rungs.append(best)
    return rungs


def _snapshots(mesh: Mesh, aims: Sequence[float], limit_m: float) -> list[Snapshot]:
    """Collapse with every aim; then again and again, holding fast what the coarsest snapshot lost.

    The mean square of a collapse says nothing of a slender pier that vanishes. What was lost is measured, its corners
    stay, and all else may go on shrinking.
    """
    points, face = sample_surface(mesh.vertices, mesh.faces, LOOKS)
    simplifier = Simplifier(mesh)
    freely = simplifier.snapshots(aims)
    found: list[Snapshot] = []
    for most in TOPS:
        held, within = np.zeros(len(mesh.vertices), bool), [aim for aim in aims if aim <= most * limit_m]
        for turn in range(ROUNDS):
            shots = simplifier.snapshots(within, held) if turn else freely[: len(within)]
            found += shots
            lost = distances_to(points, Surface3(mesh.vertices, shots[-1].faces)) > limit_m
            if lost.mean() <= 0.01:
                break
            held[mesh.faces[face[lost]]] = True
    return found


def without_near_parts(mesh: Mesh, near_m: float) -> Mesh:
    """Leave out what hangs together with nothing and lies within ``near_m`` of larger parts: bays, lids, sills."""
    part = connected_parts(mesh.faces, np.ones(len(mesh.faces), bool), len(mesh.vertices))
    area = np.bincount(part, face_areas(mesh))
    names = np.unique(part)
    if len(names) == 1:
        return mesh
    inside, face = sample_surface(mesh.vertices, mesh.faces, INSIDE)
    corners = mesh.vertices[mesh.faces]
    places = np.concatenate([inside, corners.reshape(-1, 3)])
    owner = np.concatenate([part[face], np.repeat(part, 3)])
    apart = np.full(len(places), np.inf)
    kept = np.zeros(len(mesh.faces), bool)
    for name in names[np.argsort(-area[names], kind="stable")].tolist():
        own = owner == name
        if apart[own].max() <= near_m:
            continue
        here = part == name
        kept |= here
        apart[own] = 0.0
        low, high = corners[here].min(axis=(0, 1)) - REACH * near_m, corners[here].max(axis=(0, 1)) + REACH * near_m
        left = np.flatnonzero((apart > near_m) & ((places >= low) & (places <= high)).all(axis=1))
        if len(left):
            tree = build_tree(mesh.vertices, np.ascontiguousarray(mesh.faces[here]))
            apart[left] = np.minimum(apart[left], nearest_distances(tree, places[left]))
    return keep_faces(mesh, kept)


def with_standing(form: Mesh, fine: Mesh, limit_m: float, most: int) -> Mesh | None:
    """Add to a plain form what stands on its roof farther off than the limit allows.

    None when nothing does, or when that would not be fewer than ``most`` triangles.
    """
    roof = form.faces[form.surface == Surface.ROOF]
    if not len(roof) or fine.is_empty or len(form.faces) >= most:
        return None
    eave_m = form.vertices[roof, 2].min()
    high = np.flatnonzero(fine.vertices[fine.faces, 2].min(axis=1) > eave_m - limit_m)
    used, faces = used_vertices(fine.faces[high], len(fine.vertices))
    apart = nearest_distances(build_tree(form.vertices, form.faces), fine.vertices[used])
    stands = high[(apart[faces] > FAR * limit_m).any(axis=1)]
    return merge_meshes([form, keep_faces(fine, stands)])[0] if 0 < len(stands) < most - len(form.faces) else None
