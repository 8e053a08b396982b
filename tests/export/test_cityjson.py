"""CityJSON: what is written can be read back, is valid for outside judges, and carries what is known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.check.cityjson import check_cityjson
from xmscenes.check.cityjson_read import read_cityjson
from xmscenes.errors import ExportError, InputError
from xmscenes.export.cityjson import reference_system, write_cityjson
from xmscenes.frame import Frame
from xmscenes.geometry.solid_faults import find_faults
from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid, Source, Surface

FRAME = Frame(lon_deg=118.0625, lat_deg=24.4472, elevation_m=5.0)
CRS = "EPSG:4548"
NO_MESH = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))
SOURCE = Source(
    path="assets/x.geojson", sha256="0" * 64, licence="ODbL-1.0", attribution="© OpenStreetMap 贡献者",
    origin=Origin.OPENSTREETMAP,
)  # fmt: skip


def house(x=0.0, y=0.0, ridge=5.0, turn=0.0) -> Solid:
    xyz = np.array(
        [
            *[(0, 0, 0), (10, 0, 0), (10, 6, 0), (0, 6, 0), (0, 0, 3), (10, 0, 3), (10, 6, 3), (0, 6, 3)],
            *[(0, 3, ridge), (10, 3, ridge)],
        ],
        dtype=float,
    )
    c, s = np.cos(turn), np.sin(turn)
    xyz[:, :2] = xyz[:, :2] @ np.array([[c, s], [-s, c]]) + (x, y)
    rings = [(3, 2, 1, 0), (4, 5, 9, 8), (6, 7, 8, 9), (0, 1, 5, 4), (2, 3, 7, 6), (1, 2, 6, 9, 5), (3, 0, 4, 8, 7)]
    kinds = [Surface.FLOOR, Surface.ROOF, Surface.ROOF, *[Surface.WALL] * 4]
    return Solid(vertices=xyz, faces=tuple((r,) for r in rings), surface=np.array(kinds, "u1"))


def building(name="way/1", solids=None, **outcome) -> Feature:
    solids = solids or {form: (house(),) for form in Form}
    known = {"origin": Origin.MEASURED, "source": "points", "rmse_m": 0.0412345, "point_count": 812} | outcome
    return Feature(
        id=name, kind="building", name="八卦楼", form=Form.ROOFED, mesh=NO_MESH, solids=solids,
        outcome=Outcome(**known), tags={"building": "house"},
    )  # fmt: skip


def write(path: Path, *features: Feature, crs=CRS, frame=FRAME, sources=(SOURCE,)) -> dict:
    write_cityjson(path, features, frame=frame, crs=crs, title="鼓浪屿", sources=sources)
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_is_written_can_be_read_back(tmp_path):
    solid = house(120.3, -431.7, turn=0.3)
    write(tmp_path / "a.city.json", building(solids=dict.fromkeys(Form, (solid,))))
    model = read_cityjson(tmp_path / "a.city.json")
    back = model.buildings["way/1"]
    assert model.title == "鼓浪屿"
    assert set(back.solids) == set(Form)
    for form in Form:
        (read,) = back.solids[form]
        placed = FRAME.to_crs(solid.vertices, CRS)
        for one, other in zip(solid.faces, read.faces, strict=True):
            want, got = placed[list(one[0])], read.vertices[list(other[0])]
            assert np.abs(want - got).max() <= 0.00005 + 1e-8
        assert read.surface.tolist() == solid.surface.tolist()


def test_the_file_says_where_it_is_and_what_it_is(tmp_path):
    written = write(tmp_path / "a.city.json", building())
    assert written["version"] == "2.0"
    assert written["transform"]["scale"] == [0.0001] * 3
    assert written["metadata"]["referenceSystem"] == "https://www.opengis.net/def/crs/EPSG/0/4548"
    assert written["metadata"]["title"] == "鼓浪屿"
    west, south, low, east, north, high = written["metadata"]["geographicalExtent"]
    assert 10 < east - west < 10.2
    assert 6 < north - south < 6.2
    assert (low, high) == (5.0, 10.0)
    assert [g["lod"] for g in written["CityObjects"]["way/1"]["geometry"]] == ["1.2", "1.3", "2.2"]


def test_attributes_tell_how_a_building_came_about(tmp_path):
    quality = {"p95_m": 0.081, "coverage": 0.97, "density": 10.4, "planes": 4, "reason": "无"}
    feature = building(fallback="the roof did not close", quality=quality)
    written = write(tmp_path / "a.city.json", feature)["CityObjects"]["way/1"]["attributes"]
    assert written == {
        "name": "八卦楼", "form": "roofed", "lod": "2.2", "origin": "measured", "source": "points",
        "fallback": "the roof did not close", "point_count": 812, "rmse_m": 0.0412, "measuredHeight": 5.0,
        "attribution": "© OpenStreetMap 贡献者", "tag_building": "house", **quality,
    }  # fmt: skip


def test_chinese_is_stored_as_chinese(tmp_path):
    write(tmp_path / "a.city.json", building())
    assert "八卦楼".encode() in (tmp_path / "a.city.json").read_bytes()


def test_a_number_that_json_cannot_hold_becomes_null(tmp_path):
    feature = building(quality={"coverage": float("nan")})
    assert write(tmp_path / "a.city.json", feature)["CityObjects"]["way/1"]["attributes"]["coverage"] is None


def test_several_solids_of_one_footprint_become_parts(tmp_path):
    solids = {Form.BLOCK: (house(),), Form.ROOFED: (house(), house(30), house(60))}
    written = write(tmp_path / "a.city.json", building(solids=solids), building("way/1-2"))
    objects = written["CityObjects"]
    assert objects["way/1"]["children"] == ["way/1-1", "way/1-2-", "way/1-3"]
    assert objects["way/1-3"]["parents"] == ["way/1"]
    assert [g["lod"] for g in objects["way/1-1"]["geometry"]] == ["1.2", "2.2"]
    assert [g["lod"] for g in objects["way/1-3"]["geometry"]] == ["2.2"]
    back = read_cityjson(tmp_path / "a.city.json").buildings
    assert list(back) == ["way/1", "way/1-2"]
    assert len(back["way/1"].solids[Form.ROOFED]) == 3
    assert check_cityjson(tmp_path / "a.city.json", "a") == ()


def test_a_building_without_solids_keeps_its_attributes(tmp_path):
    nothing = Feature(id="empty", kind="building", mesh=NO_MESH, outcome=Outcome(origin=Origin.INFERRED))
    written = write(tmp_path / "a.city.json", nothing, building())
    assert written["CityObjects"]["empty"] == {
        "type": "Building", "attributes": {"origin": "inferred", "point_count": 0, "attribution": SOURCE.attribution},
        "geometry": [],
    }  # fmt: skip
    assert check_cityjson(tmp_path / "a.city.json", "a") == ()


def test_no_buildings_give_an_empty_file(tmp_path):
    terrain = Feature(id="t", kind="terrain", mesh=NO_MESH, outcome=Outcome(origin=Origin.MEASURED))
    written = write(tmp_path / "a.city.json", terrain)
    assert (written["CityObjects"], written["vertices"]) == ({}, [])
    assert check_cityjson(tmp_path / "a.city.json", "a") == ()


def test_the_same_features_in_any_order_give_the_same_bytes(tmp_path):
    features = [building(f"way/{i}", {Form.ROOFED: (house(20.0 * i),)}) for i in range(5)]
    write(tmp_path / "a.city.json", *features)
    write(tmp_path / "b.city.json", *features[::-1])
    assert (tmp_path / "a.city.json").read_bytes() == (tmp_path / "b.city.json").read_bytes()


def test_a_degree_crs_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(ExportError, match=r"crs 'EPSG:4326': 100 m are .*; set export.cityjson_crs"):
        write(tmp_path / "a.city.json", building(), crs="EPSG:4326")


def test_web_mercator_is_refused_because_it_stretches(tmp_path):
    with pytest.raises(ExportError, match="100 m are 109"):
        write(tmp_path / "a.city.json", building(), crs="EPSG:3857")


def test_two_buildings_of_one_id_are_refused(tmp_path):
    with pytest.raises(ExportError, match="two buildings have the id 'way/1'"):
        write(tmp_path / "a.city.json", building(), building())


def test_an_unwriteable_place_leaves_the_last_good_file(tmp_path):
    target = tmp_path / "a.city.json"
    before = write(target, building())
    (tmp_path / f".{target.name}.part").mkdir()  # the place beside it is taken
    with pytest.raises((ExportError, OSError)):
        write(target, building("way/2"))
    assert json.loads(target.read_text(encoding="utf-8")) == before


@pytest.mark.parametrize(
    ("crs", "url"),
    [
        ("EPSG:4548", "EPSG/0/4548"),
        ("epsg:28992+5709", "EPSG/0/28992"),
        ('PROJCRS["Lambert-93",BASEGEOGCRS["x",ID["EPSG",4171]],CS[Cartesian,2],ID["EPSG",2154]]', "EPSG/0/2154"),
        ("+proj=tmerc +lat_0=24", ""),
        ("GCJ-02", ""),
    ],
)  # fmt: skip
def test_an_epsg_code_becomes_an_ogc_address(crs, url):
    assert reference_system(crs) == (f"https://www.opengis.net/def/crs/{url}" if url else "")


def test_a_file_that_is_no_cityjson_is_named(tmp_path):
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json: is no CityJSON file"):
        read_cityjson(tmp_path / "a.json")
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.json: cannot be read as JSON"):
        read_cityjson(tmp_path / "b.json")


@settings(max_examples=40)
@given(
    x=st.floats(-4000, 4000), y=st.floats(-4000, 4000), turn=st.floats(0, 6.28), ridge=st.floats(3.2, 20),
    crs=st.sampled_from(["EPSG:4548", "EPSG:4526", "EPSG:32650", "EPSG:4549"]),
)  # fmt: skip
def test_reprojection_bends_no_face_and_breaks_no_solid(x, y, turn, ridge, crs, tmp_path_factory):
    path = tmp_path_factory.mktemp("cj") / "a.city.json"
    write(path, building(solids={Form.ROOFED: (house(x, y, ridge, turn),)}), crs=crs)
    (solid,) = read_cityjson(path).buildings["way/1"].solids[Form.ROOFED]
    faults = find_faults([solid])
    assert faults.sound.all()
    assert faults.flattest_m[0] <= 0.0005


def test_a_removed_face_is_found_in_the_file(tmp_path):
    path = tmp_path / "a.city.json"
    document = write(path, building())
    geometry = document["CityObjects"]["way/1"]["geometry"][2]
    del geometry["boundaries"][0][1], geometry["semantics"]["values"][0][1]
    path.write_text(json.dumps(document), encoding="utf-8")
    codes = {(issue.code, issue.where) for issue in check_cityjson(path, "a")}
    assert ("SOLID_NOT_CLOSED", "a#/way/1/2.2/0") in codes


def _break(document: dict, how: str) -> None:
    item = document["CityObjects"]["way/1"]
    if how == "index":
        item["geometry"][0]["boundaries"][0][0][0][0] = 999
    elif how == "family":
        item["children"] = ["nobody"]
    elif how == "semantics":
        item["geometry"][0]["semantics"]["values"][0].pop()
    elif how == "twin vertex":
        document["vertices"][1] = document["vertices"][0]
    elif how == "float vertex":
        document["vertices"][1][0] = 0.5
    elif how == "version":
        document["version"] = "1.1"
    elif how == "extent":
        document["metadata"]["geographicalExtent"] = [1, 0, 0, 0, 0, 0]
    elif how == "crs":
        document["metadata"]["referenceSystem"] = "EPSG:4548"
    elif how == "unused":
        document["vertices"].append([0, 0, 0])


@pytest.mark.parametrize(
    "how",
    ["index", "family", "semantics", "twin vertex", "float vertex", "version", "extent", "crs", "unused"],
)
def test_broken_structure_is_found(how, tmp_path):
    path = tmp_path / "a.city.json"
    document = write(path, building())
    _break(document, how)
    path.write_text(json.dumps(document), encoding="utf-8")
    assert {issue.code for issue in check_cityjson(path, "a")} == {"CITYJSON_STRUCTURE"}


def test_a_key_that_stands_twice_is_found(tmp_path):
    path = tmp_path / "a.city.json"
    write(path, building())
    path.write_text(path.read_text(encoding="utf-8").replace("{", '{"type":"CityJSON",', 1), encoding="utf-8")
    assert "CITYJSON_STRUCTURE" in {issue.code for issue in check_cityjson(path, "a")}


def _cjio(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("cjio")
    return subprocess.run([tool, path, *words], capture_output=True, text=True, check=False, timeout=60)


def test_cjio_reads_the_file(tmp_path):
    path = tmp_path / "a.city.json"
    parts = building("way/2", solids={Form.BLOCK: (house(40),), Form.ROOFED: (house(40), house(60))})
    write(path, building(), parts)
    run = _cjio(path, "info", "--long")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "4548" in run.stdout
    assert "BuildingPart" in run.stdout


def test_cjio_calls_the_file_valid(tmp_path):
    path = tmp_path / "a.city.json"
    write(path, building(), building("way/2", solids={Form.ROOFED: (house(40), house(60))}))
    run = _cjio(path, "validate")
    if "cjvalpy' not installed" in run.stdout + run.stderr:
        pytest.skip("cjio's validator cjvalpy is not installed: structure is judged by check_cityjson alone")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "valid" in run.stdout
    assert "invalid" not in run.stdout.lower()
