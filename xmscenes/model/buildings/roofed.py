"""The roofed form of one outline polygon: planes, cuts, partition, labels, solids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.dissolve import components, without_slivers
from xmscenes.geometry.halfedge import Partition, cut_polygon
from xmscenes.geometry.polygons import distance_to_outline, polygon_area_m2
from xmscenes.geometry.vectors import percentile
from xmscenes.model.buildings.cuts import Cuts, find_cuts, outline_angles
from xmscenes.model.buildings.domes import CURVE, find_curve, without_curve
from xmscenes.model.buildings.forms import Place, build_solid, stepped_parts
from xmscenes.model.buildings.labels import label_faces, locate_points, point_areas
from xmscenes.model.buildings.roof_planes import RoofPlanes, find_roof_planes
from xmscenes.records import Form, Solid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.curved import Facets
    from xmscenes.geometry.polygons import Polygon
    from xmscenes.options import BuildingOptions

# Rungs of the ladder: a roof with a fault is tried again without its smallest parts, then without small parts' cuts.
RUNGS = ((True, 1.0), (True, 4.0), (False, 1.0), (False, 4.0), (False, 16.0))
HEADROOM_M, HEADROOM = 0.5, 0.1  # a roof rises above its highest point by no more than this and this share of its range
SLIVER_M2 = 0.25
SLIVER_M = 0.12
REACH_M = 0.6  # cuts go on past the border places that they were seen at, then to the next cut


@dataclass(frozen=True, slots=True)
class RoofStory:
    """Everything that was found on the way to one part's solids; what ``explain`` tells from."""

    xyz: NDArray[np.float64]  # (N, 3) the part's points
    roof: RoofPlanes
    cuts: Cuts
    partition: Partition
    labels: NDArray[np.int64]  # (faces,) plane of every face
    face_of_point: NDArray[np.int64]
    solids: dict[Form, Solid]
    fault: str  # why the roofed form failed, or empty
    curve: Facets | None  # a dome, cone or barrel that was recognised


def roof_part(
    polygon: Polygon, xyz: NDArray[np.float64], floor_m: float, origin: NDArray[np.float64], options: BuildingOptions
) -> RoofStory | None:
    """Model one polygon with the points above it; None when they hold no plane.

    Coordinates are relative to ``origin`` (whole metres).
    """
    area = polygon_area_m2(polygon)
    density = len(xyz) / max(area, 1e-6)
    roof, curve = _surfaces(polygon, xyz, density, options)
    if not len(roof.planes) and curve is None:
        return None
    cuts = find_cuts(polygon, xyz, roof, density)
    whole = (np.round(polygon[0] * 1000.0), tuple(np.round(h * 1000.0) for h in polygon[1]))
    weight = point_areas(xyz, cuts.cell_m, density) * (roof.labels != -2)
    low, high = float(xyz[:, 2].min()), float(xyz[:, 2].max())
    ceiling = high + HEADROOM_M + HEADROOM * (high - low)
    place = Place(origin, floor_m, len(polygon[0]) + sum(len(h) for h in polygon[1]), ceiling)
    tried: tuple[Cuts, Partition, NDArray[np.int64], RoofPlanes, NDArray[np.int64]] | None = None
    for all_cuts, coarser in RUNGS:
        if tried is None or (not all_cuts and tried[0] is cuts and cuts.small.any()):
            used = cuts if all_cuts else cuts.without_small()
            partition = cut_polygon(whole, _rows_mm(used, curve))
            labels, surfaces = label_faces(partition, xyz, roof, weight, options), roof
            if curve is not None:
                labels, surfaces = _with_facets(partition, labels, roof, curve)
            tried = used, partition, labels, surfaces, locate_points(partition, xyz[:, :2] * 1000.0)
        used, partition, labels, surfaces, face_of_point = tried
        labels = without_slivers(partition, labels, coarser * SLIVER_M2 / options.detail, coarser**0.5 * SLIVER_M)
        tried = used, partition, labels, surfaces, face_of_point
        solids, fault = _forms(partition, labels, surfaces, xyz, face_of_point, place, options)
        if Form.ROOFED in solids:
            break
    return RoofStory(xyz, surfaces, used, partition, labels, face_of_point, solids, fault, curve)


def _surfaces(
    polygon: Polygon, xyz: NDArray[np.float64], density: float, options: BuildingOptions
) -> tuple[RoofPlanes, Facets | None]:
    """Planes of a roof, and its curved surface if it has one."""
    roof = find_roof_planes(xyz, distance_to_outline(xyz, polygon), density, options)
    if not options.curved or not len(roof.planes):
        return roof, None
    curve = find_curve(xyz, roof, outline_angles(polygon), polygon[0])
    return (roof, None) if curve is None else without_curve(xyz, roof, curve)


def _rows_mm(cuts: Cuts, curve: Facets | None) -> NDArray[np.float64]:
    """Cuts in millimetres: those of a curve first, as they are; then the others, reaching on to the next cut."""
    rows = cuts.rows.copy()
    rows[:, 4:6] += np.array([-1.0, 1.0]) * (REACH_M + cuts.cell_m)
    if curve is not None:
        rows = np.concatenate([curve.cuts, rows])
    rows[:, [0, 1, 4, 5]] *= 1000.0
    return rows


def _with_facets(
    partition: Partition, labels: NDArray[np.int64], roof: RoofPlanes, curve: Facets
) -> tuple[NDArray[np.int64], RoofPlanes]:
    """Give the faces under a curve their facets; the facets become planes of the roof."""
    inner = np.flatnonzero(partition.face >= 0)
    count = np.bincount(partition.face[inner], minlength=partition.face_count)
    middle = np.zeros((partition.face_count, 2))
    np.add.at(middle, partition.face[inner], partition.xy[partition.origin[inner]] / 1000.0)
    facet = curve.facet_at(middle / count[:, None])
    planes = np.concatenate([roof.planes, curve.planes])
    return np.where(facet >= 0, facet + len(roof.planes), labels), replace(roof, planes=planes)


def _forms(
    partition: Partition,
    labels: NDArray[np.int64],
    roof: RoofPlanes,
    xyz: NDArray[np.float64],
    face_of_point: NDArray[np.int64],
    place: Place,
    options: BuildingOptions,
) -> tuple[dict[Form, Solid], str]:
    part = components(partition, labels)
    count = int(part.max()) + 1
    first = np.array([np.flatnonzero(part == p)[0] for p in range(count)])
    p = roof.planes[labels[first]]
    graphs = [(-a / c, -b / c, -d / c) for a, b, c, d in p.tolist()]
    solids: dict[Form, Solid] = {}
    roofed, fault = build_solid(partition, part, graphs, place)
    if roofed is not None:
        solids[Form.ROOFED] = roofed
    heights = _part_heights(part, graphs, partition, xyz, face_of_point, roof)
    group = stepped_parts(partition, labels, heights, options.step_m)
    steps = components(partition, group)
    tops = _group_heights(steps, part, heights, xyz, face_of_point, roof, place.floor_m)
    stepped, problem = build_solid(partition, steps, [(0.0, 0.0, top) for top in tops], place)
    if stepped is not None:
        solids[Form.STEPPED] = stepped
    return solids, fault or problem


def _part_heights(
    part: NDArray[np.int64],
    graphs: list[tuple[float, float, float]],
    partition: Partition,
    xyz: NDArray[np.float64],
    face_of_point: NDArray[np.int64],
    roof: RoofPlanes,
) -> NDArray[np.float64]:
    """Height of each roofed part: the 70th percentile of its points, or its plane in the middle of its corners."""
    count = len(graphs)
    heights = np.zeros(count)
    ok = (face_of_point >= 0) & ((roof.labels >= 0) | (roof.labels == CURVE))
    owner = part[face_of_point[ok]]
    z = xyz[ok, 2]
    for p in range(count):
        own = z[owner == p]
        if len(own) >= 3:
            heights[p] = percentile(own, 70.0)
            continue
        corners = partition.xy[partition.origin[np.flatnonzero((partition.face >= 0) & (part[partition.face] == p))]]
        a, b, c = graphs[p]
        x, y = corners.mean(axis=0) / 1000.0
        heights[p] = a * x + b * y + c
    return heights


def _group_heights(
    steps: NDArray[np.int64],
    part: NDArray[np.int64],
    heights: NDArray[np.float64],
    xyz: NDArray[np.float64],
    face_of_point: NDArray[np.int64],
    roof: RoofPlanes,
    floor_m: float,
) -> list[float]:
    ok = (face_of_point >= 0) & ((roof.labels >= 0) | (roof.labels == CURVE))
    owner = steps[face_of_point[ok]]
    z = xyz[ok, 2]
    tops = []
    for s in range(int(steps.max()) + 1):
        own = z[owner == s]
        top = percentile(own, 70.0) if len(own) >= 3 else heights[part[steps == s]].mean()
        tops.append(max(float(top), floor_m + 0.5))
    return tops
