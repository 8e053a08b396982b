"""The ring around the area, in one triangulation: sea beyond the shore, land elsewhere, and no seam between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.linework import edges_in_box, node
from xmscenes.geometry.raster import Grid
from xmscenes.geometry.shapes import polygon_of
from xmscenes.geometry.tin import triangulate
from xmscenes.look.materials import INDEX
from xmscenes.model.surroundings.land import land_heights, land_rgb
from xmscenes.records import Area, Box, Feature, Mesh, Origin, Outcome, Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.geometry.tin import Tin
    from xmscenes.records import HeightGrid

_DEEP = (62, 98, 110)
_LAND, _SEA, _AREA = 0, 1, 2
_STEPS_M = ((0.0, 100.0), (300.0, 200.0), (1200.0, 400.0), (3000.0, 800.0))  # from this distance on, this far apart
_BORDER_STEP_M = 25.0
_SHORE_TOLERANCE_M = 6.0  # of the simplified shore
_TUCK_M, _TUCK_DEPTH_M = 6.0, 2.5  # the land runs on under the scene's edge, so that no slit opens between the two


def make_surroundings(
    area: Box,
    land: Sequence[Area],
    rim: NDArray[np.float64],
    *,
    dem: HeightGrid | None = None,
    sea_level_m: float = 0.0,
    reach_m: float = 4000.0,
    own: Sequence[Area] = (),
) -> tuple[Feature, ...]:
    """The sea and the land from the area's border to ``reach_m`` beyond it; nothing without a shore.

    ``land`` holds the polygons of the land, ``rim`` (K, 3) the scene's own ground along the border, ``dem`` heights
    that reach farther (coarse is enough). ``own`` is the scene's land: another island that reaches into the area is
    drawn to its shore, over the scene's sea. Both are untextured and coarse: some two thousand triangles.
    """
    if not land or reach_m <= 0.0:
        return ()
    west, south, east, north = area
    outer = (west - reach_m, south - reach_m, east + reach_m, north + reach_m)
    shore = _shore(land, outer, area)
    inner = _inner(area, land, own)
    tin = _triangulated(outer, area, inner, shore)
    found = []
    if (tin.label == _LAND).any():
        dry = rim[shapely.contains_xy(shore, rim[:, :2]) & shapely.intersects_xy(inner, rim[:, :2])]
        found.append(_land(tin, area, inner, shore, dry, dem, sea_level_m, reach_m, land))
    if (tin.label == _SEA).any():
        found.append(_sea(tin, sea_level_m))
    return tuple(found)


def _inner(area: Box, land: Sequence[Area], own: Sequence[Area]) -> shapely.Geometry:
    """What the scene itself draws: its area without islands that its own coastline does not know."""
    box, known = shapely.box(*area), shapely.union_all([polygon_of(part) for part in own])
    if shapely.is_empty(known):
        return box
    islands = [island for part in land if shapely.disjoint(island := polygon_of(part), known)]
    return shapely.difference(box, shapely.union_all(islands), grid_size=0.001)


def _shore(land: Sequence[Area], outer: Box, area: Box) -> shapely.Geometry:
    """Land as one polygon, its shore simplified outside of the area; on and inside the border it stays as it is."""
    whole = shapely.union_all([polygon_of(part) for part in land], grid_size=0.001)
    near = shapely.box(area[0] - 50, area[1] - 50, area[2] + 50, area[3] + 50)
    far = shapely.simplify(
        shapely.difference(shapely.intersection(whole, shapely.box(*outer)), near), _SHORE_TOLERANCE_M
    )
    return shapely.union_all([shapely.make_valid(far), shapely.intersection(whole, near)], grid_size=0.001)


def _triangulated(outer: Box, area: Box, inner: shapely.Geometry, shore: shapely.Geometry) -> Tin:
    rings = [
        shapely.get_coordinates(ring)[:-1]
        for polygon in shapely.get_parts(shore)
        if polygon.geom_type == "Polygon"
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    frame = shapely.segmentize(shapely.LinearRing(shapely.get_coordinates(shapely.box(*area))), _BORDER_STEP_M)
    points, edges = node(edges_in_box([*rings, shapely.get_coordinates(frame)[:-1]], outer))
    points = np.vstack([points, _steiner(outer, inner, shore), _corners(outer)])
    box = shapely.box(*area)
    shapely.prepare(shore)
    shapely.prepare(inner)
    shapely.prepare(box)

    def classify(xy: NDArray[np.float64]) -> NDArray[np.int32]:
        dry, within = shapely.contains_xy(shore, xy), shapely.contains_xy(box, xy)
        drawn = shapely.contains_xy(inner, xy) | (within & ~dry)
        return np.where(drawn, _AREA, np.where(dry, _LAND, _SEA)).astype(np.int32)

    nothing = Grid(1.0, (0, 0), (1, 1))
    flat = (np.zeros((1, 1)), np.zeros((1, 1), dtype=np.bool_), nothing)
    return triangulate(outer, points, edges, classify, lambda xy: np.zeros(len(xy)), flat, 1.0)


def _steiner(outer: Box, inner: shapely.Geometry, shore: shapely.Geometry) -> NDArray[np.float64]:
    """Places on land, the sparser the farther from the area: multiples of a step, off the shore and the border."""
    rim, found = shapely.boundary(shore), []
    shapely.prepare(shore)
    ends = [start for start, _ in _STEPS_M[1:]] + [np.inf]
    for (start, step), end in zip(_STEPS_M, ends, strict=True):
        x = np.arange(np.ceil(outer[0] / step), np.floor(outer[2] / step) + 1) * step
        y = np.arange(np.ceil(outer[1] / step), np.floor(outer[3] / step) + 1) * step
        xy = np.column_stack([np.tile(x, len(y)), np.repeat(y, len(x))])
        away = shapely.distance(inner, shapely.points(xy))
        kept = xy[(away >= max(start, 0.4 * step)) & (away < end) & shapely.contains_xy(shore, xy)]
        found.append(kept[shapely.distance(rim, shapely.points(kept)) > 0.3 * step])
    return np.vstack(found)


def _corners(box: Box) -> NDArray[np.float64]:
    west, south, east, north = box
    return np.array([(west, south), (east, south), (east, north), (west, north)])


def _land(
    tin: Tin,
    area: Box,
    inner: shapely.Geometry,
    shore: shapely.Geometry,
    dry: NDArray[np.float64],
    dem: HeightGrid | None,
    sea_level_m: float,
    reach_m: float,
    land: Sequence[Area],
) -> Feature:
    vertices, faces = _used(tin, _LAND)
    spots = shapely.points(vertices[:, :2])
    to_area = np.asarray(shapely.distance(inner, spots), dtype=np.float64)
    # Where the land was cut off at the outer border there is no shore.
    coast = shapely.difference(shapely.boundary(shore), shapely.boundary(shapely.box(*_grown(area, reach_m))))
    to_shore = np.full(len(vertices), np.inf)
    if not shapely.is_empty(coast):
        to_shore = np.asarray(shapely.distance(coast, spots), dtype=np.float64)
    vertices[:, 2] = land_heights(vertices[:, :2], to_shore, dry, dem, sea_level_m)
    vertices, faces = _tucked(vertices, faces, area, to_area, sea_level_m)
    away = np.concatenate([to_area, np.zeros(len(vertices) - len(to_area))])
    rgb = land_rgb(vertices[:, :2], vertices[:, 2], away, reach_m, sea_level_m)
    origin = land[0].origin
    quality: dict[str, float | int | str] = {"reach_m": reach_m, "shore": str(origin)}
    source = "coarse elevation model" if dem is not None else "the scene's own edge"
    mesh = _mesh(vertices, faces, rgb, Surface.GROUND, "plain")
    outcome = Outcome(origin=Origin.INFERRED, source=source, fallback="no part of the scene", quality=quality)
    return Feature(id="surroundings/land", kind="surroundings", name="", mesh=mesh, outcome=outcome)


def _tucked(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], area: Box, to_area: NDArray[np.float64], sea_level_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Add a strip that leads from the inner edge down and inward under the scene."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    on_edge = pairs[(to_area[pairs] < 1e-6).all(axis=1)]
    west, south, east, north = area
    middle = vertices[on_edge, :2].mean(axis=1)
    gap = np.min([np.abs(middle[:, 0] - west), np.abs(middle[:, 0] - east), np.abs(middle[:, 1] - south),
                  np.abs(middle[:, 1] - north)], axis=0)  # fmt: skip
    on_edge = on_edge[gap < 1e-6]
    if not len(on_edge):
        return vertices, faces
    top = np.unique(on_edge)
    below = vertices[top].copy()
    low, high = np.array([west, south]) + _TUCK_M, np.array([east, north]) - _TUCK_M
    below[:, :2] = np.clip(below[:, :2], np.minimum(low, high), np.maximum(low, high))
    below[:, 2] = np.maximum(below[:, 2] - _TUCK_DEPTH_M, sea_level_m - _TUCK_DEPTH_M)
    a, b = on_edge.T
    lower = len(vertices) + np.searchsorted(top, on_edge)
    # The ring lies left of a-b; the strip lies right of it.
    strip = np.vstack([np.column_stack([b, a, lower[:, 0]]), np.column_stack([b, lower[:, 0], lower[:, 1]])])
    return np.vstack([vertices, below]), np.vstack([faces, strip]).astype(np.int32)


def _sea(tin: Tin, level_m: float) -> Feature:
    vertices, faces = _used(tin, _SEA)
    vertices[:, 2] = level_m
    mesh = _mesh(
        vertices, faces, np.tile(np.array(_DEEP, dtype=np.float64), (len(vertices), 1)), Surface.WATER, "water"
    )
    outcome = Outcome(origin=Origin.INFERRED, source="beyond the area", quality={"level_m": level_m})
    return Feature(id="water/sea/apron", kind="water", mesh=mesh, outcome=outcome)


def _used(tin: Tin, label: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    used, index = np.unique(tin.faces[tin.label == label], return_inverse=True)
    return tin.vertices[used].copy(), index.reshape(-1, 3).astype(np.int32)


def _mesh(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], rgb: NDArray[np.float64], surface: Surface, material: str
) -> Mesh:
    return Mesh(
        vertices=vertices,
        faces=faces,
        surface=np.full(len(faces), int(surface), dtype=np.uint8),
        material=np.full(len(faces), INDEX[material], dtype=np.uint8),
        rgb=np.clip(np.rint(rgb), 0, 255).astype(np.uint8)[faces],
        smooth=np.ones(len(faces), dtype=np.bool_),
    )


def _grown(box: Box, margin_m: float) -> Box:
    west, south, east, north = box
    return (west - margin_m, south - margin_m, east + margin_m, north + margin_m)
