"""演武大桥 Yanwu Bridge: a white fish-belly girder on elliptical piers, low over the water, lamps in the parapet.

Width 26 m, six lanes, deck at +5 m, fish-belly section, elliptical piers and no lamp posts are published; its line is
a digitised estimate that a scene may replace by its own centreline: ``bridge(path, level)`` follows any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.parts import Bench, circle, loft
from xmscenes.model.heroes.hero import Hero
from xmscenes.records import Mesh, Origin, Surface

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

WIDTH_M, DECK_M, SPAN_M, DEPTH_M = 26.0, 5.0, 45.0, 2.2
CONCRETE, ASPHALT, LINE = (230, 230, 224), (92, 94, 96), (226, 224, 214)
COURSE_M = ((-620, -150), (-420, -95), (-210, -38), (0, 0), (210, 12), (420, -8), (620, -60))  # about the anchor


def resampled(path: ArrayLike, step_m: float) -> tuple[Floats, Floats]:
    """Points at equal steps along a smooth curve through ``path`` (N, 2), and their unit normals to the left."""
    from scipy.interpolate import CubicSpline

    points = np.asarray(path, dtype=np.float64)
    s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    spline = CubicSpline(s, points)
    at = np.linspace(0.0, s[-1], max(2, round(s[-1] / step_m) + 1))
    tangent = spline(at, 1)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    return spline(at), np.column_stack([-tangent[:, 1], tangent[:, 0]])


def _sweep(centre: Floats, left: Floats, section: ArrayLike, deck: float) -> tuple[Floats, NDArray[np.int64]]:
    """Sweep a section of (offset to the left, height over the deck), CCW seen against the course."""
    rows = np.asarray(section, dtype=np.float64)
    rings = [
        np.column_stack([c + np.outer(rows[:, 0], n), deck + rows[:, 1]]) for c, n in zip(centre, left, strict=True)
    ]
    shape = loft(rings)
    corner = shape[0][shape[1]]
    if np.einsum("fi,fi->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) < 0:
        return shape[0], shape[1][:, ::-1]
    return shape


def bridge(path: ArrayLike, level: int, deck_m: float = DECK_M) -> Mesh:
    """Make the bridge along a centreline (N, 2): girder, parapets, six lanes with marks, piers every 45 m."""
    bench = Bench()
    half = WIDTH_M / 2
    centre, left = resampled(path, (18.0, 36.0, 60.0, 200.0)[level])
    t = np.linspace(0, np.pi, (13, 9, 5, 3)[level])
    belly = np.column_stack([np.cos(t) * (half - 1.2), -0.45 - np.sin(t) ** 0.8 * (DEPTH_M - 0.45)])[::-1]
    girder = np.concatenate([[(half, 0.0), (-half, 0.0), (-half, -0.35)], belly, [(half, -0.35)]])
    bench.add(_sweep(centre, left, girder, deck_m), CONCRETE, surface=Surface.DETAIL, smooth=False)
    road = [(half - 0.9, 0.0), (half - 0.9, 0.06), (-half + 0.9, 0.06), (-half + 0.9, 0.0)]
    bench.add(_sweep(centre, left, road, deck_m), ASPHALT, surface=Surface.ROAD)
    for side in (-1, 1):
        x = side * (half - 0.4)
        parapet = [(x + 0.3, 0.0), (x + 0.2, 0.95), (x - 0.2, 0.95), (x - 0.3, 0.0)]
        bench.add(_sweep(centre, left, parapet, deck_m), CONCRETE)
        if level < 2:
            lamp = [(x + 0.12, 0.951), (x + 0.12, 1.01), (x - 0.12, 1.01), (x - 0.12, 0.951)]
            bench.add(_sweep(centre, left, lamp, deck_m), (252, 244, 224), material="glow")
    bench.add(_sweep(centre, left, [(0.3, 0.06), (0.2, 0.7), (-0.2, 0.7), (-0.3, 0.06)], deck_m), CONCRETE)
    if level < 2:
        for x in (-half + 1.2, -0.8, 0.8, half - 1.2):
            bench.add(
                _sweep(
                    centre, left, [(x + 0.08, 0.06), (x + 0.08, 0.085), (x - 0.08, 0.085), (x - 0.08, 0.06)], deck_m
                ),
                LINE,
            )
    if level == 0:
        _dashes(bench, path, deck_m)
    if level < 3:
        _piers(bench, path, level, deck_m)
    return bench.mesh()


def _dashes(bench: Bench, path: ArrayLike, deck_m: float) -> None:
    centre, left = resampled(path, 24.0)
    for k in range(len(centre) - 1):
        for x in (-7.0, -4.2, 4.2, 7.0)[k % 2 :: 2]:
            a = centre[k] + left[k] * x
            direction = (centre[k + 1] - centre[k]) / np.linalg.norm(centre[k + 1] - centre[k])
            ends = np.array([a, a + direction * 9.0])
            normal = np.array([left[k], left[k]])
            bench.add(_sweep(ends, normal, [(0.08, 0.06), (0.08, 0.085), (-0.08, 0.085), (-0.08, 0.06)], deck_m), LINE)


def _piers(bench: Bench, path: ArrayLike, level: int, deck_m: float) -> None:
    """Pairs of elliptical piers; they reach 8 m below the water so that no tide bares their feet."""
    centre, left = resampled(path, SPAN_M if level < 2 else SPAN_M * 2)
    sides = (14, 10, 6)[level]
    for c, n in zip(centre[1:-1], left[1:-1], strict=True):
        turn = np.degrees(np.arctan2(n[1], n[0]))
        a = np.radians(turn)
        axes = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
        for x in (-4.2, 4.2):
            ring = (circle(1.0, sides) * [2.1, 1.1]) @ axes + c + n * x
            flare = (circle(1.0, sides) * [2.7, 1.3]) @ axes + c + n * x
            heights = ((ring, -8.0), (ring, deck_m - DEPTH_M - 0.9), (flare, deck_m - DEPTH_M + 0.35))
            bench.add(loft([np.column_stack([r, np.full(sides, z)]) for r, z in heights]), CONCRETE, smooth=level == 0)


def make(level: int) -> Mesh:
    """Make the stretch off the old harbour; z = 0 is the sea."""
    return bridge(COURSE_M, level)


HERO = Hero(
    id="yanwu_bridge",
    name="演武大桥",
    name_en="Yanwu Bridge",
    scene="shapowei",
    lon_deg=118.0838,
    lat_deg=24.4366,
    heading_deg=36.0,
    elevation_m=0.0,
    make=make,
    sizes_m={"deck": DECK_M},
    position_origin=Origin.DIGITISED,
    source="26 m wide, deck at +5 m, form published; line digitised from the view point's position and the shore",
)
