"""沙坡尾避风坞: what makes the old basin a harbour: steps down to the water, bollards, a slipway, drying racks.

The basin itself is a layer of the scene; the props and their places are made up along its known shape.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, beam, box, circle, joined, moved, prism, swept
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import GRANITE, IRON, TILE_TINT, WOOD, add_covered, gable_roof, railing, stairs
from xmscenes.records import Mesh, Origin, Surface

DECK_M = 3.0  # the quay above the mean water, estimate
LENGTH_M = 46.0


def make(level: int) -> Mesh:
    """Make a landing stage with its shed; x runs along the quay, +y looks over the water, z = 0 is the water."""
    bench = Bench()
    add_covered(bench, box((0, -3.0, -3.0), (LENGTH_M, 6.0, DECK_M + 3.0)), (176, 168, 154), "paving", Surface.DETAIL)
    bench.add(box((0, 0.15, DECK_M - 0.35), (LENGTH_M + 0.2, 0.5, 0.42)), GRANITE)
    if level < 3:
        for x in (-14.0, 12.0):
            flight = stairs(3.2, DECK_M / 12, 0.42, 12)
            bench.add(moved(flight, (x, 0.4 + 12 * 0.42, -0.05), 180), (166, 158, 146))
        posts = [
            moved(prism(circle(0.22, 8 if level == 0 else 5), 0, 0.55), (x, -0.5, DECK_M))
            for x in np.linspace(-21, 21, 8)
        ]
        bench.add(joined(posts), IRON)
        _shed(bench, level)
    if level < 2:
        _racks(bench)
        _jetty(bench, level)
        bench.add(railing([(-22.5, -0.3, DECK_M), (-16.0, -0.3, DECK_M)], 1.05, every=1.6, thick=0.1), IRON)
        bench.add(railing([(14.5, -0.3, DECK_M), (22.5, -0.3, DECK_M)], 1.05, every=1.6, thick=0.1), IRON)
    return bench.mesh()


def _shed(bench: Bench, level: int) -> None:
    """An open net shed on timber posts."""
    posts = [box((x, y, DECK_M), (0.22, 0.22, 2.9)) for x in (-5, -1.7, 1.7, 5) for y in (-5.2, -1.6)]
    bench.add(joined(posts), WOOD)
    add_covered(bench, moved(gable_roof(12.0, 5.0, 1.1, thick=0.14), (0, -3.4, DECK_M + 2.7)), TILE_TINT, "roof")
    if level == 0:
        crates = [
            ((-3.6, -4.2), (38, 92, 148)),
            ((-2.7, -4.4), (200, 84, 46)),
            ((2.8, -4.1), (38, 116, 96)),
            ((3.4, -3.2), (196, 176, 96)),
        ]
        for (x, y), rgb in crates:
            bench.add(moved(box((0, 0, DECK_M), (0.8, 0.55, 0.42)), (x, y, 0), x * 20), rgb)
            bench.add(moved(box((0.05, 0, DECK_M + 0.42), (0.78, 0.55, 0.4)), (x, y, 0), x * 20 + 8), rgb)


def _racks(bench: Bench) -> None:
    """Racks with nets hung out to dry."""
    for x in (-19.0, 17.0):
        bars = [box((x + d, -3.5, DECK_M), (0.1, 0.1, 2.1)) for d in (-2.4, 0, 2.4)]
        bars.append(beam((x - 2.5, -3.5, DECK_M + 2.05), (x + 2.5, -3.5, DECK_M + 2.05), 0.09, 0.09))
        bench.add(joined(bars), WOOD)
        sag = [
            (x + d, -3.5 + 0.16 * np.sin(d * 3), DECK_M + 1.45 + 0.08 * np.cos(d * 2.2))
            for d in np.linspace(-2.3, 2.3, 9)
        ]
        bench.add(swept(sag, 0.05, 1.15), (66, 106, 92))


def _jetty(bench: Bench, level: int) -> None:
    """A floating jetty and its gangway."""
    bench.add(box((4.0, 8.6, 0.15), (18.0, 2.4, 0.5)), (150, 122, 88))
    bench.add(joined([box((x, y, -0.35), (3.4, 0.7, 0.5)) for x in (-3, 4, 11) for y in (7.9, 9.3)]), (58, 92, 120))
    bench.add(swept([(4.0, -0.2, DECK_M + 0.05), (4.0, 7.6, 0.75)], 1.4, 0.16), (150, 122, 88))
    if level == 0:
        for x in (3.35, 4.65):
            bench.add(swept([(x, -0.2, DECK_M + 1.0), (x, 7.6, 1.7)], 0.07, 0.07), IRON)


HERO = Hero(
    id="shapowei_basin",
    name="沙坡尾避风坞",
    name_en="Shapowei fishing harbour",
    scene="shapowei",
    lon_deg=118.08162,
    lat_deg=24.4424,
    heading_deg=137.0,
    elevation_m=0.0,
    make=make,
    sizes_m={"length": LENGTH_M},
    position_origin=Origin.DIGITISED,
    source="place of the basin from a map; the landing stage is made up",
)
