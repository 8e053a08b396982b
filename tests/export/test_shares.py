"""Pieces of a merged mesh that can be shown alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from houses import green

from xmscenes.export.baked import as_one_material
from xmscenes.export.gltf import GltfWriter
from xmscenes.export.packed import PackedMeshes
from xmscenes.export.quantize import grid_around
from xmscenes.export.textures import ImageRules
from xmscenes.gltf_read import load_glb
from xmscenes.look.materials import INDEX

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.records import Mesh


def _square(east: float) -> Mesh:
    corners = np.array([[east, 0, 0], [east + 4, 0, 0], [east + 4, 4, 1], [east, 4, 0]], float)
    return green(corners, [[0, 1, 2], [0, 2, 3]])


def test_a_piece_of_a_mesh_is_shown_alone_over_the_same_vertices(tmp_path: Path) -> None:
    writer = GltfWriter({})
    meshes = PackedMeshes(writer, ImageRules())
    both = [_square(0.0), _square(10.0)]
    grid = grid_around([mesh.vertices for mesh in both])
    pieces = [[(0, mesh, np.full(2, row, np.int32))] for row, mesh in enumerate(both)]
    whole, shares = meshes.add_pieces("square", pieces, grid)
    meshes.flush()
    alone = meshes.add_share("tile", shares[1])
    meshes.flush()
    glb = load_glb(writer.save(tmp_path / "s.glb"))
    (one,), (all_of_it,) = (glb.item("meshes", index)["primitives"] for index in (alone, whole))
    assert glb.item("accessors", all_of_it["indices"])["count"] == 12
    seen = glb.accessor(one["attributes"]["POSITION"])[glb.accessor(one["indices"])]
    found = np.unique(seen, axis=0) * grid.step_m
    assert found[:, 0].min() == 10.0
    assert found[:, 0].max() == 14.0
    about = glb.item("accessors", one["attributes"]["POSITION"])
    assert about["min"] == seen.min(axis=0).tolist()
    assert about["max"] == seen.max(axis=0).tolist()
    assert set(glb.accessor(one["attributes"]["_FEATURE_ID_0"]).ravel().tolist()) == {1}
    for key, accessor in one["attributes"].items():  # nothing of a vertex is stored twice
        whole_view = glb.item("accessors", all_of_it["attributes"][key])["bufferView"]
        assert glb.item("accessors", accessor)["bufferView"] == whole_view


def test_a_piece_that_has_nothing_of_a_material_has_no_share_of_it() -> None:
    meshes = PackedMeshes(GltfWriter({}), ImageRules())
    near, far = _square(0.0), _square(10.0)
    grid = grid_around([near.vertices, far.vertices])
    _, shares = meshes.add_pieces("square", [[(0, near, None)], [(INDEX["metal"], far, None)]], grid)
    assert [len(share) for share in shares] == [1, 1]
    assert shares[0][0].primitive is not shares[1][0].primitive


def test_plain_faces_wear_the_white_patch_where_there_are_cards() -> None:
    mesh = replace(
        _square(0.0),
        material=np.array([INDEX["plain"], INDEX["foliage"]], np.uint8),
        uv=np.zeros((2, 3, 2), np.float32),
        smooth=np.array([True, False]),
    )
    assert set(as_one_material(mesh).material.tolist()) == {INDEX["foliage"]}
    assert np.array_equal(as_one_material(mesh, smooth=False).material, mesh.material)
    bare = replace(mesh, material=np.full(2, INDEX["plain"], np.uint8))
    assert as_one_material(bare) is bare
