"""Railings (栏杆) beside ways and flights of steps, where the ground falls off beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of
from xmscenes.model.ground.cover import Cover, classify
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.model.ground.ways import Way

    Floats = NDArray[np.float64]
    Heights = Callable[[Floats], Floats]

_STATION_M, _POST_M = 1.0, 2.0
_INSIDE_M = 0.12  # from the edge of a way to its railing
_OUT_M = (0.7, 1.2, 1.8)  # where the ground beside is looked at
_DROP_M = 1.1  # it falls by so much
_SHORTEST_M = 4.0
_HEIGHT_M, _SUNK_M = 1.05, 0.25
_BARS_M = (0.5, 0.95)  # middles of the bars over the ground
_THICK_M, _BAR_M, _POINT_M = 0.14, 0.07, 0.16  # posts, bars, and the point on a post
_GRANITE = (184, 178, 168)
_ON_FOOT = (Cover.SQUARE, Cover.PATH, Cover.LANE, Cover.STREET, Cover.STEPS, Cover.SIDEWALK)


def rails_of(site: Site) -> Callable[[Way], Mesh | None]:
    """What makes the railings of a way inside the tile; worked out once for all its ways.

    A railing stands on a way's edge where the ground or the water beside lies 1.1 m lower for 4 m or more, and
    where no other way and no house adjoins. No face of it is level, so that it is no surface to walk on.
    """
    drawn = site.drawn()
    houses = shapely.union_all([polygon_of(f) for f in (*site.tile.footprints, *site.tile.nearby)])
    shapely.prepare(houses)

    def height(xy: Floats) -> Floats:
        z = drawn.top(xy)
        unknown = np.flatnonzero(~np.isfinite(z))
        z[unknown] = site.ground.at(xy[unknown])
        for body in site.waters:
            wet = unknown[shapely.contains_xy(body.patch.shape, xy[unknown])]
            z[wet] = body.level_m
        return z

    def is_open(xy: Floats) -> NDArray[np.bool_]:
        return ~np.isin(classify(site.patches, xy), _ON_FOOT) & ~shapely.contains_xy(houses, xy)

    def make(way: Way) -> Mesh | None:
        return _railings(way, height, is_open, site.tile.bounds_m)

    return make


def _railings(
    way: Way, height: Heights, is_open: Callable[[Floats], NDArray[np.bool_]], box: tuple[float, float, float, float]
) -> Mesh | None:
    if way.is_square or shapely.length(shapely.LineString(way.xy)) < _SHORTEST_M:
        return None
    posts, bars = [], []
    for at, out in _edges(way):
        foot = height(at)
        beside = np.min([height(at + out * (_INSIDE_M + away)) for away in _OUT_M], axis=0)
        falls = (foot - beside > _DROP_M) & is_open(at + out * (_INSIDE_M + 0.3))
        for first, last in _runs(falls):
            stand = np.unique(np.append(np.arange(first, last, round(_POST_M / _STATION_M)), last))
            here = np.column_stack([at[stand], foot[stand]])
            posts.append(here[_within(here, box)])
            pairs = np.stack([here[:-1], here[1:]], axis=1)
            bars.append(pairs[_within(pairs.mean(axis=1), box)])
    if not posts or not sum(map(len, posts)):
        return None
    return _mesh(np.vstack(posts), np.vstack(bars))


def _edges(way: Way) -> list[tuple[Floats, Floats]]:
    """Stations (S, 2) along both edges of a way, a little inside, and the directions out of it."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way.xy, axis=0).T))])
    s = np.linspace(0.0, length[-1], max(round(length[-1] / _STATION_M), 1) + 1)
    at, ahead, behind = (
        np.column_stack([np.interp(s + shift, length, way.xy[:, k]) for k in (0, 1)]) for shift in (0.0, 0.5, -0.5)
    )
    along = ahead - behind
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    left = np.column_stack([-along[:, 1], along[:, 0]])
    half = way.width_m / 2.0 - _INSIDE_M
    return [(at + left * half, left), (at - left * half, -left)]


def _runs(falls: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last stations of stretches that are long enough; a gap of one station is closed."""
    padded = np.concatenate([[False], falls, [False]])
    closed = padded.copy()
    closed[1:-1] |= padded[:-2] & padded[2:]
    change = np.flatnonzero(np.diff(closed.astype(np.int8)))
    return [
        (a, b - 1) for a, b in zip(change[::2], change[1::2], strict=True) if (b - 1 - a) * _STATION_M >= _SHORTEST_M
    ]


def _within(at: Floats, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    return np.asarray((at[:, 0] >= box[0]) & (at[:, 0] < box[2]) & (at[:, 1] >= box[1]) & (at[:, 1] < box[3]))


def _mesh(posts: Floats, bars: Floats) -> Mesh:
    """Square posts with points, and bars of a narrow gable's section between them."""
    half = _THICK_M / 2.0
    ring = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    post = np.zeros((len(posts), 9, 3))
    post[:, :8, :2] = posts[:, None, :2] + np.tile(ring, (2, 1))
    post[:, :4, 2] = posts[:, None, 2] - _SUNK_M
    post[:, 4:8, 2] = posts[:, None, 2] + _HEIGHT_M
    post[:, 8] = posts + np.array([0.0, 0.0, _HEIGHT_M + _POINT_M])
    sides = [(a, (a + 1) % 4, 4 + (a + 1) % 4) for a in range(4)] + [(a, 4 + (a + 1) % 4, 4 + a) for a in range(4)]
    tips = [(4 + a, 4 + (a + 1) % 4, 8) for a in range(4)]
    vertices, faces = [post.reshape(-1, 3)], [_repeated(len(posts), 9, [*sides, *tips])]
    along = bars[:, 1, :2] - bars[:, 0, :2]
    left = np.column_stack([-along[:, 1], along[:, 0]]) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    start = len(posts) * 9
    for middle in _BARS_M:
        bar = np.repeat(bars[:, :, None], 3, axis=2)  # (B, 2 ends, 3 corners, 3)
        bar[:, :, 0, :2] -= left[:, None] * _BAR_M / 2.0
        bar[:, :, 1, :2] += left[:, None] * _BAR_M / 2.0
        bar[..., 2] += middle + np.array([-0.06, -0.06, 0.06])
        vertices.append(bar.reshape(-1, 3))
        faces.append(
            start + _repeated(len(bars), 6, [(0, 3, 5), (0, 5, 2), (4, 1, 2), (4, 2, 5), (1, 4, 3), (1, 3, 0)])
        )
        start += len(bars) * 6
    index = np.vstack(faces)
    return Mesh(
        vertices=np.vstack(vertices),
        faces=index.astype(np.int32),
        surface=np.full(len(index), int(Surface.ROAD), dtype=np.uint8),
        rgb=np.tile(np.array(_GRANITE, dtype=np.uint8), (len(index), 3, 1)),
    )


def _repeated(count: int, each: int, faces: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    return np.asarray((np.arange(count)[:, None, None] * each + np.array(faces)[None]).reshape(-1, 3))
