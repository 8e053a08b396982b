"""Merging, cutting and splitting meshes."""

from __future__ import annotations

import numpy as np
from houses import block, dressed, ground
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.meshes import corner_normals, keep_faces, merge_meshes, split_corners
from xmscenes.geometry.unique_rows import unique_corners, unique_rows
from xmscenes.records import Mesh

BOX = solid_to_mesh(block(0, 0, 4, 3, 2))


def test_a_box_splits_into_four_vertices_a_side() -> None:
    split = split_corners(BOX)
    assert len(split.xyz) == 24
    assert np.array_equal(split.xyz[split.faces], BOX.vertices[BOX.faces])


def test_smooth_ground_shares_every_vertex_and_its_normals_point_up() -> None:
    mesh = ground(8)
    split = split_corners(mesh)
    assert len(split.xyz) == len(mesh.vertices)
    assert (split.normal[:, 2] > 0.5).all()


def test_a_crease_stays_sharp_on_a_smooth_mesh() -> None:
    smooth = Mesh(vertices=BOX.vertices, faces=BOX.faces, surface=BOX.surface, smooth=np.ones(len(BOX.faces), bool))
    spread = np.abs(corner_normals(smooth)).max(axis=2)
    assert (spread > 0.55).all()


def test_colour_and_feature_split_vertices() -> None:
    mesh = dressed(BOX)
    features = (np.arange(len(mesh.faces)) % 2).astype(np.int32)
    split = split_corners(mesh, features)
    assert np.array_equal(split.feature[split.faces[:, 0]], features)
    assert np.array_equal(split.rgb[split.faces], mesh.rgb)


def test_vertices_that_meet_on_the_grid_become_one() -> None:
    near = Mesh(
        vertices=BOX.vertices + np.arange(len(BOX.vertices))[:, None] * 1e-9, faces=BOX.faces, surface=BOX.surface
    )
    doubled, _ = merge_meshes([near, near])
    place = np.rint(doubled.vertices * 200).astype(np.int32)
    assert len(split_corners(doubled, None, place).xyz) == 24
    assert len(split_corners(doubled).xyz) == 48


def test_merging_fills_what_one_mesh_lacks() -> None:
    merged, owner = merge_meshes([BOX, dressed(BOX)])
    assert owner.tolist() == [0] * len(BOX.faces) + [1] * len(BOX.faces)
    assert (merged.rgb[owner == 0] == 255).all()
    assert merged.uv is None


def test_keeping_faces_drops_their_lonely_vertices() -> None:
    top = keep_faces(BOX, BOX.surface == 4)
    assert len(top.vertices) == 4
    assert (top.vertices[:, 2] == 2.0).all()


@settings(deadline=None)
@given(table=arrays(np.int32, st.tuples(st.integers(0, 40), st.integers(1, 4)), elements=st.integers(-2, 2)))
def test_unique_rows_are_numpys_in_the_order_of_appearance(table: np.ndarray) -> None:
    first, inverse = unique_rows(table)
    assert np.array_equal(table[first][inverse], table)
    assert len(first) == len(np.unique(table, axis=0)) if len(table) else len(first) == 0
    assert (np.diff(first) > 0).all()


@settings(deadline=None)
@given(seed=st.integers(0, 999), count=st.integers(1, 30), by_corner=st.booleans())
def test_unique_corners_are_the_unique_rows_of_all_that_they_carry(seed: int, count: int, by_corner: bool) -> None:
    rng = np.random.default_rng(seed)
    faces, place = rng.integers(0, 9, (count, 3), np.int32), rng.integers(-2, 2, (9, 3), np.int32)
    codes = rng.integers(0, 2, 3 * count if by_corner else count, np.int32)
    uv, rgb = rng.integers(0, 2, (count, 3, 2), np.int32), rng.integers(254, 256, (count, 3, 3), np.uint8)
    feature = rng.integers(0, 2, count, np.int32)
    first, inverse = unique_corners(faces, place, codes, uv, rgb, feature)
    spread = (codes if by_corner else np.repeat(codes, 3), np.repeat(feature, 3))
    table = np.column_stack([place[faces].reshape(-1, 3), uv.reshape(-1, 2), rgb.reshape(-1, 3), *spread])
    want_first, want_inverse = unique_rows(table.astype(np.int32))
    assert np.array_equal(first, want_first)
    assert np.array_equal(inverse.reshape(-1), want_inverse)
