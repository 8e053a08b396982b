"""The nested forms of one building part, all from one partition: roofed, stepped, block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.corners import Plane, raise_corners
from xmscenes.geometry.dissolve import components, dissolve
from xmscenes.geometry.extrude import extrude
from xmscenes.geometry.joints import join_near_vertices
from xmscenes.geometry.solid_faults import Limits, find_faults
from xmscenes.model.buildings.labels import face_borders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.halfedge import Partition
    from xmscenes.records import Solid

LEAST_WALL_M = 0.3  # a roof lies at least this far above the floor
# Vertices joined in plan, heights joined above a vertex; the next pair when a validator would object.
JOIN_M = ((0.10, 0.018), (0.05, 0.018), (0.10, 0.006), (0.0, 0.018), (0.0, 0.006), (0.0, 0.002))


# A file holds whole tenths of a millimetre of another plane: 0.5 mm, 1 mm, a degree and 0.1 mm are kept for it.
STRICT = Limits(snap_m=0.0015, planar_m=0.009, tilt_deg=19.0, thin_m=0.0009)
# Whether a nearly straight corner is cut off as a twisted triangle is the triangulation's choice: the solid is joined
# another way where one is sound; where none is, the first that is sound by our own triangles will do.
STRICTEST, EARS_FAULT = STRICT._replace(ear_m=0.001), "twisted"
TURNS_RAD = (0.0, 0.4, 1.1)  # a solid must be sound however it lies on the grid: rounding can close a gap


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part stands: all coordinates inside are relative to ``origin`` (whole metres)."""

    origin: NDArray[np.float64]
    floor_m: float
    corners: int  # vertices of the outline
    ceiling_m: float = np.inf  # nothing was measured as high as this


def build_solid(
    partition: Partition, part: NDArray[np.int64], planes: list[Plane], place: Place
) -> tuple[Solid | None, str]:
    """Raise the parts of a partition over their planes to a checked solid; without one, the fault in words."""
    rings = dissolve(partition, part, place.corners)
    xy = [(x / 1000.0, y / 1000.0) for x, y in partition.xy.tolist()]
    planes = [_bounded(plane, rings[p], xy, place) for p, plane in enumerate(planes)]
    fault, spare = "", None
    for reach_m, merge_m in JOIN_M:
        joined = join_near_vertices(xy, rings, planes, place.corners, reach_m) if reach_m else rings
        plan = raise_corners(xy, joined, planes, place.floor_m, place.corners, merge_m)
        solid = extrude(plan)
        fault = fault_of(solid, STRICTEST)
        if not fault:
            return moved(solid, place.origin), ""
        if spare is None and fault == EARS_FAULT and not fault_of(solid):
            spare = solid
    return (None, fault) if spare is None else (moved(spare, place.origin), "")


def fault_of(solid: Solid, limits: Limits = STRICT) -> str:
    """First fault that a validator might name once the solid is written to a file, in words; empty for none."""
    return find_faults([solid], limits, TURNS_RAD).first()


def _bounded(plane: Plane, rings: list[list[int]], xy: list[tuple[float, float]], place: Place) -> Plane:
    """Flatten a plane that would cut through the floor, or shoot up beyond all that was measured."""
    heights = [plane[0] * xy[v][0] + plane[1] * xy[v][1] + plane[2] for v in rings[0]]
    if min(heights) >= place.floor_m + LEAST_WALL_M / 2 and max(heights) <= place.ceiling_m:
        return plane
    mean = min(sum(heights) / len(heights), place.ceiling_m)
    return (0.0, 0.0, max(mean, place.floor_m + LEAST_WALL_M))


def moved(solid: Solid, origin: NDArray[np.float64]) -> Solid:
    """The same solid with ``origin`` added to its vertices."""
    from xmscenes.records import Solid as Record

    return Record(vertices=solid.vertices + origin, faces=solid.faces, surface=solid.surface)


def stepped_parts(
    partition: Partition, labels: NDArray[np.int64], heights_m: NDArray[np.float64], step_m: float
) -> NDArray[np.int64]:
    """Join neighbouring parts whose heights differ by less than ``step_m``, the nearest first: a number per face.

    ``heights_m`` (parts,) is each roofed part's height. A joined group counts with the area-weighted mean.
    """
    part = components(partition, labels)
    count = int(part.max()) + 1
    area = _part_areas(partition, part, count)
    height = heights_m.copy()
    pairs, _, _ = face_borders(partition.xy, partition.origin, partition.face)
    near = {tuple(sorted(p)) for p in part[pairs].tolist() if p[0] != p[1]}
    group = np.arange(count)
    while near:
        a, b = min(near, key=lambda p: (abs(height[p[0]] - height[p[1]]), p))
        if abs(height[a] - height[b]) >= step_m:
            break
        height[a] = (height[a] * area[a] + height[b] * area[b]) / (area[a] + area[b])
        area[a] += area[b]
        group[group == b] = a
        joined = {tuple(sorted((a if x == b else x, a if y == b else y))) for x, y in near}
        near = {p for p in joined if p[0] != p[1]}
    named: NDArray[np.int64] = group[part]
    return named


def _part_areas(partition: Partition, part: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    h = np.flatnonzero(partition.face >= 0)
    a, b = partition.xy[partition.origin[h]], partition.xy[partition.origin[h ^ 1]]
    cross = 0.5e-6 * (a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1])
    area: NDArray[np.float64] = np.bincount(part[partition.face[h]], weights=cross, minlength=count).astype(np.float64)
    return area
