"""筼筜湖西堤水闸: the tidal gate in the west dike: piers, lift gates, a bridge, the hoist house above.

The span from 118.0702 to 118.0728 E is known from the coastline; the building is an estimate.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, box, joined, loft, moved
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import GRANITE, TILE_TINT, WHITE, add_covered, hip_roof, railing, rectangle
from xmscenes.records import Mesh, Origin, Surface

BAYS, BAY_M, DECK_M, TOP_M = 6, 8.0, 4.2, 13.6
STEEL = (66, 104, 122)


def make(level: int) -> Mesh:
    """Make the gate across the outlet: x runs along the dike, +y looks at the lake, z = 0 is the water."""
    bench = Bench()
    length = BAYS * BAY_M
    xs = np.linspace(-length / 2, length / 2, BAYS + 1)
    for x in xs:
        nose = np.array([(-0.9, -7.0), (0.0, -8.2), (0.9, -7.0), (0.9, 7.0), (0.0, 8.2), (-0.9, 7.0)]) + np.array(
            [x, 0.0]
        )
        bench.add(loft([np.column_stack([nose, np.full(6, z)]) for z in (-5.0, DECK_M - 0.6)]), GRANITE)
        if level < 2:
            bench.add(box((x, 1.5, DECK_M - 0.6), (1.3, 2.2, 5.4)), WHITE, surface=Surface.WALL)
    bench.add(box((0, -3.2, DECK_M - 0.8), (length + 14.0, 7.0, 0.8)), (186, 182, 172), surface=Surface.ROAD)
    if level < 3:
        gates = [box((x, 1.5, -2.2), (BAY_M - 1.6, 0.35, 4.4)) for x in (xs[:-1] + xs[1:]) / 2]
        bench.add(joined(gates), STEEL)
    if level < 2:
        for y in (-6.5, 0.1):
            bench.add(
                railing(
                    [(-length / 2 - 7, y, DECK_M), (length / 2 + 7, y, DECK_M)],
                    1.1,
                    every=2.0 if level == 0 else 5.0,
                    thick=0.14,
                ),
                WHITE,
            )
        ribs = [box((x + d, 1.75, -2.2), (0.2, 0.25, 4.4)) for x in (xs[:-1] + xs[1:]) / 2 for d in (-2.0, 0.0, 2.0)]
        bench.add(joined(ribs), (54, 88, 104))
    house = stack(DECK_M + 4.4, [3.4], ["school" if level < 3 else "stucco"])
    add_storeyed(bench, rectangle(length + 2.0, 5.4, 0, 1.5), house, wall_rgb=(242, 236, 224), bay_m=4.0)
    add_covered(
        bench, moved(hip_roof(length + 4.0, 7.6, TOP_M - DECK_M - 8.0), (0, 1.5, DECK_M + 7.75)), TILE_TINT, "roof"
    )
    for s in (-1, 1):
        rows = [3.4] * 3
        add_storeyed(
            bench,
            rectangle(6.0, 7.0, s * (length / 2 + 4.6), 1.5),
            [(-3.0, DECK_M, "granite"), *stack(DECK_M, rows, ["house"] * 3)],
            wall_rgb=(240, 234, 222),
        )
        add_covered(
            bench, moved(hip_roof(7.6, 8.6, 2.0), (s * (length / 2 + 4.6), 1.5, DECK_M + 10.1)), TILE_TINT, "roof"
        )
    return bench.mesh()


HERO = Hero(
    id="west_dike_gate",
    name="筼筜湖西堤水闸",
    name_en="Yundang west dike gate",
    scene="yundang",
    lon_deg=118.0715,
    lat_deg=24.4795,
    heading_deg=90.0,
    elevation_m=0.0,
    make=make,
    sizes_m={"length": BAYS * BAY_M + 2 * 7.6},
    position_origin=Origin.OPENSTREETMAP,
    source="place of the outlet from the OpenStreetMap coastline; the building is estimated",
)
