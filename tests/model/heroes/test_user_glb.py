from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from xmscenes.errors import InputError
from xmscenes.model.heroes import read_hero_glb
from xmscenes.options import HeroOptions

OPTIONS = HeroOptions(id="亭", lon_deg=118.0, lat_deg=24.0)


def pavilion(path: Path, scale: float = 1.0, *, z_up: bool = False) -> Path:
    """A tower 4 m x 6 m and 10 m high on its zero, y up unless said; red."""
    mesh = trimesh.creation.box((4.0, 10.0, 6.0))
    mesh.apply_translation((0, 5, 0))
    if z_up:
        mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0)))
    mesh.apply_scale(scale)
    mesh.visual.vertex_colors = [200, 40, 30, 255]
    mesh.export(path)
    return path


def rewritten(path: Path, change: Any) -> Path:
    """Change the JSON of a GLB and write it back."""
    raw = path.read_bytes()
    length = struct.unpack("<I", raw[12:16])[0]
    tree = json.loads(raw[20 : 20 + length])
    change(tree)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    rest = raw[20 + length :]
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + rest
    path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(body)) + body)
    return path


def test_a_users_model_comes_in_upright_in_metres_with_its_colour(tmp_path: Path) -> None:
    mesh = read_hero_glb(pavilion(tmp_path / "亭.glb"), OPTIONS)
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx([4, 6, 10])
    assert mesh.vertices[:, 2].min() == pytest.approx(0.0)
    assert mesh.rgb[0, 0].tolist() == [200, 40, 30]
    corner = mesh.vertices[mesh.faces]
    assert np.einsum("fi,fi->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) / 6 == pytest.approx(240)


def test_scale_and_up_axis_are_the_users(tmp_path: Path) -> None:
    path = pavilion(tmp_path / "cm.glb", 100.0)
    mesh = read_hero_glb(path, OPTIONS.model_copy(update={"scale": 0.01}))
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx([4, 6, 10])
    swapped = read_hero_glb(pavilion(tmp_path / "z.glb", z_up=True), OPTIONS.model_copy(update={"up": "z"}))
    assert np.ptp(swapped.vertices, axis=0) == pytest.approx([4, 6, 10])
    assert swapped.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-6)


def test_centimetres_are_recognised_and_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cm\.glb: 2,570 m across looks like centimetres; set hero\.scale = 0\.01"):
        read_hero_glb(pavilion(tmp_path / "cm.glb", 257.0), OPTIONS)


def test_a_model_that_lies_on_its_back_is_recognised_and_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Y and Z are swapped; set hero\.up = \"z\""):
        read_hero_glb(pavilion(tmp_path / "z.glb", z_up=True), OPTIONS)


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"没有\.glb: no such model"):
        read_hero_glb(tmp_path / "没有.glb", OPTIONS)


def test_something_that_is_no_glb_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(b"PK\x03\x04 and so on, more than twenty bytes")
    with pytest.raises(InputError, match="not a binary glTF"):
        read_hero_glb(path, OPTIONS)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.glb"
    with path.open("wb") as stream:
        stream.truncate(300_000_000)
    with pytest.raises(InputError, match=r"300 MB is too large"):
        read_hero_glb(path, OPTIONS)


def test_broken_json_is_said(tmp_path: Path) -> None:
    path = pavilion(tmp_path / "a.glb")
    raw = bytearray(path.read_bytes())
    raw[20:24] = b"{{{{"
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError, match="its JSON is broken"):
        read_hero_glb(path, OPTIONS)


def test_a_cut_off_file_is_said(tmp_path: Path) -> None:
    path = pavilion(tmp_path / "a.glb")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="broken GLB header"):
        read_hero_glb(path, OPTIONS)


@pytest.mark.parametrize("uri", ["../../secret.bin", "/etc/passwd", "https://example.org/a.bin", "file:///etc/passwd"])
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, uri: str) -> None:
    path = rewritten(pavilion(tmp_path / "a.glb"), lambda tree: tree["buffers"].append({"byteLength": 4, "uri": uri}))
    with pytest.raises(InputError, match=r"buffers/1 points outside of its folder"):
        read_hero_glb(path, OPTIONS)


def test_a_view_past_the_end_is_said(tmp_path: Path) -> None:
    path = rewritten(pavilion(tmp_path / "a.glb"), lambda tree: tree["bufferViews"][0].update(byteLength=10_000_000))
    with pytest.raises(InputError, match=r"bufferViews/0 ends at byte"):
        read_hero_glb(path, OPTIONS)


def test_huge_accessors_are_said(tmp_path: Path) -> None:
    path = rewritten(pavilion(tmp_path / "a.glb"), lambda tree: tree["accessors"][0].update(count=90_000_000))
    with pytest.raises(InputError, match="triangles; simplify it below"):
        read_hero_glb(path, OPTIONS)


def test_draco_without_a_decoder_is_said(tmp_path: Path) -> None:
    path = rewritten(
        pavilion(tmp_path / "a.glb"), lambda tree: tree.update(extensionsRequired=["KHR_draco_mesh_compression"])
    )
    with pytest.raises(InputError, match="needs KHR_draco_mesh_compression"):
        read_hero_glb(path, OPTIONS)


def test_vertices_that_are_not_numbers_are_said(tmp_path: Path) -> None:
    path = pavilion(tmp_path / "a.glb")
    raw = bytearray(path.read_bytes())
    length = struct.unpack("<I", raw[12:16])[0]
    tree = json.loads(raw[20 : 20 + length])
    position = tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    view = tree["bufferViews"][tree["accessors"][position]["bufferView"]]
    at = 20 + length + 8 + view.get("byteOffset", 0)
    raw[at : at + 4] = struct.pack("<f", float("nan"))
    path.write_bytes(bytes(raw))
    with pytest.raises(InputError, match="vertices are not numbers"):
        read_hero_glb(path, OPTIONS)


def test_a_file_without_triangles_is_said(tmp_path: Path) -> None:
    path = rewritten(
        pavilion(tmp_path / "a.glb"), lambda tree: tree.update(nodes=[{"name": "empty"}], scenes=[{"nodes": [0]}])
    )
    with pytest.raises(InputError, match=r"a\.glb: (holds no triangles|cannot be read)"):
        read_hero_glb(path, OPTIONS)


def textured(path: Path, side: int) -> Path:
    """A pavilion with one square texture inside its GLB."""
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (side, side), 128).save(stream, "PNG")
    picture = stream.getvalue() + b"\0" * (-len(stream.getvalue()) % 4)
    raw = pavilion(path).read_bytes()
    length = struct.unpack("<I", raw[12:16])[0]
    tree = json.loads(raw[20 : 20 + length])
    body = raw[28 + length :]
    tree["bufferViews"].append({"buffer": 0, "byteOffset": len(body), "byteLength": len(picture)})
    tree["images"] = [{"bufferView": len(tree["bufferViews"]) - 1, "mimeType": "image/png", "name": "墙面"}]
    tree["textures"] = [{"source": 0}]
    tree["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    tree["buffers"][0]["byteLength"] = len(body) + len(picture)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    total = 28 + len(text) + len(body) + len(picture)
    head = b"glTF" + struct.pack("<III", 2, total, len(text)) + b"JSON"
    path.write_bytes(head + text + struct.pack("<I", len(body) + len(picture)) + b"BIN\0" + body + picture)
    return path


@pytest.mark.parametrize("side", [8200, 16384])
def test_a_texture_of_sixteen_thousand_pixels_is_refused_before_it_is_decoded(tmp_path: Path, side: int) -> None:
    with pytest.raises(InputError, match=rf"a texture of {side} x {side}; keep it within 8192 pixels"):
        read_hero_glb(textured(tmp_path / "大.glb", side), OPTIONS)


def test_a_texture_of_reasonable_size_is_welcome(tmp_path: Path) -> None:
    assert len(read_hero_glb(textured(tmp_path / "小.glb", 64), OPTIONS).faces) == 12


def test_a_texture_that_is_no_picture_is_said(tmp_path: Path) -> None:
    path = textured(tmp_path / "a.glb", 64)
    path.write_bytes(path.read_bytes().replace(b"\x89PNG", b"\x00PNG"))
    with pytest.raises(InputError, match=r"images/0 is no picture that can be decoded"):
        read_hero_glb(path, OPTIONS)
