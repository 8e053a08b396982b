"""Cut layers to a window so that a tile depends on nothing outside it, and find where a feature belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.records import Area, Box, ColourGrid, Footprint, HeightGrid, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def geometry_of(feature: Area | Line) -> shapely.Geometry:
    """Valid geometry of a feature; of a degenerate one a point or a line is left, so that it still has a place."""
    if isinstance(feature, Line):
        return shapely.LineString(feature.xy) if len(feature.xy) > 1 else shapely.Point(feature.xy[0])
    if len(feature.ring) < 3:
        return shapely.MultiPoint(feature.ring)
    return shapely.make_valid(shapely.Polygon(feature.ring, [h for h in feature.holes if len(h) > 2]))


def representative_points(footprints: Sequence[Footprint]) -> NDArray[np.float64]:
    """A position (N, 2) inside each footprint: what decides which tile owns it."""
    points = [shapely.point_on_surface(geometry_of(footprint)) for footprint in footprints]
    return np.array([(p.x, p.y) for p in points], dtype=np.float64).reshape(-1, 2)


def with_grid_crossings(area: Area, size_m: float) -> Area:
    """Polygon with a vertex wherever an edge crosses a line of the tile grid, computed from the whole edge.

    Neighbouring tiles, whose windows cut a long shore elsewhere, then share those vertices to the last bit.
    """
    return replace(area, ring=_noded(area.ring, size_m), holes=tuple(_noded(hole, size_m) for hole in area.holes))


def clip_areas(areas: Sequence[Area], window: Box) -> tuple[Area, ...]:
    """Parts of polygons inside the window, so that a change elsewhere on a long shore leaves this tile alone.

    Ids stay; a polygon that falls apart gives several areas of one id, sorted by their lower left corner. Polygons
    that lie inside whole keep their start and order of vertices.
    """
    box = shapely.box(*window)
    parts: list[Area] = []
    for area in areas:
        whole = geometry_of(area)
        if shapely.within(whole, box):
            parts.append(area)
            continue
        pieces = [
            p
            for p in shapely.get_parts(shapely.intersection(whole, box))
            if p.geom_type == "Polygon" and not p.is_empty
        ]
        for piece in sorted((shapely.orient_polygons(p) for p in pieces), key=lambda p: p.bounds):
            holes = tuple(shapely.get_coordinates(ring)[:-1] for ring in piece.interiors)
            parts.append(replace(area, ring=shapely.get_coordinates(piece.exterior)[:-1], holes=holes))
    return tuple(parts)


def _noded(ring: NDArray[np.float64], size_m: float) -> NDArray[np.float64]:
    """Closed outline (M, 2) with a vertex set exactly on every line of the tile grid that an edge crosses."""
    out: list[NDArray[np.float64]] = []
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        # One direction for both tiles and both neighbours of the edge.
        low, high = (start, end) if tuple(start) <= tuple(end) else (end, start)
        crossings = [(0.0, start)]
        for axis in (0, 1):
            first, last = sorted((low[axis], high[axis]))
            for line in range(int(np.floor(first / size_m)) + 1, int(np.ceil(last / size_m))):
                t = (line * size_m - low[axis]) / (high[axis] - low[axis])
                point = low + t * (high - low)
                point[axis] = line * size_m
                crossings.append((t if low is start else 1.0 - t, point))
        out += [point for _, point in sorted(crossings, key=lambda c: c[0])]
    return np.array(out)


def crop_grid(grid: HeightGrid | None, window: Box) -> HeightGrid | None:
    """Cells of a grid that cover a window with one cell to spare; None when they do not meet."""
    if grid is None or (part := _crop(grid.z.shape, grid.cell_m, grid.corner_m, window)) is None:
        return None
    (low, high, left, right), corner = part
    return HeightGrid(z=grid.z[low:high, left:right].copy(), cell_m=grid.cell_m, corner_m=corner, surface=grid.surface)


def crop_colours(grid: ColourGrid | None, window: Box) -> ColourGrid | None:
    """Cells of an orthophoto that cover a window with one cell to spare; None when they do not meet."""
    if grid is None or (part := _crop(grid.known.shape, grid.cell_m, grid.corner_m, window)) is None:
        return None
    (low, high, left, right), corner = part
    rgb, known = (a[low:high, left:right].copy() for a in (grid.rgb, grid.known))
    return ColourGrid(rgb=rgb, known=known, cell_m=grid.cell_m, corner_m=corner)


def _crop(
    shape: tuple[int, int], cell_m: float, corner_m: tuple[float, float], window: Box
) -> tuple[tuple[int, int, int, int], tuple[float, float]] | None:
    """Rows from and to, columns from and to, and the new corner."""
    rows, columns = shape
    west, south, east, north = window
    first = [int(np.floor((v - c) / cell_m)) - 1 for v, c in zip((west, south), corner_m, strict=True)]
    last = [int(np.ceil((v - c) / cell_m)) + 1 for v, c in zip((east, north), corner_m, strict=True)]
    left, low = max(0, first[0]), max(0, first[1])
    right, high = min(columns, last[0] + 1), min(rows, last[1] + 1)
    if left >= right or low >= high:
        return None
    return (low, high, left, right), (corner_m[0] + left * cell_m, corner_m[1] + low * cell_m)
