"""日光岩 Sunlight Rock: an upright and a lying granite boulder, 40 m across, railed platform on top at 92.7 m.

The summit's elevation and the boulder's width are published; the foot is the ground around the boulder. Both boulders
take the terrain's place: meshed from survey points where there are any, else their form and place are estimates from
the published description. The stairs are estimates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.covers import slope_uv
from xmscenes.look.parts import Bench, beam, box, circle, joined, moved, prism
from xmscenes.model.heroes.boulder import boulders_of, meshed
from xmscenes.model.heroes.hero import Hero, Seat
from xmscenes.model.heroes.kit import GRANITE, IRON, add_rock, railing, rock_rgb
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.records import Mesh

SUMMIT_M, WIDTH_M, HEIGHT_M = 92.7, 40.0, 41.9
RAIL_M = 1.2
PLATFORM_M = 0.06  # floor over the crown
SEATS = (
    Seat(half_m=(26.5, 26.5), level_m=0.0, slope=(-0.135, 0.24)),
    Seat(centre_m=(26.7, -26.8), half_m=(20.5, 18.5), level_m=-1.0, slope=(-0.135, 0.24)),
)
UPRIGHT_FACES, LYING_FACES = (5000, 1600, 500, 120), (2600, 800, 250, 60)
LIFT = np.array([0.0, 0.0, 1.0])  # hand rails over the steps
LYING = (23.5, -23.5)  # middle of the lying block, which leans on the upright one


def _boulders(bench: Bench, level: int) -> NDArray[np.float64]:
    fine = (4, 3, 2, 1)[level]
    top = HEIGHT_M - RAIL_M
    block = add_rock(bench, 3, fine, (40.8, 36.0, 54.0), (0, 0, top - 26.4), 20, rough=0.09, square=0.66)
    lying = (*LYING, 22.0 - 23.0)
    add_rock(bench, 8, max(fine - 1, 1), (44, 27, 46), lying, -45, rough=0.12, square=0.6, base=(150, 143, 130))
    _small_rocks(bench, level)
    return block


def _small_rocks(bench: Bench, level: int) -> None:
    """Blocks around the foot, which a flight cannot tell from the hill."""
    if level < 3:
        small = [
            (12, 19, 2, 13, 10, 11),
            (-17, -13, -2, 14, 11, 12),
            (-3, -20, -5, 12, 13, 11),
            (19, 8, 1.5, 11, 12, 10),
            (-20, 6, 2, 10, 9, 8),
            (38, -14, -9, 13, 10, 11),
        ]
        for i, (x, y, z, a, b, c) in enumerate(small):
            add_rock(bench, 20 + i, max(2 - level, 1), (a, b, c), (x, y, z), 40.0 * i, square=0.6)


def _platform(bench: Bench, level: int, top: float) -> None:
    sides = (24, 16, 10, 6)[level]
    bench.add(moved(prism(circle(5.4, sides), top - 3.2, top), (0, 0, 0)), GRANITE)
    if level < 2:
        ring = [(5.2 * np.cos(a), 5.2 * np.sin(a), top) for a in np.linspace(0, 2 * np.pi, sides + 1)]
        bench.add(
            railing(ring, RAIL_M, every=1.2 if level == 0 else 3.0, thick=0.1, bars=3 if level == 0 else 2),
            (214, 210, 200),
        )
        bench.add(box((0, 0, top), (1.6, 0.5, 0.9)), (198, 192, 180))


def _flank(block: NDArray[np.float64], angle: float, z: float) -> float:
    """How far the boulder reaches from its axis at a bearing and a height."""
    bearing = np.arctan2(block[:, 1], block[:, 0])
    apart = np.abs((bearing - angle + np.pi) % (2 * np.pi) - np.pi) * 14.0
    near = np.argsort(np.hypot(apart, block[:, 2] - z))[:4]
    return float(np.linalg.norm(block[near, :2], axis=1).max())


def _stairs(bench: Bench, block: NDArray[np.float64], level: int, top: float) -> None:
    """Steps that wind up the flank, with a rail on the outer side."""
    count = (96, 48, 24, 0)[level]
    if not count:
        return
    turn = np.radians(np.linspace(150, 470, count))
    climb = np.linspace(3.0, top - 0.1, count)
    steps, posts = [], []
    radius = np.array([max(_flank(block, a, z) + 0.4, 5.8) for a, z in zip(turn, climb, strict=True)])
    radius = np.convolve(np.pad(radius, 3, mode="edge"), np.full(7, 1 / 7), mode="valid")
    for a, z, r in zip(turn, climb, radius, strict=True):
        x, y = r * np.cos(a), r * np.sin(a)
        steps.append(moved(box((-0.9, 0, -2.2), (3.6, 1.8 * 96 / count, 2.2)), (x, y, z), float(np.degrees(a))))
        posts.append(np.array([(r + 0.8) * np.cos(a), (r + 0.8) * np.sin(a), z]))
    bench.add(joined(steps), (166, 158, 146))
    if level == 0:
        rails = [box(p, (0.08, 0.08, 1.05)) for p in posts[::2]]
        rails += [beam(p + LIFT, q + LIFT, 0.07, 0.07) for p, q in zip(posts[:-2:2], posts[2::2], strict=False)]
        bench.add(joined(rails), IRON)


def make(level: int) -> Mesh:
    """Make the rock; z = 0 is the saddle at its foot, the platform's floor lies at 92.7 m once it is placed."""
    bench = Bench()
    block = _boulders(bench, level)
    _platform(bench, level, HEIGHT_M - RAIL_M)
    _stairs(bench, block, level, HEIGHT_M - RAIL_M)
    return bench.mesh()


def from_points(points: NDArray[np.float64]) -> Callable[[int], Mesh] | None:
    """Make the rock from survey points (N, 3) around its anchor; None when they do not show the upright boulder.

    The platform lies on the crown that was measured, never below the published summit.
    """
    upright, lying = boulders_of(points, SEATS)
    if upright is None:
        return None
    blocks = [(3, meshed(upright, UPRIGHT_FACES))]
    if lying is not None:
        blocks.append((8, meshed(lying, LYING_FACES)))
    flank = blocks[0][1][0][0]
    top = max(HEIGHT_M - RAIL_M, float(flank[:, 2].max()) + PLATFORM_M)

    def make_level(level: int) -> Mesh:
        bench = Bench()
        for seed, block in blocks:
            vertices, faces = block[level]
            rgb, uv = rock_rgb(vertices, faces, seed), slope_uv(vertices[faces], "ground")
            bench.add((vertices, faces), rgb, material="ground", uv=uv, surface=Surface.ROCK, smooth=level < 3)
        _small_rocks(bench, level)
        _platform(bench, level, top)
        _stairs(bench, flank[flank[:, 2] > 0.0], level, top)
        return bench.mesh()

    return make_level


HERO = Hero(
    id="sunlight_rock",
    name="日光岩",
    name_en="Sunlight Rock",
    scene="gulangyu",
    lon_deg=118.0622567,
    lat_deg=24.4446321,
    elevation_m=SUMMIT_M - (HEIGHT_M - RAIL_M),
    make=make,
    sizes_m={"height": HEIGHT_M},  # 40 m across is the upright block alone
    seats=SEATS,
    from_points=from_points,
    source="summit 92.7 m and 40 m across published; foot from the ground around it, lying block estimated",
)
