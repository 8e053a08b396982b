import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.errors import FrameError, InputError
from xmscenes.read import open_points

ROWS = [(607941.25, 2705325.5, 12.5), (607942.0, 2705326.0, 13.0), (607943.0, 2705327.0, 14.25)]


def write(tmp_path, text, name="点.xyz", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def read(path, frame, crs="EPSG:4548"):
    source = open_points(path, crs)
    return next(source.chunks(frame)), source


@pytest.mark.parametrize("separator", [" ", ",", ";", "\t", "  "])
@pytest.mark.parametrize(
    "header", ["", "x{0}y{0}z\n", "# x{0}y{0}z\n", "//X{0}Y{0}Z\n", "3\n", "东坐标{0}北坐标{0}高程\n"]
)
def test_any_separator_and_header_give_the_same_points(tmp_path, frame, separator, header):
    body = "\n".join(separator.join(str(v) for v in row) for row in ROWS)
    cloud, source = read(write(tmp_path, header.format(separator) + body + "\n"), frame)
    np.testing.assert_allclose(cloud.xyz, frame.to_local(np.array(ROWS), "EPSG:4548"), atol=1e-6)
    assert source.facts.point_count == 3
    np.testing.assert_allclose(source.facts.bounds, [607941.25, 2705325.5, 12.5, 607943.0, 2705327.0, 14.25])


def test_columns_are_found_by_name_in_any_order(tmp_path, frame):
    text = "name,lat,lon,elevation,r,g,b,class\n" + "p1,24.4472,118.0625,7.5,255,128,0,6\n"
    cloud, source = read(write(tmp_path, text, "点.csv"), frame, crs=None)
    np.testing.assert_allclose(cloud.xyz, [[0.0, 0.0, 7.5]], atol=1e-6)
    assert cloud.rgb.tolist() == [[255, 128, 0]]
    assert cloud.point_class.tolist() == [6]
    assert source.facts.crs.text == "EPSG:4326"


def test_a_chinese_header_in_gbk_is_read(tmp_path, frame):
    text = "点号,经度,纬度,高程\n1,118.0625,24.4472,7.5\n"
    cloud, _ = read(write(tmp_path, text, "点.csv", "gbk"), frame, crs=None)
    np.testing.assert_allclose(cloud.xyz, [[0.0, 0.0, 7.5]], atol=1e-6)


def test_a_table_without_degrees_needs_a_crs(tmp_path):
    with pytest.raises(FrameError, match=r"点.xyz: no CRS in the header; set inputs.points.crs"):
        open_points(write(tmp_path, "1 2 3\n"))


def test_sixteen_bit_colours_become_eight_bit(tmp_path, frame):
    text = "x,y,z,r,g,b\n607941,2705325,1,65535,0,32896\n"
    assert read(write(tmp_path, text, "点.csv"), frame)[0].rgb.tolist() == [[255, 0, 128]]


def test_nan_and_infinite_points_are_dropped_and_counted(tmp_path, frame):
    text = "607941 2705325 1\nnan 2705325 1\n607941 2705325 inf\n"
    cloud, source = read(write(tmp_path, text), frame)
    assert len(cloud) == 1
    assert [i.message for i in source.issues()] == ["2 points left out: NaN or infinite coordinates"]


def test_only_nan_is_an_error(tmp_path, frame):
    path = write(tmp_path, "nan nan nan\nnan 1 2\n")
    with pytest.raises(InputError, match=r"点.xyz: no usable point \(2 NaN or infinite coordinates\)"):
        list(open_points(path, "EPSG:4548").chunks(frame))


def test_a_broken_line_is_named(tmp_path):
    path = write(tmp_path, "x y z\n1 2 3\n4 5\n")
    with pytest.raises(InputError, match=r"点.xyz: after line 2: .*; correct the line or cut it out"):
        open_points(path, "EPSG:4548")


@pytest.mark.parametrize("text", ["hello world\n", "1 2\n3 4\n", "\n\n"])
def test_a_text_without_three_numbers_a_line_is_refused(tmp_path, text):
    with pytest.raises(InputError, match="no line with three numbers"):
        open_points(write(tmp_path, text), "EPSG:4548")


def test_a_header_that_lacks_a_coordinate_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column for z among x, y, name"):
        open_points(write(tmp_path, "x,y,name\n1,2,3\n4,5,6\n", "点.csv"), "EPSG:4548")


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "点.txt"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="a binary file, not a table"):
        open_points(path, "EPSG:4548")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_no_text_whatever_crashes_the_reader(tmp_path, frame, text):
    path = write(tmp_path, text + " ")
    try:
        list(open_points(path, "EPSG:4548").chunks(frame))
    except (InputError, FrameError) as error:
        assert "\n" not in str(error)
