from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from xmscenes.look.materials import INDEX
from xmscenes.model.heroes import HEROES
from xmscenes.model.heroes.bagua_mansion import COLUMNS, column_places
from xmscenes.model.heroes.hero import LEVELS
from xmscenes.records import Mesh

MOST_TRIANGLES = 15_000
TOLERANCE = 0.05


def unmatched(mesh: Mesh) -> int:
    faces = mesh.faces[mesh.material != INDEX["foliage"]]
    edges = Counter(map(tuple, faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).tolist()))
    return sum(1 for (a, b), n in edges.items() if edges.get((b, a), 0) != n)


def shells(mesh: Mesh) -> np.ndarray:
    """Number of the connected shell that each face belongs to."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    a, b = mesh.faces[:, [0, 1]].T
    size = len(mesh.vertices)
    rows, columns = np.concatenate([a, mesh.faces[:, 1]]), np.concatenate([b, mesh.faces[:, 2]])
    _, label = connected_components(
        coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size)), directed=False
    )
    return label[mesh.faces[:, 0]]


@pytest.mark.parametrize("name", sorted(HEROES))
def test_every_shell_of_a_hero_is_closed_and_looks_outwards(name: str) -> None:
    for level in range(LEVELS):
        mesh = HEROES[name].make(level)
        assert unmatched(mesh) == 0
        a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
        volume = np.bincount(shells(mesh), np.einsum("fi,fi->f", a, np.cross(b, c)) / 6)
        assert volume[np.bincount(shells(mesh)) > 0].min() > -1e-9, f"{name} level {level}"


@pytest.mark.parametrize("name", sorted(HEROES))
def test_triangles_stay_within_the_budget_and_fall_by_levels(name: str) -> None:
    counts = [len(HEROES[name].make(level).faces) for level in range(LEVELS)]
    assert counts[0] <= MOST_TRIANGLES
    assert all(a > b for a, b in pairwise(counts)), counts


def measured(mesh: Mesh) -> dict[str, float]:
    above = mesh.vertices[mesh.vertices[:, 2] > -0.01]
    span = np.ptp(mesh.vertices, axis=0)
    return {"height": float(above[:, 2].max()), "width": float(span[0]), "length": float(span[0])}


@pytest.mark.parametrize("name", sorted(HEROES))
def test_sizes_agree_with_the_published_ones(name: str) -> None:
    hero = HEROES[name]
    sizes = measured(hero.make(0))
    for key, want in hero.sizes_m.items():
        if key in sizes:
            assert sizes[key] == pytest.approx(want, rel=TOLERANCE), key


def test_bagua_mansion_has_its_82_columns_and_its_dome_of_ten_metres() -> None:
    assert len(column_places()) == COLUMNS == 82
    mesh = HEROES["bagua_mansion"].make(0)
    top = mesh.vertices[mesh.vertices[:, 2] > 18.9]
    assert np.ptp(top[:, 0]) == pytest.approx(10.0, abs=1.9)


def test_summit_of_sunlight_rock_lies_at_its_published_elevation() -> None:
    hero = HEROES["sunlight_rock"]
    floor = hero.make(0).vertices[:, 2].max() - 1.2
    assert hero.elevation_m is not None
    assert hero.elevation_m + floor == pytest.approx(92.7, abs=0.3)


def test_koxinga_faces_east_with_his_sword_at_the_left() -> None:
    hero = HEROES["koxinga_statue"]
    assert hero.heading_deg == 90.0
    mesh = hero.make(0)
    figure = mesh.vertices[mesh.vertices[:, 2] > 1.0]
    low_front = figure[(figure[:, 2] < 5.0) & (figure[:, 1] > 1.2) & (np.abs(figure[:, 0]) > 2.0)]
    assert (low_front[:, 0] < 0).all()
    assert len(low_front)


def test_both_sails_reach_three_hundred_metres() -> None:
    mesh = HEROES["shimao_twin_towers"].make(0)
    for side in (-1, 1):
        tower = mesh.vertices[mesh.vertices[:, 0] * side > 5]
        assert tower[:, 2].max() == pytest.approx(300.0, abs=0.5)


def test_no_hero_has_thin_air_in_its_numbers() -> None:
    for hero in HEROES.values():
        mesh = hero.make(0)
        assert np.isfinite(mesh.vertices).all()
        assert np.isfinite(mesh.uv).all()
        assert hero.name
        assert hero.source
