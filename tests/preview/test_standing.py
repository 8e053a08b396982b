from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from villages import box, coloured, ground, village

from xmscenes.bench.city import GlbBuilder
from xmscenes.preview.camera import Camera
from xmscenes.preview.glb import load_scene
from xmscenes.preview.standing import free_camera, surfaces_above

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.preview.scene import RenderScene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> RenderScene:
    return load_scene(village(tmp_path_factory.mktemp("v") / "dorf.glb"))


def at(x: float, y: float, z: float) -> Camera:
    return Camera(name="站", eye_m=(x, y, z), target_m=(x, y + 10, z))


def test_a_camera_in_the_open_stays(scene: RenderScene) -> None:
    camera = at(7, -12, 1.7)
    assert free_camera(scene, camera) is camera


def test_a_camera_inside_a_house_is_moved_and_says_so(scene: RenderScene) -> None:
    moved = free_camera(scene, at(0, 0, 4))
    assert moved.note.startswith("camera '站': stood inside a wall; moved 7 m")
    assert surfaces_above(scene, moved.eye_gltf())[:, 1].sum() <= 0


def test_a_camera_under_the_ground_comes_up(scene: RenderScene) -> None:
    moved = free_camera(scene, at(0, -15, -3))
    assert moved.eye_m[2] == pytest.approx(1.7, abs=0.01)
    assert "moved 4.7 m up" in moved.note


def test_trees_do_not_count_as_walls(scene: RenderScene) -> None:
    camera = at(7, -8, 2)
    assert free_camera(scene, camera) is camera


@settings(max_examples=60, deadline=None)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-2, 12))
def test_inside_a_box_is_exactly_inside(x: float, y: float, z: float) -> None:
    from xmscenes.preview.standing import _crossings

    triangles = box((-4, 0, -4), (4, 9, 4))
    found = _crossings(triangles.reshape(-1, 3), np.arange(36, dtype="u4").reshape(-1, 3), np.array([x, z, -y]))
    if min(abs(abs(x) - 4), abs(abs(y) - 4), abs(z), abs(z - 9)) > 1e-4:
        assert (found[:, 1].sum() > 0) == (abs(x) < 4 and abs(y) < 4 and 0 < z < 9)


def test_a_tunnel_under_a_hill_with_a_roof_is_open_air(tmp_path: Path) -> None:
    builder = GlbBuilder()
    plain = builder.material("plain")
    builder.node("terrain/0", builder.mesh(coloured(ground(40, 0.0), (0.3, 0.3, 0.3)), plain))
    builder.node("bridge/0", builder.mesh(coloured(box((-9, 5, -3), (9, 6, 3)), (0.5, 0.5, 0.5)), plain))
    camera = at(0, 0, 2)
    assert free_camera(load_scene(builder.write(tmp_path / "b.glb")), camera) is camera
