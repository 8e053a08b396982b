from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmscenes.frame import Frame
from xmscenes.geometry.tin import Tin
from xmscenes.model.ground.site import Site
from xmscenes.model.heroes import HEROES, Located, locate_heroes
from xmscenes.model.landmarks import TileHeroes, hide_under_heroes, reaches, seated, seated_site
from xmscenes.options import HeroOptions
from xmscenes.records import Feature, Mesh, Origin, Outcome

FRAME = Frame(lon_deg=118.0625, lat_deg=24.4472)


def rock(**change: object) -> Located:
    hero = HEROES["sunlight_rock"]
    options = {"id": hero.id, "lon_deg": hero.lon_deg, "lat_deg": hero.lat_deg, **change}
    return locate_heroes([HeroOptions(**options)], FRAME, Path)[0]  # type: ignore[arg-type]


def ground(points: list[tuple[float, float, float]], kind: str = "terrain") -> Feature:
    """Loose points about the rock, as terrain: metres east and north of it, elevation."""
    vertices = np.add(points, (*rock().xy, 0.0))
    faces = np.array([[0, 1, 2]], "i4")
    mesh = Mesh(vertices=vertices, faces=faces, surface=np.zeros(1, "u1"))
    return Feature(id="terrain/0", kind=kind, mesh=mesh, outcome=Outcome(origin=Origin.MEASURED))


def _one_face() -> tuple[np.ndarray, np.ndarray, int, float]:
    return np.array([[0, 1, 2]], "i4"), np.zeros(1, "i4"), 0, 0.0


def test_the_terrain_is_cut_where_a_hero_is_the_rock_and_nowhere_else() -> None:
    before = ground([(0.0, 0.0, 92.0), (40.0, 20.0, 55.0), (5.0, 5.0, 30.0)])
    after = hide_under_heroes((before,), TileHeroes(near=(rock(),)))[0].mesh.vertices
    assert after[0, 2] == pytest.approx(52.0)
    assert after[1:] == pytest.approx(before.mesh.vertices[1:])
    assert after[:, :2] == pytest.approx(before.mesh.vertices[:, :2])


def test_water_and_buildings_stay_as_they_are() -> None:
    feature = ground([(0.0, 0.0, 92.0), (1.0, 0.0, 92.0), (0.0, 1.0, 92.0)], "water")
    assert hide_under_heroes((feature,), TileHeroes(near=(rock(),)))[0] is feature


def test_what_is_cut_does_not_depend_on_the_tile() -> None:
    points = [(float(x), float(y), 90.0) for x in range(-30, 31, 7) for y in range(-30, 31, 7)]
    whole = seated(ground(points).mesh, (rock(),)).vertices
    apart = [seated(ground([p, p, p]).mesh, (rock(),)).vertices[0] for p in points]
    assert np.array_equal(whole, np.array(apart))


def test_what_stands_on_a_site_sees_the_ground_that_is_cut() -> None:
    x, y = rock().xy
    tin = Tin(np.array([(x, y, 92.0), (x + 40, y + 20, 55.0), (x + 5, y + 5, 30.0)]), *_one_face())
    site = Site(None, None, None, (), (), (), tin)  # type: ignore[arg-type]
    cut = seated_site(site, TileHeroes(near=(rock(),)))
    assert cut.tin.vertices[:, 2] == pytest.approx([52.0, 55.0, 30.0])
    assert seated_site(site, TileHeroes()) is site


def test_steps_are_laid_on_the_cut_ground_and_not_bent_with_it() -> None:
    feature = ground([(0.0, 0.0, 92.0), (1.0, 0.0, 92.0), (0.0, 1.0, 92.0)], "path")
    assert hide_under_heroes((feature,), TileHeroes(near=(rock(),)))[0] is feature


def test_a_seat_reaches_over_the_border_of_its_tile() -> None:
    x, y = rock().xy
    assert reaches(rock(), (x + 20.0, y - 50.0, x + 200.0, y + 50.0))
    assert not reaches(rock(), (x + 120.0, y - 50.0, x + 200.0, y + 50.0))


def test_a_users_own_model_and_other_landmarks_cut_nothing() -> None:
    assert rock(model="岩.glb").seats == ()
    assert [name for name, hero in HEROES.items() if hero.seats] == ["sunlight_rock", "koxinga_statue"]
