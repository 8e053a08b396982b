"""One building, from outline and points to closed solids: the ladder of forms. No building disappears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.polygons import points_in_polygon, repair_footprint
from xmscenes.model.buildings.blocks import build_block
from xmscenes.model.buildings.heights import inferred_height
from xmscenes.model.buildings.quality import measure_quality
from xmscenes.model.buildings.roofed import RoofStory, roof_part
from xmscenes.model.buildings.scan import scan_building
from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid

if TYPE_CHECKING:
    from xmscenes.geometry.polygons import Polygon
    from xmscenes.model.buildings.scan import Scan
    from xmscenes.options import BuildingOptions
    from xmscenes.records import Footprint, PointCloud

LEAST_POINTS = 4
LEAST_FOR_PLANES = 8
BLOCK_PERCENTILE = 70.0  # the height of the block form: what 3DBAG calls h_dak_70p
LEAST_WALL_M = 0.5


@dataclass(frozen=True, slots=True)
class Story:
    """How one building came about, step by step: its parts, its scan, and the feature."""

    feature: Feature
    polygons: list[Polygon]
    scan: Scan | None
    parts: list[RoofStory | None]


def reconstruct_building(
    footprint: Footprint, points: PointCloud, ground_z: float | None, options: BuildingOptions
) -> Feature:
    """Model one building as closed solids in nested forms; there is always a result.

    ``points`` are all points inside the footprint grown by about 5 m; ``ground_z`` is the terrain's elevation at
    the footprint, None when unknown. Without roof points the height comes from the layer or from a default, and
    the outcome says so. Depends on nothing but its arguments.
    """
    return tell_building(footprint, points, ground_z, options).feature


def tell_building(footprint: Footprint, points: PointCloud, ground_z: float | None, options: BuildingOptions) -> Story:
    """Do the work of ``reconstruct_building`` and keep every step."""
    polygons = repair_footprint(footprint.ring, footprint.holes)
    if not polygons:
        return Story(_nothing(footprint), [], None, [])
    scan = scan_building(footprint, polygons, points, ground_z)
    local = [(ring - scan.origin[:2], tuple(h - scan.origin[:2] for h in holes)) for ring, holes in polygons]
    top, outcome = _height(footprint, scan, options)
    parts: list[RoofStory | None] = []
    solids: dict[Form, list[Solid]] = {form: [] for form in Form}
    drawn_simpler = ""
    for polygon in local:
        own = scan.xyz if len(local) == 1 else scan.xyz[points_in_polygon(scan.xyz[:, :2], polygon)]
        story = None
        if len(own) >= LEAST_FOR_PLANES and options.form is not Form.BLOCK:
            story = roof_part(polygon, own, scan.floor_m, scan.origin, options)
        parts.append(story)
        own_top = float(np.percentile(own[:, 2], BLOCK_PERCENTILE)) if len(own) >= LEAST_POINTS else top
        block, simpler = build_block(polygon, scan.floor_m, max(own_top, scan.floor_m + LEAST_WALL_M), scan.origin)
        drawn_simpler = drawn_simpler or simpler
        made = story.solids if story is not None else {}
        solids[Form.BLOCK].append(block)
        solids[Form.STEPPED].append(made.get(Form.STEPPED, block))
        solids[Form.ROOFED].append(made.get(Form.ROOFED, solids[Form.STEPPED][-1]))
    form, fallback = _form_reached(parts, options, outcome.fallback)
    fallback = fallback or drawn_simpler
    chosen = tuple(solids[form])
    quality = dict(outcome.quality)
    quality.update(measure_quality(polygons, scan, parts, chosen))
    rmse = quality.get("rmse_m")
    feature = Feature(
        id=footprint.id,
        kind="building",
        name=footprint.tags.get("name", ""),
        form=form,
        mesh=joined_mesh(chosen),
        outcome=Outcome(
            origin=outcome.origin,
            source=outcome.source,
            fallback=fallback,
            point_count=scan.point_count,
            rmse_m=float(rmse) if isinstance(rmse, float) else None,
            quality=quality,
        ),
        solids={f: tuple(s) for f, s in solids.items()},
        tags=dict(footprint.tags),
    )
    return Story(feature, polygons, scan, parts)


def _height(footprint: Footprint, scan: Scan, options: BuildingOptions) -> tuple[float, Outcome]:
    """Top of the block form (relative), and where it comes from."""
    if len(scan.xyz) >= LEAST_POINTS:
        top = float(np.percentile(scan.xyz[:, 2], BLOCK_PERCENTILE))
        outcome = Outcome(origin=Origin.MEASURED, source="points")
    else:
        height, source, origin = inferred_height(footprint, options)
        top = scan.ground_m + height
        count = len(scan.xyz)
        reason = "no roof points" if count == 0 else f"only {count} roof points"
        outcome = Outcome(origin=origin, source=source, fallback=reason)
    return max(top, scan.floor_m + LEAST_WALL_M), outcome


def _form_reached(parts: list[RoofStory | None], options: BuildingOptions, reason: str) -> tuple[Form, str]:
    """Best form that the largest part reached, and why it is not the one asked for."""
    if options.form is Form.BLOCK or reason:
        return Form.BLOCK, reason
    main = parts[0]
    if main is None:
        return Form.BLOCK, "no roof plane found"
    if options.form is Form.ROOFED and Form.ROOFED in main.solids:
        fault = next((p.fault for p in parts if p is not None and Form.ROOFED not in p.solids), "")
        missing = "a part has no roof plane" if any(p is None for p in parts) else ""
        return Form.ROOFED, fault or missing
    if Form.STEPPED in main.solids:
        return Form.STEPPED, main.fault if options.form is Form.ROOFED else ""
    return Form.BLOCK, main.fault


def joined_mesh(solids: tuple[Solid, ...]) -> Mesh:
    """One mesh of several solids; they share no vertices. No solid gives an empty mesh."""
    meshes = [solid_to_mesh(solid) for solid in solids]
    if len(meshes) == 1:
        return meshes[0]
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    return Mesh(
        vertices=np.concatenate([np.zeros((0, 3)), *(m.vertices for m in meshes)]),
        faces=np.concatenate(
            [np.zeros((0, 3), np.int32), *(m.faces + np.int32(s) for m, s in zip(meshes, starts, strict=False))]
        ),
        surface=np.concatenate([np.zeros(0, np.uint8), *(m.surface for m in meshes)]),
    )


def _nothing(footprint: Footprint) -> Feature:
    """A footprint without one finite vertex stands nowhere; it stays in the lists, with an empty mesh."""
    return Feature(
        id=footprint.id,
        kind="building",
        name=footprint.tags.get("name", ""),
        form=None,
        mesh=joined_mesh(()),
        outcome=Outcome(origin=Origin.INFERRED, source="none", fallback="the footprint has no usable vertex"),
        tags=dict(footprint.tags),
    )
