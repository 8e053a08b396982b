from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from villages import village

from xmscenes.bench.city import write_city
from xmscenes.preview.camera import Camera
from xmscenes.preview.copies import Sight, load_level, sizes_of
from xmscenes.preview.glb import load_scene
from xmscenes.preview.render import renderer
from xmscenes.preview.style import light_at

if TYPE_CHECKING:
    from pathlib import Path

TOWN = {"size_m": 300.0, "terrain_cells": 24, "houses": 40, "trees": 60}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "plain").mkdir()
    for level in (0, 1):
        write_city(tmp_path / "plain" / f"town_LOD{level}.glb", **TOWN)  # type: ignore[arg-type]
    return tmp_path


def test_the_finest_level_knows_what_its_copies_look_like_from_afar(build: Path) -> None:
    scene, alone = load_level(build, 0), load_scene(build / "plain" / "town_LOD0.glb")
    copies = {draw.name for draw in alone.draws if len(draw.matrices) > 1}
    assert {draw.name for draw in scene.far} == copies == set(sizes_of(scene))
    assert scene.triangle_count == alone.triangle_count  # each copy counts once
    for draw in scene.far:
        near = next(d for d in scene.draws if d.name == draw.name)
        assert (draw.matrices == near.matrices).all()
        assert scene.material_of(draw).name in {m.name for m in alone.materials}
    assert load_level(build, 1).far == ()


def test_a_file_alone_has_one_look_near_and_far(tmp_path: Path) -> None:
    assert load_level(village(tmp_path / "v.glb"), 0).far == ()


def test_a_copy_is_small_by_the_samples_it_covers() -> None:
    places, sizes = np.array([[0.0, 0, 0], [0, 0, -900.0]]), np.array([8.0, 8.0])
    eye = np.array([0.0, 0.0, 100.0])
    assert Sight(planes=np.zeros((0, 4)), sample=0.002, eye=eye).is_small(places, sizes).tolist() == [False, True]
    assert Sight(planes=np.zeros((0, 4)), sample=0.9).is_small(places, sizes).all()


@pytest.mark.gl
def test_every_copy_is_drawn_once_near_or_far(build: Path) -> None:
    camera, day = Camera(name="c", eye_m=(-90, -260, 60), target_m=(10, 0, 5), fov_deg=45), light_at(215, 45, "day")
    shots = []
    for scene in (load_level(build, 0), load_scene(build / "plain" / "town_LOD0.glb")):
        with renderer(scene) as drawer:
            shots.append(drawer.picture(camera, day, 192, 108).astype(int))
    assert np.abs(shots[0] - shots[1]).max() <= 40  # both levels hold the same trees here; only their order differs
    assert (shots[0] != shots[1]).mean() < 0.01
