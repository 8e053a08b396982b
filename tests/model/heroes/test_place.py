from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmscenes.errors import SpecError
from xmscenes.frame import Frame
from xmscenes.model.heroes import HEROES, hidden_footprints, locate_heroes, place_hero
from xmscenes.options import HeroOptions
from xmscenes.records import Origin

FRAME = Frame(lon_deg=118.0625, lat_deg=24.4472)


def flat(xy: np.ndarray) -> np.ndarray:
    return np.full(len(xy), 12.0)


def entry(id_: str, **change: object) -> HeroOptions:
    hero = HEROES.get(id_)
    base = {"id": id_, "lon_deg": hero.lon_deg if hero else 118.06, "lat_deg": hero.lat_deg if hero else 24.44}
    return HeroOptions(**{**base, **change})  # type: ignore[arg-type]


def test_heroes_stand_within_two_metres_of_their_position() -> None:
    for hero in HEROES.values():
        feature = place_hero(locate_heroes([entry(hero.id)], FRAME, Path)[0], flat)
        want = FRAME.to_local(np.array([[hero.lon_deg, hero.lat_deg]]), "EPSG:4326")[0]
        local = hero.make(0)
        centre = (local.vertices[:, :2].max(0) + local.vertices[:, :2].min(0)) / 2
        turn = np.radians(hero.heading_deg)
        spun = np.array(
            [centre[0] * np.cos(turn) + centre[1] * np.sin(turn), centre[1] * np.cos(turn) - centre[0] * np.sin(turn)]
        )
        c, s = np.cos(turn), np.sin(turn)
        turned = local.vertices[:, :2] @ np.array([[c, -s], [s, c]])
        assert feature.mesh.vertices[:, :2] - turned == pytest.approx(np.tile(want, (len(turned), 1)), abs=1e-6)
        assert np.linalg.norm(spun) < 400


def test_the_front_looks_along_the_heading() -> None:
    feature = place_hero(locate_heroes([entry("koxinga_statue")], FRAME, Path)[0], flat)
    centre = FRAME.to_local(np.array([[118.0717852, 24.4438617]]), "EPSG:4326")[0]
    head = feature.mesh.vertices[feature.mesh.vertices[:, 2] > 29.5 + 13.0, :2] - centre
    assert head[:, 0].max() > -head[:, 0].min()


def test_a_landmark_with_a_known_elevation_ignores_the_ground() -> None:
    feature = place_hero(locate_heroes([entry("koxinga_statue")], FRAME, Path)[0], flat)
    assert feature.mesh.vertices[:, 2].max() == pytest.approx(29.5 + 15.7, abs=0.05)


def test_other_landmarks_stand_on_the_lowest_ground_under_them() -> None:
    def slope(xy: np.ndarray) -> np.ndarray:
        return 10.0 + 0.1 * (xy[:, 0] - xy[:, 0].min())

    feature = place_hero(locate_heroes([entry("union_church")], FRAME, Path)[0], slope)
    assert feature.mesh.vertices[:, 2].min() == pytest.approx(10.0 - 1.5, abs=0.05)


def test_heroes_hide_what_they_stand_on_and_what_the_user_names() -> None:
    found = locate_heroes([entry("bagua_mansion", hides=("way/9",)), entry("way/77", model="墓.glb")], FRAME, Path)
    assert hidden_footprints(found) == {"way/164652578", "way/9", "way/77"}
    assert found[1].origin is Origin.DIGITISED


def test_the_users_wishes_win_over_the_landmarks_own() -> None:
    found = locate_heroes([entry("koxinga_statue", heading_deg=10.0, elevation_m=40.0, name="国姓爷")], FRAME, Path)[0]
    assert (found.heading_deg, found.z, found.name) == (10.0, 40.0, "国姓爷")


def test_an_unknown_landmark_is_named_with_the_known_ones() -> None:
    with pytest.raises(SpecError, match=r"hero 'eiffel': no such landmark; give model = .*sunlight_rock"):
        locate_heroes([entry("eiffel")], FRAME, Path)
