import json
import tomllib

import numpy as np
import pytest

from xmscenes.errors import FrameError, InputError
from xmscenes.frame import Frame, horizontal_to
from xmscenes.read.info import describe
from xmscenes.read.propose import propose_spec
from xmscenes.spec import Spec


def polygon(ring):
    return {"type": "Polygon", "coordinates": [[list(p) for p in ring]]}


def codes(facts):
    return [problem["code"] for problem in facts["problems"]]


def test_a_survey_is_described(write_las):
    path = write_las(classification=np.tile([2, 6, 6], 1000).astype("u1"))
    facts = describe(path)
    assert facts["kind"] == "points"
    assert facts["format"] == "LAZ 1.4, point format 6"
    assert facts["crs"]["text"] == "EPSG:4548"
    assert facts["points"]["count"] == 3000
    assert facts["points"]["classes"] == {"2": 1000, "6": 2000}
    assert facts["points"]["classes_from"] == "all points"
    assert facts["points"]["density_per_m2"] == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(facts["extent_deg"], [118.0625, 24.4472, 118.0635, 24.4481], atol=1e-4)
    np.testing.assert_allclose(facts["size_m"], [100, 100], atol=0.5)
    assert codes(facts) == ["SPARSE"]


def test_what_a_survey_lacks_is_said(write_las):
    assert codes(describe(write_las(crs=None))) == ["NO_CRS", "UNCLASSIFIED"]
    ground = np.full(3000, 2, "u1")
    assert "NO_BUILDING_CLASS" in codes(describe(write_las(classification=ground)))
    assert "NO_GROUND_CLASS" in codes(describe(write_las(classification=ground + 4)))


def test_a_crs_that_the_numbers_contradict_is_said(write_las):
    facts = describe(write_las(crs=None), crs="EPSG:4326")
    assert facts["extent_deg"] is None
    assert codes(facts)[0] == "CRS_IMPLAUSIBLE"


def test_stray_points_are_said(write_las, survey_xyz):
    survey_xyz[5, 2] = 5000.0
    facts = describe(write_las(xyz=survey_xyz))
    (problem,) = [p for p in facts["problems"] if p["code"] == "STRAY_POINTS"]
    assert problem["message"].startswith("z runs from")


def test_a_table_and_a_ply_are_described(tmp_path):
    table = tmp_path / "点.csv"
    table.write_text("lon,lat,z\n118.0625,24.4472,1\n118.0626,nan,2\n", encoding="utf-8")
    facts = describe(table)
    assert facts["points"]["count"] == 2
    assert "NOT_FINITE" in codes(facts)


def test_a_layer_is_described_with_proposals_and_problems(write_shapefile):
    path = write_shapefile([{"编号": "1", "楼高": "12.5", "层数": "4层"}, {"编号": "1", "楼高": "", "层数": "2"}])
    facts = describe(path, crs="EPSG:4326")
    assert facts["kind"] == "vector"
    assert facts["features"] == {"count": 2, "layer": "建筑", "geometry": {"Polygon": 2}}
    assert facts["proposals"] == {"id": "编号", "height_m": "楼高", "levels": "层数"}
    assert facts["encoding"]["name"] == "gb18030"
    height = next(f for f in facts["fields"] if f["name"] == "楼高")
    assert height == {"name": "楼高", "filled": 1, "examples": ["12.5"], "range": (12.5, 12.5)}
    assert codes(facts) == ["DUPLICATE_ID"]
    assert codes(describe(path))[0] == "NO_CRS"


def test_a_raster_is_described(repository):
    facts = describe(repository / "assets" / "yundang" / "srtm_xiamen_132m.tif")
    assert facts["kind"] == "raster"
    assert (facts["raster"]["columns"], facts["raster"]["rows"]) == (84, 51)
    assert facts["raster"]["nodata"] == -9999.0
    assert 10_000 < facts["size_m"][0] < 10_300


@pytest.mark.parametrize(
    "name",
    ["gulangyu/footprints.geojson", "ign_lidarhd_870/ign870.laz", "denhaag_als_sim_west/dhw_footprints.gpkg"],
)
def test_every_description_is_json(repository, name):
    json.dumps(describe(repository / "assets" / name), ensure_ascii=False)


def test_an_unknown_suffix_lists_the_known_ones(tmp_path):
    path = tmp_path / "model.dwg"
    path.write_bytes(b"AC1032")
    with pytest.raises(InputError, match=r"model.dwg: .dwg is no format known here; use .las, .laz, .* .shp, .tif"):
        describe(path)


def test_a_proposed_spec_is_valid_and_names_the_fields(write_las, write_geojson, tmp_path, box_ring):
    features = [(polygon(box_ring(0.0002, 0.0002)), {"编号": "1", "楼高": "12.5"})]
    footprints, points = write_geojson(features), write_las()
    text = propose_spec("鼓浪屿", points, footprints, relative_to=tmp_path)
    spec = Spec.model_validate(tomllib.loads(text))
    assert spec.title == "鼓浪屿"
    assert spec.inputs.points.path == "survey.laz"
    assert spec.inputs.footprints.path == "楼.geojson"
    assert (spec.inputs.footprints.id, spec.inputs.footprints.height_m) == ("编号", "楼高")
    assert spec.frame.lon_deg == pytest.approx(118.06275, abs=1e-4)
    assert [c.name for c in spec.camera] == ["hero", "top"]
    assert '# 未找到 not found: levels = "字段名 field"' in text
    assert len([line for line in text.splitlines() if line.startswith("#")]) > 5


def test_a_missing_crs_is_asked_for_and_then_written_down(write_las, tmp_path):
    path = write_las(crs=None)
    with pytest.raises(InputError, match=r"survey.laz: no CRS in the file; give --crs, for example --crs EPSG:4548"):
        propose_spec("x", path, None)
    spec = Spec.model_validate(tomllib.loads(propose_spec("x", path, None, crs="EPSG:4548", relative_to=tmp_path)))
    assert spec.inputs.points.crs == "EPSG:4548"
    assert spec.inputs.footprints is None


def test_footprints_alone_make_a_spec(write_geojson, box_ring):
    text = propose_spec('a "quoted" \\ name', None, write_geojson([(polygon(box_ring()), {"id": "1"})]))
    spec = Spec.model_validate(tomllib.loads(text))
    assert spec.title == 'a "quoted" \\ name'
    assert spec.inputs.points is None
    assert "inferred" in text


def test_nothing_to_build_from_is_an_error():
    with pytest.raises(InputError, match=r"x: nothing to build from; give --points FILE or --footprints FILE"):
        propose_spec("x", None, None)


def test_files_in_the_wrong_place_are_noticed(write_las, write_geojson, box_ring):
    footprints = write_geojson([(polygon(box_ring()), {"id": "1"})])
    with pytest.raises(InputError, match=r"is no format for footprints"):
        propose_spec("x", None, write_las())
    with pytest.raises(InputError, match=r"is no format for points"):
        propose_spec("x", footprints, None)


def test_layers_that_do_not_meet_are_noticed_before_a_spec_is_written(write_las, write_geojson, box_ring):
    shifted = horizontal_to(np.array(box_ring()), "EPSG:4326", "GCJ-02").tolist()
    footprints = write_geojson([(polygon(shifted), {"id": "1"})])
    with pytest.raises(FrameError, match=r"set inputs.footprints.crs = 'GCJ-02'"):
        propose_spec("x", write_las(), footprints)


def test_the_frame_of_a_proposed_spec_lies_in_the_middle(write_geojson, box_ring):
    features = [(polygon(box_ring(n * 0.001, n * 0.002)), {"id": str(n)}) for n in range(3)]
    spec = Spec.model_validate(tomllib.loads(propose_spec("x", None, write_geojson(features))))
    frame = Frame(lon_deg=spec.frame.lon_deg, lat_deg=spec.frame.lat_deg)
    np.testing.assert_allclose(frame.to_local([[118.0625 + 0.00105, 24.4472 + 0.00205]], "EPSG:4326"), 0, atol=0.2)
