from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xmscenes.errors import SpecError
from xmscenes.frame import Frame
from xmscenes.options import CameraOptions
from xmscenes.preview.camera import EYE_HEIGHT_M, NEAR_M, Camera, looking, spec_cameras

FRAME = Frame(lon_deg=118.0625, lat_deg=24.4472)


def level(z_m: float | None) -> Callable[[float, float], float | None]:
    return lambda _x, _y: z_m


def test_a_camera_looks_where_its_heading_points() -> None:
    east = looking("east", (0, 0, 0), heading_deg=90.0, pitch_deg=0.0)
    assert east.target_m == pytest.approx((100, 0, 0), abs=1e-9)
    up = looking("up", (0, 0, 0), heading_deg=0.0, pitch_deg=45.0)
    assert up.target_m[2] == pytest.approx(up.target_m[1])


def test_straight_down_has_north_on_top() -> None:
    down = Camera(name="top", eye_m=(0, 0, 100), target_m=(0, 0, 0))
    right, up, forward = down.axes()
    assert right == pytest.approx([1, 0, 0])
    assert up == pytest.approx([0, 0, -1])  # glTF's minus z is north
    assert forward == pytest.approx([0, -1, 0])


def test_depth_is_one_at_the_near_plane_and_falls_towards_zero() -> None:
    matrix = Camera(name="c", eye_m=(0, 0, 0), target_m=(0, 1, 0)).projection(1.0)
    for distance, depth in ((NEAR_M, 1.0), (10 * NEAR_M, 0.1), (1e9, 1e-10)):
        clip = matrix @ np.array([0, 0, -distance, 1])
        assert clip[2] / clip[3] == pytest.approx(depth)


def test_a_camera_of_the_spec_stands_at_eye_height_on_the_ground() -> None:
    (camera,) = spec_cameras(
        [CameraOptions(name="街", lon_deg=118.0625, lat_deg=24.4472, heading_deg=90)], FRAME, level(12.0)
    )
    assert camera.eye_m == pytest.approx((0, 0, 12.0 + EYE_HEIGHT_M), abs=1e-6)


def test_outside_the_terrain_a_camera_stands_on_zero() -> None:
    options = CameraOptions(name="海", lon_deg=118.0625, lat_deg=24.4472, height_m=30.0)
    assert spec_cameras([options], FRAME, level(None))[0].eye_m[2] == pytest.approx(30.0)


def test_a_camera_without_a_place_or_on_its_own_target_is_refused() -> None:
    with pytest.raises(SpecError, match="camera 'a': no place"):
        spec_cameras([CameraOptions(name="a")], FRAME, level(0.0))
    same = CameraOptions(name="b", position_m=(1, 2, 3), target_m=(1, 2, 3))
    with pytest.raises(SpecError, match="camera 'b': target_m equals its position"):
        spec_cameras([same], FRAME, level(0.0))


def test_a_moved_camera_keeps_its_direction_and_says_why() -> None:
    moved = looking("c", (0, 0, 0), 30, 10).moved_to((5, 0, 0), "stood in a wall")
    before, after = looking("c", (0, 0, 0), 30, 10).axes()[2], moved.axes()[2]
    assert after == pytest.approx(before)
    assert moved.note == "stood in a wall"
