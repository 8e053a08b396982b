"""Budgets: what is drawn from a view, and every code fires."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from houses import painted_assets, small_scene

from xmscenes.check.budgets import DEVICES, camera_views, check_budgets, texture_bytes
from xmscenes.check.payload import check_payload
from xmscenes.check.views import DrawCounter, View, chosen_level
from xmscenes.export.plain import write_plain
from xmscenes.export.xr import write_xr
from xmscenes.frame import Frame
from xmscenes.gltf_drawn import read_glb
from xmscenes.gltf_read import load_glb
from xmscenes.options import CameraOptions

FRAME = Frame(lon_deg=118.06, lat_deg=24.44)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("xr")
    return write_xr(small_scene(), folder / "scene.glb", painted_assets(tmp_path_factory.mktemp("assets")))


def view(eye: tuple[float, float, float], target: tuple[float, float, float]) -> View:
    return View(name="v", eye_m=eye, target_m=target, vertical_deg=60.0, horizontal_deg=80.0)


def camera(name: str = "hero") -> CameraOptions:
    return CameraOptions(name=name, position_m=(300.0, -60.0, 40.0), target_m=(300.0, 100.0, 0.0))


def test_from_afar_the_place_is_two_calls_with_the_triangles_of_its_coarsest_level(scene: Path) -> None:
    counter = DrawCounter(load_glb(scene))
    far = counter.count(view((300.0, -9000.0, 900.0), (300.0, 100.0, 0.0)))
    assert far == (2, sum(len(d.faces) for d in read_glb(scene, 3)))


def test_inside_the_place_everything_near_is_at_its_finest(scene: Path) -> None:
    near = DrawCounter(load_glb(scene)).count(view((300.0, 20.0, 2.0), (300.0, 100.0, 2.0)))
    assert near[0] >= 5
    assert near[1] > 1000


def test_what_lies_behind_is_not_counted(scene: Path) -> None:
    assert DrawCounter(load_glb(scene)).count(view((300.0, -900.0, 40.0), (300.0, -2000.0, 40.0))) == (0, 0)


def test_looking_straight_down_works(scene: Path) -> None:
    assert DrawCounter(load_glb(scene)).count(view((300.0, 100.0, 900.0), (300.0, 100.0, 0.0)))[0] > 0


def test_a_level_is_chosen_by_the_distance_to_the_sphere() -> None:
    extras = {"MSFT_screencoverage": [0.5, 0.1, 0.0], "sphere": [0.0, 0.0, 0.0, 10.0]}
    levels = [chosen_level(extras, np.array([d, 0.0, 0.0]), 60.0) for d in (5.0, 40.0, 50.0, 180.0, 190.0, 9e9)]
    assert levels == [0, 0, 1, 1, 2, 2]
    culled = {**extras, "MSFT_screencoverage": [0.5, 0.1, 0.05]}
    assert chosen_level(culled, np.array([9e9, 0.0, 0.0]), 60.0) == 3


def test_a_small_scene_keeps_every_budget(scene: Path) -> None:
    for device in DEVICES:
        assert check_budgets(scene, [camera()], FRAME, device) == []


def test_both_eyes_count(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = DEVICES["quest3"]
    calls, triangles = DrawCounter(load_glb(scene)).count(camera_views([camera()], FRAME, scene, limits)[0])
    exact = type(limits)(
        name="x", draw_calls=2 * calls, triangles=2 * triangles, vertical_deg=96.0, horizontal_deg=110.0
    )
    monkeypatch.setitem(DEVICES, "quest3", exact)
    assert check_budgets(scene, [camera()], FRAME, "quest3") == []
    less = type(limits)(
        name="x", draw_calls=2 * calls - 1, triangles=2 * triangles - 1, vertical_deg=96.0, horizontal_deg=110.0
    )
    monkeypatch.setitem(DEVICES, "quest3", less)
    issues = check_budgets(scene, [camera("海边")], FRAME, "quest3", "xr/scene.glb")
    assert [issue.code for issue in issues] == ["BUDGET_DRAW_CALLS", "BUDGET_TRIANGLES"]
    assert all("海边" in issue.message and issue.hint for issue in issues)


def test_file_and_texture_budgets_fire(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmscenes.check.budgets.FILE_BYTES", 1000)
    monkeypatch.setattr("xmscenes.check.budgets.TEXTURE_BYTES", 1000)
    issues = check_budgets(scene, [], FRAME, "quest3")
    assert [issue.code for issue in issues] == ["BUDGET_FILE_BYTES", "BUDGET_TEXTURES"]


def test_no_device_checks_nothing(scene: Path) -> None:
    assert check_budgets(scene / "missing", [], FRAME, "none") == []


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    assert [issue.code for issue in check_budgets(tmp_path / "no.glb", [], FRAME, "quest3")] == ["BUDGET_UNREADABLE"]


def test_pictures_are_counted_with_their_mipmaps(scene: Path) -> None:
    glb = load_glb(scene)
    assert texture_bytes(glb) == len(glb.items("images")) * (64 * 64 * 4 * 4 // 3)


def test_a_camera_given_by_longitude_and_latitude_stands_on_the_written_ground(scene: Path) -> None:
    lon, lat = 118.06 + 300.0 / 101_400.0, 24.44 + 100.0 / 110_770.0
    options = CameraOptions(name="street", lon_deg=lon, lat_deg=lat, heading_deg=90.0)
    (found,) = camera_views([options], FRAME, scene, DEVICES["quest3"])
    x, y, z = found.eye_m
    assert (x, y) == pytest.approx((300.0, 100.0), abs=1.0)
    assert z == pytest.approx(6.0 * np.sin(x / 40.0) * np.cos(y / 55.0) + 1.7, abs=0.6)
    assert found.target_m[0] > x
    assert found.target_m[1] == pytest.approx(y, abs=1e-6)


def test_the_payload_check_finds_moved_and_missing_things(scene: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    plain = write_plain(small_scene(), tmp_path / "plain")
    assert check_payload(scene, plain) == []
    tile = small_scene().tiles[0]
    lifted = []
    for chain in tile.chains:
        mesh = chain.levels[0].mesh
        moved = replace(mesh, vertices=mesh.vertices + np.array([0, 0, 0.02]))
        lifted.append(replace(chain, levels=(replace(chain.levels[0], mesh=moved), *chain.levels[1:])))
    moved_scene = replace(small_scene(), tiles=(replace(tile, chains=tuple(lifted)), *small_scene().tiles[1:]))
    path = write_xr(moved_scene, tmp_path / "moved.glb")
    assert {issue.code for issue in check_payload(path, plain[:1])} == {"PAYLOAD_MOVED"}
    fewer = write_xr(replace(small_scene(), tiles=small_scene().tiles[:2]), tmp_path / "fewer.glb")
    assert {issue.code for issue in check_payload(fewer, plain[:1])} == {"PAYLOAD_TRIANGLES"}
    nothing = write_xr(replace(small_scene(), tiles=()), tmp_path / "nothing.glb")
    assert {issue.code for issue in check_payload(nothing, plain[:1])} == {"PAYLOAD_EMPTY"}
    (tmp_path / "broken.glb").write_bytes(b"broken")
    assert {issue.code for issue in check_payload(tmp_path / "broken.glb", plain[:1])} == {"PAYLOAD_UNREADABLE"}


def test_a_coarse_grid_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmscenes.check.payload.STEP_AT_MOST_M", 0.001)
    plain = write_plain(small_scene(), tmp_path / "plain")
    path = write_xr(small_scene(), tmp_path / "scene.glb")
    assert {(issue.code, issue.severity) for issue in check_payload(path, plain[:1])} == {("PAYLOAD_STEP", "warning")}
