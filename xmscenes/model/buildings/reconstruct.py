"""One building, from outline and points to closed solids: the ladder of forms. No building disappears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.extrude import polygon_block, solid_to_mesh
from xmscenes.geometry.polygons import repair_footprint
from xmscenes.model.buildings.heights import inferred_height
from xmscenes.model.buildings.scan import scan_building
from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid

if TYPE_CHECKING:
    from xmscenes.geometry.polygons import Polygon
    from xmscenes.model.buildings.scan import Scan
    from xmscenes.options import BuildingOptions
    from xmscenes.records import Footprint, PointCloud

LEAST_POINTS = 4
BLOCK_PERCENTILE = 70.0  # the height of the block form: what 3DBAG calls h_dak_70p
LEAST_WALL_M = 0.5


def reconstruct_building(
    footprint: Footprint, points: PointCloud, ground_z: float | None, options: BuildingOptions
) -> Feature:
    """Model one building as closed solids in nested forms; there is always a result.

    ``points`` are all points inside the footprint grown by about 5 m; ``ground_z`` is the terrain's elevation at
    the footprint, None when unknown. Without roof points the height comes from the layer or from a default, and
    the outcome says so. Depends on nothing but its arguments.
    """
    polygons = repair_footprint(footprint.ring, footprint.holes)
    if not polygons:
        return _nothing(footprint)
    scan = scan_building(footprint, polygons, points, ground_z)
    return _block(footprint, polygons, scan, options)


def _block(footprint: Footprint, polygons: list[Polygon], scan: Scan, options: BuildingOptions) -> Feature:
    ground = scan.ground_m
    if len(scan.xyz) >= LEAST_POINTS:
        top = float(np.percentile(scan.xyz[:, 2], BLOCK_PERCENTILE))
        source, origin = "points", Origin.MEASURED
        fallback = "" if options.form is Form.BLOCK else "no roof planes found"
    else:
        height, source, origin = inferred_height(footprint, options)
        top = ground + height
        fallback = "no roof points" if len(scan.xyz) == 0 else f"only {len(scan.xyz)} roof points"
    top = max(top, ground + LEAST_WALL_M)
    shift = scan.origin
    solids = tuple(polygon_block(p, ground + float(shift[2]), top + float(shift[2])) for p in polygons)
    return Feature(
        id=footprint.id,
        kind="building",
        name=footprint.tags.get("name", ""),
        form=Form.BLOCK,
        mesh=joined_mesh(solids),
        outcome=Outcome(
            origin=origin,
            source=source,
            fallback=fallback,
            point_count=scan.point_count,
            quality={
                "ground_m": round(ground + float(shift[2]), 3),
                "ground_source": scan.ground_source,
                "height_m": round(top - ground, 3),
                "density_per_m2": round(scan.density_per_m2, 3),
            },
        ),
        solids=dict.fromkeys(Form, solids),
        tags=dict(footprint.tags),
    )


def joined_mesh(solids: tuple[Solid, ...]) -> Mesh:
    """One mesh of several solids; they share no vertices."""
    meshes = [solid_to_mesh(solid) for solid in solids]
    if len(meshes) == 1:
        return meshes[0]
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    return Mesh(
        vertices=np.concatenate([m.vertices for m in meshes]) if meshes else np.zeros((0, 3)),
        faces=np.concatenate([m.faces + np.int32(s) for m, s in zip(meshes, starts, strict=False)])
        if meshes
        else np.zeros((0, 3), np.int32),
        surface=np.concatenate([m.surface for m in meshes]) if meshes else np.zeros(0, np.uint8),
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
