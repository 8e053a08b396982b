import laspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.errors import FrameError, InputError
from xmscenes.frame import Frame
from xmscenes.read import open_points
from xmscenes.records import PointCloud

THIS_MACHINE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_all(path, frame, crs=None, chunk_size=1_000_000):
    source = open_points(path, crs)
    clouds = list(source.chunks(frame, chunk_size))
    names = ("xyz", "point_class", "rgb", "intensity", "return_number", "return_count")
    arrays = {
        n: None if getattr(clouds[0], n) is None else np.concatenate([getattr(c, n) for c in clouds]) for n in names
    }
    return source, PointCloud(**arrays)


@pytest.mark.parametrize("suffix", ["las", "laz"])
@pytest.mark.parametrize(
    ("version", "point_format"), [("1.2", 0), ("1.2", 1), ("1.2", 3), ("1.3", 4), ("1.4", 6), ("1.4", 8)]
)
def test_every_version_and_format_gives_the_points_where_proj_puts_them(
    write_las, survey_xyz, frame, suffix, version, point_format
):
    path = write_las(f"点云.{suffix}", version=version, point_format=point_format)
    source, cloud = read_all(path, frame)
    np.testing.assert_allclose(cloud.xyz, frame.to_local(survey_xyz, "EPSG:4548"), atol=1e-6)
    assert source.facts.point_count == 3000
    assert source.facts.crs.text == "EPSG:4548"
    assert version in source.facts.kind


@pytest.mark.parametrize("minor", [0, 1])
def test_old_headers_are_read_too(write_las, frame, minor):
    path = write_las("old.las", version="1.2", point_format=1)
    data = bytearray(path.read_bytes())
    data[25] = minor
    path.write_bytes(bytes(data))
    assert len(read_all(path, frame)[1]) == 3000


def test_chunks_do_not_change_the_points(write_las, frame):
    path = write_las()
    whole, parts = read_all(path, frame)[1], read_all(path, frame, chunk_size=700)[1]
    np.testing.assert_array_equal(whole.xyz, parts.xyz)


def test_a_copc_record_does_not_disturb_the_reader(write_las, frame):
    path = write_las("survey.copc.laz")
    las = laspy.read(path)
    las.vlrs.insert(0, laspy.VLR(user_id="copc", record_id=1, record_data=bytes(160)))
    las.write(path)
    source, cloud = read_all(path, frame)
    assert source.facts.kind.startswith("COPC")
    assert len(cloud) == 3000


def test_a_copc_of_another_writer_gives_the_points_that_went_in(repository):
    """4,000 points of the IGN tile, written by copclib 2.6.3 as an octree of nine nodes."""
    frame = Frame(lon_deg=5.2256, lat_deg=46.6325)
    source, cloud = read_all(repository / "tests/data/ign_870.copc.laz", frame)
    _, whole = read_all(repository / "assets/ign_lidarhd_870/ign870.laz", frame)
    assert source.facts.kind.startswith("COPC")
    assert len(cloud) == 4000
    centimetres = [set(map(tuple, np.round(c.xyz * 100).astype(int).tolist())) for c in (cloud, whole)]
    assert centimetres[0] <= centimetres[1]
    assert np.bincount(cloud.point_class)[[1, 2, 6]].tolist() == [1659, 1988, 323]


def test_sixteen_bit_colours_become_eight_bit(write_las, frame):
    path = write_las(point_format=7, red=np.full(3000, 65535), green=np.full(3000, 32896), blue=np.zeros(3000, "u2"))
    assert read_all(path, frame)[1].rgb[0].tolist() == [255, 128, 0]


def test_eight_bit_colours_in_sixteen_bit_fields_stay_as_they_are(write_las, frame):
    path = write_las(point_format=7, red=np.full(3000, 255), green=np.full(3000, 128), blue=np.zeros(3000, "u2"))
    assert read_all(path, frame)[1].rgb[0].tolist() == [255, 128, 0]


@pytest.mark.parametrize(("version", "point_format"), [("1.2", 1), ("1.4", 6)])
def test_classes_returns_and_intensity_arrive(write_las, frame, version, point_format):
    classes = np.tile([2, 6, 5], 1000).astype("u1")
    path = write_las(
        version=version,
        point_format=point_format,
        classification=classes,
        return_number=np.full(3000, 2, "u1"),
        number_of_returns=np.full(3000, 3, "u1"),
        intensity=np.arange(3000, dtype="u2"),
    )
    source, cloud = read_all(path, frame)
    np.testing.assert_array_equal(cloud.point_class, classes)
    assert (cloud.return_number == 2).all()
    assert (cloud.return_count == 3).all()
    np.testing.assert_array_equal(cloud.intensity, np.arange(3000))
    assert source.facts.classes == (2, 5, 6)
    assert source.facts.has_ground
    assert source.facts.has_buildings


def test_attributes_that_are_all_zero_count_as_missing(write_las, frame):
    cloud = read_all(write_las(), frame)[1]
    assert cloud.intensity is None
    assert cloud.return_number is None
    assert cloud.rgb is None


@pytest.mark.parametrize(("version", "point_format"), [("1.2", 1), ("1.4", 6)])
def test_withheld_points_are_left_out_and_counted(write_las, frame, version, point_format):
    withheld = np.arange(3000) < 10
    path = write_las(version=version, point_format=point_format, withheld=withheld)
    source, cloud = read_all(path, frame)
    assert len(cloud) == 2990
    assert [(i.code, i.message) for i in source.issues()] == [
        ("POINTS_DROPPED", "10 points left out: flagged as withheld")
    ]


def test_the_spec_names_the_crs_that_the_header_lacks(write_las, survey_xyz, frame):
    path = write_las(crs=None)
    with pytest.raises(FrameError, match=r"survey.laz: no CRS in the header; set inputs.points.crs"):
        open_points(path)
    assert open_points(path, require_crs=False).facts.crs is None
    np.testing.assert_allclose(
        read_all(path, frame, "EPSG:4548")[1].xyz, frame.to_local(survey_xyz, "EPSG:4548"), atol=1e-6
    )


def test_of_a_compound_crs_the_horizontal_part_counts_and_the_vertical_is_reported(write_las, survey_xyz, frame):
    source, cloud = read_all(write_las(crs="EPSG:4548+5737"), frame)
    assert source.facts.crs.text == "EPSG:4548"
    assert source.facts.crs.vertical == "Yellow Sea 1985 height"
    np.testing.assert_allclose(cloud.xyz[:, 2], survey_xyz[:, 2])


def test_zone_prefixed_eastings_work(write_las, survey_xyz, frame):
    path = write_las(crs="EPSG:4527", xyz=survey_xyz + np.array([39_000_000, 0, 0]))
    np.testing.assert_allclose(read_all(path, frame)[1].xyz, frame.to_local(survey_xyz, "EPSG:4548"), atol=1e-5)


def test_heights_in_feet_become_metres(write_las, frame):
    new_york = Frame(lon_deg=-73.95, lat_deg=40.75)
    there = new_york.to_crs(np.array([[5.0, 5.0], [50.0, 80.0]]), "EPSG:2263")
    path = write_las(crs="EPSG:2263+6360", xyz=np.column_stack([there, [100.0, 200.0]]))
    np.testing.assert_allclose(read_all(path, new_york)[1].xyz[:, 2], np.array([100, 200]) * 1200 / 3937)


def test_elevations_count_from_the_zero_of_the_frame(write_las, survey_xyz):
    raised = Frame(lon_deg=118.0625, lat_deg=24.4472, elevation_m=10.0)
    np.testing.assert_allclose(read_all(write_las(), raised)[1].xyz[:, 2], survey_xyz[:, 2] - 10.0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("EPSG:4549", r"304 km from the frame's zero; probably the data are in EPSG:4548"),
        ("EPSG:4527", r"probably the data are in EPSG:4548"),
        ("EPSG:4326", r"are no degrees"),
    ],
)
def test_a_wrong_zone_gets_a_message_that_names_the_right_one(write_las, frame, wrong, says):
    with pytest.raises(FrameError, match=says):
        read_all(write_las(crs=None), frame, wrong)


def test_zone_prefixed_eastings_under_the_plain_system_are_named(write_las, survey_xyz, frame):
    path = write_las(crs=None, xyz=survey_xyz + np.array([39_000_000, 0, 0]))
    with pytest.raises(
        FrameError, match=r"carry the zone number 39; use the zone-prefixed system, for CGCS2000 EPSG:4527"
    ):
        read_all(path, frame, "EPSG:4548")


def test_swapped_axes_are_named(write_las, survey_xyz, frame):
    path = write_las(xyz=survey_xyz[:, [1, 0, 2]])
    with pytest.raises(FrameError, match="x and y are swapped"):
        read_all(path, frame)


def test_a_local_crs_is_refused(write_las):
    with pytest.raises(FrameError, match="no place on the map"):
        open_points(write_las(crs=None), 'LOCAL_CS["工地"]')
    with pytest.raises(FrameError, match=r"survey.laz: crs = 'EPSG:999999': not understood; give EPSG"):
        open_points(write_las(crs=None), "EPSG:999999")


def test_a_missing_an_empty_and_a_foreign_file_are_refused(tmp_path, write_las):
    with pytest.raises(InputError, match="no such file"):
        open_points(tmp_path / "没有.laz")
    empty = tmp_path / "empty.laz"
    empty.write_bytes(b"")
    with pytest.raises(InputError, match=r"empty.laz: the file is empty"):
        open_points(empty)
    foreign = tmp_path / "foreign.las"
    foreign.write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(InputError, match=r"foreign.las: not a LAS file"):
        open_points(foreign)
    with pytest.raises(InputError, match=r"survey.e57: .e57 is no point format known here; use .las, .laz"):
        open_points(write_las().rename(tmp_path / "survey.e57"))
    with pytest.raises(InputError, match="a folder"):
        (tmp_path / "d.laz").mkdir()
        open_points(tmp_path / "d.laz")


def test_a_file_without_points_is_refused(write_las):
    path = write_las("none.las", xyz=np.array([[607_000.0, 2_705_000.0, 1.0]]))
    data = bytearray(path.read_bytes())
    data[247:255] = bytes(8)
    data[107:111] = bytes(4)
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"none.las: holds no points"):
        open_points(path)


@THIS_MACHINE
@given(share=st.floats(0.0, 0.999))
@pytest.mark.parametrize("suffix", ["las", "laz"])
def test_a_truncated_file_is_always_refused_in_one_line(write_las, frame, suffix, share):
    path = write_las(f"cut.{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError) as caught:
        read_all(path, frame)
    assert str(caught.value).startswith("cut.")
    assert "\n" not in str(caught.value)


@THIS_MACHINE
@given(flips=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(write_las, frame, flips):
    path = write_las("damaged.laz")
    data = bytearray(path.read_bytes())
    for where, value in flips:
        data[where % len(data)] = value
    path.write_bytes(bytes(data))
    try:
        read_all(path, frame)
    except (InputError, FrameError) as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 400


def test_a_huge_count_in_the_header_does_not_hang(write_las):
    path = write_las("count.laz")
    data = bytearray(path.read_bytes())
    data[103] = 0xC3  # the highest byte of the number of records
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match=r"count.laz: cut off or damaged: its header counts 3271557\d+ records"):
        open_points(path)


def test_a_header_without_extent_gets_that_of_the_points(write_las, survey_xyz):
    path = write_las("zero.las")
    data = bytearray(path.read_bytes())
    data[179:227] = bytes(48)
    path.write_bytes(bytes(data))
    expected = [*survey_xyz.min(axis=0), *survey_xyz.max(axis=0)]
    np.testing.assert_allclose(open_points(path).facts.bounds, expected, atol=1e-6)


def test_a_file_that_may_not_be_read_is_refused(write_las, monkeypatch):
    import errno
    from pathlib import Path

    def forbidden(*_args, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    path = write_las()
    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(InputError, match=r"survey.laz: cannot be read \(Permission denied\)"):
        open_points(path)
