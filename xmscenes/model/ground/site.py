"""The ground of one tile, worked out once for all who stand on it: heights, cover and the shared triangulation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.linework import bend, edges_in_box, keep_bends, node, separating
from xmscenes.geometry.tin import triangulate
from xmscenes.geometry.under import Surface
from xmscenes.model.ground.built_up import paved_patches
from xmscenes.model.ground.cover import Cover, classify, green_patches, land_of, rings_of, yard_patch
from xmscenes.model.ground.dtm import tile_ground
from xmscenes.model.ground.grading import grade_ways
from xmscenes.model.ground.kerbs import kerbs_of
from xmscenes.model.ground.ledges import ledge_points
from xmscenes.model.ground.photo import BEND, photo_of
from xmscenes.model.ground.streets import mark_patches, sidewalk_patches
from xmscenes.model.ground.water_bodies import land_height, shoal_points, water_bodies, with_beaches
from xmscenes.model.ground.ways import way_patches, ways_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.geometry.tin import Tin
    from xmscenes.model.ground.cover import Patch
    from xmscenes.model.ground.dtm import Ground
    from xmscenes.model.ground.kerbs import Kerbs
    from xmscenes.model.ground.photo import Photo
    from xmscenes.model.ground.water_bodies import WaterBody
    from xmscenes.model.ground.ways import Way
    from xmscenes.records import Box, HeightGrid, Tile
    from xmscenes.spec import Spec

_LEDGES = 2.0  # ground points that lie so many errors off the grid tell of a ledge
_BESIDE_WATER_M = 0.5
_EVEN = 3.0  # the terrain follows graded ways so many times as closely


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a tile's ground before anything is modelled on it."""

    tile: Tile
    ground: Ground
    land: shapely.Geometry | None
    waters: tuple[WaterBody, ...]
    ways: tuple[Way, ...]
    patches: tuple[Patch, ...]  # later ones on top; water last but for bridges
    tin: Tin  # faces labelled by kind of ground, or -1 - i in water body i
    photo: Photo | None = None  # the ground's own colours, where they are known

    def drawn(self) -> Surface:
        """The land as it is drawn, which lies a little off the measured heights."""
        return Surface(self.tin.vertices[self.tin.faces[self.tin.label >= 0]])

    def drawn_height(self, beyond_m: float = 0.0) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """Heights at (N, 2) of the land as it is drawn, ``beyond_m`` over the measured ones where the tile has none."""
        drawn = self.drawn()

        def height(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            z = drawn.top(xy)
            return np.where(np.isfinite(z), z, self.ground.at(xy) + beyond_m)

        return height

    def to_record(self) -> HeightGrid:
        """Heights to stand on: the bare earth, and the water's level where there is water."""
        z = self.ground.z.copy()
        centres = self.ground.grid.centres()
        for body in self.waters:
            shapely.prepare(body.patch.shape)
            z[shapely.contains_xy(body.patch.shape, centres).reshape(z.shape)] = body.level_m
        return replace(self.ground, z=z).to_record()


def survey_site(tile: Tile, spec: Spec) -> Site:
    """Work out the ground of a tile."""
    ground = tile_ground(tile, spec.terrain)
    land = land_of(tile)
    waters = water_bodies(tile, land, ground, spec.water)
    greens = green_patches(tile)
    ground = with_beaches(ground, greens, waters)
    ways = ways_of(tile, spec.roads)
    measured, ground = ground, grade_ways(ground, ways)
    box, roads = tile.bounds_m, spec.roads
    carriageways = way_patches(ways, box, (Cover.LANE, Cover.STREET))
    patches = (
        *paved_patches(tile, land),
        *greens,
        *yard_patch(tile),
        *way_patches(ways, box, (Cover.SQUARE, Cover.PATH)),
        *sidewalk_patches(ways, box, roads),
        *carriageways,
        *mark_patches(ways, box, roads),
        *way_patches(ways, box, (Cover.STEPS,)),
        *(w.patch for w in waters),
    )
    kerbs = kerbs_of(ground, ways, carriageways, roads.kerb_m)
    photo = photo_of(tile, spec.terrain)
    max_error_m = spec.terrain.max_error_m
    ledges = ledge_points(tile, measured, ground, _LEDGES * max_error_m)
    tin = _triangulated(tile, ground, patches, waters, max_error_m, kerbs=kerbs, photo=photo, ledges=ledges)
    tin = _above_water(tin, waters)
    return Site(tile, ground, land, waters, ways, patches, tin, photo)


def _above_water(tin: Tin, waters: tuple[WaterBody, ...]) -> Tin:
    """Raise what touches a water, or lies a step beside it, to its level: measured or bridged, land is never lower."""
    vertices = tin.vertices.copy()
    for number, body in enumerate(waters):
        wet = np.unique(tin.faces[tin.label == -1 - number])
        vertices[wet, 2] = np.maximum(vertices[wet, 2], body.level_m)
        low = np.flatnonzero(vertices[:, 2] < body.level_m)
        low = low[shapely.dwithin(body.patch.shape, shapely.points(vertices[low, :2]), _BESIDE_WATER_M)]
        vertices[low, 2] = body.level_m
    return replace(tin, vertices=vertices)


def _triangulated(
    tile: Tile,
    ground: Ground,
    patches: tuple[Patch, ...],
    waters: tuple[WaterBody, ...],
    max_error_m: float,
    *,
    kerbs: Kerbs | None,
    photo: Photo | None,
    ledges: tuple[NDArray[np.float64], NDArray[np.bool_]],
) -> Tin:
    box, (ledge_places, only_points) = tile.bounds_m, ledges

    def height_of(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        # Whole tenths of a millimetre: what neighbours sum in another order is the same all the same.
        # Heights between two cells of whole millimetres are multiples of 2 µm, so the shift keeps them off the ties.
        z = ground.at(xy) if kerbs is None else ground.at(xy) + kerbs.at(xy)
        return np.round(land_height(z, xy, waters) + 3e-7, 4)

    points, edges = separating(*node(edges_in_box(rings_of(patches), box)), box, lambda xy: classify(patches, xy))
    points, edges = bend(points, edges, height_of, ground.grid.cell_m, 0.5 * max_error_m)
    shoals = shoal_points(box, waters, tile.window_m)
    points = np.vstack([points, shoals])
    border = _border(box, points, height_of, ground, waters, 0.5 * max_error_m)
    care = np.ones(ground.z.shape) if ground.even is None else np.where(ground.even, _EVEN, 1.0)
    care[only_points] = 0.0
    z = ground.z if kerbs is None else kerbs.over(ground.z)
    return triangulate(
        box,
        np.vstack([points, border]),
        edges,
        lambda xy: classify(patches, xy),
        height_of,
        (z, care, ground.grid),
        max_error_m,
        None if photo is None else (photo.brightness(ground), BEND),
        (ledge_places, max_error_m),
    )


def _border(
    box: Box,
    points: NDArray[np.float64],
    height_of: object,
    ground: Ground,
    waters: tuple[WaterBody, ...],
    max_error_m: float,
) -> NDArray[np.float64]:
    """Vertices on the four sides: corners, where lines cross, and bends of the ground between them.

    Each side is a function of the ground and the crossings along it, in the same direction for both neighbours.
    """
    west, south, east, north = box
    cell = ground.grid.cell_m
    out = []
    for axis, line, low, high in (
        (0, west, south, north),
        (0, east, south, north),
        (1, south, west, east),
        (1, north, west, east),
    ):
        crossing = points[np.abs(points[:, axis] - line) < 5e-4, 1 - axis]
        steps = np.arange(np.ceil(low / cell), np.floor(high / cell) + 1) * cell
        s = np.unique(np.round(np.concatenate([[low, high], crossing, steps]), 3))
        fixed = np.isin(s, np.round(np.concatenate([[low, high], crossing]), 3))
        xy = np.column_stack([np.full(len(s), line), s] if axis == 0 else [s, np.full(len(s), line)])
        wet = np.zeros(len(s), dtype=np.bool_)
        for body in waters:
            wet |= body.holds(xy)
        z = np.where(wet & ~fixed, np.nan, height_of(xy))  # type: ignore[operator]
        out.append(xy[keep_bends(s, z, fixed, max_error_m)])
    return np.vstack(out)
