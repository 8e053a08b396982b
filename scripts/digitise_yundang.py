"""Yundang Lake: digitise lake, islands, streets, bridges and parks; simulate the towers and slabs around them.

Run: python scripts/digitise_yundang.py. Only the sea coast (with the west dike's outlet) and SRTM are real. The lake is
drawn where SRTM shows flat ground at water level, through the dike's gate, and scaled to the published 1.6 km2 of water.
"""

from __future__ import annotations

import numpy as np
from fabric import Fabric
from place_files import DIGITISED, MEASURED_SRTM, OPENSTREETMAP, POINTS, SIMULATED, Place, smooth_ring
from shapely import box
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union
from srtm_ground import ground_from_srtm

from xmscenes.frame import Frame

PLACE = Place(name="yundang", frame=Frame(lon_deg=118.0860, lat_deg=24.4770))
BOUNDS_DEG = (118.0680, 24.4660, 118.1025, 24.4885)
SEED = 1988  # the year the lake's clean-up began
LAKE_M2 = 1.6e6  # published water area
LAKE_WALK_M = 60.0  # the shore is a park all round
LAKE_LEVEL_M = 0.6  # a guess: held by the gate a little above mean sea level

GATE = (118.072794, 24.479533)  # end of the outlet in the OpenStreetMap coastline: the gate of the west dike

# Clockwise from the gate. SRTM cells of 1-4 m (good to a cell of 130 m) show: the outer lake at 118.0744-118.084,
# 24.472-24.478; channels north and south of 白鹭洲; the inner lake at 118.092-118.101, 24.479-24.485.
LAKE = [
    (118.0741, 24.4789),  # the outlet opens into the outer lake
    (118.0752, 24.4783), (118.0775, 24.4780), (118.0800, 24.4780), (118.0815, 24.4782), (118.0830, 24.4789),
    (118.0846, 24.4797), (118.0866, 24.4801), (118.0885, 24.4800), (118.0905, 24.4797),
    (118.0918, 24.4800),  # 市政府 stands north of here
    (118.0926, 24.4808), (118.0931, 24.4820), (118.0938, 24.4833), (118.0950, 24.4842), (118.0966, 24.4847),
    (118.0985, 24.4848), (118.1002, 24.4844), (118.1011, 24.4836), (118.1010, 24.4826), (118.1003, 24.4815),
    (118.0992, 24.4805), (118.0978, 24.4797), (118.0962, 24.4792), (118.0950, 24.4785), (118.0944, 24.4772),
    (118.0938, 24.4759), (118.0925, 24.4751), (118.0908, 24.4745), (118.0890, 24.4739), (118.0870, 24.4735),
    (118.0848, 24.4735), (118.0828, 24.4733), (118.0808, 24.4727), (118.0790, 24.4723), (118.0770, 24.4721),
    (118.0753, 24.4723), (118.0742, 24.4730), (118.0738, 24.4743), (118.0739, 24.4758), (118.0741, 24.4772),
    (118.0738, 24.4784),
]  # fmt: skip
# The outlet between gate and lake: 22 m wide, straight
OUTLET = [GATE, (118.0742, 24.4787)]
# 白鹭洲: park of 0.40 km2 (another source 0.60) around 118.0888, 24.4765 (converted constant); the bay in the south-east
# leaves 白鹭女神 (118.0905, 24.4755) standing in the water
EGRET_ISLAND = [
    (118.0818, 24.4765), (118.0827, 24.4751), (118.0848, 24.4744), (118.0872, 24.4744), (118.0889, 24.4748),
    (118.0898, 24.4760), (118.0912, 24.4761), (118.0927, 24.4766), (118.0935, 24.4779), (118.0932, 24.4793),
    (118.0916, 24.4789), (118.0895, 24.4790), (118.0870, 24.4793), (118.0846, 24.4788), (118.0828, 24.4779),
]  # fmt: skip
# 湖心岛, the egrets' own small island in the outer lake; position within 100 m
HEART_ISLAND = [(118.0783, 24.4752), (118.0788, 24.4748), (118.0796, 24.4749), (118.0799, 24.4754), (118.0793, 24.4758),
                (118.0785, 24.4757)]  # fmt: skip

STREETS = [
    ("湖滨北路", "primary", 28.0, [(118.0722, 24.4816), (118.0745, 24.4806), (118.0775, 24.4793), (118.0800, 24.4792),
      (118.0822, 24.4797), (118.0845, 24.4810), (118.0868, 24.4815), (118.0895, 24.4813), (118.0910, 24.4815),
      (118.0918, 24.4826), (118.0926, 24.4843), (118.0942, 24.4856), (118.0965, 24.4861), (118.0990, 24.4861),
      (118.1028, 24.4855)]),  # 80-120 m off the north shore all along
    ("湖滨南路", "primary", 28.0, [(118.0722, 24.4711), (118.0745, 24.4708), (118.0775, 24.4707), (118.0805, 24.4711),
      (118.0830, 24.4719), (118.0850, 24.4721), (118.0873, 24.4721), (118.0895, 24.4726), (118.0915, 24.4733),
      (118.0935, 24.4742), (118.0955, 24.4754), (118.0985, 24.4764), (118.1028, 24.4772)]),
    ("湖滨西路", "secondary", 22.0, [(118.0735, 24.4790), (118.0730, 24.4772), (118.0728, 24.4752), (118.0727, 24.4732),
      (118.0722, 24.4711), (118.0714, 24.4688), (118.0706, 24.4658)]),
    ("西堤路", "secondary", 18.0, [(118.0712, 24.4888), (118.0715, 24.4845), (118.0722, 24.4816), (118.0734, 24.4797)]),
    ("白鹭洲路南段", "secondary", 16.0, [(118.0873, 24.4721), (118.0872, 24.4731)]),
    ("白鹭洲路", "secondary", 16.0, [(118.0871, 24.4749), (118.0870, 24.4768), (118.0869, 24.4788)]),
    ("白鹭洲路北段", "secondary", 16.0, [(118.0868, 24.4806), (118.0868, 24.4815)]),
    ("湖滨中路", "secondary", 18.0, [(118.0950, 24.4658), (118.0953, 24.4700), (118.0955, 24.4754)]),
    ("禾祥西路", "secondary", 16.0, [(118.0716, 24.4672), (118.0760, 24.4676), (118.0810, 24.4681), (118.0860, 24.4688),
      (118.0910, 24.4693), (118.0952, 24.4700), (118.0990, 24.4707), (118.1028, 24.4714)]),
    ("体育路", "secondary", 16.0, [(118.0926, 24.4843), (118.0920, 24.4862), (118.0917, 24.4888)]),
    ("育秀路", "tertiary", 12.0, [(118.0990, 24.4861), (118.0993, 24.4888)]),
    ("七星路", "tertiary", 12.0, [(118.0845, 24.4810), (118.0842, 24.4830), (118.0852, 24.4850), (118.0877, 24.4861),
      (118.0920, 24.4862)]),
    ("建业路", "tertiary", 11.0, [(118.0895, 24.4813), (118.0893, 24.4835), (118.0877, 24.4861)]),
    ("湖光路", "tertiary", 12.0, [(118.0985, 24.4764), (118.0988, 24.4735), (118.0990, 24.4707), (118.0991, 24.4658)]),
    ("斗西路", "tertiary", 11.0, [(118.0915, 24.4733), (118.0912, 24.4693), (118.0910, 24.4658)]),
    ("后埭溪路", "tertiary", 11.0, [(118.0830, 24.4719), (118.0834, 24.4684), (118.0836, 24.4658)]),
    ("湖滨一里", "tertiary", 10.0, [(118.0775, 24.4707), (118.0778, 24.4678), (118.0780, 24.4658)]),
    ("湖滨四里", "residential", 9.0, [(118.0873, 24.4721), (118.0872, 24.4690)]),
    ("仙阁里", "residential", 8.0, [(118.0775, 24.4793), (118.0782, 24.4812), (118.0800, 24.4822), (118.0820, 24.4820),
      (118.0845, 24.4810)]),
    ("环湖步道南", "footway", 5.0, [(118.0758, 24.4717), (118.0790, 24.4716), (118.0810, 24.4720)]),
]  # fmt: skip

# name, width, deck elevation, chain: both ends stand on land
BRIDGES = [
    ("白鹭洲桥（南）", 18.0, 4.2, [(118.0872, 24.4731), (118.08715, 24.4740), (118.0871, 24.4749)]),
    ("白鹭洲桥（北）", 18.0, 4.2, [(118.0869, 24.4788), (118.08685, 24.4797), (118.0868, 24.4806)]),
    ("西堤桥", 18.0, 3.6, [(118.0734, 24.4797), (118.07345, 24.47935), (118.0735, 24.4790)]),
]

HEROES = [
    ("厦门国际中心", 118.070599, 24.467512, 34.0, 34.0, 10.0),  # position from a map mirror
    ("西堤闸", 118.072794, 24.479533, 14.0, 22.0, 0.0),
    ("白鹭女神", 118.0905, 24.4755, 9.0, 9.0, 0.0),
]

PARKS = [
    ("海湾公园", "park", [(118.0690, 24.4720), (118.0722, 24.4719), (118.0727, 24.4752), (118.0729, 24.4772),
      (118.0733, 24.4788), (118.0722, 24.4793), (118.0700, 24.4782)]),  # around 118.07144, 24.47601 (converted constant)
    ("西堤绿地", "park", [(118.0680, 24.4888), (118.0702, 24.4842), (118.0702, 24.4800), (118.0716, 24.4800),
      (118.0732, 24.4799), (118.0720, 24.4818), (118.0713, 24.4846), (118.0710, 24.4888)]),
    ("狐尾山", "wood", [(118.0745, 24.4888), (118.0752, 24.4866), (118.0762, 24.4852), (118.0790, 24.4836),
      (118.0815, 24.4832), (118.0838, 24.4846), (118.0852, 24.4868), (118.0856, 24.4888)]),  # SRTM over 30 m
    ("仙洞山", "wood", [(118.0742, 24.4852), (118.0740, 24.4836), (118.0752, 24.4826), (118.0765, 24.4834),
      (118.0762, 24.4850)]),  # SRTM 41-63 m
    ("南湖公园", "park", [(118.0950, 24.4783), (118.0945, 24.4771), (118.0941, 24.4760), (118.0956, 24.4760),
      (118.0984, 24.4770), (118.1005, 24.4775), (118.1008, 24.4812), (118.0994, 24.4804), (118.0978, 24.4794)]),
    ("人民会堂前", "grass", [(118.0872, 24.4808), (118.0905, 24.4806), (118.0916, 24.4814), (118.0926, 24.4838),
      (118.0942, 24.4851), (118.0990, 24.4855), (118.1012, 24.4850), (118.0990, 24.4842), (118.0930, 24.4805),
      (118.0905, 24.4796), (118.0872, 24.4799)]),
]  # fmt: skip

ZONES = {
    "north_front": [(118.0800, 24.4794), (118.0822, 24.4799), (118.0845, 24.4812), (118.0895, 24.4815), (118.0910, 24.4818),
                    (118.0926, 24.4846), (118.0942, 24.4858), (118.0990, 24.4863), (118.1028, 24.4857), (118.1028, 24.4874),
                    (118.0942, 24.4876), (118.0915, 24.4858), (118.0900, 24.4836), (118.0845, 24.4829), (118.0805, 24.4814)],
    "north": [(118.0775, 24.4794), (118.1028, 24.4794), (118.1028, 24.4888), (118.0856, 24.4888), (118.0838, 24.4846),
              (118.0815, 24.4832), (118.0775, 24.4832)],
    "northwest": [(118.0714, 24.4885), (118.0722, 24.4818), (118.0748, 24.4808), (118.0775, 24.4796), (118.0782, 24.4834),
                  (118.0745, 24.4885)],
    "south_front": [(118.0725, 24.4709), (118.0775, 24.4704), (118.0805, 24.4708), (118.0850, 24.4718), (118.0895, 24.4723),
                    (118.0955, 24.4751), (118.1028, 24.4768), (118.1028, 24.4752), (118.0955, 24.4733), (118.0895, 24.4707),
                    (118.0805, 24.4693), (118.0725, 24.4694)],
    "south": [(118.0712, 24.4658), (118.1028, 24.4658), (118.1028, 24.4770), (118.0955, 24.4752), (118.0895, 24.4724),
              (118.0805, 24.4709), (118.0722, 24.4710)],
    "east": [(118.1011, 24.4772), (118.1028, 24.4774), (118.1028, 24.4855), (118.1016, 24.4850), (118.1018, 24.4815)],
    "quay": [(118.0680, 24.4658), (118.0708, 24.4658), (118.0716, 24.4690), (118.0722, 24.4714), (118.0690, 24.4718)],
    "island": [(118.0836, 24.4756), (118.0885, 24.4755), (118.0922, 24.4770), (118.0922, 24.4783), (118.0840, 24.4781)],
}  # fmt: skip


def area() -> Polygon:
    """The scene's box in local metres."""
    west, south, east, north = BOUNDS_DEG
    return PLACE.polygon([(west, south), (east, south), (east, north), (west, north)])


def shore() -> Polygon:
    """Land behind the sea coast within the box; the lake is not cut out."""
    whole = unary_union([g for _, g in PLACE.read_layer("coastline.geojson") if g.intersects(area())])
    return whole.intersection(area().buffer(50.0))


def lake_with_islands() -> Polygon:
    """The lake as one polygon with its islands as holes, grown or shrunk evenly until it holds the published area.

    The outlet to the gate is 22 m wide whatever the growth, and the gate's point is a vertex of the ring.
    """
    ring = smooth_ring(PLACE.polygon(LAKE))
    islands = unary_union([smooth_ring(PLACE.polygon(r)) for r in (EGRET_ISLAND, HEART_ISLAND)])
    outlet = LineString(PLACE.to_local(OUTLET)).buffer(11.0, cap_style="flat")
    low, high = -120.0, 120.0
    for _ in range(60):
        grow = (low + high) / 2.0
        water = _largest(ring.buffer(grow).union(outlet).difference(islands))
        low, high = (grow, high) if water.area < LAKE_M2 else (low, grow)
    print(f"lake ring moved by {grow:+.1f} m to hold {water.area / 1e6:.4f} km2")
    print("islands", [round(Polygon(h).area / 1e6, 3) for h in water.interiors], "km2")
    water = _largest(water.simplify(0.6))
    at = PLACE.to_local([GATE])[0]
    coords = np.asarray(water.exterior.coords)[:-1]
    nearest = int(np.argmin(np.hypot(*(coords - at).T)))
    following = (nearest + 1) % len(coords)
    before = np.hypot(*(coords[nearest - 1] - at)) < np.hypot(*(coords[following] - at))
    coords = np.insert(coords, nearest if before else nearest + 1, at, axis=0)
    return Polygon(coords, [h.coords for h in water.interiors])


def _largest(geometry: Polygon) -> Polygon:
    return max(getattr(geometry, "geoms", [geometry]), key=lambda p: p.area)


def write_layers(lake: Polygon) -> dict[str, list[tuple[dict, object]]]:
    """Write the digitised layers but for the greens; returns all in local metres."""
    tags = {"id": "water/yundang", "name": "筼筜湖", "natural": "water", "level_m": LAKE_LEVEL_M, "origin": "digitised"}
    note = f"Digitised where SRTM shows flat ground at water level, through the dike's gate of the OpenStreetMap coast, scaled to "
    note += f"the published {LAKE_M2 / 1e6:.1f} km2 of water (islands are holes); shores good to about 100 m; level a guess."
    PLACE.write_layer("lake.geojson", [(tags, lake)], **DIGITISED, note=note)
    water = [(tags, lake)]
    streets = [
        ({"id": f"street/{i:02d}", "name": n, "highway": h, "width_m": w, "origin": "digitised"}, LineString(PLACE.to_local(c)))
        for i, (n, h, w, c) in enumerate(STREETS)
    ]
    note = "Centrelines digitised from general knowledge, good to 50-100 m; kept clear of the digitised lake."
    PLACE.write_layer("streets.geojson", streets, **DIGITISED, note=note)
    bridges = []
    for i, (name, width, deck, chain) in enumerate(BRIDGES):
        tags = {"id": f"bridge/{i}", "name": name, "bridge": "yes", "highway": "secondary", "origin": "digitised"}
        sizes = {"width_m": width, "deck_m": deck, "thickness_m": 1.0, "pier_spacing_m": 18.0, "lanes": 4}
        bridges.append((tags | sizes, LineString(PLACE.to_local(chain))))
    PLACE.write_layer("bridges.geojson", bridges, **DIGITISED, note="Lake bridges, digitised; deck heights are guesses.")
    heroes = [({"id": f"hero/{n}", "name": n, "origin": "digitised"}, _outline(*rest)) for n, *rest in HEROES]
    PLACE.write_layer("hero_footprints.geojson", heroes, **DIGITISED, note="Ground that landmarks take; positions from landmark facts.")
    return {"streets": streets, "bridges": bridges, "heroes": heroes, "water": water, "greens": _greens(lake, streets, bridges)}


def _greens(lake: Polygon, streets: list, bridges: list) -> list[tuple[dict, Polygon]]:
    kinds = {"wood": {"natural": "wood"}, "grass": {"landuse": "grass"}, "park": {"leisure": "park"}}
    roads = unary_union([g.buffer(t["width_m"] / 2 + 2.0) for t, g in [*streets, *bridges]])
    dry = shore().buffer(-5.0).difference(lake.buffer(3.0))
    rings = [(n, k, PLACE.polygon(r)) for n, k, r in PARKS]
    for ring in lake.interiors:  # the islands, 3 m inside their shore
        island = Polygon(ring).buffer(-3.0)
        name = "白鹭洲公园" if island.area > 100_000 else "湖心岛"
        rings.insert(0, (name, "park" if island.area > 100_000 else "wood", island))
    belt = shore().buffer(-5.0).intersection(lake.buffer(LAKE_WALK_M)).difference(Polygon(lake.exterior))
    rings.append(("筼筜湖畔", "park", belt))
    out, used = [], Polygon()
    for name, kind, ring in rings:
        polygon = ring.difference(roads).intersection(dry).difference(used)
        used = used.union(polygon)
        for k, part in enumerate(p for p in getattr(polygon, "geoms", [polygon]) if p.area > 200.0):
            out.append(({"id": f"green/{name}/{k}", "name": name, "origin": "digitised"} | kinds[kind], part))
    return out


def _outline(lon: float, lat: float, half_x: float, half_y: float, heading_deg: float) -> Polygon:
    from shapely import affinity

    x, y = PLACE.to_local([(lon, lat)])[0]
    return affinity.rotate(box(x - half_x, y - half_y, x + half_x, y + half_y), -heading_deg)


def build_fabric(lake: Polygon, layers: dict[str, list[tuple[dict, object]]]) -> Fabric:
    """Place the simulated buildings: towers on the fronts first, then slabs behind them."""
    box_m = area()
    fabric = Fabric(place="yundang", seed=SEED, bounds_m=box_m.bounds)
    fabric.reserve([box_m.buffer(60.0).difference(shore().buffer(-14.0).intersection(box_m)), lake.buffer(LAKE_WALK_M)])
    island = max((Polygon(h) for h in lake.interiors), key=lambda p: p.area)
    fabric.taken[fabric.zone_mask(island.buffer(-25.0)) > 0] = 0
    fabric.reserve([g.buffer(t["width_m"] / 2 + 4.0) for t, g in layers["streets"] + layers["bridges"]])
    fabric.reserve([g.buffer(6.0) for _, g in layers["heroes"]])
    fabric.reserve([g for t, g in layers["greens"] if t["name"] != "白鹭洲公园"])
    zone = {name: fabric.zone_mask(PLACE.polygon(ring)) for name, ring in ZONES.items()}
    whole = {name: PLACE.polygon(ring) for name, ring in ZONES.items()}
    office = {"building": "office", "kind": "office"}
    tower = {"building": "apartments", "kind": "tower"}
    slab = {"building": "apartments", "kind": "slab"}
    podium = {"building": "retail", "kind": "podium"}
    bars = {"bar": 2.0, "bays": 2.0, "L": 0.6}
    point = {"cross": 1.0, "bar": 1.0}

    def fill(name: str, area_name: str, axis_deg: float, sizes: list[tuple[float, float]], levels: tuple[int, int],
             share: float, shapes: dict[str, float], tags: dict[str, str]) -> None:  # fmt: skip
        length_m, depth_m, gap_m = sizes
        fabric.blocks(name, whole[area_name], zone[area_name], axis_deg=axis_deg, length_m=length_m, depth_m=depth_m,
                      gap_m=gap_m, levels=levels, share=share, margin_m=4.0, shapes=shapes, tags=tags)  # fmt: skip

    large = [(30.0, 42.0), (28.0, 38.0), (18.0, 40.0)]
    fill("north offices", "north_front", 12.0, large, (18, 42), 0.7, {"bar": 1.0}, office)
    fill("north podiums", "north_front", 12.0, [(40.0, 60.0), (24.0, 36.0), (12.0, 24.0)], (3, 5), 0.7, {"bar": 1.0, "L": 1.0}, podium)
    fill("south offices", "south_front", 10.0, large, (16, 34), 0.55, {"bar": 1.0}, office)
    fill("quay towers", "quay", 14.0, large, (24, 48), 0.7, {"bar": 1.0}, office)
    fill("south towers", "south", 8.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 60.0)], (18, 31), 0.3, point, tower)
    fill("north towers", "north", 6.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 60.0)], (17, 32), 0.35, point, tower)
    fill("east towers", "east", 0.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 40.0)], (24, 33), 0.8, point, tower)
    flats = [(28.0, 56.0), (11.0, 13.5), (11.0, 17.0)]
    for name, axis in (("south", 8.0), ("north", 6.0), ("northwest", 2.0)):
        fill(f"{name} flats", name, axis, flats, (6, 9), 0.9, bars, slab)
    fill("island halls", "island", 5.0, [(18.0, 34.0), (14.0, 20.0), (60.0, 110.0)], (1, 2), 0.5, {"bar": 1.0, "L": 1.0},
         {"building": "pavilion", "kind": "hall"})  # fmt: skip
    return fabric


def with_yards(fabric: Fabric, layers: dict[str, list[tuple[dict, object]]]) -> list[tuple[dict, Polygon]]:
    """The greens, less the buildings of the island's park, and the gardens left between simulated buildings."""
    roads = unary_union([g.buffer(t["width_m"] / 2 + 3.0) for t, g in layers["streets"] + layers["bridges"]])
    built = unary_union([g.buffer(3.5) for _, g in fabric.buildings])
    out = []
    for tags, green in layers["greens"]:
        left = green.difference(built)
        out += [(tags, p) for p in getattr(left, "geoms", [left]) if p.area > 100.0]
    others = unary_union([g for _, g in layers["greens"]] + [g.buffer(4.0) for _, g in layers["heroes"] + layers["water"]])
    dry = shore().buffer(-10.0)
    for name in ("north", "northwest", "south", "east", "quay"):
        left = PLACE.polygon(ZONES[name]).intersection(dry).difference(roads).difference(others).difference(built)
        others = others.union(left)
        opened = left.buffer(-5.0).buffer(4.5).simplify(0.6)
        for k, part in enumerate(p for p in getattr(opened, "geoms", [opened]) if p.area > 300.0):
            out.append(({"id": f"yard/{name}/{k}", "leisure": "garden", "origin": "simulated"}, part))
    return out


def main() -> None:
    """Write all layers and SOURCES.toml."""
    note = "OpenStreetMap natural=coastline of 2026-08-23, simplified to about 25 m, by way of GitHub "
    note += "clairesun6767/1949-guningtou, commit 515d1eb75887525620fee8d3614abf8070f69118; includes the west dike's outlets."
    PLACE.note("coastline.geojson", **OPENSTREETMAP, note=note)
    PLACE.note("srtm_xiamen_132m.tif", **MEASURED_SRTM, note="84 x 51 cells of 132 m, a coarse surface model; "
               "registration good to about one cell.")  # fmt: skip
    lake = lake_with_islands()
    layers = write_layers(lake)
    heights = ground_from_srtm(PLACE.folder / "srtm_xiamen_132m.tif", BOUNDS_DEG, 2.4)
    dry = shore().buffer(-25.0).difference(lake.buffer(40.0))
    on_land = [dry.contains(Point(*xy)) for xy in PLACE.to_local(heights)]
    PLACE.write_heights("ground_heights.csv", heights[on_land], **MEASURED_SRTM,
                        note="SRTM cells on land; roofs taken off by the 25th percentile of 3 x 3 cells, woods by 4 m.")  # fmt: skip
    fabric = build_fabric(lake, layers)
    note = f"Seeded fabric (seed {SEED}) between the digitised streets: no building of this layer exists. Levels are made up."
    PLACE.write_layer("footprints_simulated.geojson", fabric.buildings, **SIMULATED, note=note)
    note = "Parks and hills digitised from general knowledge and SRTM, 50-100 m. Features with origin = simulated are the "
    note += "gardens left between simulated buildings."
    PLACE.write_layer("greens.geojson", with_yards(fabric, layers), **DIGITISED, note=note)
    PLACE.note("points/*.laz", **POINTS)
    PLACE.write_sources("# 筼筜湖: the sea coast is OpenStreetMap, heights are SRTM; the rest is digitised or simulated, file by file.")
    print(len(fabric.buildings), "buildings")


if __name__ == "__main__":
    main()
