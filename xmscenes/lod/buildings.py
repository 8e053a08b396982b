"""Levels of buildings from meaning: facade and roof, plain roof, steps, block, blocks of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.meshes import face_areas, keep_faces, merge_meshes
from xmscenes.lod.ladder import Rung, decimated_rungs
from xmscenes.lod.measured import Reference
from xmscenes.look.materials import MATERIALS
from xmscenes.records import Form, Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xmscenes.records import Feature, Solid

    Paint = Mapping[Surface, tuple[int, int, int]]

BLANK = (200, 196, 190)  # a surface without any colour


def building_rungs(feature: Feature, limits_m: Sequence[float], paint: Paint) -> list[Rung]:
    """One rung a limit: the coarsest nested form whose measured error obeys the limit, else the mesh itself.

    Without solids the mesh is decimated. ``paint`` is what plain forms wear.
    """
    if not feature.solids:
        return decimated_rungs(feature.mesh, limits_m)
    reference = Reference(feature.mesh)
    rungs = [Rung(mesh=feature.mesh)]
    seen: set[int] = set()
    for form in (Form.ROOFED, Form.STEPPED, Form.BLOCK):
        solids = feature.solids.get(form, ())
        if not solids or id(solids) in seen:
            continue
        seen.add(id(solids))
        mesh = painted(solids_mesh(solids), paint)
        if len(mesh.faces) < len(rungs[-1].mesh.faces):
            error = reference.error(mesh)
            rungs.append(Rung(mesh=mesh, error_m=error.p99_m, error_max_m=error.max_m))
    return [next(rung for rung in reversed(rungs) if rung.error_m <= limit) for limit in limits_m]


def mean_paint(mesh: Mesh) -> dict[Surface, tuple[int, int, int]]:
    """Mean sRGB colour of roofs and of walls, weighed by area, as the mesh and its materials wear them."""
    areas = face_areas(mesh)
    base = np.array([m.base_rgb for m in MATERIALS], dtype=np.float64) / 255.0
    rgb = np.full((len(mesh.faces), 3), 255.0) if mesh.rgb is None else mesh.rgb[:, 0] / 1.0  # corner 0 stands for all
    worn = rgb * (base[0] if mesh.material is None else base[mesh.material])
    found = {}
    for surface in (Surface.ROOF, Surface.WALL):
        at = mesh.surface == surface
        total = areas[at].sum()
        colour = (worn[at] * areas[at, None]).sum(axis=0) / total if total > 0 else np.array(BLANK)
        red, green, blue = np.rint(colour).astype(int).tolist()
        found[surface] = (red, green, blue)
    return found


def painted(mesh: Mesh, paint: Paint) -> Mesh:
    """Dress a bare solid in one roof and one wall colour, and leave out its floor."""
    bare = keep_faces(mesh, mesh.surface != Surface.FLOOR)
    roof = np.array(paint[Surface.ROOF], np.uint8)
    wall = np.array(paint[Surface.WALL], np.uint8)
    rgb = np.where((bare.surface == Surface.ROOF)[:, None], roof, wall)
    return Mesh(
        vertices=bare.vertices,
        faces=bare.faces,
        surface=bare.surface,
        rgb=np.repeat(rgb[:, None, :], 3, axis=1),
    )


def solids_mesh(solids: Sequence[Solid]) -> Mesh:
    """Triangulate several solids into one mesh."""
    return merge_meshes([solid_to_mesh(solid) for solid in solids])[0]
