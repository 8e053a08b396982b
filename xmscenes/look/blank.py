"""Walls without windows: plinths, gables, what is left beside whole bays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.atlas import BAY_M, STOREY_M, STRIPS, strip_uv
from xmscenes.look.colour import linear_from_srgb
from xmscenes.look.covers import COVER_M
from xmscenes.look.means import COVER_RGB, STRIP_RGB
from xmscenes.look.parts import Bench, triangulated
from xmscenes.look.render_coat import tinted_by
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.look.shell import Wall

    Floats = NDArray[np.float64]

# Stone that the paving slabs stand for, tinted: it repeats both ways, so that a plinth is one quad however long.
SLABS = {"granite": linear_from_srgb(np.array(STRIP_RGB["granite"])) / linear_from_srgb(np.array(COVER_RGB["paving"]))}


def add_blank(bench: Bench, wall: Wall, area: BaseGeometry, first: float, strip: str, rgb: Floats) -> None:
    """Fill what no window fits in: cut at the storeys and every 6 m, so that the strip never stretches."""
    cells = STRIPS[strip][2]
    span = cells * BAY_M
    s0, z0, s1, z1 = area.bounds
    rows = range(int(np.floor((z0 - first) / STOREY_M)), int(np.ceil((z1 - first) / STOREY_M)))
    columns = range(int(np.floor(s0 / span)), int(np.ceil(s1 / span)))
    row, column = (values.ravel() for values in np.meshgrid(rows, columns, indexing="ij"))
    west, low = column * span, first + row * STOREY_M
    pieces = [area]
    if len(west) != 1:
        pieces = shapely.intersection(area, shapely.box(west, low, (column + 1) * span, low + STOREY_M)).tolist()
    for piece, left, foot in zip(pieces, west.tolist(), low.tolist(), strict=True):
        for part in polygons_of(piece):
            _add_polygon(bench, wall, part, left, foot, strip, rgb)


def polygons_of(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons of any shape that have an area."""
    parts = getattr(shape, "geoms", [shape])
    return [p for p in parts if p.geom_type == "Polygon" and p.area > 1e-4]


def _add_polygon(
    bench: Bench, wall: Wall, part: shapely.Polygon, s_left: float, z_low: float, strip: str, rgb: Floats
) -> None:
    for ring in _rings(part):
        faces = triangulated(ring)
        uv = strip_uv(strip, (ring[:, 0] - s_left) / BAY_M, 1 - (ring[:, 1] - z_low) / STOREY_M)
        bench.add(
            (wall.point(ring[:, 0], ring[:, 1]), faces), rgb, material="facade", uv=uv[faces], surface=Surface.WALL
        )


def _rings(part: shapely.Polygon) -> list[Floats]:
    """Outlines (N, 2), CCW, that cover a polygon: its own, or those of its triangles when it has holes."""
    pieces = [part]
    if part.interiors:
        pieces = [p for t in shapely.constrained_delaunay_triangles(part).geoms for p in polygons_of(t)]
    return [shapely.get_coordinates(shapely.orient_polygons(piece).exterior)[:-1] for piece in pieces]


def add_plinth(bench: Bench, wall: Wall, first: float, strip: str, rgb: Floats) -> None:
    """The foot of a wall below the first floor, in its own stone."""
    if first <= wall.low + 0.02:
        return
    area: BaseGeometry
    if wall.is_rectangle:
        area = shapely.box(0, wall.low, wall.length, min(first, wall.top))
    else:
        area = shapely.intersection(wall.area, shapely.box(-1, wall.low - 1, wall.length + 1, first))
    for part in polygons_of(area):
        if strip in SLABS:
            _add_slabs(bench, wall, part, rgb, SLABS[strip])
        else:
            add_blank(bench, wall, part, first - STOREY_M, strip, rgb)


def _add_slabs(bench: Bench, wall: Wall, part: shapely.Polygon, rgb: Floats, linear: Floats) -> None:
    """A part of a wall in stone slabs, in one piece: they repeat both ways."""
    for ring in _rings(part):
        faces = triangulated(ring)
        vertices = wall.point(ring[:, 0], ring[:, 1])
        uv = ring * [1.0, -1.0] / COVER_M["paving"]
        bench.add((vertices, faces), tinted_by(rgb, linear), material="paving", uv=uv[faces], surface=Surface.WALL)
