"""The three churches of Gulangyu: 天主堂 (Gothic, 1917), 协和礼拜堂 and 三一堂.

Plans from OpenStreetMap, heights estimated.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, box, circle, joined, moved, prism, revolved
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import (
    DARK_GLASS,
    GRANITE,
    TILE_TINT,
    WHITE,
    add_covered,
    column,
    gable_over,
    gabled_hall,
    plain_column,
    pointed_arch,
    rectangle,
    stairs,
)
from xmscenes.records import Mesh, Surface

CREAM = (236, 230, 216)


def _windows(
    bench: Bench,
    length: float,
    width: float,
    z: float,
    size: tuple[float, float],
    count: int,
    y0: float,
    round_top: bool,
) -> None:
    """Windows and their frames on both long sides of a hall that runs along y from ``y0`` backwards."""
    for side, turn in ((1, 90.0), (-1, -90.0)):
        for y in y0 - (np.arange(count) + 0.5) * length / count:
            frame = pointed_arch(size[0] + 0.4, size[1] + 0.3, 0.15, round_top=round_top)
            glass = pointed_arch(size[0], size[1], 0.13, round_top=round_top)
            bench.add(moved(frame, (side * (width / 2 - 0.03), y, z - 0.12), turn), WHITE)
            bench.add(moved(glass, (side * (width / 2 + 0.03), y, z), turn), DARK_GLASS, surface=Surface.WALL)


def catholic_church(level: int) -> Mesh:
    """天主堂: a white Gothic church, its tower with spire before the nave, buttresses and pinnacles."""
    bench = Bench()
    length, width, eave, rise = 22.0, 9.4, 8.2, 4.6
    bench.add(moved(gabled_hall(length, width, -1.5, eave, rise), (0, -2.6, 0), 90), CREAM, surface=Surface.WALL)
    add_covered(bench, moved(gable_over(length + 0.6, width, eave, rise, 0.5), (0, -2.6, 0), 90), TILE_TINT, "roof")
    apse = circle(width / 2 * 0.86, 10, start_deg=18)
    bench.add(moved(prism(apse, -1.55, 7.2), (0, -13.2, 0)), CREAM, surface=Surface.WALL)
    add_covered(
        bench, moved(revolved([(4.5, 7.1), (4.5, 7.3), (0, 10.6)], 10, start_deg=18), (0, -13.2, 0)), TILE_TINT, "roof"
    )
    bench.add(box((0, 10.1, -1.6), (4.6, 4.6, 16.4)), WHITE, surface=Surface.WALL)
    bench.add(box((0, 10.1, 14.5), (5.0, 5.0, 0.4)), CREAM)
    spire = revolved([(2.35, 14.9), (2.2, 15.2), (0.0, 21.4)], 8, start_deg=22.5)
    bench.add(moved(spire, (0, 10.1, 0)), (196, 190, 178), surface=Surface.ROOF)
    bench.add(
        joined([box((0, 10.1, 21.2), (0.16, 0.16, 1.6)), box((0, 10.1, 22.1), (0.8, 0.16, 0.16))]), (180, 150, 90)
    )
    if level < 3:
        _windows(bench, length - 2, width, 2.4, (1.2, 4.2), 6 if level < 2 else 4, 7.4, False)
        for z, w, h in ((0.2, 1.9, 4.0), (5.2, 1.3, 3.4), (10.4, 1.2, 3.2)):
            bench.add(moved(pointed_arch(w + 0.5, h + 0.4, 0.16), (0, 12.4, z - 0.05), 180), CREAM)
            bench.add(moved(pointed_arch(w, h, 0.28), (0, 12.36, z), 180), (96, 58, 44) if z < 1 else DARK_GLASS)
            for turn, x in ((90, 2.3), (-90, -2.3)):
                if z > 5:
                    bench.add(moved(pointed_arch(w, h, 0.14), (x, 10.1, z), turn), DARK_GLASS)
    if level < 2:
        parts = []
        for side in (-1, 1):
            for y in np.linspace(7.2, -12.2, 7):
                parts += [
                    box((side * (width / 2 + 0.35), y, -1.65), (0.9, 0.6, 7.15)),
                    box((side * (width / 2 + 0.2), y, 5.5), (0.6, 0.5, 2.2)),
                ]
                parts.append(
                    moved(revolved([(0.34, 0.0), (0.0, 1.5)], 4, start_deg=45), (side * (width / 2 + 0.2), y, 7.7))
                )
            for dy in (-2.2, 2.2):
                parts.append(box((side * 2.2, 10.1 + dy, -1.65), (0.8, 0.8, 16.75)))
                parts.append(moved(revolved([(0.5, 0.0), (0.0, 2.6)], 4, start_deg=45), (side * 2.2, 10.1 + dy, 15.1)))
            parts.append(box((side * 4.0, 8.2, -1.7), (1.0, 1.0, 11.7)))
            parts.append(moved(revolved([(0.6, 0.0), (0.0, 2.4)], 4, start_deg=45), (side * 4.0, 8.2, 10.0)))
        bench.add(joined(parts), WHITE)
    if level == 0:
        rose = moved(revolved([(1.0, 0.0), (0.85, 0.12)], 16), (0, 0, 0))
        upright = np.column_stack([rose[0][:, 0], 12.42 + rose[0][:, 2], 9.4 - rose[0][:, 1]])
        bench.add((upright, rose[1]), DARK_GLASS)
        bench.add(moved(stairs(4.4, 0.16, 0.34, 5), (0, 14.4, -0.4), 180), GRANITE)
    return bench.mesh()


def union_church(level: int) -> Mesh:
    """协和礼拜堂: a white hall under a gable, its front a portico of tall columns with a pediment."""
    bench = Bench()
    length, width, eave, rise = 20.4, 9.8, 6.6, 2.6
    bench.add(moved(gabled_hall(length - 2.6, width, -1.5, eave, rise), (0, -1.3, 0), 90), WHITE, surface=Surface.WALL)
    add_covered(bench, moved(gable_over(length + 0.4, width, eave, rise, 0.45), (0, 0, 0), 90), (255, 236, 222), "roof")
    bench.add(box((0, 8.85, -1.5), (width, 2.8, 1.9)), GRANITE)
    pediment = moved(gabled_hall(0.5, width, eave - 0.9, eave, rise), (0, 9.9, 0), 90)
    bench.add(pediment, WHITE, surface=Surface.WALL)
    bench.add(box((0, 9.9, eave - 1.3), (width + 0.3, 0.7, 0.5)), CREAM)
    sides = (10, 8, 4, 4)[level]
    if level < 3:
        for x in (-4.3, -1.5, 1.5, 4.3):
            shaft = column(0.36, eave - 1.7, sides) if level == 0 else plain_column(0.36, eave - 1.7, sides)
            bench.add(moved(shaft, (x, 9.8, 0.4)), WHITE, smooth=False)
        _windows(bench, length - 4.4, width, 1.6, (1.3, 3.5), 5 if level < 2 else 4, 6.8, True)
        bench.add(moved(pointed_arch(1.9, 3.6, 0.12, round_top=True), (0, 7.6, 0.4), 180), (92, 56, 42))
        for x in (-3.2, 3.2):
            bench.add(moved(pointed_arch(1.1, 2.8, 0.12, round_top=True), (x, 7.6, 1.2), 180), DARK_GLASS)
        for x in (-2.9, 0.0, 2.9):  # the choir's wall
            bench.add(moved(pointed_arch(1.3, 3.5, 0.1, round_top=True), (x, -10.2, 1.6)), DARK_GLASS)
    if level < 2:
        disc = revolved([(0.7, 0.0), (0.55, 0.1)], 14)
        upright = np.column_stack([disc[0][:, 0], 10.15 + disc[0][:, 2], eave + 0.9 - disc[0][:, 1]])
        bench.add((upright, disc[1]), (120, 116, 110))
        behind = np.column_stack([-disc[0][:, 0], -10.15 - disc[0][:, 2], eave + 0.9 - disc[0][:, 1]])
        bench.add((behind, disc[1]), (120, 116, 110))
        bench.add(
            joined(
                [
                    box((0, 10.2, eave + rise + 0.1), (0.14, 0.14, 1.3)),
                    box((0, 10.2, eave + rise + 0.85), (0.6, 0.14, 0.14)),
                ]
            ),
            (210, 206, 196),
        )
        bench.add(
            joined(
                [
                    box((s * (width / 2 + 0.1), y, -1.5), (0.3, 0.5, eave + 1.2))
                    for s in (-1, 1)
                    for y in np.linspace(6.6, -10.0, 6)
                ]
            ),
            CREAM,
        )
    if level == 0:
        bench.add(moved(stairs(7.0, 0.16, 0.34, 3), (0, 11.2, -0.05), 180), GRANITE)
    return bench.mesh()


def trinity_church(level: int) -> Mesh:
    """三一堂: a Greek cross of red brick with white pilasters, four pediments and an octagon lantern with a dome."""
    bench = Bench()
    arm, span, eave, rise = 15.6, 25.4, 9.4, 3.2
    brick = (255, 240, 228)
    for turn, apart in ((0.0, 0.0), (90.0, 0.05)):  # floors and tops of both arms would fight for depth
        c, s = (1.0, 0.0) if turn == 0 else (0.0, 1.0)
        arms = stack(-1.5 - apart, [2.3 + apart, 4.2, 4.4 + apart], ["granite", "amoy_arch", "amoy_arch"])
        ring = rectangle(span * c + arm * s, span * s + arm * c)
        add_storeyed(bench, ring, arms, wall_rgb=brick, bay_m=2.9)
        add_covered(
            bench,
            moved(gable_over(span + 0.9, arm, eave - 0.3, rise + 0.5, 0.5), (0, 0, 0), turn),
            (250, 226, 212),
            "roof",
        )
        for end in (-1, 1):
            at = (end * (span / 2 + 0.05) * c, end * (span / 2 + 0.05) * s, 0.0)
            bench.add(
                moved(gabled_hall(0.5, arm + 0.2, eave - 0.3, eave + 0.2, rise), at, turn), WHITE, surface=Surface.WALL
            )
            if level < 2:
                for q in np.linspace(-arm / 2 + 0.45, arm / 2 - 0.45, 5):
                    x, y = at[0] - q * s, at[1] + q * c
                    bench.add(moved(box((0, 0, -1.6), (0.6, 0.75, eave + 1.4)), (x, y, 0), turn), WHITE)
                bench.add(moved(box((0, 0, eave - 0.75), (0.8, arm + 0.7, 0.5)), at, turn), CREAM)
            if level < 3:
                bench.add(
                    moved(
                        pointed_arch(2.2, 3.9, 0.34, round_top=True),
                        (at[0], at[1], 0.4),
                        turn + (90 if end > 0 else -90),
                    ),
                    (112, 58, 44),
                )
    drum = circle(4.6, 8, start_deg=22.5)
    add_storeyed(bench, drum, stack(eave, [2.2, 3.4], ["stucco", "lancet"]), wall_rgb=CREAM, bay_m=3.4)
    top = eave + 5.6
    bench.add(moved(prism(circle(5.0, 8, start_deg=22.5), top, top + 0.4), (0, 0, 0)), WHITE)
    profile = [(4.5 * np.cos(a), top + 0.4 + 3.4 * np.sin(a)) for a in np.linspace(0, np.pi / 2, (7, 5, 4, 3)[level])]
    bench.add(
        revolved(
            [(max(r, 0.0) if z < top + 3.79 else 0.0, z) for r, z in profile], (16, 8, 8, 8)[level], start_deg=22.5
        ),
        (186, 84, 60),
        surface=Surface.ROOF,
        smooth=level < 2,
    )
    bench.add(joined([box((0, 0, top + 3.6), (0.2, 0.2, 2.0)), box((0, 0, top + 4.9), (0.95, 0.2, 0.2))]), WHITE)
    if level < 2:
        bench.add(joined([box((x, y, top - 3.6), (0.5, 0.5, 3.7)) for x, y in circle(4.55, 8, start_deg=22.5)]), WHITE)
    return bench.mesh()


HEROES = (
    Hero(
        id="catholic_church",
        name="天主堂",
        name_en="Catholic church",
        scene="gulangyu",
        lon_deg=118.067766,
        lat_deg=24.44644,
        heading_deg=145.9,
        make=catholic_church,
        replaces=("way/164669122",),
        source="plan 28.8 m x 10.5 m from OpenStreetMap; Gothic, 1917; height estimated",
    ),
    Hero(
        id="union_church",
        name="协和礼拜堂",
        name_en="Union Church",
        scene="gulangyu",
        lon_deg=118.067503,
        lat_deg=24.446674,
        heading_deg=53.4,
        make=union_church,
        replaces=("way/164669129",),
        source="plan 20.7 m x 10.0 m from OpenStreetMap; height estimated",
    ),
    Hero(
        id="trinity_church",
        name="三一堂",
        name_en="Trinity Church",
        scene="gulangyu",
        lon_deg=118.062113,
        lat_deg=24.447073,
        heading_deg=161.4,
        make=trinity_church,
        replaces=("way/642501322",),
        source="plan 26 m x 26 m from OpenStreetMap; height estimated",
    ),
)
