"""Simplification: error bounds, looks, topology."""

from __future__ import annotations

import numpy as np
import pytest
from houses import ground
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.distance import Surface3, surface_error
from xmscenes.geometry.meshes import face_areas, face_crosses, merge_meshes
from xmscenes.geometry.simplify import Simplifier, simplify_mesh
from xmscenes.records import Mesh


def bare(vertices: list[list[float]], faces: list[list[int]]) -> Mesh:
    return Mesh(
        vertices=np.array(vertices, float), faces=np.array(faces, np.int32), surface=np.zeros(len(faces), np.uint8)
    )


def grid(cells: int, height: float = 0.0) -> Mesh:
    mesh = ground(cells, 10.0)
    flat = mesh.vertices * [1, 1, 0] + [0, 0, height]
    return Mesh(vertices=flat, faces=mesh.faces, surface=mesh.surface)


def test_a_flat_square_becomes_two_triangles() -> None:
    (mesh,) = simplify_mesh(grid(12), [0.01])
    assert len(mesh.faces) == 2
    assert face_areas(mesh).sum() == pytest.approx(100.0)


def test_locked_vertices_stay() -> None:
    mesh = grid(6)
    locked = mesh.vertices[:, 0] == 0.0
    (out,) = simplify_mesh(mesh, [5.0], locked)
    assert set(map(tuple, mesh.vertices[locked])) <= set(map(tuple, out.vertices))


def test_a_change_of_material_keeps_its_line() -> None:
    mesh = grid(8)
    middle = mesh.vertices[mesh.faces][:, :, 0].mean(axis=1) < 5.0
    worn = Mesh(vertices=mesh.vertices, faces=mesh.faces, surface=mesh.surface, material=middle.astype(np.uint8))
    (out,) = simplify_mesh(worn, [0.05])
    assert len(out.faces) <= 6
    assert face_areas(out)[out.material == 1].sum() == pytest.approx(50.0)


def test_texture_coordinates_follow_their_surface() -> None:
    mesh = grid(8)
    uv = mesh.vertices[mesh.faces][:, :, :2].astype(np.float32) / 10.0
    worn = Mesh(vertices=mesh.vertices, faces=mesh.faces, surface=mesh.surface, uv=uv)
    (out,) = simplify_mesh(worn, [0.05])
    assert len(out.faces) == 2
    assert np.allclose(out.uv * 10.0, out.vertices[out.faces][:, :, :2], atol=1e-5)


def test_no_texture_is_stretched_over_a_seam() -> None:
    mesh = grid(8)
    uv = mesh.vertices[mesh.faces][:, :, :2].astype(np.float32) / 10.0
    east = mesh.vertices[mesh.faces][:, :, 0].mean(axis=1) > 5.0
    uv[east] += 7.0
    (out,) = simplify_mesh(Mesh(vertices=mesh.vertices, faces=mesh.faces, surface=mesh.surface, uv=uv), [0.05])
    assert np.ptp(out.uv.reshape(len(out.faces), -1)[:, ::2], axis=1).max() <= 1.0


def test_a_tetrahedron_cannot_lose_a_face() -> None:
    mesh = bare([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])
    (out,) = simplify_mesh(mesh, [10.0])
    assert len(out.faces) == 4


def test_an_edge_with_three_faces_stays() -> None:
    mesh = bare([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], [[0, 1, 2], [1, 0, 3], [0, 1, 4]])
    (out,) = simplify_mesh(mesh, [0.01])
    assert len(out.faces) == 3


def test_limits_must_rise() -> None:
    with pytest.raises(ValueError, match="rise"):
        simplify_mesh(grid(2), [1.0, 0.1])


def test_an_empty_mesh_stays_empty() -> None:
    assert simplify_mesh(bare([], []), [1.0, 2.0])[1].is_empty


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), limit=st.floats(0.05, 1.0))
def test_the_measured_error_stays_near_the_limit_and_no_face_turns_over(seed: int, limit: float) -> None:
    mesh = ground(20, 100.0)
    noise = np.random.default_rng(seed).normal(scale=0.05, size=len(mesh.vertices))
    rough = Mesh(vertices=mesh.vertices + noise[:, None] * [0, 0, 1], faces=mesh.faces, surface=mesh.surface)
    out = simplify_mesh(rough, [limit / 4, limit])
    assert len(out[1].faces) <= len(out[0].faces) <= len(rough.faces)
    error = surface_error(Surface3(rough.vertices, rough.faces), Surface3(out[1].vertices, out[1].faces), 2000)
    assert error.p99_m < 2.0 * limit
    # Three vertices of a straight border may be left as a face that stands upright on it; none turns over.
    assert (face_crosses(out[1].vertices, out[1].faces)[:, 2] >= 0).all()


def test_loose_parts_smaller_than_the_error_go_and_the_last_part_stays() -> None:
    wall, knob = grid(4), grid(2)
    small = Mesh(vertices=knob.vertices * 0.05 + 3.0, faces=knob.faces, surface=knob.surface)
    both, _ = merge_meshes([wall, small])
    near, far = simplify_mesh(both, [0.1, 1.0])
    assert (len(near.faces), len(far.faces)) == (4, 2)
    (alone,) = simplify_mesh(small, [5.0])
    assert not alone.is_empty


def test_a_mesh_made_ready_once_is_simplified_again_as_if_it_were_the_first_time(rng: np.random.Generator) -> None:
    mesh = grid(12)
    rough = Mesh(
        vertices=mesh.vertices + rng.normal(0, 0.05, mesh.vertices.shape), faces=mesh.faces, surface=mesh.surface
    )
    held = np.arange(len(mesh.vertices)) % 5 == 0
    simplifier = Simplifier(rough)
    simplifier.snapshots([0.05, 0.5])
    for again, fresh in zip(
        simplifier.snapshots([0.05, 0.1], held), simplify_mesh(rough, [0.05, 0.1], held), strict=True
    ):
        assert len(again.faces) == len(fresh.faces) == len(again.mesh.faces)
        assert np.array_equal(again.mesh.vertices, fresh.vertices)
        assert np.array_equal(again.mesh.faces, fresh.faces)
