"""Footprint-like polygons on a millimetre grid: repair, areas, points inside.

A polygon is ``(ring, holes)``: the outer ring counter-clockwise, holes clockwise, none closed, float64 metres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.ring_kernels import clear_of_each_other, inside_rings, outline_distance, vertices_to_keep
from xmscenes.geometry.vectors import following

if TYPE_CHECKING:
    from numpy.typing import NDArray

Polygon = tuple[Any, tuple[Any, ...]]  # (M, 2) ring CCW, holes CW

GRID_M = 0.001
MIN_EDGE_M = 0.02  # shorter edges are collapsed: validators snap at 1 mm, so stay well clear of it
MIN_GAP_M = 0.01  # a vertex may not come nearer to an edge that is not its own
COLLINEAR_M = 0.004  # a vertex this near to the line of its neighbours is dropped
_OPENINGS_M = (0.015, 0.05, 0.2, 0.5)


def signed_area_m2(ring: NDArray[np.float64]) -> float:
    """Area of a ring, positive when it runs counter-clockwise. Fewer than three vertices give 0."""
    if len(ring) < 3:
        return 0.0
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return 0.5 * float(np.dot(x, following(y)) - np.dot(y, following(x)))


def polygon_area_m2(polygon: Polygon) -> float:
    """Area of a polygon without its holes."""
    ring, holes = polygon
    return signed_area_m2(ring) + sum(signed_area_m2(hole) for hole in holes)


def repair_footprint(ring: NDArray[np.float64], holes: tuple[NDArray[np.float64], ...] = ()) -> list[Polygon]:
    """Make sound polygons of any outline, largest first: what a surveyor meant, on the millimetre grid.

    Bow-ties fall into their parts, doubled points and spikes go, holes outside the ring go, necks thinner than a
    few centimetres are cut. An outline without area (a line, one point) becomes a 0.5 m wide polygon around it.
    No finite vertex at all gives an empty list; every other input gives at least one polygon.
    """
    ring = _finite(ring)
    holes = tuple(h for h in (_finite(hole) for hole in holes) if len(h) >= 3)
    if not len(ring):
        return []
    origin = np.floor(ring.min(axis=0))
    rings = [_cleaned(np.round((r - origin) / GRID_M) * GRID_M) for r in (ring, *holes)]
    if len(rings[0]) >= 3 and all(len(r) >= 3 for r in rings) and _is_sound(rings):
        return [_oriented(rings[0] + origin, [r + origin for r in rings[1:]])]
    return [
        _oriented(outer + origin, [hole + origin for hole in inner])
        for outer, inner in _repaired([np.round((r - origin) / GRID_M) * GRID_M for r in (ring, *holes)])
    ]


def points_in_polygon(xy: NDArray[np.float64], polygon: Polygon) -> NDArray[np.bool_]:
    """Which of the (N, 2) points lie inside; points on the border fall on either side."""
    ring, holes = polygon
    starts = np.concatenate([ring, *holes])
    ends = np.concatenate([following(r) for r in (ring, *holes)])
    origin = ring.min(axis=0)
    inside: NDArray[np.bool_] = inside_rings(
        np.ascontiguousarray(xy[:, :2], dtype=np.float64), starts - origin, ends - origin, origin
    )
    return inside


def distance_to_outline(xy: NDArray[np.float64], polygon: Polygon) -> NDArray[np.float64]:
    """Distance (N,) of each point to the nearest edge of the polygon, holes' edges included."""
    rings = (polygon[0], *polygon[1])
    starts, ends = np.concatenate(rings), np.concatenate([following(r) for r in rings])
    found: NDArray[np.float64] = outline_distance(np.ascontiguousarray(xy[:, :2]), starts, ends)
    return found


def _finite(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    ring = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
    sound = np.isfinite(ring) & (np.abs(ring) < 1e9)
    kept: NDArray[np.float64] = ring[sound.all(axis=1)]
    return kept


def _oriented(ring: NDArray[np.float64], holes: list[NDArray[np.float64]]) -> Polygon:
    outer = ring if signed_area_m2(ring) > 0 else ring[::-1]
    inner = tuple(np.ascontiguousarray(h if signed_area_m2(h) < 0 else h[::-1]) for h in holes)
    return np.ascontiguousarray(outer), inner


def _cleaned(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    keep: NDArray[np.int64] = vertices_to_keep(np.ascontiguousarray(ring), MIN_EDGE_M, COLLINEAR_M)
    cleaned: NDArray[np.float64] = ring[keep]
    return cleaned


def _is_sound(rings: list[NDArray[np.float64]]) -> bool:
    starts = np.concatenate(rings)
    ends = np.concatenate([following(r) for r in rings])
    if not clear_of_each_other(starts, ends, MIN_GAP_M):
        return False
    if abs(signed_area_m2(rings[0])) < 0.01:
        return False
    outer = rings[0] if signed_area_m2(rings[0]) > 0 else rings[0][::-1]
    for k, hole in enumerate(rings[1:], 1):
        if not points_in_polygon(hole[:1], (outer, ()))[0]:
            return False
        others = [r for j, r in enumerate(rings[1:], 1) if j != k]
        if any(points_in_polygon(hole[:1], (other, ()))[0] for other in others):
            return False
    return True


def _repaired(rings: list[NDArray[np.float64]]) -> list[tuple[NDArray[np.float64], list[NDArray[np.float64]]]]:
    import shapely

    shape = _area_of(rings)
    for opening in (0.0, *_OPENINGS_M):
        trial = shape
        if opening:
            trial = shape.buffer(-opening, join_style="mitre").buffer(opening, join_style="mitre")
        parts = []
        # Rounding vertex by vertex, then mending, cannot fail; GEOS' topological rounding may (side location conflict).
        trial = shapely.make_valid(shapely.set_precision(trial, GRID_M, mode="pointwise"))
        for part in (p for p in _polygons(trial) if p.area > 0.02):
            outer = _cleaned(np.asarray(part.exterior.coords)[:-1])
            inner = [_cleaned(np.asarray(i.coords)[:-1]) for i in part.interiors if shapely.Polygon(i).area > 0.02]
            if len(outer) >= 3:
                parts.append((outer, [h for h in inner if len(h) >= 3]))
        if parts and all(_is_sound([outer, *inner]) for outer, inner in parts):
            return sorted(parts, key=lambda p: (-abs(signed_area_m2(p[0])), p[0][0, 0], p[0][0, 1]))
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    low, high = np.minimum(low, (low + high) / 2 - 0.25), np.maximum(high, (low + high) / 2 + 0.25)
    low, high = np.round(low / GRID_M) * GRID_M, np.round(high / GRID_M) * GRID_M
    return [(np.array([low, [high[0], low[1]], high, [low[0], high[1]]]), [])]


def _area_of(rings: list[NDArray[np.float64]]) -> Any:
    import shapely

    def valid(ring: NDArray[np.float64]) -> Any:
        return shapely.union_all(_polygons(shapely.make_valid(shapely.Polygon(ring))))

    shape = valid(rings[0]) if len(rings[0]) >= 3 else shapely.Polygon()
    for hole in rings[1:]:
        shape = shape.difference(valid(hole))
    if shape.area >= 0.05:
        return shape
    line = shapely.Point(rings[0][0]) if len(np.unique(rings[0], axis=0)) == 1 else shapely.LineString(rings[0])
    around = line.buffer(0.25, cap_style="square", join_style="mitre")
    return around if around.area > 0 else shapely.box(*(rings[0][0] - 0.25), *(rings[0][0] + 0.25))


def _polygons(shape: Any) -> list[Any]:
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _polygons(part)]
