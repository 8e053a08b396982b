from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from villages import coloured, ground, village

from xmscenes.bench.city import GlbBuilder, flat_shaded
from xmscenes.errors import InputError, RenderError
from xmscenes.preview.glb import load_scene

if TYPE_CHECKING:
    from pathlib import Path


def test_copies_of_a_mesh_become_one_draw_with_many_matrices(tmp_path: Path) -> None:
    scene = load_scene(village(tmp_path / "dorf.glb"))
    trees = [d for d in scene.draws if d.name == "trees/0"]
    assert len(trees) == 1
    assert trees[0].matrices[:, 0, 3].tolist() == [-20.0, -7.0, 7.0, 20.0]
    assert scene.triangle_count == 2 + 3 * 12 + 4 * 2


def test_vertex_colours_and_masks_survive(tmp_path: Path) -> None:
    scene = load_scene(village(tmp_path / "dorf.glb"))
    terrain = scene.geometries[scene.draws[0].geometry]
    assert terrain.colors is not None
    assert terrain.colors[0] == pytest.approx([0.12, 0.2, 0.06, 1.0])
    leaves = next(m for m in scene.materials if m.name == "foliage")
    assert (leaves.alpha_mode, leaves.cutoff, leaves.double_sided) == ("MASK", 0.5, True)


def test_mirrored_copies_are_drawn_apart(tmp_path: Path) -> None:
    builder = GlbBuilder()
    mesh = builder.mesh(coloured(ground(2), (1, 1, 1)), builder.material("plain"))
    builder.node("a", mesh)
    builder.node("b", mesh, scale=[-1, 1, 1])
    scene = load_scene(builder.write(tmp_path / "m.glb"))
    assert [float(np.linalg.det(d.matrices[0][:3, :3])) for d in scene.draws] == [1.0, -1.0]


def test_node_transforms_nest_and_bounds_follow(tmp_path: Path) -> None:
    builder = GlbBuilder()
    mesh = builder.mesh(coloured(ground(2), (1, 1, 1)), builder.material("plain"))
    builder.node("parent/child", mesh, translation=[10, 0, 0], rotation=[0, 0.7071068, 0, 0.7071068], scale=[2, 1, 1])
    low, high = load_scene(builder.write(tmp_path / "n.glb")).bounds()
    assert low == pytest.approx([9, 0, -2], abs=1e-5)
    assert high == pytest.approx([11, 0, 2], abs=1e-5)


def test_an_unknown_required_extension_is_refused_by_name(tmp_path: Path) -> None:
    builder = GlbBuilder()
    builder.node("a", builder.mesh(coloured(ground(2), (1, 1, 1)), builder.material("plain")))
    path = builder.write(tmp_path / "k.glb", extensionsRequired=["KHR_texture_basisu"])
    with pytest.raises(RenderError, match=r"k\.glb: requires KHR_texture_basisu.*use the plain file"):
        load_scene(path)


def test_a_vertex_that_is_not_finite_is_named(tmp_path: Path) -> None:
    triangles = ground(2)
    triangles[1, 2, 1] = np.nan
    builder = GlbBuilder()
    arrays = coloured(ground(2), (1, 1, 1))
    arrays["POSITION"] = triangles.reshape(-1, 3).astype("f4")
    builder.node("a", builder.mesh(arrays, builder.material("plain")))
    path = builder.write(tmp_path / "nan.glb")
    # JSON has no NaN: a writer that computed bounds from it would have failed already
    text = path.read_bytes().replace(b"NaN", b"0.0")
    path.write_bytes(text)
    with pytest.raises(RenderError, match=r"meshes/0/primitives/0: vertex 5 is not finite"):
        load_scene(path)


def test_a_scene_without_a_triangle_is_refused(tmp_path: Path) -> None:
    path = GlbBuilder().write(tmp_path / "leer.glb")
    with pytest.raises(RenderError, match="nothing to draw"):
        load_scene(path)


def test_a_picture_outside_the_file_is_refused(tmp_path: Path) -> None:
    builder = GlbBuilder()
    arrays = coloured(ground(2), (1, 1, 1))
    builder.node("a", builder.mesh(arrays, builder.material("facade", texture=np.full((4, 4, 4), 200, "u1"))))
    path = builder.write(tmp_path / "t.glb", images=[{"uri": "wall.png"}])
    with pytest.raises(RenderError, match=r"textures/0: picture 'wall.png' is not in the file"):
        load_scene(path)


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    builder = GlbBuilder()
    builder.node("a", builder.mesh(coloured(ground(2), (1, 1, 1)), builder.material("facade")))
    view = builder.view(b"this is no picture")
    images = [{"bufferView": view, "mimeType": "image/png"}]
    path = builder.write(tmp_path / "t.glb", images=images, textures=[{"source": 0}])
    with pytest.raises(RenderError, match="cannot be decoded"):
        load_scene(path)


def test_indices_beyond_the_vertices_are_refused(tmp_path: Path) -> None:
    arrays = flat_shaded(ground(2))
    arrays["indices"] = np.array([0, 1, 99], "u4")
    builder = GlbBuilder()
    builder.node("a", builder.mesh(arrays, builder.material("plain")))
    with pytest.raises(RenderError, match="3 indices do not make triangles of 6 vertices"):
        load_scene(builder.write(tmp_path / "i.glb"))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_scene(tmp_path / "nirgends.glb")


def test_origin_labels_are_collected_from_nodes_and_features(tmp_path: Path) -> None:
    builder = GlbBuilder()
    mesh = builder.mesh(coloured(ground(2), (1, 1, 1)), builder.material("plain"))
    builder.node("a", mesh, extras={"features": [{"origin": "measured"}, {"origin": "openstreetmap"}]})
    builder.node("b", mesh, extras={"origin": "simulated", "kind": "tree"})
    scene = load_scene(builder.write(tmp_path / "o.glb"))
    assert scene.origins == ("measured", "openstreetmap", "simulated")


def test_the_length_in_the_header_is_checked(tmp_path: Path) -> None:
    path = village(tmp_path / "kurz.glb")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="header says"):
        load_scene(path)


def test_writer_of_the_tests_writes_what_it_says(tmp_path: Path) -> None:
    blob = village(tmp_path / "v.glb").read_bytes()
    length = struct.unpack_from("<I", blob, 12)[0]
    assert json.loads(blob[20 : 20 + length])["asset"]["version"] == "2.0"
