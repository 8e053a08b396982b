"""Bridges: a deck along a centreline, piers under it, railings on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.model.ground.blocks import bar, mitres, prism
from xmscenes.model.ground.bridges_belly import (
    belly_profile,
    elliptical_pier,
    fish_belly,
    lamps_in_parapets,
    lane_marks,
)
from xmscenes.model.ground.ways import is_bridge, kind_of, width_of
from xmscenes.records import Feature, Mesh, Outcome, PointClass, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.options import RoadOptions
    from xmscenes.records import Line

_ON_FOOT = ("footway", "path", "steps", "pedestrian", "cycleway", "bridleway")
_STATION_M = 10.0
_CLEARANCE_M = 1.0  # deck over the higher of its two ends, when nothing tells
_LANDING_M = 6.0  # so far from its end a deck may be near the ground
_OVER_GROUND_M = 0.05
_BEYOND_M = 0.15  # terrain of other tiles is drawn so far off the measured ground at most
_DECK, _SIDE, _PIER, _RAIL = (170, 166, 160), (206, 204, 198), (190, 187, 180), (222, 220, 214)
_ROADWAY = (108, 108, 110)


def model_bridges(site: Site, options: RoadOptions) -> tuple[Feature, ...]:
    """Bridges whose middle lies in the tile, whole, by id.

    Lines of the ``bridges`` layer, and of the ``paths`` layer with a bridge tag unless a bridge of that name is
    there already.
    """
    layer = [line for line in site.tile.lines.get("bridges", ()) if len(line.xy) > 1]
    named = {line.tags["name"] for line in layer if "name" in line.tags}
    tagged = [line for line in site.tile.lines.get("paths", ()) if is_bridge(line) and len(line.xy) > 1]
    layer += [line for line in tagged if line.tags.get("name") not in named]
    return tuple(_bridge(line, site, options) for line in sorted(layer, key=lambda b: b.id) if _owned(line, site))


def _owned(line: Line, site: Site) -> bool:
    middle = shapely.line_interpolate_point(shapely.LineString(line.xy), 0.5, normalized=True)
    x, y = shapely.get_coordinates(middle)[0]
    west, south, east, north = site.tile.bounds_m
    return bool(west <= x < east and south <= y < north)


def _bridge(line: Line, site: Site, options: RoadOptions) -> Feature:
    width, thick = width_of(line, options), _number(line, "thickness_m", 0.8)
    on_foot = kind_of(line) in _ON_FOOT
    xy = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line.xy), _STATION_M))
    deck, source = _deck_heights(line, xy, site, width, on_foot)
    stations = np.column_stack([xy, deck])
    spacing = _number(line, "pier_spacing_m", 8.0 if on_foot else 40.0)
    parts = _girder(line, stations, width, thick, on_foot)
    parts += _railings(stations, width, on_foot)
    parts += _piers(stations, width, thick, spacing, site, is_ellipse=line.tags.get("pier") == "ellipse")
    return Feature(
        id=line.id,
        kind="bridge",
        mesh=merge_meshes(parts)[0],
        outcome=Outcome(
            origin=line.origin,
            source=source,
            fallback="" if source != "ends" else "no deck height given or measured",
            quality={"width_m": width, "deck_m": round(float(deck.max()), 2)},
        ),
        name=line.tags.get("name", ""),
        tags=dict(line.tags),
    )


def _number(line: Line, tag: str, default: float) -> float:
    try:
        return float(line.tags[tag])
    except (KeyError, ValueError):
        return default


def _deck_heights(
    line: Line, xy: NDArray[np.float64], site: Site, width: float, on_foot: bool
) -> tuple[NDArray[np.float64], str]:
    """Elevation of the deck at the stations: from the tag, else bridge points (class 17), else a little over its ends.

    Ramps lead down (or up) to the ground at ends that lie on land inside the window.
    """
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    if "deck_m" in line.tags:
        deck, source = np.full(len(xy), _number(line, "deck_m", 0.0)), "tag deck_m"
    else:
        measured = _from_points(line, xy, site)
        if measured is not None:
            return measured, "bridge points"
        deck, source = np.full(len(xy), float(site.ground.at(xy[[0, -1]]).max()) + _CLEARANCE_M), "ends"
    slope = 0.12 if on_foot else 0.05
    for end, distance in ((0, along), (-1, along[-1] - along)):
        if not _on_land(xy[end], site):
            continue
        off = _landing(xy if end == 0 else xy[::-1], width, slope, site) - deck[end]
        reach = min(abs(off) / slope, along[-1] * 0.4)
        if reach > 0:
            deck = deck + off * np.clip(1.0 - distance / reach, 0.0, 1.0)
    return deck, source


def _landing(xy: NDArray[np.float64], width_m: float, slope: float, site: Site) -> float:
    """Height at which a deck that rises from its first station comes clear of the ground under its whole width."""
    along = xy[1] - xy[0]
    along = along / max(float(np.hypot(*along)), 1e-9)
    out = np.arange(0.0, _LANDING_M + 0.1, 0.5)
    across = np.linspace(-0.5, 0.5, int(2 * width_m) + 2)[:, None, None] * width_m * np.array([-along[1], along[0]])
    spots = (xy[0] + out[:, None] * along + across).reshape(-1, 2)
    ground = site.drawn_height(_BEYOND_M)(spots).reshape(len(across), -1)
    return float((ground - slope * out).max()) + _OVER_GROUND_M


def _on_land(point: NDArray[np.float64], site: Site) -> bool:
    west, south, east, north = site.tile.window_m
    if not (west <= point[0] <= east and south <= point[1] <= north):
        return False
    return not any(bool(body.holds(point[None])[0]) for body in site.waters)


def _from_points(line: Line, xy: NDArray[np.float64], site: Site) -> NDArray[np.float64] | None:
    """Median height of the bridge points around each station, bridged where there are none."""
    from scipy.spatial import cKDTree

    points = site.tile.points
    cloud = points.xyz[points.point_class == PointClass.BRIDGE]
    if len(cloud) < 10:
        return None
    near = cKDTree(cloud[:, :2]).query_ball_point(
        xy, r=max(_number(line, "width_m", 3.0) / 2.0, 2.5), return_sorted=True
    )
    z = np.array([np.median(cloud[i, 2]) if len(i) >= 3 else np.nan for i in near])
    known = np.flatnonzero(np.isfinite(z))
    if not len(known):
        return None
    return np.asarray(np.interp(np.arange(len(z)), known, z[known]), dtype=np.float64)


def _girder(line: Line, stations: NDArray[np.float64], width: float, thick: float, on_foot: bool) -> list[Mesh]:
    """The deck and what carries it: a slab, or a fish-belly hull with lanes and lights where the tag asks for it."""
    if line.tags.get("girder") != "fish_belly":
        return [_slab(stations, width, thick, on_foot)]
    hull = fish_belly(stations, width, thick)
    hull = _paved(hull, len(stations), len(belly_profile(width, thick)), _ROADWAY)
    return [hull, *lamps_in_parapets(stations, width), *lane_marks(stations, int(_number(line, "lanes", 2)))]


def _slab(stations: NDArray[np.float64], width: float, thick: float, on_foot: bool) -> Mesh:
    half = width / 2.0
    belly = half * 0.55 if not on_foot else half  # road decks hang a narrower girder under their edges
    edge = thick * 0.35 if not on_foot else thick
    profile = [(half, 0.0), (half, -edge), (belly, -thick), (-belly, -thick), (-half, -edge), (-half, 0.0)]
    if on_foot:
        profile = [(half, 0.0), (half, -thick), (-half, -thick), (-half, 0.0)]
    mesh = bar(stations, np.array(profile), _SIDE, Surface.DETAIL)
    return _paved(mesh, len(stations), len(profile), _DECK if on_foot else _ROADWAY)


def _paved(mesh: Mesh, stations: int, sides: int, rgb: tuple[int, int, int]) -> Mesh:
    """Paint the deck: the faces of the last side of the profile."""
    from dataclasses import replace

    side = np.arange(len(mesh.faces)) // 2 % sides
    top = (side == sides - 1) & (np.arange(len(mesh.faces)) < (stations - 1) * sides * 2)
    colours, surface = mesh.rgb.copy(), mesh.surface.copy()
    colours[top] = rgb
    surface[top] = Surface.ROAD
    return replace(mesh, rgb=colours, surface=surface)


def _railings(stations: NDArray[np.float64], width: float, on_foot: bool) -> list[Mesh]:
    """On foot: a hand rail on posts. For vehicles: a solid parapet."""
    parts = []
    left = mitres(stations[:, :2])
    for side in (1.0, -1.0):
        rail = stations.copy()
        rail[:, :2] += left * side * (width / 2.0 - 0.1)
        if on_foot:
            parts.append(bar(rail + np.array([0.0, 0.0, 0.95]), _rectangle(0.06, 0.1), _RAIL, Surface.DETAIL))
            parts += [_post(p) for p in _along(rail, 2.0)]
        else:
            parts.append(bar(rail - np.array([0.0, 0.0, 0.05]), _rectangle(0.15, 0.9), _RAIL, Surface.DETAIL))
    return parts


def _rectangle(half: float, height: float) -> NDArray[np.float64]:
    return np.array([(half, height), (half, 0.0), (-half, 0.0), (-half, height)])


def _post(at: NDArray[np.float64]) -> Mesh:
    ring = at[:2] + 0.08 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return prism(ring, (at[2] - 0.05, at[2] + 0.97), _RAIL, Surface.DETAIL)


def _along(line: NDArray[np.float64], spacing: float) -> NDArray[np.float64]:
    """Places (N, 3) evenly along a line, both ends included."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line[:, :2], axis=0).T))])
    s = np.linspace(0.0, length[-1], max(round(length[-1] / spacing), 1) + 1)
    return np.column_stack([np.interp(s, length, line[:, k]) for k in range(3)])


def _piers(
    stations: NDArray[np.float64], width: float, thick: float, spacing: float, site: Site, *, is_ellipse: bool
) -> list[Mesh]:
    """Oval piers from the underside of the deck into the ground or the water's bed; two abreast under wide decks."""
    places = _along(stations, spacing)[1:-1]
    if not len(places):
        return []
    foot = site.ground.at(places[:, :2]) - 1.0
    for body in site.waters:
        wet = body.holds(places[:, :2])
        foot[wet] = np.minimum(foot[wet], body.level_m - 3.0)
    outside = ~_in_window(places, site)
    foot[outside] = min((body.level_m for body in site.waters), default=0.0) - 3.0
    turn = np.arange(8) * np.pi / 4.0
    parts = []
    direction = np.gradient(places[:, :2], axis=0) if len(places) > 1 else np.diff(stations[[0, -1], :2], axis=0)
    for place, z, d in zip(places, foot, direction, strict=True):
        if place[2] - thick - z < 0.3:
            continue
        along = d / max(float(np.hypot(*d)), 1e-9)
        if is_ellipse:
            parts.append(elliptical_pier(place[:2], along, width, float(z), float(place[2]) - thick))
            continue
        across = np.array([-along[1], along[0]])
        long, slim = (0.35 * width, 0.22) if width < 5 else (min(0.16 * width, 3.0), 1.0)
        for shift in (0.0,) if width < 15 else (-0.25 * width, 0.25 * width):
            ring = (
                place[:2]
                + across * shift
                + np.outer(np.cos(turn) * slim, along)
                + np.outer(np.sin(turn) * long, across)
            )
            parts.append(prism(ring, (float(z), float(place[2] - 0.8 * thick)), _PIER, Surface.DETAIL))
    return parts


def _in_window(places: NDArray[np.float64], site: Site) -> NDArray[np.bool_]:
    west, south, east, north = site.tile.window_m
    x, y = places[:, 0], places[:, 1]
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))
