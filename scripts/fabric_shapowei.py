"""Shapowei's simulated buildings, gardens and boats between the digitised streets; every one of them is made up."""

from __future__ import annotations

import numpy as np
from chains_shapowei import ZONES
from fabric import Fabric
from place_files import Place
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union

from xmscenes.frame import Frame

PLACE = Place(name="shapowei", frame=Frame(lon_deg=118.0865, lat_deg=24.4395))
BOUNDS_DEG = (118.0757, 24.4305, 118.1000, 24.4475)
SEED = 1924  # the dock wall and 大学路's arcades date from the 1920s


def area() -> Polygon:
    """The scene's box in local metres."""
    west, south, east, north = BOUNDS_DEG
    return PLACE.polygon([(west, south), (east, south), (east, north), (west, north)])


def land() -> Polygon:
    """Land within the box."""
    whole = unary_union([g for _, g in PLACE.read_layer("coastline.geojson") if g.intersects(area())])
    return whole.intersection(area().buffer(50.0))


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
        fabric.row_houses(
            name,
            line,
            part,
            setback_m=tags["width_m"] / 2 + 2.0,
            sides=sides,
            tags={"building": "retail", "kind": "qilou"},
        )
    dock = _dock(dry)
    quay = LineString(dock.buffer(9.0).exterior.simplify(3.0).coords)
    fabric.row_houses(
        "quay",
        quay,
        anywhere,
        setback_m=1.0,
        sides=(1, -1),
        front_m=(4.5, 8.0),
        depth_m=(9.0, 13.0),
        levels=(2, 4),
        tags={"building": "house", "kind": "harbour_house"},
    )
    houses = {"length_m": (7.0, 13.0), "depth_m": (8.0, 12.0), "gap_m": (1.2, 3.2), "levels": (2, 5), "margin_m": 0.8}
    small = {"building": "house", "kind": "harbour_house"}
    slab = {"building": "apartments", "kind": "slab"}
    tower = {"building": "apartments", "kind": "tower"}
    bars = {"bar": 2.0, "bays": 2.0, "L": 0.7}
    for name in ("harbour", "art"):
        fabric.blocks(name, whole[name], zone[name], axis_deg=-48.0, jitter_deg=5.0, tags=small, **houses)
    fabric.blocks(
        "old slabs",
        whole["old"],
        zone["old"],
        axis_deg=-40.0,
        length_m=(22.0, 46.0),
        depth_m=(10.5, 13.0),
        gap_m=(8.0, 15.0),
        levels=(6, 8),
        share=0.55,
        shapes=bars,
        tags=slab,
    )
    fabric.blocks("old houses", whole["old"], zone["old"], axis_deg=-42.0, jitter_deg=5.0, tags=small, **houses)
    fabric.blocks(
        "north",
        whole["north"],
        zone["north"],
        axis_deg=-18.0,
        length_m=(24.0, 50.0),
        depth_m=(11.0, 14.0),
        gap_m=(9.0, 16.0),
        levels=(6, 9),
        shapes=bars,
        tags=slab,
    )
    fabric.blocks(
        "flat towers",
        whole["flats"],
        zone["flats"],
        axis_deg=-10.0,
        length_m=(21.0, 27.0),
        depth_m=(21.0, 26.0),
        gap_m=(28.0, 60.0),
        levels=(18, 30),
        share=0.45,
        shapes={"cross": 1.0},
        tags=tower,
    )
    fabric.blocks(
        "flats",
        whole["flats"],
        zone["flats"],
        axis_deg=-10.0,
        length_m=(28.0, 52.0),
        depth_m=(11.0, 13.5),
        gap_m=(10.0, 16.0),
        levels=(6, 8),
        shapes=bars,
        tags=slab,
    )
    fabric.blocks(
        "shore towers",
        whole["shore_towers"],
        zone["shore_towers"],
        axis_deg=-45.0,
        length_m=(24.0, 32.0),
        depth_m=(20.0, 26.0),
        gap_m=(24.0, 36.0),
        levels=(26, 34),
        shapes={"cross": 1.0},
        tags=tower,
    )
    fabric.blocks(
        "campus",
        whole["campus"],
        zone["campus"],
        axis_deg=4.0,
        length_m=(38.0, 70.0),
        depth_m=(13.0, 17.0),
        gap_m=(20.0, 34.0),
        levels=(3, 6),
        share=0.8,
        shapes={"bar": 2.0, "T": 1.0, "L": 1.0},
        tags={"building": "university", "kind": "campus_hall"},
    )
    fabric.blocks(
        "temple",
        whole["temple"],
        zone["temple"],
        axis_deg=-12.0,
        length_m=(18.0, 30.0),
        depth_m=(12.0, 17.0),
        gap_m=(8.0, 14.0),
        levels=(1, 2),
        jitter_deg=0.0,
        tags={"building": "temple", "kind": "temple"},
    )
    return fabric


def yards(fabric: Fabric, layers: dict[str, list[tuple[dict, object]]]) -> list[tuple[dict, Polygon]]:
    """Lawns between the simulated buildings of the university and the flats: what is left, wider than 10 m."""
    roads = unary_union([g.buffer(t["width_m"] / 2 + 2.5) for t, g in layers["streets"]])
    others = unary_union(
        [g for _, g in layers["greens"]] + [g.buffer(4.0) for _, g in layers["water"] + layers["heroes"]]
    )
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
