"""What stands in the truth scene beside buildings: bridges, boats, and rough solids in the place of landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import Polygon

from xmscenes.survey.plan import SolidPlan, SurveyPlan, rng_for
from xmscenes.survey.solids import Solid, deck, ellipsoid, prism, slab

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.survey.ground import Ground
    from xmscenes.survey.layers import Shape

BRIDGE_CLASS = 17
UNCLASSIFIED = 1
RAMP_M = 25.0  # a bridge comes down to the land over this length
CONCRETE = (186, 184, 178)
ASPHALT = (96, 96, 98)
HULLS = ((58, 92, 128), (92, 60, 46), (60, 110, 96), (120, 118, 112))


def raise_bridges(shapes: list[Shape], ground: Ground) -> list[Solid]:
    """Decks with piers from centrelines with ``width_m``, ``deck_m`` (top of the deck) and ``thickness_m``."""
    solids = []
    for shape in shapes:
        width_m, top_m = float(shape.tags["width_m"]), float(shape.tags["deck_m"])
        thickness_m = float(shape.tags.get("thickness_m", 0.8))
        line = shape.geometry
        at = np.unique(np.concatenate([np.arange(0.0, line.length, 6.0), [line.length], _vertex_stations(line)]))
        centre = np.array([line.interpolate(d).coords[0] for d in at])
        top = _deck_heights(centre, at, line.length, top_m, ground)
        rgb = ASPHALT if width_m > 6.0 else CONCRETE
        look = {"owner": shape.id, "point_class": BRIDGE_CLASS, "top_rgb": rgb, "side_rgb": CONCRETE}
        solids += deck(centre, top, width_m, thickness_m, **look)
        spacing_m = float(shape.tags.get("pier_spacing_m", 30.0))
        for d in np.arange(spacing_m / 2, line.length, spacing_m):
            x, y = line.interpolate(d).coords[0]
            under = float(np.interp(d, at, top)) - thickness_m
            bed = float(ground.height(np.array([[x, y]]))[0])
            if under - bed > 0.5:
                pier = Polygon(_ring(x, y, width_m * 0.18, max(width_m * 0.08, 0.25), 0.0, 10))
                solids.append(slab(pier, bed - 0.5, under, **look))
    return solids


def _vertex_stations(line: object) -> NDArray[np.float64]:
    xy = np.asarray(line.coords)  # type: ignore[attr-defined]
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])


def _deck_heights(
    centre: NDArray[np.float64], at: NDArray[np.float64], length_m: float, top_m: float, ground: Ground
) -> NDArray[np.float64]:
    """Level over the water, ramps to the ground at ends that stand on land."""
    top = np.full(len(at), top_m)
    for end, distance in ((0, at), (-1, length_m - at)):
        if ground.is_land(centre[[end]])[0]:
            foot = float(ground.height(centre[[end]])[0]) + 0.05
            ramp = min(RAMP_M, length_m / 3)
            share = np.clip(distance / ramp, 0.0, 1.0)
            share = share * share * (3 - 2 * share)
            top = np.minimum(top, foot + share * (top_m - foot)) if foot < top_m else top + (1 - share) * (foot - top_m)
    return top


def raise_boats(shapes: list[Shape], ground: Ground, seed: int) -> list[Solid]:
    """Moored boats from points with ``length_m`` and ``heading_deg``: a hull and a cabin, unclassified."""
    solids = []
    for shape in shapes:
        x, y = shape.geometry.x, shape.geometry.y
        row, column = ground.canvas.cells(np.array([[x, y]]))
        level = float(np.nan_to_num(ground.level_m[row[0], column[0]]))
        rng = rng_for(seed, "boat", shape.id)
        length_m, heading = float(shape.tags["length_m"]), float(shape.tags.get("heading_deg", 0.0))
        hull = Polygon(_ring(x, y, length_m * 0.13, length_m / 2, heading, 8))
        rgb = HULLS[int(rng.integers(len(HULLS)))]
        look = {"owner": shape.id, "point_class": UNCLASSIFIED, "top_rgb": (150, 132, 110), "side_rgb": rgb}
        solids.append(slab(hull, level - 0.4, level + 0.07 * length_m + 0.2, **look))
        cabin = Polygon(_ring(x, y, length_m * 0.09, length_m * 0.16, heading, 4))
        look["top_rgb"] = (206, 204, 196)
        solids.append(slab(cabin, level, level + 0.19 * length_m + 0.6, **look))
    return solids


def raise_landmarks(plan: SurveyPlan, frame: Frame, ground: Ground) -> list[Solid]:
    """Rough solids of the plan, each with its top at the elevation that is published."""
    return [solid for item in plan.solid for solid in _landmark(item, plan.seed, frame, ground)]


def _landmark(item: SolidPlan, seed: int, frame: Frame, ground: Ground) -> list[Solid]:
    x, y = frame.to_local(np.array([[item.lon_deg, item.lat_deg]]), "EPSG:4326")[0]
    foot = float(ground.height(np.array([[x, y]]))[0])
    base = item.base_m if item.base_m is not None else foot - 1.0
    top = item.top_m if item.top_m is not None else foot + (item.height_m or 1.0)
    look: dict[str, Any] = {
        "owner": item.id,
        "point_class": item.point_class,
        "top_rgb": item.rgb,
        "side_rgb": item.rgb,
    }
    half = item.size_m[0] / 2, item.size_m[1] / 2
    if item.kind == "block":
        return [slab(Polygon(_box(x, y, *half, item.heading_deg)), base, top, **look)]
    if item.kind == "tower":
        return _tower(x, y, half, item.heading_deg, base, top, look)
    if item.kind == "spire":
        square = Polygon(_box(x, y, *half, item.heading_deg))

        def cone(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.where(np.hypot(xy[:, 0] - x, xy[:, 1] - y) < 1e-6, top, base + 0.02)

        ring = list(square.exterior.coords)
        sides = [Polygon([ring[k], ring[k + 1], (x, y)]) for k in range(len(ring) - 1)]
        return [prism(side, base, cone, **look) for side in sides]
    if item.kind == "figure":
        body = slab(Polygon(_ring(x, y, *half, item.heading_deg, 10)), base, base + (top - base) * 0.82, **look)
        head_m = (top - base) * 0.11
        centre = (x, y, top - head_m)
        return [body, ellipsoid(centre, (head_m, head_m, head_m), rings=8, sectors=12, **look)]
    if item.kind == "dome":
        return [ellipsoid((x, y, base), (*half, top - base), lowest=0.0, **look)]
    return [_boulder(item, seed, (float(x), float(y)), half, base, top, look)]


def _tower(
    x: float, y: float, half: tuple[float, float], heading: float, base: float, top: float, look: dict[str, Any]
) -> list[Solid]:
    """A tower that steps in twice, as most do: three quarters at full width."""
    steps = ((1.0, 0.78), (0.84, 0.94), (0.55, 1.0))
    rings = [(_box(x, y, half[0] * s, half[1] * s, heading), base + (top - base) * h) for s, h in steps]
    return [slab(Polygon(ring), base, height, **look) for ring, height in rings]


def _boulder(
    item: SolidPlan,
    seed: int,
    xy: tuple[float, float],
    half: tuple[float, float],
    base: float,
    top: float,
    look: dict[str, Any],
) -> Solid:
    rings, sectors = 24, 48
    rng = rng_for(seed, "boulder", item.id)
    around = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    polar = np.linspace(0, np.pi, rings + 1)[:, None]
    bumps = np.ones((rings + 1, sectors))
    for order in range(2, 7):
        phase, tilt = rng.uniform(0, 2 * np.pi, 2)
        bumps += 0.10 / order * np.cos(order * around + phase) * np.sin(polar) * np.cos(order * polar + tilt)
    # the crown is left round, so that its top is the published summit to the millimetre
    bumps = 1.0 + (bumps - 1.0) * np.sin(np.linspace(np.pi, 0, rings + 1))[:, None] ** 0.5
    height = top - base
    return ellipsoid(
        (*xy, base + 0.35 * height),
        (*half, 0.65 * height),
        rings=rings,
        sectors=sectors,
        bumps=bumps,
        power=0.75,
        **look,
    )


def _turn(heading_deg: float) -> NDArray[np.float64]:
    a = np.radians(-heading_deg)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


def _box(x: float, y: float, half_x: float, half_y: float, heading_deg: float) -> NDArray[np.float64]:
    corners = np.array([(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)])
    return corners @ _turn(heading_deg).T + (x, y)


def _ring(x: float, y: float, half_x: float, half_y: float, heading_deg: float, corners: int) -> NDArray[np.float64]:
    around = np.linspace(0, 2 * np.pi, corners, endpoint=False) + np.pi / 4
    unit = np.column_stack([np.cos(around), np.sin(around)])
    scale = np.sqrt(2.0) if corners == 4 else 1.0
    return unit * (half_x * scale, half_y * scale) @ _turn(heading_deg).T + (x, y)
