from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import seaside

from xmscenes.frame import Frame
from xmscenes.model.ground.site import Site
from xmscenes.model.heroes import HEROES, locate_heroes
from xmscenes.model.heroes.boulder import boulders_of, meshed
from xmscenes.model.heroes.hero import Seat
from xmscenes.model.landmarks import TileHeroes, model_heroes
from xmscenes.options import HeroOptions
from xmscenes.records import PointClass, PointCloud

SEAT = Seat(half_m=(20.0, 20.0), slope=(0.1, -0.05))
HALF, TOP = np.array([12.0, 10.0]), 24.0
FRAME = Frame(lon_deg=118.0625, lat_deg=24.4472)


def plane(xy: np.ndarray) -> np.ndarray:
    return xy @ [0.1, -0.05]


def crown(xy: np.ndarray) -> np.ndarray:
    """Top of an upright block with round edges; NaN beside it."""
    inside = 1.0 - ((xy / HALF) ** 4).sum(axis=1)
    return np.where(inside > 0, TOP - 12.0 + 12.0 * np.maximum(inside, 0.0) ** 0.25, np.nan)


def seen(rng: np.random.Generator) -> np.ndarray:
    """What a flight sees: the crown, the hill 2 m off the block, nothing of the foot; noise of 2 cm."""
    xy = rng.uniform(-32, 32, (24_000, 2))
    z = crown(xy)
    hill = np.isnan(z) & (((xy / (HALF + 2.0)) ** 4).sum(axis=1) > 1.0)
    xyz = np.column_stack([xy, np.where(hill, plane(xy), z)])
    return xyz[np.isfinite(xyz[:, 2])] + rng.normal(0, 0.02, (int(np.isfinite(xyz[:, 2]).sum()), 3))


def test_a_boulder_has_the_form_of_its_points_and_goes_down_into_the_ground(rng) -> None:
    (boulder,) = boulders_of(seen(rng), (SEAT,))
    vertices, faces = meshed(boulder, (4000,))[0]
    assert len(faces) <= 4000
    assert vertices[:, 2].max() == pytest.approx(TOP, abs=0.15)
    top = vertices[(np.abs(vertices[:, :2]) < 0.55 * HALF).all(axis=1) & (vertices[:, 2] > 10.0)]
    assert np.abs(top[:, 2] - crown(top[:, :2])).mean() < 0.05
    flank = vertices[vertices[:, 2] < 8.0]  # between the lowest beam and the hill
    assert np.abs(((flank[:, :2] / HALF) ** 4).sum(axis=1) ** 0.25 - 1.0).max() < 0.12
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, count = np.unique(pairs, axis=0, return_counts=True)
    assert count.max() == 2
    rim = vertices[edges[count == 1].ravel()]
    assert (rim[:, 2] < plane(rim[:, :2]) - 1.5).all()  # open only where the ground hides it
    normal = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    assert ((vertices[faces].mean(axis=1) - [0, 0, 8.0]) * normal).sum(axis=1).mean() > 0.0  # faces look out


def test_the_same_points_give_the_same_boulder_and_few_points_give_none(rng) -> None:
    points = seen(rng)
    one, two = (meshed(boulders_of(points, (SEAT,))[0], (500,))[0] for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert boulders_of(points[:200], (SEAT,)) == [None]
    assert boulders_of(np.zeros((0, 3)), (SEAT, SEAT)) == [None, None]


def test_every_tile_that_sees_the_rock_makes_the_same_of_it(rng) -> None:
    hero = HEROES["sunlight_rock"]
    entry = HeroOptions(id=hero.id, lon_deg=hero.lon_deg, lat_deg=hero.lat_deg)
    located = locate_heroes([entry], FRAME, Path)[0]
    points = seen(rng) * [1.5, 1.5, 1.69] + [*located.xy, 52.0]
    points = points[np.lexsort(points.T[::-1])]
    x, y = located.xy
    found = []
    for window in (
        (x - 61, y - 90, x + 200, y + 70),
        (x - 300, y - 61, x + 62, y + 300),
        (x - 40, y - 90, x + 9, y + 9),
    ):
        inside = (points[:, 0] > window[0]) & (points[:, 1] > window[1]) & (points[:, 0] < window[2])
        cloud = PointCloud(
            xyz=points[inside], point_class=np.full(int(inside.sum()), PointClass.GROUND, dtype=np.uint8)
        )
        tile = replace(seaside.tile(points=cloud), window_m=window, points=cloud)
        site = Site(tile, None, None, (), (), (), None)  # type: ignore[arg-type]
        site = replace(site, ground=FLAT)  # type: ignore[arg-type]
        found.append(model_heroes(site, TileHeroes(standing=(located,)))[0])
    assert np.array_equal(found[0].mesh.vertices, found[1].mesh.vertices)
    assert "Poisson" in found[0].outcome.source
    assert found[0].mesh.vertices[:, 2].max() == pytest.approx(92.7 + 1.2, abs=0.5)  # the rail on the summit
    assert "Poisson" not in found[2].outcome.source  # its window cuts the rock: the estimated form


class FLAT:
    """A ground that is level."""

    @staticmethod
    def at(xy: np.ndarray) -> np.ndarray:
        return np.full(len(xy), 50.0)
