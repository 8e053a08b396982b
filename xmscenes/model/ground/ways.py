"""Paths, streets, steps and squares: what kind each is, how wide, and the ground that it covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygonal
from xmscenes.model.ground.cover import Cover, Patch, united

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.options import RoadOptions
    from xmscenes.records import Box, Line, Tile

WIDTH_M = {
    "motorway": 22.0, "trunk": 20.0, "primary": 16.0, "secondary": 13.0, "tertiary": 9.0,
    "residential": 6.0, "unclassified": 5.0, "living_street": 4.0, "service": 3.0, "pedestrian": 4.0,
    "footway": 2.0, "steps": 2.0, "path": 1.5, "cycleway": 2.5, "track": 2.5, "bridleway": 2.0,
}  # fmt: skip
STREETS = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "unclassified")
_LANES = ("living_street", "service", "pedestrian", "track")
_OTHER_M = 3.0
_CLOSED_M = 3.0  # ends of a square's outline may lie this far apart


@dataclass(frozen=True, slots=True)
class Way:
    """A centreline that is drawn on the ground: ``kind`` of cover, width, and whether it bounds a square."""

    line: Line
    xy: NDArray[np.float64]  # (M, 2), ends joined to the network
    kind: Cover
    width_m: float
    is_square: bool = False


def kind_of(line: Line) -> str:
    """The ``highway`` tag of a line without ``_link``."""
    return line.tags.get("highway", "").removesuffix("_link")


def is_tunnel(line: Line) -> bool:
    """Whether a way runs under the ground, by tag or, where the tag is missing, by a name that ends in 洞 or 隧道."""
    tags = line.tags
    if tags.get("tunnel", "no") not in ("no", "building_passage"):
        return True
    return tags.get("name", "").endswith(("洞", "隧道")) and kind_of(line) != "" and tags.get("tunnel") != "no"


def is_bridge(line: Line) -> bool:
    """Whether a way is a bridge."""
    return line.tags.get("bridge", "no") != "no"


def width_of(line: Line, options: RoadOptions) -> float:
    """Width in metres: from the width tags, else from the number of lanes, else by kind."""
    for tag in ("width_m", "width"):
        try:
            width = float(line.tags[tag].removesuffix("m"))
        except (KeyError, ValueError):
            continue
        if 0.3 <= width <= 80.0:
            return width
    kind = kind_of(line)
    usual = options.width_m.get(kind, WIDTH_M.get(kind, _OTHER_M))
    try:
        return max(usual, 3.25 * float(line.tags["lanes"]))
    except (KeyError, ValueError):
        return usual


def ways_of(tile: Tile, options: RoadOptions) -> tuple[Way, ...]:
    """The ways that lie on the ground of a tile's window, by id; tunnels and bridges are left out.

    Lines of one point or of no length are left out too.
    """
    lines = [line for line in tile.lines.get("paths", ()) if _has_length(line)]
    lines = sorted((line for line in lines if not is_tunnel(line) and not is_bridge(line)), key=lambda line: line.id)
    return tuple(_way(line, xy, options) for line, xy in zip(lines, _joined(lines, options.snap_m), strict=True))


def _has_length(line: Line) -> bool:
    return len(line.xy) > 1 and bool(np.ptp(line.xy, axis=0).max() > 0.05)


def _way(line: Line, xy: NDArray[np.float64], options: RoadOptions) -> Way:
    kind = kind_of(line)
    closed = len(line.xy) > 3 and bool(np.hypot(*(line.xy[0] - line.xy[-1])) < _CLOSED_M)
    is_square = closed and (kind == "pedestrian" or line.tags.get("area") == "yes")
    cover = Cover.PATH
    if is_square:
        cover = Cover.SQUARE
    elif kind == "steps":
        cover = Cover.STEPS
    elif kind in STREETS:
        cover = Cover.STREET
    elif kind in _LANES:
        cover = Cover.LANE
    return Way(line, line.xy if is_square else xy, cover, width_of(line, options), is_square)


def _joined(lines: Sequence[Line], snap_m: float) -> list[NDArray[np.float64]]:
    """Lines whose ends are led on to the nearest other line within ``snap_m``."""
    shapes = [shapely.LineString(line.xy) for line in lines]
    tree = shapely.STRtree(shapes)
    out = []
    for number, line in enumerate(lines):
        xy = line.xy
        for end in (0, -1):
            point = shapely.Point(xy[end])
            near = [i for i in sorted(tree.query(point, predicate="dwithin", distance=snap_m)) if i != number]
            if not near:
                continue
            distance = [shapely.distance(shapes[i], point) for i in near]
            other = shapes[near[int(np.argmin(distance))]]
            if min(distance) > 0.01:
                joint = shapely.get_coordinates(other.interpolate(other.project(point)))
                xy = np.vstack([joint, xy]) if end == 0 else np.vstack([xy, joint])
        out.append(xy)
    return out


def way_patches(ways: Sequence[Way], box: Box, kinds: Sequence[Cover]) -> list[Patch]:
    """Ground covered by ways of some kinds, one patch a kind in the order of ``kinds``."""
    found = []
    for kind in kinds:
        shapes = [outline_of(way) for way in ways if way.kind is kind]
        if shapes:
            found.append(Patch(int(kind), united(shapes, box)))
    return found


def outline_of(way: Way, beyond_m: float = 0.0) -> shapely.Geometry:
    """The ground under a way, and so far beyond its edges. Each line is treated alone: tiles see the same outline."""
    if way.is_square:
        return polygonal(shapely.make_valid(shapely.Polygon(way.xy)))
    line = shapely.simplify(shapely.LineString(way.xy), 0.1)
    return shapely.buffer(line, way.width_m / 2.0 + beyond_m, quad_segs=2, join_style="round")
