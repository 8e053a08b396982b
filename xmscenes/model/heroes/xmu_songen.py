"""厦大颂恩楼 (嘉庚三号楼): one tower of 21 floors and four lower blocks in a row under red Jiageng roofs.

21 floors and "one taller and four lower blocks, slightly curved east front, red sloped roofs" are published; the
height of 95 m and the plan are estimates. The front looks along +y.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, box, joined, moved, prism
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import GRANITE, TILE_TINT, WHITE, add_covered, hip_roof, rectangle, swallow_roof
from xmscenes.records import Mesh, Origin, Surface

HEIGHT_M, FLOORS = 95.0, 21
BRICK = (255, 236, 220)


def _tower(bench: Bench, level: int) -> None:
    foot, top = 5.0, HEIGHT_M - 17.0
    rows = (FLOORS - 1, FLOORS - 1, 5, 2)[level]
    rise = (top - foot) / rows
    add_storeyed(
        bench,
        rectangle(34.0, 18.0),
        [(-2.0, foot, "granite"), *stack(foot, [rise] * rows, ["school"] * rows)],
        wall_rgb=(244, 236, 222),
        bay_m=4.0,
    )
    for x in (-12.5, 12.5):
        add_storeyed(
            bench,
            rectangle(7.0, 21.0, x),
            # 5 cm lower and higher than the slab they stick in: their floors and tops would fight for depth
            [(-2.05, foot, "granite"), *stack(foot, [rise + 0.05 / rows] * rows, ["amoy_rect"] * rows)],
            wall_rgb=BRICK,
            bay_m=3.6,
        )
    if level < 2:
        bench.add(box((0, 0, top - 0.2), (35.6, 21.8, 0.8)), WHITE)
    add_covered(
        bench,
        moved(swallow_roof(38.0, 24.0, 5.4, ridge=24.0, upturn=1.6, steps=5 - level), (0, 0, top + 0.9)),
        TILE_TINT,
        "roof",
    )
    add_storeyed(
        bench, rectangle(22.0, 11.0), stack(top + 2.5, [4.0, 3.0], ["colonial", "stucco"]), wall_rgb=WHITE, bay_m=3.4
    )
    add_covered(
        bench,
        moved(swallow_roof(26.0, 15.0, 4.6, ridge=15.0, upturn=1.4, steps=5 - level), (0, 0, top + 9.6)),
        TILE_TINT,
        "roof",
    )
    if level < 2:
        bench.add(box((0, 0, top + 13.8), (16.0, 0.7, 1.1)), (206, 108, 78), surface=Surface.ROOF)
        ends = [moved(prism(rectangle(0.7, 0.7), 0, 3.0, top_scale=0.5), (s * 7.6, 0, top + 13.8)) for s in (-1, 1)]
        bench.add(joined(ends), (206, 108, 78), surface=Surface.ROOF)
        bench.add(joined([box((x, 9.6, 0), (0.9, 0.9, foot)) for x in np.linspace(-16, 16, 9)]), GRANITE)


def _wing(bench: Bench, x: float, y: float, turn: float, floors: int, level: int) -> None:
    """One of the lower blocks: granite arcade, brick floors, hip roof with raised corners."""
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    ring = rectangle(30.0, 14.0) @ np.array([[c, s], [-s, c]]) + np.array([x, y])
    rows = (floors, floors, 2, 1)[level]
    rise = floors * 3.7 / rows
    strips = ["veranda", *["amoy_arch" if k % 2 else "school" for k in range(rows - 1)]]
    add_storeyed(bench, ring, [(-2.0, 0.8, "granite"), *stack(0.8, [rise] * rows, strips)], wall_rgb=BRICK, bay_m=3.7)
    eave = 0.8 + floors * 3.7
    if level < 2:
        bench.add(moved(box((0, 0, eave - 0.3), (31.2, 15.2, 0.6)), (x, y, 0), turn), WHITE)
    roof = (
        swallow_roof(33.0, 17.0, 4.4, ridge=18.0, upturn=1.1, steps=5 - level)
        if level < 2
        else hip_roof(33.0, 17.0, 4.4, ridge=18.0)
    )
    add_covered(bench, moved(roof, (x, y, eave + 0.4), turn), TILE_TINT, "roof")
    if level < 2:
        bench.add(
            moved(box((0, 0, eave + 4.5), (19.0, 0.5, 0.7)), (x, y, 0), turn), (206, 108, 78), surface=Surface.ROOF
        )


def make(level: int) -> Mesh:
    """Make the five blocks on a gentle arc, the tower in the middle."""
    bench = Bench()
    _tower(bench, level)
    for offset, floors in ((-2, 5), (-1, 6), (1, 6), (2, 5)):
        turn = -offset * 7.0
        _wing(bench, offset * 36.0 + np.sign(offset) * 2.0, -(abs(offset) ** 2) * 3.2 + 1.0, turn, floors, level)
    return bench.mesh()


HERO = Hero(
    id="xmu_songen",
    name="厦门大学颂恩楼",
    name_en="XMU Song-en building group",
    scene="shapowei",
    lon_deg=118.0935,
    lat_deg=24.4375,
    heading_deg=90.0,
    make=make,
    sizes_m={"height": HEIGHT_M},
    position_origin=Origin.DIGITISED,
    source="21 floors and form published; position, height of 95 m and plan estimated",
)
