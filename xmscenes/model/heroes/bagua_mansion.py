"""八卦楼 Bagua Mansion, 1907: three floors over a granite base, 82 columns, a red dome with eight ribs on a drum.

Plan from the outline of way/164652578 (54 m x 34 m with corner rooms and a bowed middle); 25.7 m high; dome 10 m.
The proportions between these figures are estimates.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, beam, box, circle, moved, prism, revolved, swept
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import (
    GRANITE,
    TILE_TINT,
    WHITE,
    add_covered,
    column,
    hip_roof,
    plain_column,
    railing,
    rectangle,
    stairs,
)
from xmscenes.records import Mesh, Surface

HEIGHT_M, DOME_M, COLUMNS = 25.7, 10.0, 82
BASE_M, FLOOR_M = 1.6, 4.1
DOME_RED, DRUM_M = (176, 64, 46), 4.0
EAVE_Z = BASE_M + 2 * FLOOR_M + 0.4
BRICK = (255, 244, 236)


def column_places() -> list[tuple[float, float, float, float]]:
    """The 82 columns as (x, y, floor, height): two orders on the verandas of four sides and on the bowed middle."""
    places: list[tuple[float, float, float, float]] = []
    for z in (BASE_M, BASE_M + FLOOR_M):
        for y in (13.4, -15.4):
            xs = [x for x in np.linspace(-15.0, 15.0, 11) if y < 0 or abs(x) > 4.6]
            places += [(float(x), y, z, FLOOR_M - 0.35) for x in xs]
        for x in (-26.2, 26.2):
            places += [(x, float(y), z, FLOOR_M - 0.35) for y in np.linspace(-7.0, 6.0, 7)]
    for z in (BASE_M, BASE_M + FLOOR_M):
        angle = np.radians(np.linspace(8, 172, 4))
        places += [(float(5.2 * np.cos(a)), float(13.0 + 4.4 * np.sin(a)), z, FLOOR_M - 0.35) for a in angle]
    drum = [(float(x), float(y), EAVE_Z + 1.5, DRUM_M - 1.2) for x, y in circle(5.75, 8, start_deg=22.5)]
    return (places + drum)[:COLUMNS]


def _body(bench: Bench, level: int) -> None:
    long_hall, cross_hall = rectangle(49.0, 24.6, 0, -1.0), rectangle(31.0, 28.0, 0, -1.0)
    # Floors and tops of bodies that stick into one another lie 5 cm apart: they would fight for depth.
    for ring, apart in ((long_hall, 0.0), (cross_hall, 0.05)):
        floors = stack(BASE_M, [FLOOR_M, FLOOR_M, 0.4 + apart], ["veranda", "veranda", "stucco"])
        add_storeyed(
            bench, ring, [(-2.0 - apart, BASE_M, "granite"), *floors], wall_rgb=WHITE, top_rgb=WHITE, bay_m=3.2
        )
    rooms = stack(BASE_M, [FLOOR_M, FLOOR_M, 0.5], ["amoy_arch", "amoy_rect", "brick"])
    for x in (-21.8, 21.8):
        for y in (12.7, -12.9):
            add_storeyed(
                bench, rectangle(8.6, 8.6, x, y), [(-2.1, BASE_M, "granite"), *rooms], wall_rgb=BRICK, bay_m=2.9
            )
    bow = np.array(
        [
            (5.4, 12.0),
            *[(5.4 * np.cos(a), 13.0 + 2.2 * np.sin(a)) for a in np.radians([15, 60, 120, 165])],
            (-5.4, 12.0),
        ]
    )
    floors = stack(BASE_M, [FLOOR_M, FLOOR_M, 0.55], ["veranda", "veranda", "stucco"])
    add_storeyed(bench, bow, [(-2.15, BASE_M, "granite"), *floors], wall_rgb=WHITE, bay_m=3.0)
    if level < 2:
        _verandas(bench)


def _verandas(bench: Bench) -> None:
    """Floor slabs, architraves and balustrades that run in front of the halls."""
    spans = [
        (0.0, -15.3, 31.4, 2.6),
        (-10.3, 13.3, 11.2, 2.6),
        (10.3, 13.3, 11.2, 2.6),
        (-25.6, -0.5, 2.8, 14.6),
        (25.6, -0.5, 2.8, 14.6),
    ]
    for x, y, dx, dy in spans:
        bench.add(box((x, y, -2.2), (dx, dy, 2.2 + BASE_M)), GRANITE)
        for k in (1, 2):
            bench.add(box((x, y, BASE_M + k * FLOOR_M - 0.35), (dx + 0.2, dy + 0.2, 0.45)), WHITE)
    half = np.array([(5.9 * np.cos(a), 13.0 + 5.1 * np.sin(a)) for a in np.radians(np.linspace(0, 180, 9))])
    bench.add(prism(half, -2.25, BASE_M), GRANITE)
    for k in (1, 2):
        bench.add(prism(half, BASE_M + k * FLOOR_M - 0.35, BASE_M + k * FLOOR_M + 0.1), WHITE)


def _roofs(bench: Bench, level: int) -> None:
    tiles = [(moved(hip_roof(51.0, 26.4, 2.8, ridge=26.0), (0, -1, EAVE_Z)), TILE_TINT),
             (moved(hip_roof(32.4, 29.6, 3.1, ridge=8.0), (0, -1, EAVE_Z + 0.04)), (255, 240, 226))]  # fmt: skip
    tiles += [
        (moved(hip_roof(9.4, 9.4, 2.2), (x, y, EAVE_Z + 0.08)), (244, 218, 206))
        for x in (-21.8, 21.8)
        for y in (12.7, -12.9)
    ]
    for shape, rgb in tiles:
        add_covered(bench, shape, rgb, "roof")
    third = rectangle(15.0, 15.0, 0, -1.0)
    add_storeyed(
        bench, third, stack(EAVE_Z + 0.12, [3.28], ["colonial"]), wall_rgb=WHITE, top_rgb=(196, 188, 172), bay_m=3.0
    )
    if level < 2:
        bench.add(box((0, -1, EAVE_Z + 3.4), (15.6, 15.6, 0.3)), WHITE)
        loop = [(x, y, EAVE_Z + 3.7) for x, y in ((-7.5, -8.5), (7.5, -8.5), (7.5, 6.5), (-7.5, 6.5), (-7.5, -8.5))]
        bench.add(railing(loop, 1.0, every=1.9, thick=0.16), WHITE)


def _dome(bench: Bench, level: int) -> None:
    """The dome, 10 m across on an octagon, its ribs, lantern and finial up to the full height."""
    at = (0.0, -1.0, 0.0)
    z0 = HEIGHT_M - 1.3 - DOME_M / 2 * 1.06
    drum_low = EAVE_Z + 3.4
    ring = np.array([(x + at[0], y + at[1]) for x, y in circle(5.3, 8, start_deg=22.5)])
    add_storeyed(
        bench, ring, [(drum_low + 0.1, z0 - 0.3, "colonial")], wall_rgb=(226, 216, 200), top_rgb=WHITE, bay_m=4.1
    )
    bench.add(moved(prism(circle(5.9, 8, start_deg=22.5), z0 - 0.35, z0 + 0.15), at), WHITE)
    sides = (24, 16, 8, 8)[level]
    t = np.linspace(0, 1, (9, 6, 4, 3)[level])
    profile = [(5.05 * np.cos(a) ** 0.9 if a < 1.5 else 0.25, z0 + 0.15 + 5.15 * np.sin(a)) for a in t * np.pi / 2]
    bench.add(moved(revolved([(r, z) for r, z in profile], sides), at), DOME_RED, surface=Surface.ROOF, smooth=True)
    if level < 2:
        for k in range(8):
            a = np.radians(22.5 + 45 * k)
            path = [
                (5.1 * np.cos(b) ** 0.9 * np.cos(a), 5.1 * np.cos(b) ** 0.9 * np.sin(a), z0 + 0.2 + 5.15 * np.sin(b))
                for b in np.linspace(0.0, 1.45, 7 if level == 0 else 4)
            ]
            bench.add(moved(swept(path, 0.34, 0.3), at), (204, 96, 70), surface=Surface.ROOF)
    top = z0 + 5.2
    bench.add(
        moved(
            revolved(
                [(0.75, top - 0.35), (0.75, top + 0.45), (0.95, top + 0.5), (0.12, top + 0.8), (0.08, HEIGHT_M)], 8
            ),
            at,
        ),
        (222, 206, 186),
    )


def make(level: int) -> Mesh:
    """Make the mansion; its bowed front looks along +y."""
    bench = Bench()
    _body(bench, level)
    _roofs(bench, level)
    _dome(bench, level)
    if level < 3:
        shaft = column if level == 0 else plain_column
        for x, y, z, height in column_places():
            sides = 8 if level == 0 else (6 if level == 1 else 4)
            if level < 2 or z < BASE_M + 1:
                bench.add(moved(shaft(0.3, height, sides), (x, y, z)), WHITE, smooth=False)
    if level == 0:
        bench.add(moved(stairs(6.0, BASE_M / 8, 0.34, 8), (0, 21.2, 0), 180), GRANITE)
        for z in (BASE_M, BASE_M + FLOOR_M):
            for y, sign in ((14.3, 1), (-16.3, -1)):
                parts = ((-15.2, -5.6), (5.6, 15.2)) if sign > 0 else ((-15.2, 15.2),)
                for a, b in parts:
                    bench.add(railing([(a, y, z), (b, y, z)], 0.95, every=1.6, thick=0.14), WHITE)
    bench.add(beam((0, -1.0, HEIGHT_M - 1.2), (0, -1.0, HEIGHT_M), 0.12, 0.12), (150, 120, 70))
    return bench.mesh()


HERO = Hero(
    id="bagua_mansion",
    name="八卦楼",
    name_en="Bagua Mansion",
    scene="gulangyu",
    lon_deg=118.063234,
    lat_deg=24.450126,
    heading_deg=46.3,
    make=make,
    sizes_m={"height": HEIGHT_M},
    replaces=("way/164652578",),
    source="height, dome, ribs, columns and floors published; plan from OpenStreetMap; front by its outline",
)
