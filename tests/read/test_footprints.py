import unicodedata

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.errors import FrameError, InputError
from xmscenes.frame import horizontal_to
from xmscenes.read import read_footprints
from xmscenes.records import Origin
from xmscenes.spec import Layer


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def read(path, frame, **options):
    return read_footprints(path, Layer(path=path.name, **options), frame)


def codes(issues):
    return [issue.code for issue in issues]


def area_m2(ring):
    x, y = ring.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def test_an_outline_arrives_counter_clockwise_open_and_in_local_metres(write_geojson, frame, box_ring):
    path = write_geojson([(polygon(box_ring(clockwise=True)), {"id": "a", "name": "八卦楼"})])
    (footprint,), _ = read(path, frame)
    assert footprint.ring.shape == (4, 2)
    assert area_m2(footprint.ring) == pytest.approx(10.13 * 11.08, rel=0.01)
    np.testing.assert_allclose(footprint.ring.min(axis=0), 0.0, atol=1e-4)
    assert footprint.tags["name"] == "八卦楼"
    assert footprint.id == "a"


def test_holes_run_clockwise(write_geojson, frame, box_ring):
    hole = box_ring(0.00002, 0.00002, 0.00002)
    (footprint,), _ = read(write_geojson([(polygon(box_ring(), hole), {})]), frame)
    assert len(footprint.holes) == 1
    assert area_m2(footprint.holes[0]) < 0


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".shp"])
def test_every_format_gives_the_same_outlines(tmp_path, write_geojson, frame, box_ring, suffix):
    from pyogrio import raw

    features = [(polygon(box_ring(n * 0.0003)), {"id": f"b{n}", "height": 3.5 + n}) for n in range(3)]
    source = write_geojson(features)
    meta, _, geometry, values = raw.read(source)
    path = tmp_path / f"copy{suffix}"
    driver = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}[suffix]
    raw.write(path, geometry, values, meta["fields"], geometry_type="Polygon", crs="EPSG:4326", driver=driver)
    footprints, _ = read(path, frame)
    expected, _ = read(source, frame)
    assert [f.id for f in footprints] == ["b0", "b1", "b2"]
    assert [f.height_m for f in footprints] == [3.5, 4.5, 5.5]
    for found, want in zip(footprints, expected, strict=True):
        np.testing.assert_allclose(sorted(found.ring.tolist()), sorted(want.ring.tolist()), atol=1e-6)


def test_heights_come_from_the_named_fields_and_from_chinese_ones(write_geojson, frame, box_ring):
    properties = {"楼号": "7", "楼高": "12.5 米", "层数": "４层", "地面高程": "8.1"}
    (footprint,), issues = read(write_geojson([(polygon(box_ring()), properties)]), frame)
    assert (footprint.id, footprint.height_m, footprint.levels, footprint.ground_m) == ("7", 12.5, 4.0, 8.1)
    (note,) = [i for i in issues if i.code == "FIELDS_GUESSED"]
    assert "height_m = '楼高'" in note.message
    assert codes(read(write_geojson([(polygon(box_ring()), properties)]), frame, height_m="楼高")[1])


def test_a_named_field_that_is_missing_is_an_error_that_lists_the_fields(write_geojson, frame, box_ring):
    path = write_geojson([(polygon(box_ring()), {"楼高": 3})])
    with pytest.raises(InputError, match=r"楼.geojson: height_m = 'h': no such field; the fields are: 楼高"):
        read(path, frame, height_m="h")


def test_zero_is_unknown_and_nonsense_is_reported(write_geojson, frame, box_ring):
    values = [0, -4, 5000, "high", None]
    features = [(polygon(box_ring(n * 0.0003)), {"id": f"b{n}", "height": v}) for n, v in enumerate(values)]
    footprints, issues = read(write_geojson(features), frame)
    assert [f.height_m for f in footprints] == [None] * 5
    by_code = {i.code: i.message for i in issues}
    assert by_code["FIELD_IMPLAUSIBLE_HEIGHT_M"].startswith("2 values of height lie outside 0.5 to 1000")
    assert "b3 (high)" in by_code["FIELD_UNREADABLE_HEIGHT_M"]


def test_multi_polygons_are_split_and_3d_is_dropped(write_geojson, frame, box_ring):
    rings = [[[*p, 9.5] for p in box_ring(n * 0.0003)] for n in range(2)]
    path = write_geojson([({"type": "MultiPolygon", "coordinates": [[r] for r in rings]}, {"id": "m"})])
    footprints, issues = read(path, frame)
    assert [f.id for f in footprints] == ["m-1", "m-2"]
    assert {"MULTI_POLYGON", "GEOMETRY_3D"} <= set(codes(issues))


def test_duplicate_ids_get_a_number(write_geojson, frame, box_ring):
    features = [(polygon(box_ring(n * 0.0003)), {"id": i}) for n, i in enumerate(["a", "a", "a#2", "b"])]
    footprints, issues = read(write_geojson(features), frame)
    assert sorted(f.id for f in footprints) == ["a", "a#2", "a#3", "b"]
    assert "DUPLICATE_ID" in codes(issues)


def test_a_bow_tie_is_kept_and_reported(write_geojson, frame, box_ring):
    a, b, c, d, _ = box_ring()
    footprints, issues = read(write_geojson([(polygon([a, c, b, d, a]), {"id": "bow"})]), frame)
    assert len(footprints) == 1
    (issue,) = [i for i in issues if i.code == "GEOMETRY_INVALID"]
    assert "self-intersection" in issue.message
    assert "bow" in issue.message


def test_features_without_geometry_are_left_out_and_reported(write_geojson, frame, box_ring):
    line = [box_ring()[0], box_ring()[1], box_ring()[0], box_ring()[0]]
    features = [(None, {"id": "none"}), (polygon(line), {"id": "flat"}), (polygon(box_ring()), {"id": "good"})]
    footprints, issues = read(write_geojson(features), frame)
    assert [f.id for f in footprints] == ["good"]
    assert any(i.code == "GEOMETRY_EMPTY" and "none" in i.message and "flat" in i.message for i in issues)


def test_closed_lines_count_as_outlines(write_geojson, frame, box_ring):
    path = write_geojson([({"type": "LineString", "coordinates": box_ring()}, {"id": "cad"})])
    (footprint,), issues = read(path, frame)
    assert len(footprint.ring) == 4
    assert "OUTLINE_FROM_LINE" in codes(issues)


def test_a_layer_of_points_is_refused(write_geojson, frame):
    path = write_geojson([({"type": "Point", "coordinates": [118.0625, 24.4472]}, {"id": "p"})])
    with pytest.raises(InputError, match=r"no usable outline among 1 features \(1 Point features left out"):
        read(path, frame)


def test_a_layer_without_features_is_refused(write_geojson, frame):
    with pytest.raises(InputError, match=r"楼.geojson: holds no (features|layer)"):
        read(write_geojson([]), frame)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "not json at all", '{"type": "FeatureCollection"}'])
def test_a_broken_file_is_refused_in_one_line(tmp_path, frame, text):
    path = tmp_path / "broken.geojson"
    path.write_text(text)
    with pytest.raises(InputError, match=r"^broken.geojson: ") as caught:
        read(path, frame)
    assert "\n" not in str(caught.value)


def test_a_shapefile_without_prj_asks_for_a_crs(write_shapefile, frame):
    path = write_shapefile([{"楼高": "3"}])
    with pytest.raises(FrameError, match=r"建筑.shp: no CRS in the file; set crs of this layer in \[inputs\]"):
        read(path, frame)
    assert len(read(path, frame, crs="EPSG:4326")[0]) == 1


def test_an_esri_prj_is_understood(write_shapefile, frame):
    assert len(read(write_shapefile([{"楼高": "3"}], prj="EPSG:4490"), frame)[0]) == 1


def test_gcj02_footprints_come_back_to_where_they_belong(write_geojson, frame, box_ring):
    shifted = horizontal_to(np.array(box_ring()), "EPSG:4326", "GCJ-02").tolist()
    (footprint,), _ = read(write_geojson([(polygon(shifted), {"id": "a"})]), frame, crs="gcj02")
    np.testing.assert_allclose(footprint.ring.min(axis=0), 0.0, atol=1e-4)


def test_swapped_degrees_are_named(write_geojson, frame, box_ring):
    path = write_geojson([(polygon([p[::-1] for p in box_ring()]), {"id": "a"})])
    with pytest.raises(FrameError, match=r"look like latitude, longitude: the axes are swapped"):
        read(path, frame)


def test_degrees_under_a_projected_system_are_named(write_geojson, frame, box_ring):
    path = write_geojson([(polygon(box_ring()), {"id": "a"})])
    with pytest.raises(FrameError, match=r"look like degrees, but EPSG:4548 .* wants metres"):
        read(path, frame, crs="EPSG:4548")


def test_names_are_normalised(write_geojson, frame, box_ring):
    name = unicodedata.normalize("NFD", "Café 鼓浪嶼")
    (footprint,), _ = read(write_geojson([(polygon(box_ring()), {"name": name})]), frame)
    assert footprint.tags["name"] == "Café 鼓浪嶼"


def test_the_origin_of_the_layer_is_carried(write_geojson, frame, box_ring):
    path = write_geojson([(polygon(box_ring()), {})])
    assert read(path, frame, origin=Origin.OPENSTREETMAP)[0][0].origin == Origin.OPENSTREETMAP


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rings=st.lists(
        st.lists(st.tuples(st.floats(118.05, 118.07), st.floats(24.44, 24.46)), min_size=1, max_size=7),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_the_rings_every_outline_is_open_finite_and_not_clockwise(write_geojson, frame, rings):
    features = [(polygon([*ring, ring[0]]), {"id": str(n)}) for n, ring in enumerate(rings)]
    try:
        footprints, _ = read(write_geojson(features), frame)
    except InputError:
        return
    for footprint in footprints:
        assert len(footprint.ring) >= 3
        assert np.isfinite(footprint.ring).all()
        assert area_m2(footprint.ring) > -1e-3
