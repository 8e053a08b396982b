import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.errors import FrameError, InputError
from xmscenes.read import open_points

XYZ = np.array([[607941.25, 2705325.5, 12.5], [607942.0, 2705326.0, 13.0]])
FORMATS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}


def write(tmp_path, form="binary_little_endian", extra=(), values=(), faces=False, count=None, comment="survey"):
    lines = [
        "ply",
        f"format {form} 1.0",
        f"comment {comment}",
        f"element vertex {len(XYZ) if count is None else count}",
    ]
    lines += [f"property double {axis}" for axis in "xyz"] + [f"property {kind} {name}" for kind, name in extra]
    lines += ["element face 1", "property list uchar int vertex_indices"] if faces else []
    kinds = {"uchar": "u1", "ushort": "u2", "float": "f4"}
    layout = [(axis, FORMATS[form] + "f8") for axis in "xyz"]
    layout += [(name, FORMATS[form] + kinds[kind]) for kind, name in extra]
    points = np.zeros(len(XYZ), dtype=layout)
    for n, axis in enumerate("xyz"):
        points[axis] = XYZ[:, n]
    for (_, name), value in zip(extra, values, strict=True):
        points[name] = value
    if form == "ascii":
        body = "".join(" ".join(repr(v) for v in row) + "\n" for row in points.tolist()).encode()
    else:
        body = points.tobytes()
    path = tmp_path / "点.ply"
    path.write_bytes("\n".join([*lines, "end_header\n"]).encode() + body + (b"3 0 1 1\n" if faces else b""))
    return path


def read(path, frame, crs="EPSG:4548"):
    return next(open_points(path, crs).chunks(frame))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("faces", [False, True])
def test_every_byte_order_gives_the_same_points(tmp_path, frame, form, faces):
    cloud = read(write(tmp_path, form, faces=faces), frame)
    np.testing.assert_allclose(cloud.xyz, frame.to_local(XYZ, "EPSG:4548"), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "values"), [("uchar", (255, 128, 0)), ("ushort", (65535, 32896, 0)), ("float", (1, 0.5, 0))]
)
def test_colours_of_any_depth_become_eight_bit(tmp_path, frame, kind, values):
    extra = [(kind, name) for name in ("red", "green", "blue")]
    assert read(write(tmp_path, extra=extra, values=values), frame).rgb[0].tolist() == [255, 128, 0]


def test_classes_are_found_under_the_name_that_cloudcompare_gives_them(tmp_path, frame):
    path = write(tmp_path, extra=[("float", "scalar_Classification")], values=[6.0])
    assert read(path, frame).point_class.tolist() == [6, 6]


def test_a_comment_may_name_the_crs(tmp_path, frame):
    cloud = read(write(tmp_path, comment="crs EPSG:4548"), frame, crs=None)
    np.testing.assert_allclose(cloud.xyz, frame.to_local(XYZ, "EPSG:4548"), atol=1e-6)


def test_without_a_crs_the_message_asks_for_one(tmp_path):
    with pytest.raises(FrameError, match=r"点.ply: no CRS in the header"):
        open_points(write(tmp_path))


def test_the_header_knows_extent_and_count(tmp_path):
    facts = open_points(write(tmp_path), "EPSG:4548").facts
    assert facts.point_count == 2
    np.testing.assert_allclose(facts.bounds, [*XYZ.min(axis=0), *XYZ.max(axis=0)])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_breaks_off_is_refused(tmp_path, form):
    with pytest.raises(InputError, match=r"点.ply: breaks off after 2 of 3 points"):
        open_points(write(tmp_path, form, count=3), "EPSG:4548")


def test_a_file_without_points_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"点.ply: holds no points"):
        open_points(write(tmp_path, count=0), "EPSG:4548")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 300), flips=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=4))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(tmp_path, frame, cut, flips):
    path = write(tmp_path, "ascii")
    data = bytearray(path.read_bytes())
    for where, value in flips:
        data[where % len(data)] = value
    path.write_bytes(bytes(data[: max(1, len(data) - cut)]))
    try:
        list(open_points(path, "EPSG:4548").chunks(frame))
    except (InputError, FrameError) as error:
        assert "\n" not in str(error)
