"""Roof forms over any footprint: convex hips and gables, one ridge a rectangle for L, T and U shapes, flat roofs.

A roof is a set of patches: a polygon in plan and a plane over it. Patches may overlap; the highest counts, which
is how the roofs of crossing wings meet in their valleys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Plane = tuple[float, float, float]  # z = a x + b y + c, metres above the eaves
SNAP_M = 0.6
SMALLEST_WING_M = 2.5
SMALLEST_PATCH_M2 = 0.05
GRID_M = 1e-4


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of a roof: its outline in plan and the height of its plane above the eaves."""

    polygon: Polygon
    plane: Plane


def pitched_roof(footprint: Polygon, form: str, pitch_deg: float) -> list[Patch]:
    """Patches of a hip or gable roof over a footprint, eaves exactly on its outline; empty where none fits.

    Outlines of up to six corners that are convex, or nearly, get one roof. Others are covered with rectangles along
    their main axis, each with a ridge of its own; slivers that no rectangle covers lie flat at the eaves.
    """
    slope = float(np.tan(np.radians(pitch_deg)))
    outline: Any = footprint.simplify(0.15)
    if not outline.interiors and len(outline.exterior.coords) <= 7 and outline.area > 0.985 * outline.convex_hull.area:
        wings = [_ring(_hull_of(outline))]
    else:
        wings = list(_rectangles(footprint))
    patches: list[Patch] = []
    covered = []
    for wing in wings:
        patches += _clipped(_wing_roof(wing, form, slope), footprint)
        covered.append(Polygon(wing))
    if not patches:
        return []
    rest: Any = footprint
    for polygon in covered:
        rest = _exact("difference", rest, polygon)
    return patches + [Patch(p, (0.0, 0.0, 0.0)) for p in _parts(rest)]


def _hull_of(outline: Any) -> Any:
    """A convex outline as it is; a shallow notch is bridged, since planes lifted from its edges would run below."""
    hull = outline.convex_hull
    return hull if hull.area - outline.area > 1e-6 else outline


def _ring(polygon: Polygon) -> NDArray[np.float64]:
    ring = np.asarray(polygon.exterior.coords)[:-1]
    return ring if polygon.exterior.is_ccw else ring[::-1].copy()


def _wing_roof(ring: NDArray[np.float64], form: str, slope: float) -> Iterator[Patch]:
    """Roof of a convex ring: each edge lifts a plane inward, the lowest plane counts (Aichholzer et al. 1995)."""
    ends = np.roll(ring, -1, axis=0)
    along = ends - ring
    length = np.hypot(*along.T)
    inward = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    planes = np.column_stack([inward * slope, -np.einsum("ij,ij->i", inward, ring) * slope])
    keep = np.arange(len(ring))
    if form == "gable" and len(ring) >= 4:
        longest = int(np.argmax(length))
        facing = np.abs(inward @ inward[longest])
        keep = keep[facing > 0.8]
    for k in keep:
        cell = ring
        for other in keep:
            if other != k:
                cell = _half(cell, planes[other] - planes[k])
        polygon = _tidy(cell)
        if polygon.area > SMALLEST_PATCH_M2:
            yield Patch(polygon, (float(planes[k, 0]), float(planes[k, 1]), float(planes[k, 2])))


def _tidy(cell: NDArray[np.float64]) -> Any:
    """Polygon of a convex cell without its doubled corners, which make overlays go wrong."""
    from shapely import convex_hull, multipoints, set_precision

    return set_precision(convex_hull(multipoints(cell)), GRID_M) if len(cell) >= 3 else Polygon()


def _half(ring: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part of a convex ring where ``line · (x, y, 1)`` is not negative."""
    side = ring @ line[:2] + line[2]
    out = []
    for i, here in enumerate(ring):
        j = (i + 1) % len(ring)
        if side[i] >= 0:
            out.append(here)
        if (side[i] > 0) != (side[j] > 0) and side[i] != side[j]:
            out.append(here + (ring[j] - here) * side[i] / (side[i] - side[j]))
    return np.array(out).reshape(-1, 2)


def _clipped(patches: Iterator[Patch], footprint: Polygon) -> list[Patch]:
    return [
        Patch(p, patch.plane) for patch in patches for p in _parts(_exact("intersection", patch.polygon, footprint))
    ]


def _exact(operation: str, a: Any, b: Any) -> Any:
    """Overlay on a grid of 0.1 mm: edges that all but coincide (wings on walls) make plain overlays go wrong."""
    import shapely

    return getattr(shapely, operation)(a, b, grid_size=GRID_M)


def _parts(geometry: Any) -> list[Polygon]:
    geometries = getattr(geometry, "geoms", [geometry])
    return [g for g in geometries if isinstance(g, Polygon) and g.area > SMALLEST_PATCH_M2]


def _rectangles(footprint: Polygon) -> Iterator[NDArray[np.float64]]:
    """Cover a footprint with large rectangles along its main axis, the largest first; rings are CCW."""
    axis = main_axis(footprint)
    turn = np.array([[axis[0], axis[1]], [-axis[1], axis[0]]])
    turned = Polygon(
        np.asarray(footprint.exterior.coords) @ turn.T, [np.asarray(h.coords) @ turn.T for h in footprint.interiors]
    )
    xs, ys = (_lines(turned, k) for k in (0, 1))
    inside = _cells_inside(turned, xs, ys)
    left = inside.copy()
    for _ in range(8):
        best = _largest(inside, left, np.diff(xs), np.diff(ys))
        if best is None:
            return
        c0, c1, r0, r1 = best
        left[r0:r1, c0:c1] = False
        west, east, south, north = xs[c0], xs[c1], ys[r0], ys[r1]
        if min(east - west, north - south) >= SMALLEST_WING_M:
            yield np.array([[west, south], [east, south], [east, north], [west, north]]) @ turn


def main_axis(footprint: Polygon) -> NDArray[np.float64]:
    """Direction that most of the outline runs along, as a unit vector; right angles count as one direction."""
    ring = np.asarray(footprint.exterior.coords)
    along = np.diff(ring, axis=0)
    angle = np.arctan2(along[:, 1], along[:, 0])
    weight = np.hypot(*along.T)
    mean = np.arctan2((weight * np.sin(4 * angle)).sum(), (weight * np.cos(4 * angle)).sum()) / 4
    return np.array([np.cos(mean), np.sin(mean)])


def _lines(polygon: Polygon, axis: int) -> NDArray[np.float64]:
    values = np.sort(np.concatenate([np.asarray(r.coords)[:, axis] for r in (polygon.exterior, *polygon.interiors)]))
    groups = np.split(values, np.flatnonzero(np.diff(values) > SNAP_M) + 1)
    return np.array([g.mean() for g in groups])


def _cells_inside(polygon: Polygon, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.bool_]:
    import shapely

    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > 900:
        return np.zeros((max(len(ys) - 1, 0), max(len(xs) - 1, 0)), dtype=bool)
    west, south = np.meshgrid(xs[:-1], ys[:-1])
    east, north = np.meshgrid(xs[1:], ys[1:])
    cells = shapely.box(west, south, east, north)
    share: NDArray[np.bool_] = shapely.area(shapely.intersection(cells, polygon)) > 0.9 * shapely.area(cells)
    return share


def _largest(
    inside: NDArray[np.bool_], left: NDArray[np.bool_], widths: NDArray[np.float64], heights: NDArray[np.float64]
) -> tuple[int, int, int, int] | None:
    """Rectangle of cells inside the outline with the most area not covered yet; None when little is left."""
    x, y = np.concatenate([[0.0], np.cumsum(widths)]), np.concatenate([[0.0], np.cumsum(heights)])
    cell = np.outer(heights, widths)
    best, best_gain = None, 6.0
    for r0 in range(len(heights)):
        full = np.ones(len(widths), dtype=bool)
        for r1 in range(r0 + 1, len(heights) + 1):
            full &= inside[r1 - 1]
            for c0, c1 in _runs(full):
                gain = float((cell[r0:r1, c0:c1] * left[r0:r1, c0:c1]).sum())
                gain += 0.01 * (x[c1] - x[c0]) * (y[r1] - y[r0]) if gain > 0 else 0.0
                if gain > best_gain:
                    best, best_gain = (c0, c1, r0, r1), gain
    return best


def _runs(full: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], full, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def whole(geometry: Any) -> Any:
    """Largest part of a repaired polygon."""
    fixed = geometry if geometry.is_valid else geometry.buffer(0)
    return max(fixed.geoms, key=lambda p: p.area) if isinstance(fixed, MultiPolygon) else fixed
