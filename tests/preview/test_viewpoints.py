from __future__ import annotations

import numpy as np
import pytest

from xmscenes.preview.camera import EYE_HEIGHT_M, Camera
from xmscenes.preview.glb import load_scene
from xmscenes.preview.overview import BUILDING, NOTHING, PLAIN, WATER, Overview, plan_matrix
from xmscenes.preview.viewpoints import (
    automatic_cameras,
    corner_cameras,
    hero_camera,
    path_spots,
    sketch,
    street_camera,
    top_camera,
)

SUN = (-0.6, -0.5, 0.6)


def town() -> Overview:
    """400 m square: meadow at 5 m, a block of houses of 15 m in the east, water in the west."""
    top = np.full((80, 80), 5.0)
    kind = np.full((80, 80), PLAIN, "u1")
    kind[:, :20] = WATER
    top[:, :20] = 0.0
    ground = top.copy()
    for row in range(30, 60, 6):
        for column in range(40, 70, 6):
            kind[row : row + 4, column : column + 4] = BUILDING
            top[row : row + 4, column : column + 4] = 20.0
    return Overview(corner_m=(-200, -200), cell_m=(5, 5), top_m=top, ground_m=ground, kind=kind)


def test_ground_is_known_inside_and_unknown_outside() -> None:
    assert town().ground_at(0, 0) == 5.0
    assert town().ground_at(-190, 0) == 0.0
    assert town().ground_at(500, 0) is None


def test_the_centre_lies_among_the_houses() -> None:
    x, y, _ = town().centre_m
    assert (x, y) == pytest.approx((70, 20), abs=12)
    assert 60 < town().reach_m < 120


def test_a_sketch_sees_sky_above_and_houses_ahead() -> None:
    camera = Camera(name="c", eye_m=(-100, 20, 12), target_m=(70, 20, 12), fov_deg=50)
    kind, distance = sketch(town(), camera)
    assert (kind[0] == NOTHING).all()
    assert (kind[5:7] == BUILDING).mean() > 0.2
    assert np.isinf(distance[0]).all()
    assert np.nanmin(distance[5:7]) == pytest.approx(100, abs=25)


def test_the_hero_view_shows_houses_and_is_not_in_one() -> None:
    overview = town()
    camera = hero_camera(overview, SUN)
    kind, _ = sketch(overview, camera)
    assert (kind == BUILDING).mean() > 0.08
    assert camera.eye_m[2] > (overview.ground_at(*camera.eye_m[:2]) or 0.0)


def test_the_top_view_holds_the_whole_scene() -> None:
    camera = top_camera(town())
    half = np.tan(np.radians(camera.fov_deg / 2)) * (camera.eye_m[2] - 20)
    assert half >= 200
    assert camera.eye_m[:2] == camera.target_m[:2] == (0, 0)


def test_four_corners_look_at_the_centre_from_four_sides() -> None:
    cameras = corner_cameras(town())
    assert [c.name for c in cameras] == ["ne", "se", "sw", "nw"]
    assert len({c.target_m for c in cameras}) == 1
    assert all(c.eye_m[2] > 20 for c in cameras)


def test_the_street_view_stands_on_the_path_and_looks_along_it() -> None:
    spots = [(150.0, 150.0, 0.0), (25.0, -40.0, 0.0)]
    camera = street_camera(town(), spots)
    assert camera is not None
    assert camera.eye_m == pytest.approx((25, -40, 5 + EYE_HEIGHT_M))
    assert camera.target_m[1] > camera.eye_m[1]


def test_nobody_stands_in_a_house_or_on_water() -> None:
    assert street_camera(town(), [(5.0, -40.0, 0.0), (-190.0, 0.0, 0.0)]) is None


def test_every_scene_gets_its_cameras_and_the_same_ones_each_time() -> None:
    cameras = automatic_cameras(town(), (), SUN)
    assert [c.name for c in cameras] == ["hero", "top", "ne", "se", "sw", "nw", "street"]
    assert cameras == automatic_cameras(town(), (), SUN)


def test_a_scene_of_nothing_but_ground_still_gets_cameras() -> None:
    flat = Overview(
        corner_m=(0, 0),
        cell_m=(1, 1),
        top_m=np.zeros((20, 20)),
        ground_m=np.zeros((20, 20)),
        kind=np.full((20, 20), PLAIN, "u1"),
    )
    assert len(automatic_cameras(flat, (), SUN)) >= 6


def test_paths_in_the_file_give_places_to_stand(tmp_path) -> None:
    from villages import coloured

    from xmscenes.bench.city import GlbBuilder

    strip = np.array([[[-20, 1, 1], [20, 1, 1], [20, 1, -1]], [[-20, 1, 1], [20, 1, -1], [-20, 1, -1]]], dtype="f8")
    builder = GlbBuilder()
    mesh = builder.mesh(coloured(strip, (0.5, 0.5, 0.5)), builder.material("paving"))
    builder.node("path/0", mesh, extras={"kind": "path"})
    spots = path_spots(load_scene(builder.write(tmp_path / "p.glb")))
    assert {round(h) % 180 for _, _, h in spots} <= {87, 90, 93}
    assert all(abs(y) < 1 for _, y, _ in spots)


def test_the_plan_matrix_puts_north_up_and_the_top_first() -> None:
    matrix = plan_matrix(np.array([-10.0, 0.0, -20.0]), np.array([10.0, 8.0, 20.0]))
    north_east_top = matrix @ np.array([10, 8, -20, 1])
    assert north_east_top[:3] == pytest.approx([1, 1, 0.999])
    assert (matrix @ np.array([-10, 0, 20, 1]))[:3] == pytest.approx([-1, -1, 0.001])
