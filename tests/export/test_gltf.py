"""The thin GLB writer, its files and its figures."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xmscenes.errors import ExportError
from xmscenes.export.coverage import bounding_sphere, screen_coverage, switch_distance_m
from xmscenes.export.files import write_atomic
from xmscenes.export.georeference import east_north_up
from xmscenes.export.gltf import ARRAY_BUFFER, GltfWriter
from xmscenes.export.packed import PackedMeshes, quantized_uv
from xmscenes.export.quantize import STEP_M, grid_around, pack
from xmscenes.export.streams import Streams
from xmscenes.export.textures import ImageRules
from xmscenes.frame import Frame
from xmscenes.geometry.meshes import merge_meshes
from xmscenes.gltf_read import load_glb
from xmscenes.look.colour import linear_from_srgb, srgb_from_linear
from xmscenes.records import Mesh


@given(rows=arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=st.floats(-9, 9, width=32)))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: np.ndarray) -> None:
    writer = GltfWriter({"generator": "test"})
    writer.blob(b"odd")
    index = writer.accessor(writer.view(rows, ARRAY_BUFFER), rows, bounds=True)
    glb = load_glb(writer.save(tmp_path_factory.mktemp("glb") / "a.glb"))
    found = glb.accessor(index)
    assert np.array_equal(found.reshape(rows.shape), rows)
    assert glb.json["accessors"][0]["max"] == rows.max(axis=0).tolist()


def test_streams_share_one_view_and_decode_to_their_own_rows(tmp_path: Path, rng: np.random.Generator) -> None:
    writer = GltfWriter({})
    streams = Streams(writer)
    sent = [rng.integers(0, 60000, (n, 4)).astype(np.uint16) for n in (7, 300, 1)]
    accessors = [streams.vertices("POSITION", rows, width=3, bounds=True) for rows in sent]
    faces = np.array([[0, 1, 2], [2, 1, 3]], np.uint32)
    small, large = streams.triangles(faces, 4), streams.triangles(faces + 70000, 70004)
    streams.flush()
    glb = load_glb(writer.save(tmp_path / "s.glb"))
    assert len(glb.items("bufferViews")) == 3
    for index, rows in zip(accessors, sent, strict=True):
        assert np.array_equal(glb.accessor(index), rows[:, :3])
    assert sorted(glb.accessor(small).tolist()) == sorted(faces.ravel().tolist())
    assert glb.accessor(large).dtype == np.uint32


def test_unit_normals_survive_the_filter_within_a_degree(tmp_path: Path, rng: np.random.Generator) -> None:
    normals = rng.normal(size=(200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    writer = GltfWriter({})
    streams = Streams(writer)
    rows = np.column_stack([normals, np.ones(200)]).astype(np.float32)
    index = streams.vertices("NORMAL", rows, normalized=True, width=3, filtered=("OCTAHEDRAL", 8), stored="i1")
    streams.flush()
    found = load_glb(writer.save(tmp_path / "n.glb")).numbers(index)
    cosine = (found * normals).sum(axis=1) / np.linalg.norm(found, axis=1)
    assert np.rad2deg(np.arccos(cosine.min())) < 1.2


def test_a_full_disk_leaves_the_last_good_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_atomic(tmp_path / "a.glb", b"good")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ExportError, match=r"a\.glb: cannot be written \(No space left on device\); make room"):
        write_atomic(path, b"half")
    assert path.read_bytes() == b"good"
    assert [p.name for p in tmp_path.iterdir()] == ["a.glb"]


@given(shift=st.floats(-4000, 4000), size=st.floats(0.1, 320.0))
def test_positions_lie_within_half_a_step_and_grids_share_their_lines(shift: float, size: float) -> None:
    points = np.array([[shift, 0.0, 1.0], [shift + size, 3.0, 2.0], [shift, size, 0.5]])
    grid = grid_around([points])
    back = Frame.from_gltf(grid.origin_m + grid.place(points) * grid.step_m)
    assert grid.step_m == STEP_M
    assert np.abs(back - points).max() <= STEP_M / 2 + 1e-9
    assert np.abs(grid.origin_m / STEP_M - np.rint(grid.origin_m / STEP_M)).max() < 1e-6


def test_things_longer_than_327_metres_keep_float_positions() -> None:
    from houses import green

    sea = green(np.array([[0, 0, 1.2345], [9000, 0, 1.2345], [0, 9000, 1.2345]], float), [[0, 1, 2]])
    grid = grid_around([sea.vertices])
    assert grid.floats
    assert "scale" not in grid.transform()
    packed = pack(sea, None, grid)
    assert packed is not None
    assert packed.position.dtype == np.float32
    back = Frame.from_gltf(packed.position.astype(float) + grid.origin_m)
    assert np.allclose(np.sort(back, axis=0), np.sort(sea.vertices, axis=0), atol=1e-3)


def test_a_triangle_without_area_on_the_grid_is_left_out() -> None:
    from houses import green

    mesh = green(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0.001, 0]], float), [[0, 1, 2], [0, 3, 1]])
    grid = grid_around([mesh.vertices])
    packed = pack(mesh, None, grid)
    assert packed is not None
    assert len(packed.faces) == 1
    sliver = green(mesh.vertices, [[0, 3, 1]])
    assert pack(sliver, None, grid) is None


def test_flat_blocks_share_their_corners_and_smooth_ground_keeps_its_normals() -> None:
    corners = np.array([[x, y, z] for z in (0.0, 4.0) for x, y in ((0, 0), (9, 0), (9, 6), (0, 6))])
    ring = [[i, (i + 1) % 4, 4 + (i + 1) % 4] for i in range(4)] + [[i, 4 + (i + 1) % 4, 4 + i] for i in range(4)]
    faces = np.array([*ring, [4, 5, 6], [4, 6, 7]], "i4")
    block = Mesh(vertices=corners, faces=faces, surface=np.ones(10, "u1"))
    blocks = merge_meshes([replace(block, vertices=corners + np.array([20.0 * k, 0.0, 0.0])) for k in range(30)])[0]
    ground = replace(blocks, vertices=blocks.vertices - np.array([0.0, 0.0, 9.0]), smooth=np.ones(300, bool))
    blocks = replace(blocks, smooth=np.zeros(300, bool))
    mesh = merge_meshes([blocks, ground])[0]
    writer = GltfWriter({})
    meshes = PackedMeshes(writer, ImageRules())
    meshes.add("town", [(0, mesh, np.zeros(600, np.int32))], grid_around([mesh.vertices]), facets=True)
    curved, flat = writer.json["meshes"][0]["primitives"]
    assert "NORMAL" in curved["attributes"]
    assert set(flat["attributes"]) == {"POSITION", "_FEATURE_ID_0"}
    assert writer.json["accessors"][flat["attributes"]["POSITION"]]["count"] == 8 * 30


def test_flat_faces_are_written_feature_by_feature_and_plane_by_plane() -> None:
    from houses import green

    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    height = [3.0, 0.0, 3.0, 0.0, 3.0, 0.0]
    corners = np.concatenate([square + np.array([2.0 * k, 0.0, z]) for k, z in enumerate(height)])
    faces = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * k for k in range(6)]).tolist()
    mesh = green(corners, faces)
    packed = pack(mesh, np.repeat(np.array([7, 7, 7, 4, 4, 4], np.int32), 2), grid_around([corners]))
    assert packed is not None
    assert packed.feature is not None
    flat = packed.faces[:, 0]
    assert packed.feature[flat].tolist() == [4] * 6 + [7] * 6
    assert (packed.position[flat, 1] * STEP_M).tolist() == pytest.approx([0, 0, 0, 0, 3, 3, 0, 0, 3, 3, 3, 3])


@given(low=st.floats(-50, 50), span=st.floats(0.01, 100))
def test_repeating_texture_coordinates_come_back_up_to_whole_repeats(low: float, span: float) -> None:
    uv = np.array([[low, low], [low + span, low + span / 2]], np.float32)
    rows, transform = quantized_uv(uv, repeats=True, steps=(8192.0, 8192.0))
    back = rows / 65535.0 * transform["scale"]
    shift = uv - back
    assert np.abs(shift - np.rint(shift[0])).max() < max(1 / 8192, span / 16000)


def test_coverage_falls_with_the_error_and_ends_without_culling() -> None:
    values = screen_coverage(30.0, [0.25, 1.0, 3.0])
    assert values == pytest.approx([0.4157, 0.1039, 0.03464, 0.0], rel=1e-3)
    assert switch_distance_m(0.25) == 125.0
    with pytest.raises(ValueError, match="rise strictly"):
        screen_coverage(30.0, [1.0, 1.0])


def test_the_bounding_sphere_holds_every_point(rng: np.random.Generator) -> None:
    points = rng.normal(size=(50, 3))
    centre, radius = bounding_sphere([points[:20], points[20:], np.zeros((0, 3))])
    assert np.linalg.norm(points - centre, axis=1).max() == pytest.approx(radius)
    assert bounding_sphere([])[1] == 0.0


def test_colours_survive_linear_light_and_back() -> None:
    ramp = np.arange(256)
    assert np.array_equal(srgb_from_linear(linear_from_srgb(ramp)), ramp)


def test_the_root_transform_is_the_place_on_the_earth() -> None:
    import pyproj

    frame = Frame(lon_deg=118.06, lat_deg=24.44, elevation_m=3.0, undulation_m=10.0)
    matrix = east_north_up(frame)
    to_earth = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    assert matrix[:3, 3] == pytest.approx(to_earth.transform(118.06, 24.44, 13.0), abs=1e-3)
    north = np.array(to_earth.transform(118.06, 24.45, 13.0)) - matrix[:3, 3]
    assert north @ matrix[:3, 1] / np.linalg.norm(north) == pytest.approx(1.0, abs=1e-3)
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(1.0)
