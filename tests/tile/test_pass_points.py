import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmscenes.errors import ExportError, InputError
from xmscenes.options import TileOptions
from xmscenes.records import PointCloud, TileKey
from xmscenes.tile import bucket_points, read_index
from xmscenes.tile.buckets import file_name

SIZE = TileOptions(size_m=100.0, buffer_m=10.0)


def rows(index):
    """All points of all buckets, sorted."""
    xyz = np.concatenate([index.to_cloud(index.read(b)).xyz for b in index.buckets.values()])
    return xyz[np.lexsort(xyz.T)]


def test_every_point_is_in_exactly_one_bucket_to_the_millimetre(tmp_path, frame, make_source):
    source = make_source()
    index = bucket_points([source], frame, SIZE, tmp_path / "b")
    expected = np.floor(source.cloud.xyz * 1000 + 0.5) / 1000
    np.testing.assert_allclose(rows(index), expected[np.lexsort(expected.T)], atol=1e-9)
    assert index.point_count == 5000
    assert index.class_counts == {
        2: int((source.cloud.point_class == 2).sum()),
        6: int((source.cloud.point_class == 6).sum()),
    }


def test_a_bucket_holds_the_points_of_its_own_square(tmp_path, frame, make_source):
    index = bucket_points([make_source()], frame, SIZE, tmp_path / "b")
    assert list(index.buckets) == sorted(index.buckets)
    assert len(index.buckets) == 36
    for key, bucket in index.buckets.items():
        cloud = index.to_cloud(index.read(bucket))
        assert (np.floor(cloud.xyz[:, 0] / 100) == key.column).all()
        assert (np.floor(cloud.xyz[:, 1] / 100) == key.row).all()
        np.testing.assert_allclose(bucket.low_m, cloud.xyz.min(axis=0), atol=1e-9)
        np.testing.assert_allclose(bucket.high_m, cloud.xyz.max(axis=0), atol=1e-9)
        data = (index.folder / file_name(key)).read_bytes()
        assert hashlib.sha256(data).hexdigest() == bucket.sha256


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunk_size=st.integers(1, 6000), buffer_bytes=st.sampled_from([1, 5_000, 64_000_000]))
def test_neither_chunks_nor_buffers_change_a_byte(tmp_path, frame, make_source, chunk_size, buffer_bytes):
    from unittest import mock

    source = make_source(600)
    whole = bucket_points([source], frame, SIZE, tmp_path / "whole")
    with mock.patch("xmscenes.tile.pass_points._BUFFER_BYTES", buffer_bytes):
        parts = bucket_points([source], frame, SIZE, tmp_path / "parts", chunk_size=chunk_size)
    assert parts.buckets == whole.buckets
    assert (tmp_path / "parts" / "index.json").read_bytes() == (tmp_path / "whole" / "index.json").read_bytes()


@given(
    x=st.floats(-1e5, 1e5),
    y=st.floats(-1e5, 1e5),
    size=st.sampled_from([25.0, 33.3, 100.0, 250.0]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_point_on_a_border_belongs_to_the_tile_east_and_north_of_it(tmp_path, frame, make_source, x, y, size):
    on_border = np.array([[np.floor(x / size) * size, np.floor(y / size) * size, 0.0], [x, y, 1.0]])
    source = make_source(1)
    source.cloud = PointCloud(xyz=on_border, point_class=np.zeros(2, np.uint8))
    index = bucket_points([source], frame, TileOptions(size_m=size), tmp_path / "b")
    size_mm = round(size * 1000)
    for key, bucket in index.buckets.items():
        mm = np.round(np.array([bucket.low_m, bucket.high_m]) * 1000)
        assert (mm[:, 0] // size_mm == key.column).all()
        assert (mm[:, 1] // size_mm == key.row).all()


def test_points_outside_the_area_and_its_buffer_are_counted_and_left_out(tmp_path, frame, make_source):
    source = make_source()
    index = bucket_points([source], frame, SIZE, tmp_path / "b", (-50, -50, 50, 50))
    near = (np.abs(source.cloud.xyz[:, :2]) <= 60).all(axis=1)
    assert index.point_count == near.sum()
    assert index.outside_count == (~near).sum()


def test_all_points_outside_is_an_error_that_says_where_they_are(tmp_path, frame, make_source):
    source = make_source(box=(5000, 0, 5100, 100))
    says = r"inputs.points: all 5,000 points lie outside the area: they are around 118.11\d+, 24.44\d+, 5.1 km from"
    with pytest.raises(InputError, match=says):
        bucket_points([source], frame, SIZE, tmp_path / "b", (-50, -50, 50, 50))
    assert not list(tmp_path.iterdir())


def test_stray_points_far_away_do_no_harm(tmp_path, frame, make_source):
    source = make_source(100)
    xyz = source.cloud.xyz.copy()
    xyz[7], xyz[8], xyz[9] = (9e8, 0, 0), (1.9e6, -1.9e6, 0), (0, 0, 5e6)
    source.cloud = PointCloud(xyz=xyz, point_class=source.cloud.point_class)
    index = bucket_points([source], frame, TileOptions(size_m=25.0), tmp_path / "b")
    assert index.point_count == 98  # one within reach but alone, two beyond all reach
    assert index.outside_count == 2


def test_attributes_stay_when_every_source_has_them(tmp_path, frame, make_source):
    rgb = np.tile(np.array([[10, 20, 30]], dtype=np.uint8), (50, 1))
    more = {"rgb": rgb, "intensity": np.full(50, 700, np.uint16)}
    coloured, plain = make_source(50, **more), make_source(50, seed=2)
    index = bucket_points([coloured], frame, SIZE, tmp_path / "a")
    cloud = index.to_cloud(index.read(next(iter(index.buckets.values()))))
    assert cloud.rgb[0].tolist() == [10, 20, 30]
    assert cloud.intensity[0] == 700
    assert cloud.return_number is None
    mixed = bucket_points([coloured, plain], frame, SIZE, tmp_path / "b")
    assert not mixed.has_rgb
    assert mixed.to_cloud(mixed.read(next(iter(mixed.buckets.values())))).rgb is None


def test_the_index_comes_back_from_disk_as_it_was(tmp_path, frame, make_source):
    index = bucket_points([make_source()], frame, SIZE, tmp_path / "b")
    assert read_index(tmp_path / "b") == index
    assert read_index(tmp_path / "nothing") is None
    (tmp_path / "b" / "index.json").write_text('{"format": 0}')
    assert read_index(tmp_path / "b") is None


def test_an_interrupted_pass_leaves_nothing_and_the_old_buckets_stay(tmp_path, frame, make_source):
    class Breaks:
        def chunks(self, _frame, _chunk_size=0):
            yield make_source(100).cloud
            raise KeyboardInterrupt

    folder = tmp_path / "b"
    index = bucket_points([make_source()], frame, SIZE, folder)
    with pytest.raises(KeyboardInterrupt):
        bucket_points([Breaks()], frame, SIZE, folder)
    assert read_index(folder) == index
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_what_a_killed_pass_left_behind_is_swept_away(tmp_path, frame, make_source):
    left = tmp_path / "b.partial"
    left.mkdir()
    (left / file_name(TileKey(column=0, row=0))).write_bytes(b"half a bucket")
    index = bucket_points([make_source(100)], frame, SIZE, tmp_path / "b")
    assert index.point_count == 100
    assert not left.exists()


def test_a_full_disk_is_said_in_one_line(tmp_path, frame, make_source, monkeypatch):
    import errno
    import os
    from pathlib import Path

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = make_source(100)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ExportError, match=r"b: cannot be written \(No space left on device\); free space"):
        bucket_points([source], frame, SIZE, tmp_path / "b")


def test_a_bucket_that_was_cut_short_is_noticed(tmp_path, frame, make_source):
    index = bucket_points([make_source(100)], frame, SIZE, tmp_path / "b")
    bucket = next(iter(index.buckets.values()))
    (index.folder / file_name(bucket.key)).write_bytes(b"")
    with pytest.raises(InputError, match=r"holds 0 of \d+ points; delete the cache and build again"):
        index.read(bucket)


def test_progress_hears_of_every_point(tmp_path, frame, make_source):
    heard = []
    bucket_points([make_source(5000)], frame, SIZE, tmp_path / "b", progress=heard.append, chunk_size=1000)
    assert heard == [1000] * 5
