"""Levels of buildings from meaning: facade and roof, plain roof, steps, block, blocks of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.meshes import face_areas, keep_faces, merge_meshes, welded
from xmscenes.lod.ladder import Rung, decimated_rungs
from xmscenes.lod.measured import Reference
from xmscenes.lod.relief import relief_rungs
from xmscenes.look.colour import albedo_over, linear_from_srgb, srgb_from_linear
from xmscenes.look.materials import MATERIALS
from xmscenes.records import Form, Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Feature, Solid

    Paint = Mapping[Surface, tuple[int, int, int]]

WORTH_DECIMATING = 60  # triangles; plainer meshes have nothing to lose
FACES_SEEN = 400  # of which a building takes its mean colours
BLANK = (200, 196, 190)  # a surface without any colour


def building_rungs(feature: Feature, limits_m: Sequence[float], paint: Paint) -> list[Rung]:
    """One rung a limit: the coarsest nested form whose measured error obeys the limit, else the mesh itself.

    Without solids the mesh is decimated. ``paint`` is what plain forms wear.
    """
    if not feature.solids:
        return decimated_rungs(welded(feature.mesh), limits_m)
    reference = Reference(feature.mesh)
    rungs = [Rung(mesh=feature.mesh)]
    forms = _plain_forms(feature, paint)
    for mesh in forms:
        if len(mesh.faces) < len(rungs[-1].mesh.faces):
            error = reference.error(mesh, limit_m=max(limits_m, default=0.0))
            rungs.append(Rung(mesh=mesh, error_m=error.p99_m, error_max_m=error.max_m))
    chosen = [next(rung for rung in reversed(rungs) if rung.error_m <= limit) for limit in limits_m]
    if len(feature.mesh.faces) < WORTH_DECIMATING:
        return chosen
    # painted first: the bays of a textured facade are cut at every window, and those cuts need not stay
    return relief_rungs(welded(painted(feature.mesh, paint)), reference, forms, limits_m, chosen)


def _plain_forms(feature: Feature, paint: Paint) -> list[Mesh]:
    """The nested forms of a building, finest first, without those that repeat the one before."""
    found: list[Mesh] = []
    seen: set[int] = set()
    for form in (Form.ROOFED, Form.STEPPED, Form.BLOCK):
        solids = feature.solids.get(form, ())
        if solids and id(solids) not in seen:
            seen.add(id(solids))
            found.append(painted(solids_mesh(solids), paint))
    return found


def mean_paint(mesh: Mesh) -> dict[Surface, tuple[int, int, int]]:
    """Mean sRGB colour of roofs, walls and relief, weighed by area, as colours, materials and textures make it."""
    if len(mesh.faces) > FACES_SEEN:  # scattered by the golden ratio, so that no rhythm of windows is missed
        steps = np.arange(FACES_SEEN) * 0.6180339887498949 % 1.0
        mesh = keep_faces(mesh, np.unique((steps * len(mesh.faces)).astype(int)))
    areas = face_areas(mesh)
    light = _light(mesh)
    found: dict[Surface, tuple[int, int, int]] = {}
    for surface in (Surface.ROOF, Surface.WALL, Surface.DETAIL):
        at = mesh.surface == surface
        total = areas[at].sum()
        if total > 0:
            colour = srgb_from_linear((light[at] * areas[at, None]).sum(axis=0) / total)
        else:
            colour = np.array(found.get(Surface.WALL, BLANK))
        red, green, blue = colour.tolist()
        found[surface] = (red, green, blue)
    return found


def _light(mesh: Mesh) -> NDArray[np.float64]:
    """Linear colour (F, 3) of every face; its first corner stands for all of it."""
    base = linear_from_srgb(np.array([m.base_rgb for m in MATERIALS]))
    material = np.zeros(len(mesh.faces), np.uint8) if mesh.material is None else mesh.material
    light = base[material]
    if mesh.rgb is not None:
        light = light * linear_from_srgb(mesh.rgb[:, 0])
    for index in np.unique(material).tolist() if mesh.uv is not None else ():
        texture, at = MATERIALS[index].texture, material == index
        if texture is not None:
            light[at] *= albedo_over(texture, mesh.uv[at])
    return light


def painted(mesh: Mesh, paint: Paint) -> Mesh:
    """Dress a mesh in one colour for roofs, walls and relief each, and leave out its floor."""
    bare = keep_faces(mesh, mesh.surface != Surface.FLOOR)
    roof = np.array(paint[Surface.ROOF], np.uint8)
    wall = np.array(paint[Surface.WALL], np.uint8)
    detail = np.array(paint[Surface.DETAIL], np.uint8)
    rgb = np.where((bare.surface == Surface.ROOF)[:, None], roof, wall)
    rgb = np.where((bare.surface == Surface.DETAIL)[:, None], detail, rgb)
    return Mesh(
        vertices=bare.vertices,
        faces=bare.faces,
        surface=bare.surface,
        rgb=np.repeat(rgb[:, None, :], 3, axis=1),
    )


def solids_mesh(solids: Sequence[Solid]) -> Mesh:
    """Triangulate several solids into one mesh."""
    return merge_meshes([solid_to_mesh(solid) for solid in solids])[0]
