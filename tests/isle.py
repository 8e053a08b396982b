"""A tiny place to fly over: an island of 240 m with a lake, five buildings, a wood, a path and a footbridge."""

from __future__ import annotations

import json
from pathlib import Path

from xmscenes.scenes import LoadedSpec, load_spec

SPEC = """
title = "小岛"
[frame]
lon_deg = 118.07
lat_deg = 24.45
[area]
bounds_deg = [118.0685, 24.4487, 118.0715, 24.4513]
[inputs]
points = { path = "assets/isle/points/*.laz" }
footprints = { path = "assets/isle/footprints.geojson", id = "id" }
[survey]
plan = "assets/isle/survey.toml"
"""
PLAN = """
seed = 7
coastline = "coastline.geojson"
footprints = ["footprints.geojson"]
greens = "greens.geojson"
paths = "paths.geojson"
bridges = "bridges.geojson"
[flight]
density_per_m2 = 9.0
altitude_m = 500.0
[ground]
spots = "heights.csv"
relief_m = 0.1
[[water]]
layer = "lake.geojson"
level_m = 1.5
[cover]
"natural=wood" = "wood"
[[kind]]
match = { building = "house" }
roofs = { hip = 1 }
[[kind]]
match = { building = "church" }
roofs = { gable = 1 }
[[kind]]
match = {}
roofs = { flat = 1 }
[[trees]]
layer = "greens.geojson"
kinds = { broadleaf = 1 }
[[solid]]
id = "岩"
kind = "boulder"
lon_deg = 118.0693
lat_deg = 24.4493
size_m = [16.0, 14.0]
top_m = 22.0
point_class = 2
"""


def lonlat(x: float, y: float) -> list[float]:
    """Local metres to degrees, close enough for a fixture."""
    return [118.07 + x / 101340.0, 24.45 + y / 110770.0]


def rectangle(west: float, south: float, east: float, north: float) -> list[list[float]]:
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [lonlat(*c) for c in corners]


def write_layer(folder: Path, name: str, features: list[tuple[dict, str, list]]) -> None:
    rows = [
        {"type": "Feature", "properties": tags, "geometry": {"type": kind, "coordinates": c}}
        for tags, kind, c in features
    ]
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    (folder / name).write_text(text, encoding="utf-8")


def make_isle(root: Path) -> LoadedSpec:
    """Write the place's spec and layers below a folder, and load it."""
    folder = root / "assets" / "isle"
    folder.mkdir(parents=True)
    (root / "scenes").mkdir()
    (root / "scenes" / "isle.toml").write_text(SPEC, encoding="utf-8")
    (folder / "survey.toml").write_text(PLAN, encoding="utf-8")
    heights = [(x, y, 4.0 + 0.02 * (x + 120)) for x in range(-110, 120, 20) for y in range(-110, 120, 20)]
    rows = [f"{lonlat(x, y)[0]:.7f},{lonlat(x, y)[1]:.7f},{z:.2f}" for x, y, z in heights]
    (folder / "heights.csv").write_text("\n".join(["lon_deg,lat_deg,elevation_m", *rows]) + "\n", encoding="utf-8")
    write_layer(folder, "coastline.geojson", [({}, "Polygon", [rectangle(-120, -120, 120, 120)])])
    write_layer(folder, "lake.geojson", [({}, "Polygon", [rectangle(20, -100, 100, -40)])])
    write_layer(folder, "greens.geojson", [({"natural": "wood"}, "Polygon", [rectangle(-110, 20, -20, 110)])])
    write_layer(folder, "paths.geojson", [({"highway": "footway"}, "LineString", [lonlat(0, -110), lonlat(0, 110)])])
    bridge = {"id": "bridge/1", "name": "小桥", "width_m": 4.0, "deck_m": 6.5, "pier_spacing_m": 20.0}
    write_layer(folder, "bridges.geojson", [(bridge, "LineString", [lonlat(12, -70), lonlat(108, -70)])])
    outlines = [
        ("甲", "house", rectangle(20, 20, 40, 32)),
        (
            "乙",
            "house",
            [lonlat(x, y) for x, y in ((60, 20), (90, 20), (90, 30), (70, 30), (70, 45), (60, 45), (60, 20))],
        ),
        ("丙", "church", rectangle(20, 60, 50, 72)),
        ("丁", "yes", rectangle(70, 60, 100, 80)),
        ("戊", "house", rectangle(-100, -100, -88, -90)),
    ]
    write_layer(folder, "footprints.geojson", [({"id": i, "building": b}, "Polygon", [r]) for i, b, r in outlines])
    return load_spec(str(root / "scenes" / "isle.toml"), data_roots=[root])
