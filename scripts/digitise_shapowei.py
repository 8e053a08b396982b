"""Shapowei: digitise streets, bridge, parks and landmark outlines; simulate the buildings between them; moor boats.

Run: python scripts/digitise_shapowei.py. Only the coastline (with the dock) and SRTM are real. Streets and parks are
digitised from general knowledge of the place, good to 50-100 m unless a vertex is tied to a fact (said beside it).
"""

from __future__ import annotations


import numpy as np
from fabric import Fabric
from place_files import DIGITISED, MEASURED_SRTM, OPENSTREETMAP, POINTS, SIMULATED, Place, smooth_line
from shapely import box
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union
from srtm_ground import ground_from_srtm

from xmscenes.frame import Frame

PLACE = Place(name="shapowei", frame=Frame(lon_deg=118.0865, lat_deg=24.4395))
BOUNDS_DEG = (118.0757, 24.4305, 118.1000, 24.4475)
SEED = 1924  # the dock wall and 大学路's arcades date from the 1920s

# name, highway, width between kerbs, chain of lon/lat. Reasons stand behind the vertices that have one.
STREETS = [
    ("民族路", "tertiary", 12.0, [(118.0780, 24.4477), (118.0786, 24.4459), (118.0793, 24.4447), (118.0802, 24.4437)]),
    # 大学路 keeps 45-60 m inland of the dock's inner bank (OSM shore) and ends at the university's west gate
    (
        "大学路",
        "secondary",
        13.0,
        [
            (118.0802, 24.4437),
            (118.0812, 24.44345),
            (118.0822, 24.4432),
            (118.0832, 24.4422),
            (118.0842, 24.4412),
            (118.0854, 24.4401),
            (118.0868, 24.4395),
            (118.0885, 24.4392),
            (118.0903, 24.4394),
        ],
    ),
    # 思明南路 follows the foot of the hills: SRTM shows 40 m and more just north of it
    (
        "思明南路",
        "primary",
        20.0,
        [
            (118.0822, 24.4477),
            (118.0831, 24.4458),
            (118.0848, 24.4436),
            (118.0872, 24.4427),
            (118.0897, 24.4420),
            (118.0925, 24.4413),
            (118.0950, 24.4406),
            (118.0975, 24.4402),
            (118.1002, 24.4399),
        ],
    ),
    (
        "演武路",
        "secondary",
        18.0,
        [
            (118.0872, 24.4362),
            (118.0879, 24.4375),
            (118.0888, 24.4386),
            (118.0903, 24.4394),
            (118.0915, 24.4404),
            (118.0925, 24.4413),
        ],
    ),
    (
        "环岛路",
        "primary",
        22.0,
        [(118.0936, 24.4352), (118.0951, 24.4350), (118.0968, 24.4349), (118.0984, 24.4346), (118.1002, 24.4338)],
    ),  # 45 m inland of the OSM shore, behind 白城 beach
    (
        "演武大桥引道",
        "primary",
        20.0,
        [(118.0936, 24.4352), (118.0918, 24.4354), (118.0895, 24.4357), (118.0872, 24.4362)],
    ),
    ("碧山路", "residential", 7.0, [(118.0812, 24.44345), (118.0819, 24.4446), (118.0831, 24.4458)]),
    ("蜂巢山路", "residential", 8.0, [(118.0842, 24.4412), (118.0851, 24.4422), (118.0860, 24.4431)]),
    ("大埔头路", "residential", 7.0, [(118.0793, 24.4447), (118.0807, 24.4453), (118.0819, 24.4446)]),
    (
        "沙坡尾",
        "residential",
        6.0,
        [(118.0854, 24.4401), (118.0846, 24.4394), (118.0834, 24.4399), (118.0822, 24.4407), (118.0812, 24.4413)],
    ),  # the lane on the dock's seaward side
    (
        "演武西路",
        "residential",
        9.0,
        [(118.0846, 24.4394), (118.0853, 24.4385), (118.0862, 24.4371), (118.0872, 24.4362)],
    ),
    ("大学路横街", "residential", 7.0, [(118.0868, 24.4395), (118.0866, 24.4410), (118.0872, 24.4427)]),
    ("下澳仔", "residential", 7.0, [(118.0885, 24.4392), (118.0889, 24.4406), (118.0897, 24.4420)]),
    ("囊萤路", "service", 6.0, [(118.0915, 24.4404), (118.0922, 24.4391), (118.0925, 24.4375), (118.0927, 24.4360)]),
    ("芙蓉路", "service", 6.0, [(118.0922, 24.4391), (118.0943, 24.4393), (118.0962, 24.4392), (118.0975, 24.4402)]),
    (
        "南光路",
        "service",
        6.0,
        [
            (118.0927, 24.4360),
            (118.0950, 24.4362),
            (118.0974, 24.4364),
            (118.0990, 24.4372),
            (118.0984, 24.4388),
            (118.0962, 24.4392),
        ],
    ),
    ("海滨路", "service", 6.0, [(118.0990, 24.4372), (118.1002, 24.4377)]),
]

# 演武大桥: 2.2 km. Leaves the quay of 鹭江道, runs 60-110 m off the OSM shore past the dock's
# mouth and seaward of the viewing deck (118.08514, 24.4356, map constant), and merges with 环岛路 at 白城 beach.
BRIDGE = [
    (118.0784, 24.4448),  # on the quay
    (118.0780, 24.4444),
    (118.0780, 24.4437),
    (118.0783, 24.4429),
    (118.0789, 24.4416),  # 110 m off the dock's mouth (118.0800, 24.4414)
    (118.0802, 24.4399),
    (118.0818, 24.4381),
    (118.0834, 24.4365),
    (118.0851, 24.43525),  # just seaward of the viewing deck
    (118.0871, 24.4345),
    (118.0895, 24.4342),
    (118.0911, 24.43425),
    (118.0924, 24.43465),
    (118.0936, 24.4352),  # on 环岛路
]

# Landmark outlines in local metres around their published or estimated position: lon, lat, half sizes, heading.
HEROES = [
    ("世茂海峡大厦", 118.08361, 24.43833, 80.0, 58.0, 40.0),  # 30,000 m2 plot, long side along the shore
    ("厦大颂恩楼", 118.0935, 24.4375, 22.0, 75.0, 0.0),  # five blocks in a north-south row (estimate)
]

PARKS = [
    (
        "五老峰",
        "wood",
        [
            (118.0905, 24.4477),
            (118.0915, 24.4452),
            (118.0935, 24.4436),
            (118.0955, 24.4426),
            (118.0972, 24.4420),
            (118.0985, 24.4411),
            (118.1002, 24.4407),
            (118.1002, 24.4477),
        ],
    ),  # SRTM over 30 m
    (
        "蜂巢山",
        "wood",
        [(118.0826, 24.4449), (118.0833, 24.4437), (118.0843, 24.4433), (118.0841, 24.4441), (118.0832, 24.4454)],
    ),  # SRTM 27-40 m
    (
        "大生里后山",
        "wood",
        [(118.0852, 24.4477), (118.0856, 24.4452), (118.0868, 24.4443), (118.0878, 24.4452), (118.0888, 24.4477)],
    ),  # SRTM over 35 m
    ("白城东山", "wood", [(118.0988, 24.4397), (118.0992, 24.4380), (118.1002, 24.4379), (118.1002, 24.4397)]),
    ("演武小学操场", "grass", [(118.0880, 24.4371), (118.0899, 24.4366), (118.0903, 24.4376), (118.0887, 24.4382)]),
    ("厦大上弦场", "grass", [(118.0936, 24.4358), (118.0953, 24.4357), (118.0953, 24.4361), (118.0937, 24.43608)]),
    ("芙蓉湖岸", "park", [(118.0939, 24.4391), (118.0940, 24.4368), (118.0963, 24.4369), (118.0963, 24.4390)]),
]
FURONG_LAKE = [(118.0946, 24.4387), (118.0943, 24.4380), (118.0946, 24.4373), (118.0954, 24.4372), (118.0958, 24.4378),
               (118.0953, 24.4382), (118.0955, 24.4387)]  # 芙蓉湖, east of 颂恩楼's curved front  # fmt: skip
FURONG_LEVEL_M = 6.0

ZONES = {
    "harbour": [(118.0770, 24.4477), (118.0780, 24.4477), (118.0802, 24.4437), (118.0822, 24.4432), (118.0854, 24.4401),
                (118.0846, 24.4394), (118.0834, 24.4399), (118.0822, 24.4407), (118.0812, 24.4413), (118.0795, 24.4412)],
    "art": [(118.0795, 24.4412), (118.0812, 24.4413), (118.0834, 24.4399), (118.0830, 24.4388), (118.0815, 24.4388)],
    "old": [(118.0780, 24.4477), (118.0802, 24.4437), (118.0822, 24.4432), (118.0854, 24.4401), (118.0866, 24.4410),
            (118.0872, 24.4427), (118.0848, 24.4436), (118.0822, 24.4477)],
    "north": [(118.0822, 24.4477), (118.0848, 24.4436), (118.0872, 24.4427), (118.0925, 24.4413), (118.0950, 24.4408),
              (118.0960, 24.4424), (118.0915, 24.4452), (118.0905, 24.4477)],
    "flats": [(118.0854, 24.4401), (118.0846, 24.4394), (118.0872, 24.4362), (118.0888, 24.4386), (118.0903, 24.4394),
              (118.0925, 24.4413), (118.0872, 24.4427), (118.0866, 24.4410)],
    "shore_towers": [(118.0846, 24.4394), (118.0834, 24.4399), (118.0820, 24.4386), (118.0835, 24.4370),
                     (118.0855, 24.4358), (118.0872, 24.4362)],
    "campus": [(118.0888, 24.4386), (118.0872, 24.4362), (118.0936, 24.4352), (118.1002, 24.4340), (118.1002, 24.4400),
               (118.0975, 24.4402), (118.0925, 24.4413), (118.0903, 24.4394)],
    "temple": [(118.0955, 24.4406), (118.0978, 24.4403), (118.0980, 24.4414), (118.0958, 24.4422)],
}  # fmt: skip


def area() -> Polygon:
    """The scene's box in local metres."""
    west, south, east, north = BOUNDS_DEG
    return PLACE.polygon([(west, south), (east, south), (east, north), (west, north)])


def land() -> Polygon:
    """Land within the box."""
    whole = unary_union([g for _, g in PLACE.read_layer("coastline.geojson") if g.intersects(area())])
    return whole.intersection(area().buffer(50.0))


def write_layers() -> dict[str, list[tuple[dict, object]]]:
    """Write the digitised layers; returns them in local metres."""
    streets = [
        (
            {"id": f"street/{i:02d}", "name": n, "highway": h, "width_m": w, "origin": "digitised"},
            LineString(PLACE.to_local(c)),
        )
        for i, (n, h, w, c) in enumerate(STREETS)
    ]
    note = "Centrelines digitised from general knowledge, good to 50-100 m; kept clear of the OpenStreetMap shore."
    PLACE.write_layer("streets.geojson", streets, **DIGITISED, note=note)
    bridge = smooth_line(LineString(PLACE.to_local(BRIDGE)))
    sizes = {"width_m": 26.0, "deck_m": 5.0, "thickness_m": 1.6, "pier_spacing_m": 40.0, "lanes": 6}
    tags = {"id": "bridge/yanwu", "name": "演武大桥", "bridge": "yes", "highway": "primary", "origin": "digitised"}
    note = f"Digitised off the OpenStreetMap shore to the published 2.2 km (here {bridge.length:.0f} m), 26 m, deck at +5 m."
    PLACE.write_layer("bridges.geojson", [(tags | sizes, bridge)], **DIGITISED, note=note)
    lake = PLACE.polygon(FURONG_LAKE)
    tags = {
        "id": "water/furong",
        "name": "芙蓉湖",
        "natural": "water",
        "level_m": FURONG_LEVEL_M,
        "origin": "digitised",
    }
    PLACE.write_layer(
        "water.geojson", [(tags, lake)], **DIGITISED, note="Digitised from general knowledge; level a guess."
    )
    shore = land()
    beach = shore.difference(shore.buffer(-28.0)).intersection(PLACE.polygon(
        [(118.0940, 24.4330), (118.0940, 24.4350), (118.1002, 24.4338), (118.1002, 24.4310)]))  # fmt: skip
    beach = max(getattr(beach, "geoms", [beach]), key=lambda p: p.area)
    kinds = {"wood": {"natural": "wood"}, "grass": {"landuse": "grass"}, "park": {"leisure": "park"}}
    roads = unary_union([g.buffer(t["width_m"] / 2 + 2.0) for t, g in streets])
    greens = [({"id": "beach/白城", "name": "白城沙滩", "natural": "beach", "origin": "digitised"}, beach)]
    for name, kind, ring in PARKS:
        polygon = PLACE.polygon(ring).difference(roads).difference(lake).intersection(shore.buffer(-4.0))
        for k, part in enumerate(p for p in getattr(polygon, "geoms", [polygon]) if p.area > 150.0):
            greens.append(({"id": f"green/{name}/{k}", "name": name, "origin": "digitised"} | kinds[kind], part))
    heroes = [
        ({"id": f"hero/{n}", "name": n, "origin": "digitised"}, _outline(lon, lat, a, b, h))
        for n, lon, lat, a, b, h in HEROES
    ]
    PLACE.write_layer(
        "hero_footprints.geojson",
        heroes,
        **DIGITISED,
        note="Ground that landmarks take; positions from landmark facts.",
    )
    return {"streets": streets, "greens": greens, "water": [(tags, lake)], "heroes": heroes, "bridge": [(tags, bridge)]}


def _outline(lon: float, lat: float, half_x: float, half_y: float, heading_deg: float) -> Polygon:
    from shapely import affinity

    x, y = PLACE.to_local([(lon, lat)])[0]
    return affinity.rotate(box(x - half_x, y - half_y, x + half_x, y + half_y), -heading_deg)


def build_fabric(layers: dict[str, list[tuple[dict, object]]]) -> Fabric:
    """Place the simulated buildings zone by zone; rows along streets first."""
    dry, box_m = land(), area()
    fabric = Fabric(place="shapowei", seed=SEED, bounds_m=box_m.bounds)
    fabric.reserve([box_m.buffer(60.0).difference(dry.buffer(-7.0).intersection(box_m))])
    fabric.reserve([g.buffer(t["width_m"] / 2 + 1.5) for t, g in layers["streets"]])
    fabric.reserve([g for t, g in layers["greens"]] + [g.buffer(5.0) for _, g in layers["water"] + layers["heroes"]])
    fabric.reserve([g.buffer(20.0) for _, g in layers["bridge"]])
    zone = {name: fabric.zone_mask(PLACE.polygon(ring)) for name, ring in ZONES.items()}
    whole = {name: PLACE.polygon(ring) for name, ring in ZONES.items()}
    anywhere = fabric.zone_mask(box_m)
    by_name = {t["name"]: (t, g) for t, g in layers["streets"]}
    for name, sides in (
        ("大学路", (1, -1)),
        ("民族路", (1, -1)),
        ("思明南路", (-1, 1)),
        ("碧山路", (1, -1)),
        ("大埔头路", (1, -1)),
    ):
        tags, line = by_name[name]
        part = anywhere & (1 - zone["campus"])
        fabric.row_houses(name, line, part, setback_m=tags["width_m"] / 2 + 2.0, sides=sides,
                          tags={"building": "retail", "kind": "qilou"})  # fmt: skip
    dock = _dock(dry)
    quay = LineString(dock.buffer(9.0).exterior.simplify(3.0).coords)
    fabric.row_houses("quay", quay, anywhere, setback_m=1.0, sides=(1, -1), front_m=(4.5, 8.0), depth_m=(9.0, 13.0),
                      levels=(2, 4), tags={"building": "house", "kind": "harbour_house"})  # fmt: skip
    houses = {"length_m": (7.0, 13.0), "depth_m": (8.0, 12.0), "gap_m": (1.2, 3.2), "levels": (2, 5), "margin_m": 0.8}
    small = {"building": "house", "kind": "harbour_house"}
    slab = {"building": "apartments", "kind": "slab"}
    tower = {"building": "apartments", "kind": "tower"}
    bars = {"bar": 2.0, "bays": 2.0, "L": 0.7}
    for name in ("harbour", "art"):
        fabric.blocks(name, whole[name], zone[name], axis_deg=-48.0, jitter_deg=5.0, tags=small, **houses)
    fabric.blocks("old slabs", whole["old"], zone["old"], axis_deg=-40.0, length_m=(22.0, 46.0), depth_m=(10.5, 13.0),
                  gap_m=(8.0, 15.0), levels=(6, 8), share=0.55, shapes=bars, tags=slab)  # fmt: skip
    fabric.blocks("old houses", whole["old"], zone["old"], axis_deg=-42.0, jitter_deg=5.0, tags=small, **houses)
    fabric.blocks("north", whole["north"], zone["north"], axis_deg=-18.0, length_m=(24.0, 50.0), depth_m=(11.0, 14.0),
                  gap_m=(9.0, 16.0), levels=(6, 9), shapes=bars, tags=slab)  # fmt: skip
    fabric.blocks("flat towers", whole["flats"], zone["flats"], axis_deg=-10.0, length_m=(21.0, 27.0), depth_m=(21.0, 26.0),
                  gap_m=(28.0, 60.0), levels=(18, 30), share=0.45, shapes={"cross": 1.0}, tags=tower)  # fmt: skip
    fabric.blocks("flats", whole["flats"], zone["flats"], axis_deg=-10.0, length_m=(28.0, 52.0), depth_m=(11.0, 13.5),
                  gap_m=(10.0, 16.0), levels=(6, 8), shapes=bars, tags=slab)  # fmt: skip
    fabric.blocks("shore towers", whole["shore_towers"], zone["shore_towers"], axis_deg=-45.0, length_m=(24.0, 32.0),
                  depth_m=(20.0, 26.0), gap_m=(24.0, 36.0), levels=(26, 34), shapes={"cross": 1.0}, tags=tower)  # fmt: skip
    fabric.blocks("campus", whole["campus"], zone["campus"], axis_deg=4.0, length_m=(38.0, 70.0), depth_m=(13.0, 17.0),
                  gap_m=(20.0, 34.0), levels=(3, 6), share=0.8, shapes={"bar": 2.0, "T": 1.0, "L": 1.0},
                  tags={"building": "university", "kind": "campus_hall"})  # fmt: skip
    fabric.blocks("temple", whole["temple"], zone["temple"], axis_deg=-12.0, length_m=(18.0, 30.0), depth_m=(12.0, 17.0),
                  gap_m=(8.0, 14.0), levels=(1, 2), jitter_deg=0.0, tags={"building": "temple", "kind": "temple"})  # fmt: skip
    return fabric


def yards(fabric: Fabric, layers: dict[str, list[tuple[dict, object]]]) -> list[tuple[dict, Polygon]]:
    """Lawns between the simulated buildings of the university and the flats: what is left, wider than 10 m."""
    roads = unary_union([g.buffer(t["width_m"] / 2 + 2.5) for t, g in layers["streets"]])
    others = unary_union([g for _, g in layers["greens"]] + [g.buffer(4.0) for _, g in layers["water"] + layers["heroes"]])
    built = unary_union([g.buffer(3.5) for _, g in fabric.buildings])
    shore = land().buffer(-12.0)
    out = []
    for name in ("campus", "flats", "north", "shore_towers"):
        left = PLACE.polygon(ZONES[name]).intersection(shore).difference(roads).difference(others).difference(built)
        others = others.union(left)
        opened = left.buffer(-5.0).buffer(4.5).simplify(0.5)
        for k, part in enumerate(p for p in getattr(opened, "geoms", [opened]) if p.area > 250.0):
            out.append(({"id": f"yard/{name}/{k}", "leisure": "garden", "origin": "simulated"}, part))
    return out


def _dock(dry: Polygon) -> Polygon:
    """The dock: water of the OpenStreetMap shore that lies behind its mouth at 118.0800 E."""
    window = PLACE.polygon([(118.0800, 24.4403), (118.0840, 24.4403), (118.0840, 24.4432), (118.0800, 24.4432)])
    water = window.difference(dry)
    return max(
        getattr(water, "geoms", [water]),
        key=lambda p: p.area if p.distance(Point(PLACE.to_local([(118.0825, 24.4418)])[0])) < 60 else 0,
    )


def moor_boats(dry: Polygon) -> list[tuple[dict, Point]]:
    """Fishing boats side by side along the dock's banks, bows to the quay, and a few under way outside."""
    rng = Fabric(place="boats", seed=SEED, bounds_m=(0, 0, 1, 1)).rng("boats")
    dock, boats = _dock(dry), []
    ring = dock.buffer(-9.0)
    ring = max(getattr(ring, "geoms", [ring]), key=lambda p: p.area).exterior
    at = 6.0
    while at < ring.length - 6.0:
        here, there = np.array(ring.interpolate(at).coords[0]), np.array(ring.interpolate(at + 1.0).coords[0])
        along = (there - here) / np.hypot(*(there - here))
        length = float(rng.uniform(8.0, 13.0))
        if rng.random() < 0.62 and dock.buffer(-length / 2 + 1.5).contains(Point(here)):
            heading = float(np.degrees(np.arctan2(along[1], -along[0])))  # across the bank
            boats.append((length, heading, here))
            at += length * 0.30 + rng.uniform(0.3, 1.2)
        else:
            at += rng.uniform(3.0, 9.0)
    for lon, lat, heading in ((118.0779, 24.4405, 200.0), (118.0801, 24.4378, 140.0), (118.0768, 24.4426, 330.0)):
        boats.append((14.0, heading, PLACE.to_local([(lon, lat)])[0]))
    return [
        (
            {
                "id": f"boat/{i:03d}",
                "kind": "boat",
                "length_m": round(n, 1),
                "heading_deg": round(h % 360, 1),
                "origin": "simulated",
            },
            Point(*p),
        )
        for i, (n, h, p) in enumerate(boats)
    ]


def main() -> None:
    """Write all layers and SOURCES.toml."""
    shore = "OpenStreetMap natural=coastline of 2026-08-23, simplified to about 25 m, by way of GitHub "
    shore += "clairesun6767/1949-guningtou, commit 515d1eb75887525620fee8d3614abf8070f69118; includes the dock."
    PLACE.note("coastline.geojson", **OPENSTREETMAP, note=shore)
    PLACE.note("srtm_xiamen_132m.tif", **MEASURED_SRTM, note="84 x 51 cells of 132 m, a coarse surface model; "
               "registration good to about one cell; nothing south of 24.437.")  # fmt: skip
    layers = write_layers()
    heights = ground_from_srtm(PLACE.folder / "srtm_xiamen_132m.tif", BOUNDS_DEG, 2.5)
    dry = land()
    on_land = [dry.buffer(-25.0).contains(Point(*xy)) for xy in PLACE.to_local(heights)]
    PLACE.write_heights("ground_heights.csv", heights[on_land], **MEASURED_SRTM,
                        note="SRTM cells on land; roofs taken off by the 25th percentile of 3 x 3 cells, woods by 4 m.")  # fmt: skip
    fabric = build_fabric(layers)
    note = f"Seeded fabric (seed {SEED}) between the digitised streets: no building of this layer exists. Levels are made up."
    PLACE.write_layer("footprints_simulated.geojson", fabric.buildings, **SIMULATED, note=note)
    note = "Hills where SRTM rises, parks and the beach: digitised from general knowledge, 50-100 m. Features with "
    note += "origin = simulated are the gardens left between simulated buildings."
    PLACE.write_layer("greens.geojson", layers["greens"] + yards(fabric, layers), **DIGITISED, note=note)
    boats = moor_boats(dry)
    PLACE.write_layer("boats.geojson", boats, **SIMULATED, note="Moored boats: point, length_m, heading_deg.")
    PLACE.note("points/*.laz", **POINTS)
    PLACE.write_sources(
        "# 沙坡尾: the shore is OpenStreetMap, heights are SRTM; the rest is digitised or simulated, file by file."
    )
    print(len(fabric.buildings), "buildings", len(boats), "boats")


if __name__ == "__main__":
    main()
