"""Yundang Lake: digitise lake, islands, streets, bridges and parks; simulate the towers and slabs around them.

Run: python scripts/digitise_yundang.py. Only the sea coast (with the west dike's outlet) and SRTM are real. The lake is
drawn where SRTM shows flat ground at water level, through the dike's gate, scaled to the published 1.6 km2 of water.
"""

from __future__ import annotations

import numpy as np
from chains_yundang import (
    BRIDGES,
    EGRET_ISLAND,
    GATE,
    HEART_ISLAND,
    HEROES,
    LAKE,
    OUTLET,
    PARKS,
    STREETS,
    SUMMIT,
    ZONES,
)
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
    note = (
        "Digitised where SRTM shows flat ground at water level, through the dike's gate of the OpenStreetMap coast, to "
    )
    note += f"the published {LAKE_M2 / 1e6:.1f} km2 of water (islands are holes); shores good to 100 m; level a guess."
    PLACE.write_layer("lake.geojson", [(tags, lake)], **DIGITISED, note=note)
    water = [(tags, lake)]
    streets = [
        (
            {"id": f"street/{i:02d}", "name": n, "highway": h, "width_m": w, "origin": "digitised"},
            LineString(PLACE.to_local(c)),
        )
        for i, (n, h, w, c) in enumerate(STREETS)
    ]
    note = "Centrelines digitised from general knowledge, good to 50-100 m; kept clear of the digitised lake."
    PLACE.write_layer("streets.geojson", streets, **DIGITISED, note=note)
    bridges = []
    for i, (name, width, deck, chain) in enumerate(BRIDGES):
        tags = {"id": f"bridge/{i}", "name": name, "bridge": "yes", "highway": "secondary", "origin": "digitised"}
        sizes = {"width_m": width, "deck_m": deck, "thickness_m": 1.0, "pier_spacing_m": 18.0, "lanes": 4}
        bridges.append((tags | sizes, LineString(PLACE.to_local(chain))))
    PLACE.write_layer(
        "bridges.geojson", bridges, **DIGITISED, note="Lake bridges, digitised; deck heights are guesses."
    )
    heroes = [({"id": f"hero/{n}", "name": n, "origin": "digitised"}, _outline(*rest)) for n, *rest in HEROES]
    PLACE.write_layer(
        "hero_footprints.geojson",
        heroes,
        **DIGITISED,
        note="Ground that landmarks take; positions from landmark facts.",
    )
    return {
        "streets": streets,
        "bridges": bridges,
        "heroes": heroes,
        "water": water,
        "greens": _greens(lake, streets, bridges),
    }


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

    def fill(
        name: str,
        area_name: str,
        axis_deg: float,
        sizes: list[tuple[float, float]],
        levels: tuple[int, int],
        share: float,
        shapes: dict[str, float],
        tags: dict[str, str],
    ) -> None:
        length_m, depth_m, gap_m = sizes
        fabric.blocks(
            name,
            whole[area_name],
            zone[area_name],
            axis_deg=axis_deg,
            length_m=length_m,
            depth_m=depth_m,
            gap_m=gap_m,
            levels=levels,
            share=share,
            margin_m=4.0,
            shapes=shapes,
            tags=tags,
        )

    large = [(30.0, 42.0), (28.0, 38.0), (18.0, 40.0)]
    fill("north offices", "north_front", 12.0, large, (18, 42), 0.7, {"bar": 1.0}, office)
    fill(
        "north podiums",
        "north_front",
        12.0,
        [(40.0, 60.0), (24.0, 36.0), (12.0, 24.0)],
        (3, 5),
        0.7,
        {"bar": 1.0, "L": 1.0},
        podium,
    )
    fill("south offices", "south_front", 10.0, large, (16, 34), 0.55, {"bar": 1.0}, office)
    fill("quay towers", "quay", 14.0, large, (24, 48), 0.7, {"bar": 1.0}, office)
    fill("south towers", "south", 8.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 60.0)], (18, 31), 0.3, point, tower)
    fill("north towers", "north", 6.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 60.0)], (17, 32), 0.35, point, tower)
    fill("east towers", "east", 0.0, [(22.0, 30.0), (20.0, 26.0), (26.0, 40.0)], (24, 33), 0.8, point, tower)
    flats = [(28.0, 56.0), (11.0, 13.5), (11.0, 17.0)]
    for name, axis in (("south", 8.0), ("north", 6.0), ("northwest", 2.0)):
        fill(f"{name} flats", name, axis, flats, (6, 9), 0.9, bars, slab)
    fill(
        "island halls",
        "island",
        5.0,
        [(18.0, 34.0), (14.0, 20.0), (60.0, 110.0)],
        (1, 2),
        0.5,
        {"bar": 1.0, "L": 1.0},
        {"building": "pavilion", "kind": "hall"},
    )
    return fabric


def with_yards(fabric: Fabric, layers: dict[str, list[tuple[dict, object]]]) -> list[tuple[dict, Polygon]]:
    """The greens, less the buildings of the island's park, and the gardens left between simulated buildings."""
    roads = unary_union([g.buffer(t["width_m"] / 2 + 3.0) for t, g in layers["streets"] + layers["bridges"]])
    built = unary_union([g.buffer(3.5) for _, g in fabric.buildings])
    out = []
    for tags, green in layers["greens"]:
        left = green.difference(built)
        out += [(tags, p) for p in getattr(left, "geoms", [left]) if p.area > 100.0]
    others = unary_union(
        [g for _, g in layers["greens"]] + [g.buffer(4.0) for _, g in layers["heroes"] + layers["water"]]
    )
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
    note += "clairesun6767/1949-guningtou, commit 515d1eb75887525620fee8d3614abf8070f69118; has the dike's outlets."
    PLACE.note("coastline.geojson", **OPENSTREETMAP, note=note)
    PLACE.note(
        "srtm_xiamen_132m.tif",
        **MEASURED_SRTM,
        note="84 x 51 cells of 132 m, a coarse surface model; registration good to about one cell.",
    )
    lake = lake_with_islands()
    layers = write_layers(lake)
    heights = ground_from_srtm(PLACE.folder / "srtm_xiamen_132m.tif", BOUNDS_DEG, 2.4)
    dry = shore().buffer(-25.0).difference(lake.buffer(40.0))
    on_land = [dry.contains(Point(*xy)) for xy in PLACE.to_local(heights)]
    PLACE.write_heights(
        "ground_heights.csv",
        np.vstack([heights[on_land], SUMMIT]),
        **MEASURED_SRTM,
        note="SRTM cells on land; roofs taken off by the 25th percentile of 3 x 3 cells, woods by 4 m; 狐尾山 kept.",
    )
    fabric = build_fabric(lake, layers)
    note = f"Seeded fabric (seed {SEED}) between the digitised streets: no building of it exists, levels are made up."
    PLACE.write_layer("footprints_simulated.geojson", fabric.buildings, **SIMULATED, note=note)
    note = (
        "Parks and hills digitised from general knowledge and SRTM, 50-100 m. Features with origin = simulated are the "
    )
    note += "gardens left between simulated buildings."
    PLACE.write_layer("greens.geojson", with_yards(fabric, layers), **DIGITISED, note=note)
    PLACE.note("points/*.laz", **POINTS)
    PLACE.write_sources(
        "# 筼筜湖: the sea coast is OpenStreetMap, heights are SRTM; the rest is digitised or simulated."
    )
    print(len(fabric.buildings), "buildings")


if __name__ == "__main__":
    main()
