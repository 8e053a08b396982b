"""Street lamps beside the ways: a guess at how a place is lit, marked as inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of
from xmscenes.model.ground.colours import hashed
from xmscenes.model.ground.cover import Cover, classify
from xmscenes.records import Origin, Placement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.model.ground.ways import Way
    from xmscenes.options import RoadOptions

HEIGHT_M = {Cover.PATH: 3.6, Cover.LANE: 4.4, Cover.STREET: 8.0}
_SLIM_M = 4.4
_BESIDE_M = 0.35  # from the edge of the way to the post
_APART_SHARE = 0.5  # of the spacing: no two lamps stand in one square of that size
_WALL_M = 0.3  # from a post to a building
_CARRIED = (Cover.PATH, Cover.LANE, Cover.STREET, Cover.STEPS, Cover.MARK, Cover.MARK_YELLOW, Cover.KERB_FACE)


def model_lamps(site: Site, options: RoadOptions) -> tuple[Placement, ...]:
    """Lamps every ``options.lamps_m`` along paths, lanes and streets, on one side and the other in turn.

    None stands on another way, in water or against a wall. Where ways run side by side their lamps are thinned out.
    What a lamp depends on is its way from end to end, so that tiles agree about it.
    """
    if options.lamps_m == 0.0:
        return ()
    rows = [_along(way, options.lamps_m) for way in site.ways if way.kind in HEIGHT_M and _is_lit(way)]
    xy, height_m = _thinned(np.vstack([np.zeros((0, 3)), *rows]), _APART_SHARE * options.lamps_m)
    west, south, east, north = site.tile.bounds_m
    here = (xy[:, 0] >= west) & (xy[:, 0] < east) & (xy[:, 1] >= south) & (xy[:, 1] < north)
    xy, height_m = xy[here], height_m[here]
    free = _stands_free(site, xy)
    xy, height_m = xy[free], height_m[free]
    if not len(xy):
        return ()
    key = np.floor(xy * 100.0).astype(np.int64)
    wide = np.minimum(height_m, 0.75 * _SLIM_M + 0.25 * height_m)  # a tall lamp is not as stout as a low one
    return (
        Placement(
            prototype="lamp",
            kind="lamp",
            origin=Origin.INFERRED,
            xyz=np.column_stack([xy, np.round(site.drawn_height()(xy) - 0.03, 3)]),
            heading_deg=(360.0 * hashed(key[:, 0], key[:, 1], 7)).astype(np.float32),
            scale=np.column_stack([wide, wide, height_m]).astype(np.float32),
        ),
    )


def _is_lit(way: Way) -> bool:
    return not way.is_square and way.line.tags.get("lit") != "no"


def _along(way: Way, spacing_m: float) -> NDArray[np.float64]:
    """Places beside a way with the height of their lamps (N, 3), half a spacing from its ends."""
    line = shapely.LineString(way.line.xy)
    count = int(line.length / spacing_m)
    stations = (np.arange(count) + 0.5) * (line.length / max(count, 1))
    at = shapely.get_coordinates(shapely.line_interpolate_point(line, stations))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, stations + 0.5)) - at
    along = ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    side = np.where(np.arange(count) % 2, 1.0, -1.0)[:, None] * (0.5 * way.width_m + _BESIDE_M)
    xy = at + side * np.column_stack([-along[:, 1], along[:, 0]])
    return np.column_stack([np.round(xy, 3), np.full(count, HEIGHT_M[way.kind])])


def _thinned(rows: NDArray[np.float64], square_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One lamp, the tallest, in each square of a world-wide grid; sorted by place."""
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0], -rows[:, 2]))]
    _, first = np.unique(np.floor(rows[:, :2] / square_m).astype(np.int64), axis=0, return_index=True)
    kept = rows[np.sort(first)]
    kept = kept[np.lexsort((kept[:, 1], kept[:, 0]))]
    return kept[:, :2], kept[:, 2]


def _stands_free(site: Site, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places (N, 2) lie on dry ground beside the ways and off the walls."""
    cover = classify(site.patches, xy)
    free = (cover >= 0) & ~np.isin(cover, _CARRIED)
    outlines = [polygon_of(f) for f in (*site.tile.footprints, *site.tile.nearby)]
    tree = shapely.STRtree(outlines)
    blocked, _ = tree.query(shapely.points(xy), predicate="dwithin", distance=_WALL_M)
    free[np.unique(blocked)] = False
    return free
