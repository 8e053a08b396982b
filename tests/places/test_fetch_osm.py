"""scripts/fetch_osm.py against an answer in Overpass's form: real ways of Gulangyu and awkward cases."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import fetch_osm  # noqa: E402

ANSWER = ROOT / "tests" / "data" / "overpass_small.json"
BOX = (118.0520, 24.4375, 118.0730, 24.4570)

SPEC = """
title = "测试"
[frame]
lon_deg = 118.0625
lat_deg = 24.4472
[area]
bounds_deg = [118.0520, 24.4375, 118.0730, 24.4570]
[inputs]
footprints = { path = "assets/somewhere/footprints_simulated.geojson", id = "id" }
paths = { path = "assets/somewhere/streets.geojson" }
"""
PLAN = 'footprints = ["footprints_simulated.geojson"]\npaths = "streets.geojson"\n'


@pytest.fixture
def layers() -> dict[str, list]:
    return fetch_osm.features_of(json.loads(ANSWER.read_text(encoding="utf-8")), BOX)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "assets" / "somewhere").mkdir(parents=True)
    (tmp_path / "scenes" / "somewhere.toml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "assets" / "somewhere" / "survey.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def test_buildings_keep_their_tags_and_their_osm_id(layers: dict[str, list]) -> None:
    by_id = {tags["osm_id"]: tags for tags, _ in layers["footprints"]}
    assert by_id["way/164652578"]["name"] == "鼓浪屿风琴博物馆"
    assert all(tags["origin"] == "openstreetmap" for tags in by_id.values())


def test_a_multipolygon_of_two_half_rings_keeps_its_courtyard(layers: dict[str, list]) -> None:
    court = next(g for tags, g in layers["footprints"] if tags["osm_id"] == "relation/9001")
    assert len(court.interiors) == 1
    assert court.area == pytest.approx(0.0004**2 - 0.0002**2)


def test_broken_elements_are_left_out(layers: dict[str, list]) -> None:
    ids = {tags["osm_id"] for tags, _ in layers["footprints"]}
    assert not ids & {"way/9006", "way/9007"}
    assert len(ids) == 3


def test_land_lies_left_of_the_coastline(layers: dict[str, list]) -> None:
    ((_, land),) = layers["coastline"]
    assert land.bounds[0] == pytest.approx(BOX[0])
    assert land.bounds[2] == pytest.approx(118.07015, abs=1e-6)


def test_an_island_inside_the_box_is_land_and_the_rest_is_not() -> None:
    from shapely.geometry import LineString

    counter_clockwise = LineString([(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4)])
    (island,) = fetch_osm.land_of([counter_clockwise], (0.0, 0.0, 1.0, 1.0))
    assert island.area == pytest.approx(0.04)


def test_the_query_asks_for_south_west_north_east() -> None:
    assert 'way["building"](24.4375,118.052,24.457,118.073);' in fetch_osm.query_of(BOX)


def test_one_command_writes_the_layers_and_switches_spec_and_survey_over(root: Path) -> None:
    fetch_osm.main(["somewhere", "--answer", str(ANSWER), "--root", str(root)])
    spec = tomllib.loads((root / "scenes" / "somewhere.toml").read_text(encoding="utf-8"))
    assert spec["inputs"]["footprints"] == {"path": "assets/somewhere/footprints_osm.geojson", "id": "osm_id"}
    assert spec["inputs"]["paths"]["path"] == "assets/somewhere/streets_osm.geojson"
    plan = tomllib.loads((root / "assets" / "somewhere" / "survey.toml").read_text(encoding="utf-8"))
    assert plan == {"footprints": ["footprints_osm.geojson"], "paths": "streets_osm.geojson"}
    sources = tomllib.loads((root / "assets" / "somewhere" / "SOURCES.toml").read_text(encoding="utf-8"))["source"]
    assert {s["file"] for s in sources} == {f"{n}_osm.geojson" for n in fetch_osm.FILTERS}
    assert all(s["licence"] == "ODbL-1.0" and "OpenStreetMap" in s["attribution"] for s in sources)


def test_keep_leaves_the_spec_alone(root: Path) -> None:
    fetch_osm.main(["somewhere", "--answer", str(ANSWER), "--root", str(root), "--keep"])
    assert (root / "scenes" / "somewhere.toml").read_text(encoding="utf-8") == SPEC


def test_an_empty_answer_says_so_and_changes_nothing(root: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"elements": [], "remark": "runtime error: timed out"}', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"holds nothing for this box.*timed out"):
        fetch_osm.main(["somewhere", "--answer", str(empty), "--root", str(root)])
    assert (root / "scenes" / "somewhere.toml").read_text(encoding="utf-8") == SPEC


def test_an_unknown_place_is_one_line(root: Path) -> None:
    with pytest.raises(SystemExit, match=r"nowhere.toml: no such file"):
        fetch_osm.main(["nowhere", "--root", str(root)])
