"""菽庄花园 Shuzhuang Garden: the pavilions by the sea. 四十四桥 itself comes from the bridges layer of the scene.

Places of 真率亭, 壬秋诗阁 and the two gates are OpenStreetMap outlines; the pavilion on the bridge stands at a bend of
the layer's course; all heights are estimates from the published layout ("a low zig-zag bridge over the water").
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, box, circle, joined, moved, prism, revolved
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import (
    GRANITE,
    TILE_TINT,
    WHITE,
    add_covered,
    plain_column,
    rectangle,
    swallow_roof,
)
from xmscenes.records import Mesh, Surface

PILLAR = (150, 52, 40)
ON_BRIDGE_M = (-12.9, -81.3, 1.0)  # a bend of 四十四桥 from the anchor, its deck over the anchor's height


def _pavilion(
    bench: Bench, width: float, depth: float, eave: float, rise: float, level: int, *, ridge: float = 0.0
) -> None:
    """Columns, a seat between them, and a roof with upturned corners."""
    bench.add(prism(rectangle(width + 0.7, depth + 0.7), -1.5, 0.25), GRANITE)
    xs = np.linspace(-width / 2, width / 2, max(2, round(width / 3) + 1))
    ys = np.linspace(-depth / 2, depth / 2, max(2, round(depth / 3.2) + 1))
    places = [(x, y) for x in xs for y in ys if abs(abs(x) - width / 2) < 1e-6 or abs(abs(y) - depth / 2) < 1e-6]
    if level < 3:
        sides = (8, 6, 4)[level]
        bench.add(joined([moved(plain_column(0.16, eave - 0.2, sides), (x, y, 0.2)) for x, y in places]), PILLAR)
    if level < 2:
        for x, y, dx, dy in (
            (0, -depth / 2, width, 0.3),
            (0, depth / 2, width, 0.3),
            (-width / 2, 0, 0.3, depth),
            (width / 2, 0, 0.3, depth),
        ):
            bench.add(box((x, y, eave - 0.45), (dx + 0.2, dy + 0.2, 0.35)), (132, 60, 44))
            if not (y < 0 and dx > dy):
                bench.add(box((x, y, 0.25), (dx * 0.92, dy * 0.92, 0.45)), (190, 182, 168))
    roof = swallow_roof(width + 1.7, depth + 1.7, rise, ridge=ridge, upturn=0.55, steps=(5, 4, 3, 2)[level])
    add_covered(bench, moved(roof, (0, 0, eave)), (255, 240, 200), "roof")
    if ridge:
        bench.add(box((0, 0, eave + rise - 0.15), (ridge + 0.3, 0.3, 0.4)), (206, 160, 116), surface=Surface.ROOF)
    else:
        bench.add(
            moved(revolved([(0.12, 0.0), (0.26, 0.25), (0.1, 0.5), (0.0, 0.9)], 6), (0, 0, eave + rise - 0.2)),
            (214, 170, 92),
        )


def garden(level: int) -> Mesh:
    """Make 真率亭 at the anchor, and the open pavilion on a platform of its own at a bend of the bridge."""
    bench = Bench()
    _pavilion(bench, 3.4, 3.4, 3.0, 1.9, level)
    other = Bench()
    _pavilion(other, 3.2, 3.2, 2.8, 1.8, level)
    other.add(box((0, 0, -0.3), (4.2, 4.2, 0.6)), (186, 178, 164))
    other.add(box((0, 0, -3.2), (2.6, 2.6, 5.4)), (160, 152, 140))
    bench.add_mesh(_moved(other.mesh(), ON_BRIDGE_M))
    return bench.mesh()


def _moved(mesh: Mesh, to: tuple[float, float, float]) -> Mesh:
    from dataclasses import replace

    return replace(mesh, vertices=mesh.vertices + np.asarray(to, dtype=np.float64))


def poem_pavilion(level: int) -> Mesh:
    """Make 壬秋诗阁: a long open hall over the water, 11 m x 7.4 m."""
    bench = Bench()
    _pavilion(bench, 10.4, 6.8, 4.0, 2.2, level, ridge=5.4)
    return bench.mesh()


def gate(level: int) -> Mesh:
    """Make a garden gate: a white wall with a moon door under a small tiled roof."""
    bench = Bench()
    parts = [box((s * 2.1, 0, -1.0), (1.8, 1.0, 4.6)) for s in (-1, 1)] + [box((0, 0, 2.7), (2.6, 1.0, 0.9))]
    bench.add(joined(parts), WHITE, surface=Surface.WALL)
    if level < 3:
        bench.add(joined([box((s * 1.15, 0, -1.0), (0.3, 1.1, 3.7)) for s in (-1, 1)]), GRANITE)
    add_covered(
        bench,
        moved(swallow_roof(6.6, 2.6, 0.9, ridge=5.0, upturn=0.45, steps=(4, 3, 2, 2)[level]), (0, 0, 3.6)),
        TILE_TINT,
        "roof",
    )
    if level < 2:
        bench.add(box((0, 0, 4.35), (5.6, 0.25, 0.4)), (204, 96, 66), surface=Surface.ROOF)
    if level == 0:
        bench.add(box((0, 0.55, 2.8), (2.2, 0.1, 0.6)), (58, 46, 40))
        bench.add(moved(prism(circle(0.3, 8), 0.0, 0.05), (0, 0, 4.75)), GRANITE)
    return bench.mesh()


HEROES = (
    Hero(
        id="shuzhuang_garden",
        name="菽庄花园 真率亭",
        name_en="Shuzhuang Garden",
        scene="gulangyu",
        lon_deg=118.064438,
        lat_deg=24.441967,
        heading_deg=0.0,
        elevation_m=1.6,
        make=garden,
        replaces=("way/1526681200",),
        source="pavilion from OpenStreetMap; the one on the bridge estimated",
    ),
    Hero(
        id="shuzhuang_poem_pavilion",
        name="壬秋诗阁",
        name_en="Renqiu poem pavilion",
        scene="gulangyu",
        lon_deg=118.064264,
        lat_deg=24.442167,
        make=poem_pavilion,
        replaces=("way/1243692675",),
        source="plan from OpenStreetMap",
    ),
    Hero(
        id="shuzhuang_west_gate",
        name="菽庄花园西门",
        name_en="Shuzhuang Garden, west gate",
        scene="gulangyu",
        lon_deg=118.063963,
        lat_deg=24.442233,
        heading_deg=271.0,
        make=gate,
        replaces=("way/1526657604",),
        source="place from OpenStreetMap",
    ),
    Hero(
        id="shuzhuang_east_gate",
        name="菽庄花园东门",
        name_en="Shuzhuang Garden, east gate",
        scene="gulangyu",
        lon_deg=118.06535,
        lat_deg=24.441143,
        heading_deg=1.0,
        make=gate,
        replaces=("way/1526681187",),
        source="place from OpenStreetMap",
    ),
)
