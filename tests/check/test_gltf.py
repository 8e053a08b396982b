"""Every code of the file check fires, and broken files give messages, not crashes."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.check.gltf import check_glb
from xmscenes.errors import InputError
from xmscenes.export.gltf import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GltfWriter
from xmscenes.gltf_drawn import read_glb
from xmscenes.gltf_read import load_glb

XYZ = np.eye(3, dtype=np.float32)


def triangle(xyz: np.ndarray = XYZ, indices: tuple[int, ...] = (0, 1, 2), normals: np.ndarray = XYZ) -> GltfWriter:
    writer = GltfWriter({"copyright": "CC0"})
    index = np.array(indices, np.uint16)
    with np.errstate(invalid="ignore"):
        position = writer.accessor(writer.view(xyz, ARRAY_BUFFER), np.nan_to_num(xyz), bounds=True)
    normal = writer.accessor(writer.view(normals, ARRAY_BUFFER), normals)
    at = writer.accessor(writer.view(index, ELEMENT_ARRAY_BUFFER), index)
    writer.append("meshes", {"primitives": [{"attributes": {"POSITION": position, "NORMAL": normal}, "indices": at}]})
    writer.append("nodes", {"mesh": 0})
    writer.json |= {"scene": 0, "scenes": [{"nodes": [0]}]}
    return writer


def codes(writer: GltfWriter, tmp_path: Path) -> set[str]:
    return {issue.code for issue in check_glb(writer.save(tmp_path / "t.glb"), "plain/t.glb")}


def test_a_good_triangle_passes(tmp_path: Path) -> None:
    assert codes(triangle(), tmp_path) == set()


def test_not_finite(tmp_path: Path) -> None:
    assert "GLTF_NOT_FINITE" in codes(triangle((XYZ * [[1], [np.nan], [1]]).astype(np.float32)), tmp_path)


def test_index_out_of_range(tmp_path: Path) -> None:
    assert codes(triangle(indices=(0, 1, 3)), tmp_path) == {"GLTF_INDEX_RANGE"}


def test_indices_not_in_threes(tmp_path: Path) -> None:
    assert codes(triangle(indices=(0, 1, 2, 0)), tmp_path) == {"GLTF_INDEX_RANGE"}


def test_columns_of_different_length(tmp_path: Path) -> None:
    assert codes(triangle(normals=XYZ[:2]), tmp_path) == {"GLTF_COUNT"}


def test_wrong_bounds(tmp_path: Path) -> None:
    writer = triangle()
    writer.json["accessors"][0]["max"] = [2, 2, 2]
    assert codes(writer, tmp_path) == {"GLTF_BOUNDS"}


def test_accessor_beyond_its_view(tmp_path: Path) -> None:
    writer = triangle()
    writer.json["accessors"][0]["count"] = 10**9
    assert codes(writer, tmp_path) == {"GLTF_ACCESSOR"}


def test_bytes_outside_the_file_are_not_read(tmp_path: Path) -> None:
    writer = triangle()
    writer.json["bufferViews"][0]["buffer"] = 1
    assert codes(writer, tmp_path) == {"GLTF_ACCESSOR"}


def test_required_but_not_used(tmp_path: Path) -> None:
    writer = triangle()
    writer.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    assert codes(writer, tmp_path) == {"GLTF_EXTENSION_UNDECLARED"}


def test_no_licence(tmp_path: Path) -> None:
    writer = triangle()
    del writer.json["asset"]["copyright"]
    assert codes(writer, tmp_path) == {"GLTF_NO_LICENCE"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"glTF",
        b"glTF" + bytes(40),
        struct.pack("<4sIIII", b"glTF", 2, 24, 4, 0x4E4F534A) + b"{oh}",
        struct.pack("<4sIIII", b"glTF", 2, 24, 4, 0x4E4F534A) + b"[]  ",
        struct.pack("<4sIIII", b"glTF", 2, 24, 4, 0x4E4F534A) + b'"\xff" ',
    ],
)
def test_what_is_no_glb_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(data)
    assert [issue.code for issue in check_glb(path)] == ["GLTF_UNREADABLE"]


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.glb: cannot be read"):
        load_glb(tmp_path / "no.glb")


@settings(max_examples=60, deadline=None)
@given(at=st.integers(20, 900), value=st.integers(0, 255))
def test_no_spoilt_byte_crashes_the_reader(tmp_path_factory: pytest.TempPathFactory, at: int, value: int) -> None:
    data = bytearray(triangle().to_bytes())
    data[at % len(data)] = value
    path = tmp_path_factory.mktemp("spoilt") / "a.glb"
    path.write_bytes(data)
    check_glb(path)
    try:
        read_glb(path)
    except InputError as error:
        assert "a.glb: " in str(error)
