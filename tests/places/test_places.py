"""The layers of the three places, checked against the facts they are tied to."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import Point, Polygon, shape
from shapely.strtree import STRtree

from xmscenes.scenes import load_spec

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
PLACES = ("gulangyu", "shapowei", "yundang")
FOLDERS = (*PLACES, "ign_lidarhd_870", "denhaag_als_sim_west")
GATE = (118.072794, 24.479533)
GEOD = pyproj.Geod(ellps="WGS84")


def features(place: str, file: str) -> list[dict]:
    return json.loads((ASSETS / place / file).read_text(encoding="utf-8"))["features"]


def local(place: str, file: str) -> list[tuple[dict, object]]:
    frame = load_spec(str(ROOT / "scenes" / f"{place}.toml")).spec.to_frame()
    return [
        (f["properties"], shapely.transform(shape(f["geometry"]), lambda xy: frame.to_local(xy, "EPSG:4326")))
        for f in features(place, file)
    ]


def geodesic_m2(polygon: Polygon) -> float:
    return abs(GEOD.geometry_area_perimeter(polygon)[0])


def polygons(geometry: object) -> list[Polygon]:
    return list(getattr(geometry, "geoms", [geometry]))


@pytest.mark.parametrize("place", FOLDERS)
def test_every_shipped_file_is_named_in_sources_with_its_digest(place: str) -> None:
    entries = tomllib.loads((ASSETS / place / "SOURCES.toml").read_text(encoding="utf-8"))["source"]
    by_file = {e["file"]: e for e in entries}
    shipped = {p.name for p in (ASSETS / place).iterdir() if p.is_file()} - {"SOURCES.toml", "survey.toml"}
    assert shipped == {f for f in by_file if "*" not in f}
    for name in shipped:
        assert by_file[name]["sha256"] == hashlib.sha256((ASSETS / place / name).read_bytes()).hexdigest(), name
        assert {"licence", "attribution", "crs", "origin"} <= set(by_file[name])


def test_the_shipped_data_of_all_places_stays_under_40_mb() -> None:
    files = [p for place in FOLDERS for p in (ASSETS / place).iterdir() if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 40e6


@pytest.mark.parametrize("place", PLACES)
def test_openstreetmap_and_made_up_buildings_never_share_a_file(place: str) -> None:
    for path in sorted((ASSETS / place).glob("footprints*.geojson")):
        origins = {f["properties"].get("origin", "openstreetmap") for f in features(place, path.name)}
        assert len(origins) == 1, path.name


def test_gulangyu_has_its_1152_outlines_and_463_paths() -> None:
    assert len(features("gulangyu", "footprints.geojson")) == 1152
    assert len(features("gulangyu", "paths.geojson")) == 463


def test_gulangyu_island_has_its_area_within_half_a_percent() -> None:
    (coast,) = features("gulangyu", "coastline.geojson")
    assert geodesic_m2(shape(coast["geometry"])) == pytest.approx(1_961_400, rel=0.005)


def test_gulangyu_heights_hold_the_published_summits() -> None:
    heights = np.loadtxt(ASSETS / "gulangyu" / "ground_heights.csv", delimiter=",", skiprows=1)
    assert {92.7, 29.5} <= set(heights[:, 2])
    assert len(heights) == 4202


def test_yundang_lake_holds_the_published_area_within_two_percent() -> None:
    (lake,) = features("yundang", "lake.geojson")
    assert geodesic_m2(shape(lake["geometry"])) == pytest.approx(1.6e6, rel=0.02)


def test_yundang_lake_runs_through_the_gate_of_the_west_dike() -> None:
    (lake,) = features("yundang", "lake.geojson")
    ring = np.asarray(shape(lake["geometry"]).exterior.coords)
    assert np.abs(ring - GATE).max(axis=1).min() < 1e-6


def test_egret_island_lies_in_the_lake_with_the_published_size() -> None:
    (lake,) = features("yundang", "lake.geojson")
    holes = [Polygon(h) for h in shape(lake["geometry"]).interiors]
    areas = sorted(geodesic_m2(h) for h in holes)
    assert len(holes) == 2
    assert 396_600 <= areas[1] <= 596_600  # the two published areas of the park
    island = max(holes, key=lambda h: h.area)
    assert island.contains(Point(118.08882, 24.4765))


def test_the_egret_goddess_stands_in_the_water() -> None:
    (lake,) = features("yundang", "lake.geojson")
    assert shape(lake["geometry"]).contains(Point(118.0905, 24.4755))


def test_lake_and_sea_meet_only_at_the_gate() -> None:
    land = next(g for t, g in local("yundang", "coastline.geojson") if t["id"] == "xiamen_island")
    ((_, lake),) = local("yundang", "lake.geojson")
    outside = lake.difference(land)
    assert outside.area < 400.0
    frame = load_spec(str(ROOT / "scenes" / "yundang.toml")).spec.to_frame()
    at = Point(frame.to_local(np.array([GATE]), "EPSG:4326")[0])
    assert outside.is_empty or all(p.distance(at) < 25.0 for p in polygons(outside))


def test_yanwu_bridge_has_its_length_and_runs_off_the_shore() -> None:
    ((tags, bridge),) = local("shapowei", "bridges.geojson")
    land = shapely.unary_union([g for _, g in local("shapowei", "coastline.geojson")])
    assert bridge.length == pytest.approx(2200.0, rel=0.03)
    assert (tags["width_m"], tags["deck_m"]) == (26.0, 5.0)
    assert bridge.difference(land).length > 0.75 * bridge.length


def test_the_dock_of_shapowei_is_water() -> None:
    land = shapely.unary_union([g for _, g in local("shapowei", "coastline.geojson")])
    frame = load_spec(str(ROOT / "scenes" / "shapowei.toml")).spec.to_frame()
    assert not land.contains(Point(frame.to_local(np.array([[118.08162, 24.4424]]), "EPSG:4326")[0]))


def test_boats_float() -> None:
    land = shapely.unary_union([g for _, g in local("shapowei", "coastline.geojson")])
    boats = [g for _, g in local("shapowei", "boats.geojson")]
    assert len(boats) > 60
    assert not any(land.contains(b) for b in boats)


@pytest.mark.parametrize("place", ["shapowei", "yundang"])
def test_made_up_buildings_stand_on_dry_ground_off_the_streets_and_apart(place: str) -> None:
    shapes = [g for _, g in local(place, "footprints_simulated.geojson")]
    assert all(g.is_valid and g.area > 10.0 for g in shapes)
    land = shapely.unary_union([g for _, g in local(place, "coastline.geojson")])
    shapely.prepare(land)
    assert all(land.contains(g) for g in shapes)
    tree = STRtree(shapes)
    streets = [g.buffer(t["width_m"] / 2 - 0.5) for t, g in local(place, "streets.geojson")]
    waters = [g for f in ("water.geojson", "lake.geojson") if (ASSETS / place / f).exists() for _, g in local(place, f)]
    assert sum(len(tree.query(s, predicate="intersects")) for s in [*streets, *waters]) == 0
    left, right = tree.query(shapes, predicate="intersects")
    pairs = [(shapes[i], shapes[j]) for i, j in zip(left, right, strict=True) if i < j]
    assert max((a.intersection(b).area for a, b in pairs), default=0.0) < 0.2  # coordinates are rounded to a centimetre


@pytest.mark.parametrize("place", PLACES)
def test_streets_and_paths_stay_on_land(place: str) -> None:
    land = shapely.unary_union([g for _, g in local(place, "coastline.geojson")]).buffer(2.0)
    file = "paths.geojson" if place == "gulangyu" else "streets.geojson"
    lines = [g for _, g in local(place, file)]
    assert sum(line.difference(land).length for line in lines) < 0.01 * sum(line.length for line in lines)


@pytest.mark.parametrize("place", PLACES)
def test_every_camera_of_a_place_has_a_name_of_its_own(place: str) -> None:
    cameras = load_spec(str(ROOT / "scenes" / f"{place}.toml")).spec.camera
    assert len({c.name for c in cameras}) == len(cameras) == 4
