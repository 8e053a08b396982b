"""Outlines of buildings from their points, for places without a footprint layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.polygons import Polygon, repair_footprint, signed_area_m2
from xmscenes.geometry.regular import main_angle, straightened
from xmscenes.records import Footprint, Origin, PointClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import PointCloud

LEAST_M2 = 8.0
LEAST_HOLE_M2 = 9.0
SAME_SHAPE = 0.85  # a straightened outline must overlap the ragged one by this (intersection over union)


def outline_buildings(
    points: PointCloud, *, least_m2: float = LEAST_M2, origin: Origin = Origin.MEASURED
) -> tuple[Footprint, ...]:
    """Draw a regular outline around every group of building-class points.

    Points fill a raster whose cells follow their density; gaps of two cells close, courtyards of 9 m² stay open,
    groups under ``least_m2`` are left out. Edges turn to the group's main direction and move out to its outermost
    points. Houses that touch are one outline. Ids come from the place (``points/x_y`` in whole local metres), so they
    do not depend on the order of the points. No building points give an empty tuple.
    """
    xy = points.xyz[points.point_class == PointClass.BUILDING, :2]
    if len(xy) < 10:
        return ()
    cell = _cell_m(xy)
    low = np.floor(xy.min(axis=0)) - 3.0 * cell
    mask = _filled(xy, low, cell)
    found: dict[str, Footprint] = {}
    for shape in _groups(mask, low, cell, least_m2):
        own = _points_near(xy, shape, cell)
        for ring, holes in _regular(shape, own, cell):
            if signed_area_m2(ring) < least_m2:
                continue
            x, y = np.floor(ring.mean(axis=0)).astype(int)
            name = f"points/{x}_{y}"
            found.setdefault(name, Footprint(id=name, ring=ring, holes=holes, origin=origin))
    return tuple(found[name] for name in sorted(found, key=lambda k: (found[k].ring[:, 1].min(), k)))


def _cell_m(xy: NDArray[np.float64]) -> float:
    """Cell that nearly every point's neighbour shares or adjoins: 1.2 point spacings, 0.3 to 1.5 m."""
    key = np.unique(np.floor(xy).astype(np.int64), axis=0)
    density = len(xy) / len(key)
    return float(np.clip(1.2 / np.sqrt(density), 0.3, 1.5))


def _filled(xy: NDArray[np.float64], low: NDArray[np.float64], cell: float) -> NDArray[np.bool_]:
    from scipy import ndimage

    index = np.floor((xy - low) / cell).astype(np.int64)
    size = index.max(axis=0) + 4
    count = np.zeros((size[1], size[0]), dtype=np.int32)
    np.add.at(count, (index[:, 1], index[:, 0]), 1)
    mask = ndimage.binary_closing(count > 0, structure=np.ones((3, 3)), iterations=2)
    mask = ndimage.binary_opening(mask, structure=np.ones((2, 2)))
    holes, number = ndimage.label(~mask)
    area = ndimage.sum_labels(np.ones_like(holes), holes, np.arange(number + 1)) * cell * cell
    filled: NDArray[np.bool_] = mask | (area[holes] < LEAST_HOLE_M2)
    return filled


def _groups(mask: NDArray[np.bool_], low: NDArray[np.float64], cell: float, least_m2: float) -> list[Any]:
    """Polygons of the connected cells, in reading order."""
    import shapely
    from scipy import ndimage

    named, _ = ndimage.label(mask)
    shapes = []
    for number, window in enumerate(ndimage.find_objects(named), 1):
        rows, columns = np.nonzero(named[window] == number)
        if len(rows) * cell * cell < least_m2:
            continue
        x, y = columns + window[1].start, rows + window[0].start
        union = shapely.coverage_union_all(shapely.box(x, y, x + 1, y + 1))  # whole numbers: edges match exactly
        union = shapely.transform(union, lambda corners: low + corners * cell)
        shapes += [part for part in shapely.get_parts(union) if part.area >= least_m2]
    return shapes


def _points_near(xy: NDArray[np.float64], shape: Any, cell: float) -> NDArray[np.float64]:
    west, south, east, north = shape.buffer(cell).bounds
    near = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    own: NDArray[np.float64] = xy[near]
    return own


def _regular(shape: Any, xy: NDArray[np.float64], cell: float) -> list[Polygon]:
    """Straighten a raster outline; where that distorts it, keep it simplified.

    The raster is laid anew along the group's main direction: on a slanting raster every wall is a staircase.
    """
    import shapely

    rough = _rings(shape.simplify(2.0 * cell))
    angle = main_angle(rough[0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inside = shapely.contains_xy(shape.buffer(0.5 * cell), xy[:, 0], xy[:, 1])
    own = xy[inside] @ turn
    low = np.floor(own.min(axis=0)) - 3.0 * cell
    aligned = _groups(_filled(own, low, cell), low, cell, 0.5 * shape.area)
    if len(aligned) == 1:
        rings = _rings(aligned[0].simplify(1.8 * cell))
        straight = [straightened(ring, 0.0, 2.0 * cell) for ring in rings]
        straight[0] = _moved_out(straight[0], own, cell)
        trial = repair_footprint(straight[0] @ turn.T, tuple(ring @ turn.T for ring in straight[1:]))
        drawn = shapely.union_all([shapely.Polygon(r, h) for r, h in trial])
        if max(_likeness(drawn, shape), _likeness(drawn, shape.buffer(-0.5 * cell))) >= SAME_SHAPE:
            return trial
    return repair_footprint(rough[0], tuple(rough[1:]))


def _likeness(a: Any, b: Any) -> float:
    """Intersection over union."""
    union = a.union(b).area
    return float(a.intersection(b).area / union) if union > 0 else 0.0


def _rings(shape: Any) -> list[NDArray[np.float64]]:
    """Rings of a polygon, the outer one counter-clockwise."""
    rings = [np.asarray(r.coords)[:-1] for r in (shape.exterior, *shape.interiors)]
    rings[0] = rings[0] if signed_area_m2(rings[0]) > 0 else rings[0][::-1]
    return rings


def _moved_out(ring: NDArray[np.float64], xy: NDArray[np.float64], cell: float) -> NDArray[np.float64]:
    """Move every edge to the outermost of its points; raster edges lie up to a cell off."""
    n = len(ring)
    following = np.roll(ring, -1, axis=0)
    edges = following - ring
    length = np.hypot(edges[:, 0], edges[:, 1])
    shift = np.zeros(n)
    normal = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / np.maximum(length, 1e-9)[:, None]
    for i in range(n):
        along = (xy - ring[i]) @ edges[i] / max(length[i], 1e-9)
        away = (xy - ring[i]) @ normal[i]
        own = away[(along > 0.1 * length[i]) & (along < 0.9 * length[i]) & (away > -3.0 * cell) & (away < 2.5 * cell)]
        shift[i] = np.percentile(own, 98.0) if len(own) >= 8 else -0.5 * cell
    lines = [(ring[i] + shift[i] * normal[i], edges[i]) for i in range(n)]
    corners = []
    for i in range(n):
        (p, u), (q, v) = lines[i - 1], lines[i]
        cross = u[0] * v[1] - u[1] * v[0]
        if abs(cross) < 1e-6 * max(length[i - 1] * length[i], 1e-12):
            corners.append(q)
            continue
        w = q - p
        corners.append(p + u * ((w[0] * v[1] - w[1] * v[0]) / cross))
    return np.array(corners)
