"""Do points and footprints lie on top of each other, and if not, which mistake explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from xmscenes.errors import FrameError
from xmscenes.frame import horizontal_to
from xmscenes.read.crs import WGS84, distance_m, probable_crs
from xmscenes.records import Box, Footprint, Issue, PointCloud

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.read.points import PointSource

_HIGH_M = 2.5  # above the lowest point nearby: roof or tree
_CELL_M = 10.0
_MOST_POINTS = 20_000
_SAMPLED, _FEWEST_SAMPLED = 400_000, 8_000  # of all files together, of each file
_FEWEST_HIGH = 200  # below that the share inside footprints says nothing
_SURE_GAIN = 0.2


class _Mistake(NamedTuple):
    """A system that one of the layers may be in, and what to set then."""

    layer: str
    system: str


_MISTAKES = tuple(_Mistake(layer, system) for system in ("GCJ-02", "BD-09") for layer in ("footprints", "points"))


def check_layers_meet(
    points: Sequence[PointSource], footprints: Sequence[Footprint], frame: Frame
) -> tuple[Issue, ...]:
    """Make sure that points and footprints describe the same ground.

    ``FrameError`` when no footprint lies within the extent of the points, or when building points fall into the
    footprints only after one layer is taken as GCJ-02 or BD-09 (about 503 m east and 294 m south at Xiamen). An
    Issue when they meet but hardly agree. The shares come from samples spread over the point files.
    """
    corners = [source.corners(frame) for source in points]
    boxes = [_box_of(c) for c in corners]
    extents = np.array([(*f.ring.min(axis=0), *f.ring.max(axis=0)) for f in footprints])
    if not any(_overlaps(extents, box).any() for box in boxes):
        raise FrameError(_apart(points, boxes, extents, frame))
    count = max(_FEWEST_SAMPLED, _SAMPLED // len(points))
    samples = [source.sample(frame, count) for source in points]
    return judge_overlap(samples, footprints, frame)


def judge_overlap(clouds: Sequence[PointCloud], footprints: Sequence[Footprint], frame: Frame) -> tuple[Issue, ...]:
    """Measure how many building points fall inside footprints, as they lie and under each likely mistake.

    Building points are those of class 6; without any, points more than 2.5 m above the lowest one nearby. The score is
    their share inside footprints less that of the other points, so that footprints which cover everything gain
    nothing. See ``check_layers_meet`` for what is raised and returned.
    """
    high, low = _high_and_low(clouds)
    if len(high) < _FEWEST_HIGH:
        return ()
    tree = shapely.STRtree([shapely.make_valid(shapely.Polygon(f.ring)) for f in footprints if len(f.ring) > 2])
    as_is = _score(tree, high, low)
    tried = [(mistake, _moved(high, mistake, frame), _moved(low, mistake, frame)) for mistake in _MISTAKES]
    scores = [(_score(tree, h, other), -n) for n, (_, h, other) in enumerate(tried)]
    best, number = max(scores)
    mistake, moved, _ = tried[-number]
    if best > as_is + _SURE_GAIN and best > 2 * as_is:
        shift = (moved - high).mean(axis=0)
        raise FrameError(
            f"inputs: the footprints sit about {_direction(shift)} of the buildings in the points: "
            f"{_inside(tree, high):.0%} of building points fall inside footprints, {_inside(tree, moved):.0%} when the "
            f"{mistake.layer} are taken as {mistake.system}; set inputs.{mistake.layer}.crs = {mistake.system!r}"
        )
    if as_is < 0.1:
        return (_disagreement(_inside(tree, high)),)
    return ()


def _disagreement(share: float) -> Issue:
    return Issue(
        code="LAYERS_DISAGREE",
        severity="warning",
        where="inputs",
        message=f"only {share:.0%} of building points fall inside footprints, hardly more than of the other points",
        hint="check crs of both layers, their dates, and whether the footprints cover the survey",
    )


def _box_of(xy: NDArray[np.float64]) -> Box:
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    return (float(west), float(south), float(east), float(north))


def _overlaps(extents: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    return np.asarray(
        (extents[:, 0] <= east) & (extents[:, 2] >= west) & (extents[:, 1] <= north) & (extents[:, 3] >= south)
    )


def _apart(points: Sequence[PointSource], boxes: Sequence[Box], extents: NDArray[np.float64], frame: Frame) -> str:
    """Explain why nothing meets: a shift that is known, a system that fits better, or distance and direction."""
    middle = np.median((extents[:, :2] + extents[:, 2:]) / 2, axis=0)
    where = np.mean([[(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] for b in boxes], axis=0)
    (lon_f, lat_f), (lon_p, lat_p) = home, _ = frame.to_crs(np.array([middle, where]), WGS84)
    off_km = distance_m(home, (lon_p, lat_p)) / 1000.0
    text = (
        f"inputs: points and footprints do not meet: the points lie around {lon_p:.4f}, {lat_p:.4f}, the footprints "
        f"around {lon_f:.4f}, {lat_f:.4f}, {off_km:,.1f} km away"
    )
    for mistake in _MISTAKES:
        for box in boxes:
            outline = shapely.get_coordinates(shapely.box(*box))
            moved = _moved(outline, mistake, frame)
            if _overlaps(extents, _box_of(moved)).any():
                return (
                    f"{text}; they meet when the {mistake.layer} are taken as {mistake.system}: "
                    f"set inputs.{mistake.layer}.crs = {mistake.system!r}"
                )
    for source in points:
        bounds, crs = source.facts.bounds, source.facts.crs
        if bounds is not None and crs is not None:
            own = ((bounds[0] + bounds[3]) / 2, (bounds[1] + bounds[4]) / 2)
            guess = probable_crs(own, crs, (float(home[0]), float(home[1])), within_m=5000.0)
            if guess:
                return f"{text}; probably {guess} (inputs.points.crs)"
    return f"{text}; check inputs.points.crs and inputs.footprints.crs"


def _moved(xy: NDArray[np.float64], mistake: _Mistake, frame: Frame) -> NDArray[np.float64]:
    """Points as they would lie beside the footprints as read, if the mistake were true."""
    lonlat = frame.to_crs(xy, WGS84)
    source, target = (mistake.system, WGS84) if mistake.layer == "points" else (WGS84, mistake.system)
    return frame.to_local(horizontal_to(lonlat, source, target), WGS84)


def _direction(shift: NDArray[np.float64]) -> str:
    east, north = (float(v) for v in shift)
    words = [
        f"{abs(v):,.0f} m {plus if v > 0 else minus}"
        for v, plus, minus in ((east, "east", "west"), (north, "north", "south"))
    ]
    return " and ".join(words)


def _high_and_low(clouds: Sequence[PointCloud]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    highs, lows = [np.zeros((0, 2))], [np.zeros((0, 2))]
    for cloud in clouds:
        is_high = cloud.point_class == 6
        if not is_high.any():
            is_high = _above_neighbours(cloud.xyz)
        highs.append(cloud.xyz[is_high, :2])
        lows.append(cloud.xyz[~is_high, :2])
    return _thinned(np.concatenate(highs)), _thinned(np.concatenate(lows))


def _above_neighbours(xyz: NDArray[np.float64]) -> NDArray[np.bool_]:
    cell = np.floor(xyz[:, :2] / _CELL_M).astype(np.int64)
    _, member = np.unique(cell, axis=0, return_inverse=True)
    member = member.ravel()
    lowest = np.full(member.max(initial=0) + 1, np.inf)
    np.minimum.at(lowest, member, xyz[:, 2])
    return np.asarray(xyz[:, 2] - lowest[member] > _HIGH_M)


def _thinned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return xy[:: max(1, -(-len(xy) // _MOST_POINTS))]


def _inside(tree: shapely.STRtree, xy: NDArray[np.float64]) -> float:
    if not len(xy):
        return 0.0
    hits = tree.query(shapely.points(xy), predicate="within")[0]
    return len(np.unique(hits)) / len(xy)


def _score(tree: shapely.STRtree, high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    return _inside(tree, high) - _inside(tree, low)
