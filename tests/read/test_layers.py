import numpy as np
import pytest

from xmscenes.errors import FrameError, InputError
from xmscenes.read import read_areas, read_lines, read_spots
from xmscenes.spec import Layer


def test_a_line_is_split_and_keeps_its_name(write_geojson, frame, box_ring):
    a, b, c, d, _ = box_ring()
    geometry = {"type": "MultiLineString", "coordinates": [[a, b], [c, d]]}
    path = write_geojson([(geometry, {"osm_id": "way/1", "name": "龙头路", "highway": "footway"})])
    lines, _ = read_lines(path, Layer(path="x"), frame)
    assert [line.id for line in lines] == ["way/1-1", "way/1-2"]
    assert lines[0].tags == {"osm_id": "way/1", "name": "龙头路", "highway": "footway"}
    np.testing.assert_allclose(lines[0].xy[0], 0.0, atol=1e-4)


def test_a_square_drawn_as_a_polygon_is_a_closed_line(write_geojson, frame, box_ring):
    path = write_geojson([({"type": "Polygon", "coordinates": [box_ring()]}, {})])
    (line,), issues = read_lines(path, Layer(path="x"), frame)
    np.testing.assert_array_equal(line.xy[0], line.xy[-1])
    assert "LINE_FROM_POLYGON" in [i.code for i in issues]


def test_a_shore_given_as_a_closed_line_is_an_area(write_geojson, frame, box_ring):
    path = write_geojson([({"type": "LineString", "coordinates": box_ring(clockwise=True)}, {})], "岸线.geojson")
    (area,), _ = read_areas(path, Layer(path="x"), frame)
    assert area.id == "岸线/0"
    assert len(area.ring) == 4


def test_the_real_layers_of_gulangyu_are_read(repository, frame):
    folder = repository / "assets" / "gulangyu"
    lines, _ = read_lines(folder / "paths.geojson", Layer(path="x"), frame)
    areas, _ = read_areas(folder / "coastline.geojson", Layer(path="x"), frame)
    assert len({line.id for line in lines}) == len(lines) >= 463
    assert sum(len(area.ring) for area in areas) >= 792


@pytest.mark.parametrize("reader", [read_areas, read_lines])
def test_a_layer_of_points_is_refused(write_geojson, frame, reader):
    path = write_geojson([({"type": "Point", "coordinates": [118.0625, 24.4472]}, {})])
    with pytest.raises(InputError, match=r"among 1 features; wrong file\?"):
        reader(path, Layer(path="x"), frame)


def test_spot_heights_come_from_a_table(tmp_path, frame):
    path = tmp_path / "高程点.csv"
    path.write_text("lon_deg,lat_deg,elevation_m\n118.0626,24.4472,9.5\n118.0625,24.4472,7.5\n", encoding="utf-8")
    spots, issues = read_spots(path, Layer(path="x"), frame)
    np.testing.assert_allclose(spots, [[0.0, 0.0, 7.5], [10.134, 0.0, 9.5]], atol=1e-2)
    assert issues == ()


def test_spot_heights_come_from_a_point_layer(write_geojson, frame):
    features = [({"type": "Point", "coordinates": [118.0625, 24.4472, 1.0]}, {"高程": "7.5米"})]
    spots, _ = read_spots(write_geojson(features), Layer(path="x"), frame)
    np.testing.assert_allclose(spots, [[0.0, 0.0, 7.5]], atol=1e-4)
    without_field = [({"type": "Point", "coordinates": [118.0625, 24.4472, 6.0]}, {"note": "x"})]
    np.testing.assert_allclose(read_spots(write_geojson(without_field), Layer(path="x"), frame)[0][0, 2], 6.0)


def test_spot_heights_without_a_number_are_left_out(tmp_path, frame):
    path = tmp_path / "高程点.csv"
    path.write_text("lon,lat,z\n118.0626,24.4472,nan\n118.0625,24.4472,7.5\n", encoding="utf-8")
    spots, issues = read_spots(path, Layer(path="x"), frame)
    assert len(spots) == 1
    assert [i.code for i in issues] == ["SPOTS_DROPPED"]


def test_spot_heights_in_metres_need_a_crs_and_a_place(tmp_path, frame):
    path = tmp_path / "高程点.csv"
    path.write_text("x,y,z\n607941,2705325,7.5\n", encoding="utf-8")
    with pytest.raises(FrameError, match=r"高程点.csv: no CRS"):
        read_spots(path, Layer(path="x"), frame)
    with pytest.raises(FrameError, match="probably the data are in EPSG:4548"):
        read_spots(path, Layer(path="x", crs="EPSG:4549"), frame)
    assert len(read_spots(path, Layer(path="x", crs="EPSG:4548"), frame)[0]) == 1
