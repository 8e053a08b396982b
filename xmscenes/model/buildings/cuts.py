"""Where a roof may change: ridges, valleys, steps. Candidate cuts for the planar partition."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.cells import label_borders, label_cells
from xmscenes.geometry.polygons import points_in_polygon
from xmscenes.geometry.segments import crossing_segments, refine_step, straight_segments
from xmscenes.geometry.vectors import following
from xmscenes.model.buildings.small_parts import small_part_cuts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.polygons import Polygon
    from xmscenes.model.buildings.roof_planes import RoofPlanes

MAX_CELLS = 200_000
MAX_CUTS = 160
NEAR_M = 0.25  # a step this near to an outline's corner or edge runs through it
PARALLEL = 0.07  # radians
SHORTEST_M = 0.5


@dataclass(frozen=True, slots=True)
class Cuts:
    """Candidate cuts, longest first: rows (x, y, dx, dy, from, to) in metres; whether each is a ridge or valley."""

    rows: NDArray[np.float64]  # (K, 6)
    meets: NDArray[np.bool_]  # (K,)
    small: NDArray[np.bool_]  # (K,) drawn for a small part
    cell_m: float

    def without_small(self) -> Cuts:
        """Only the cuts that larger parts show."""
        kept = ~self.small
        return Cuts(self.rows[kept], self.meets[kept], self.small[kept], self.cell_m)


def find_cuts(polygon: Polygon, xyz: NDArray[np.float64], roof: RoofPlanes, density: float) -> Cuts:
    """Find the lines along which a roof's planes meet or step.

    Labels spread from the points over a raster; where two planes touch on it, their exact line of intersection is
    a cut as far as both reach it, and straight stretches of the rest of their border are steps.
    """
    ring = polygon[0]
    cell = cell_size(polygon, density)
    corner = ring.min(axis=0) - 0.5 * cell
    size = np.ceil((ring.max(axis=0) - corner) / cell).astype(int) + 1
    x = corner[0] + (np.arange(size[0]) + 0.5) * cell
    y = corner[1] + (np.arange(size[1]) + 0.5) * cell
    centres = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    inside = points_in_polygon(centres, polygon).reshape(size[1], size[0])
    grid = label_cells(xyz, roof.labels, inside, (corner[0], corner[1]), cell)
    places, pairs = label_borders(grid, corner[0], corner[1], cell)
    rows, meets, small = _pair_cuts(places, pairs, polygon, xyz, roof, density, cell)
    order = np.argsort(-(rows[:, 5] - rows[:, 4]), kind="stable")[:MAX_CUTS]
    return Cuts(rows[order], meets[order], small[order], cell)


def cell_size(polygon: Polygon, density: float) -> float:
    """Side of a raster cell: about one point each, 0.2 to 0.6 m, coarser where a building would have too many."""
    low, high = polygon[0].min(axis=0), polygon[0].max(axis=0)
    box = float(np.prod(high - low))
    return max(float(np.clip(0.8 / np.sqrt(max(density, 0.1)), 0.2, 0.6)), float(np.sqrt(box / MAX_CELLS)))


def outline_angles(polygon: Polygon) -> NDArray[np.float64]:
    """Directions of an outline (radians, mod pi) and their perpendiculars, the longest edges' first, at most 12."""
    edges = np.concatenate([following(r) - r for r in (polygon[0], *polygon[1])])
    length = np.hypot(edges[:, 0], edges[:, 1])
    angle = np.arctan2(edges[:, 1], edges[:, 0]) % np.pi
    found: list[float] = []
    for i in np.argsort(-length, kind="stable"):
        for a in (float(angle[i]), float((angle[i] + np.pi / 2) % np.pi)):
            if len(found) < 12 and all(abs((a - b + np.pi / 2) % np.pi - np.pi / 2) > 0.03 for b in found):
                found.append(a)
    return np.array(found)


def _pair_cuts(
    places: NDArray[np.float64],
    pairs: NDArray[np.int64],
    polygon: Polygon,
    xyz: NDArray[np.float64],
    roof: RoofPlanes,
    density: float,
    cell: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    angles = outline_angles(polygon)
    crossings: list[NDArray[np.float64]] = []
    steps: list[NDArray[np.float64]] = []

    def gap_m(row: NDArray[np.float64]) -> float:
        """Widest gap at a step that is no shadow: two point spacings; in matched clouds every gap is a ramp."""
        return 9.9 if roof.smeared else 2.0 * float(np.clip(1.0 / (density * (row[5] - row[4])), 0.02, 0.5))

    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    places, pairs = places[order], pairs[order]
    changes = np.flatnonzero((pairs[1:] != pairs[:-1]).any(axis=1)) + 1
    for first, last in pairwise([0, *changes.tolist(), len(pairs)]):
        if first == last:
            continue
        a, b = pairs[first]
        if last - first < 2 or b >= len(roof.planes) - roof.bumps:
            continue
        own = np.ascontiguousarray(places[first:last])
        free = np.ones(len(own), dtype=np.bool_)
        room = np.zeros((8, 6))
        near, level = max(0.5, 1.5 * cell), 1.5 * roof.eps_m
        count = crossing_segments(
            own, free, roof.planes[a], roof.planes[b], near, level, max(1.5, 4 * cell), SHORTEST_M, room
        )
        crossings += [row.copy() for row in room[:count]]
        count = straight_segments(
            own, free, angles, 1.5, 0.6 * cell + 0.05, max(1.0, 3 * cell), max(SHORTEST_M, 1.5 * cell), room
        )
        for row in room[:count]:
            refine_step(row, xyz, roof.labels, a, b, roof.planes[a], roof.planes[b], max(0.7, 2.0 * cell), gap_m(row))
            steps.append(row.copy())
    steps = _tidied(sorted(steps, key=lambda r: (r[4] - r[5], r[0], r[1])), polygon)
    small, sides = small_part_cuts(xyz, roof, density, float(angles[0]), [*crossings, *steps])
    rows = np.array([*crossings, *small, *steps, *sides]).reshape(-1, 6)
    place = np.arange(len(rows))
    meets = place < len(crossings) + len(small)
    is_small = (place >= len(rows) - len(sides)) | (meets & (place >= len(crossings)))
    return rows, meets, is_small


def _tidied(steps: list[NDArray[np.float64]], polygon: Polygon) -> list[NDArray[np.float64]]:
    """Draw steps to the outline's corners and to longer parallel steps; leave out those on the outline itself."""
    rings = (polygon[0], *polygon[1])
    corners = np.concatenate(rings)
    edges = np.concatenate([following(r) - r for r in rings])
    length = np.hypot(edges[:, 0], edges[:, 1])
    angle = np.arctan2(edges[:, 1], edges[:, 0])
    kept: list[NDArray[np.float64]] = []
    for row in steps:
        nx, ny = -row[3], row[2]
        turned = np.abs((angle - np.arctan2(row[3], row[2]) + np.pi / 2) % np.pi - np.pi / 2)
        along = turned < PARALLEL
        away = (corners - row[:2]) @ (nx, ny)
        t = corners @ row[2:4]
        t_end = t + edges @ row[2:4]
        on_edge = along & (np.abs(away) < NEAR_M) & (np.abs(away + edges @ (nx, ny)) < NEAR_M)
        cover = np.minimum(np.maximum(t, t_end), row[5]) - np.maximum(np.minimum(t, t_end), row[4])
        if (on_edge & (cover > 0.6 * (row[5] - row[4]))).any():
            continue
        ends = along | np.roll(along, 1) if len(rings) == 1 else along
        close = ends & (np.abs(away) < NEAR_M) & (t > row[4] - 1.0) & (t < row[5] + 1.0) & (length > 0.1)
        if close.any():
            shift = away[np.flatnonzero(close)[np.argmin(np.abs(away[close]))]]
            row = row + np.r_[shift * nx, shift * ny, 0, 0, 0, 0]
        elif _joined(row, kept):
            continue
        kept.append(row)
    return kept


def _joined(row: NDArray[np.float64], kept: list[NDArray[np.float64]]) -> bool:
    """Lengthen a kept step that the row continues, instead of keeping both."""
    for other in kept:
        cosine = other[2] * row[2] + other[3] * row[3]
        if abs(cosine) < np.cos(PARALLEL):
            continue
        nx, ny = -other[3], other[2]
        ends = [(row[:2] + s * row[2:4] - other[:2]) @ (nx, ny) for s in row[4:6] - row[:2] @ row[2:4]]
        if max(abs(e) for e in ends) < NEAR_M:
            t = [float((row[:2] + s * row[2:4]) @ other[2:4]) for s in row[4:6] - row[:2] @ row[2:4]]
            other[4], other[5] = min(other[4], *t), max(other[5], *t)
            return True
    return False
