"""Streets with cars: sidewalks behind kerbs, and the paint on the carriageway. All of it is cut into the terrain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from xmscenes.model.ground.blocks import mitres
from xmscenes.model.ground.cover import Cover, Patch, united
from xmscenes.model.ground.ways import kind_of, outline_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.model.ground.ways import Way
    from xmscenes.options import RoadOptions
    from xmscenes.records import Box
Floats = Any
Stretch = tuple[float, float, tuple[tuple[float, int], ...]]  # from, to, and where it ends at a crossing: 1 onwards

FACE_M = 0.03  # the kerb's face leans by so much: the terrain has one height a place
_STONE_M = 0.15
_SIDEWALK_M = {"motorway": 0.0, "trunk": 3.5, "primary": 4.0, "secondary": 3.5, "tertiary": 3.0}
_NARROW_M = 2.0  # beside all other streets
_LANE_M = 3.0
_LINE_M = 0.15
_DOUBLE_M = 0.16  # each of two whole lines off the middle
_DASH_M, _GAP_M = 6.0, 9.0  # GB 5768.3: broken lines between lanes of city streets
_CLEAR_M = 5.5  # paint ends so far from a crossing street's edge, and leaves room for a zebra
_ZEBRA_M, _BAR_M, _BAR_EVERY_M = 4.0, 0.45, 1.05
_ZEBRA_FROM_M = 7.0  # narrower streets have none


def sidewalk_patches(ways: Sequence[Way], box: Box, options: RoadOptions) -> list[Patch]:
    """Sidewalks and kerb stones beside the streets, to be laid under the carriageways; later ones on top."""
    if not options.kerb_m:
        return []
    streets = [(way, width) for way in ways if (width := sidewalk_width_m(way)) > 0]
    if not streets:
        return []
    rings = ((Cover.SIDEWALK, None), (Cover.KERB, FACE_M + _STONE_M), (Cover.KERB_FACE, FACE_M))
    return [
        Patch(int(kind), united([outline_of(way, width if m is None else m) for way, width in streets], box))
        for kind, m in rings
    ]


def sidewalk_width_m(way: Way) -> float:
    """Width of the sidewalks beside a way; 0 for lanes, paths, and streets that are tagged to have none."""
    if way.kind is not Cover.STREET or way.line.tags.get("sidewalk") in ("no", "none"):
        return 0.0
    return _SIDEWALK_M.get(kind_of(way.line), _NARROW_M)


def mark_patches(ways: Sequence[Way], box: Box, options: RoadOptions) -> list[Patch]:
    """Lane lines and zebra crossings on the streets of a box, white and yellow."""
    streets = [way for way in ways if way.kind is Cover.STREET and way.width_m >= 2 * _LANE_M]
    if not options.marks or not streets:
        return []
    outlines = [outline_of(way, 0.0) for way in streets]
    quads: dict[Cover, list[Floats]] = {Cover.MARK: [], Cover.MARK_YELLOW: []}
    for number, way in enumerate(streets):
        for stretch in _free_stretches(number, streets, outlines):
            _paint(way, stretch, quads)
    found = []
    for kind, drawn in quads.items():
        all_ = np.concatenate([np.zeros((0, 4, 2)), *drawn])
        near = (all_.max(axis=1) > box[:2]).all(axis=1) & (all_.min(axis=1) < box[2:]).all(axis=1)
        if near.any():
            found.append(Patch(int(kind), united(shapely.polygons(all_[near]), box)))
    return found


def _free_stretches(number: int, streets: Sequence[Way], outlines: Sequence[shapely.Geometry]) -> list[Stretch]:
    """Parts (from, to) along a street without the crossings of others; parts of the same street do not cross it."""
    way = streets[number]
    line = shapely.LineString(way.xy)
    name = way.line.tags.get("name")
    others = [
        shapely.buffer(outlines[i], _CLEAR_M, quad_segs=2)
        for i, other in enumerate(streets)
        if i != number and not (name and other.line.tags.get("name") == name) and shapely.intersects(outlines[i], line)
    ]
    length = float(shapely.length(line))
    cuts = []
    for other in others:
        for part in shapely.get_parts(shapely.intersection(line, other)):
            ends = [shapely.line_locate_point(line, shapely.Point(c)) for c in shapely.get_coordinates(part)]
            if ends:
                cuts.append((float(min(ends)), float(max(ends))))
    out: list[Stretch] = []
    start, begins_at_crossing = 0.0, False
    for low, high in [*sorted(cuts), (length, length)]:
        if low - start > 2 * _ZEBRA_M:
            crossed = ((start, 1),) * begins_at_crossing + ((low, -1),) * (low < length - 0.01)
            out.append((start, low, crossed))
        if high > start:
            start, begins_at_crossing = high, True
    return out


def _paint(way: Way, stretch: Stretch, quads: dict[Cover, list[Floats]]) -> None:
    """Paint one stretch: yellow in the middle, broken white between lanes of one direction, zebras at crossings."""
    s0, s1, crossed = stretch
    lanes = 2 * max(int(way.width_m / 2.0 / _LANE_M), 1)
    dashes = _beat(s0, s1)
    if lanes == 2:
        quads[Cover.MARK_YELLOW].append(_bars(way, 0.0, dashes, _LINE_M))
    else:
        length = _lengths(way)
        s = np.concatenate([[s0], length[(length > s0 + 0.5) & (length < s1 - 0.5)], [s1]])
        whole = np.column_stack([s[:-1], s[1:]])
        quads[Cover.MARK_YELLOW] += [_bars(way, side * _DOUBLE_M, whole, _LINE_M) for side in (-1, 1)]
    for k in range(1, lanes // 2):
        quads[Cover.MARK] += [_bars(way, side * k * way.width_m / lanes, dashes, _LINE_M) for side in (-1, 1)]
    number = int((way.width_m - 1.0) / _BAR_EVERY_M)
    for end, onwards in crossed if way.width_m >= _ZEBRA_FROM_M else ():
        span = np.sort(end - onwards * np.array([[0.5, 0.5 + _ZEBRA_M]]), axis=1)
        for k in range(number):
            quads[Cover.MARK].append(_bars(way, (k - (number - 1) / 2.0) * _BAR_EVERY_M, span, _BAR_M))


def _beat(s0: float, s1: float) -> Floats:
    """Dashes (D, 2) whose beat starts at the way's first vertex, so that tiles agree."""
    period = _DASH_M + _GAP_M
    start = np.arange(np.ceil(s0 / period), np.floor((s1 - _DASH_M) / period) + 1) * period
    return np.column_stack([start, start + _DASH_M])


def _lengths(way: Way) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(np.asarray(way.xy), axis=0).T))])


def _bars(way: Way, left_m: float, spans: Floats, width_m: float) -> Floats:
    """Quads (D, 4, 2) along the line ``left_m`` beside a way's middle, between lengths ``spans`` (D, 2)."""
    xy, length = np.asarray(way.xy), _lengths(way)
    left = mitres(xy)
    edges = []
    for beside in (left_m - width_m / 2.0, left_m + width_m / 2.0):
        line = xy + left * beside
        edges.append(np.stack([np.interp(spans, length, line[:, k]) for k in (0, 1)], axis=-1))
    right, far = edges
    return np.stack([right[:, 0], right[:, 1], far[:, 1], far[:, 0]], axis=1)
