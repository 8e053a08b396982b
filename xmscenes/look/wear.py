"""What one building wears: its style and tints, and its plain version in those colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.means import COVER_RGB, STRIP_RGB
from xmscenes.look.parts import Bench
from xmscenes.look.shell import Shell, read_shell
from xmscenes.look.style import Facts, Style, choose_style, drawn_rgb, styles
from xmscenes.records import Form, Surface

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from xmscenes.options import BuildingLookOptions, LookOptions
    from xmscenes.records import Feature, Mesh, Solid

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wear:
    """What one building wears: its style and the tints drawn for it, sRGB floats (3,)."""

    name: str
    style: Style
    wall: Floats
    trim: Floats
    roof: Floats
    flat: Floats


def solids_of(feature: Feature) -> tuple[Solid, ...]:
    """The solids of the best form that a building has."""
    for form in (Form.ROOFED, Form.STEPPED, Form.BLOCK):
        if feature.solids.get(form):
            return feature.solids[form]
    return ()


def wear_of(feature: Feature, shells: list[Shell], look: LookOptions, override: BuildingLookOptions | None) -> Wear:
    """Choose the style of a building and draw its tints; seeded by its id alone."""
    largest = max(shells, key=lambda s: s.area_m2)
    style_of = styles()
    height = max(largest.eave - largest.base, 0.5)
    facts = Facts(
        id=feature.id,
        tags=feature.tags,
        name=feature.name,
        roof=largest.kind,
        area_m2=sum(s.area_m2 for s in shells),
        storeys=max(1.0, round(height / 3.3)),
    )
    name = choose_style(facts, look.mix, override)
    style = style_of[name]
    wall = drawn_rgb(style.wall_rgb, style.spread, feature.id, "wall")
    roof = drawn_rgb(style.roof_rgb, style.spread, feature.id, "roof")
    flat = drawn_rgb(style.flat_rgb, style.spread, feature.id, "flat")
    if override is not None and override.wall_rgb is not None:
        wall = np.array(override.wall_rgb, dtype=np.float64)
    if override is not None and override.roof_rgb is not None:
        roof = flat = np.array(override.roof_rgb, dtype=np.float64)
    return Wear(name, style, wall, drawn_rgb(style.trim_rgb, 0.02, feature.id, "trim"), roof, flat)


def plain_building(feature: Feature, look: LookOptions, override: BuildingLookOptions | None = None) -> Mesh:
    """The same solid in the colours of its style, without texture: for the second level."""
    solids = solids_of(feature)
    if not solids:
        return feature.mesh
    return plain_mesh(solids, wear_of(feature, [read_shell(s) for s in solids], look, override))


def plain_rgb(wear: Wear) -> Mapping[str, tuple[int, int, int]]:
    """Mean colours of "wall", "roof" and "flat" as one sees them from afar: tint times the atlas' mean."""
    strips = np.mean([STRIP_RGB[s] for s in (wear.style.ground, *wear.style.upper)], axis=0)
    means = {
        "wall": strips * wear.wall / 255,
        "roof": np.array(COVER_RGB["roof"]) * wear.roof / 255,
        "flat": np.array(COVER_RGB["paving"]) * wear.flat / 255,
    }
    out = {}
    for key, rgb in means.items():
        r, g, b = np.rint(rgb).astype(int).tolist()
        out[key] = (r, g, b)
    return out


def plain_mesh(solids: tuple[Solid, ...], wear: Wear) -> Mesh:
    """Solids in plain colours: walls, slopes and terraces, without their floors."""
    from xmscenes.geometry.extrude import solid_to_mesh

    rgb = {key: np.array(value, dtype=np.float64) for key, value in plain_rgb(wear).items()}
    bench = Bench()
    for solid in solids:
        mesh = solid_to_mesh(solid)
        corner = mesh.vertices[mesh.faces]
        normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        level = normal[:, 2] > 0.996 * np.linalg.norm(normal, axis=1)
        for surface, colour, chosen in (
            (Surface.WALL, rgb["wall"], mesh.surface == Surface.WALL),
            (Surface.ROOF, rgb["roof"], (mesh.surface == Surface.ROOF) & ~level),
            (Surface.ROOF, rgb["flat"], (mesh.surface == Surface.ROOF) & level),
        ):
            bench.add((mesh.vertices, mesh.faces[chosen]), colour, surface=surface)
    return bench.mesh()
