import numpy as np
import pytest
from seaside import cloud, hill, site

from xmscenes.look.prototypes import PROTOTYPES
from xmscenes.model.ground.crowns import find_crowns
from xmscenes.model.ground.vegetation import model_vegetation, prototypes_of
from xmscenes.options import VegetationOptions
from xmscenes.records import Area, Origin, PointClass, PointCloud

TREES = np.array([[20.0, 45.0, 9.0, 3.0], [29.0, 47.0, 7.0, 2.5], [45.0, 40.0, 12.0, 4.0], [85.0, 85.0, 6.0, 2.0]])


def wood(rng, trees=TREES, per_m2=12.0):
    """The hillside with half-ball crowns over it."""
    points = [cloud(rng)]
    xyz = [points[0].xyz]
    for x, y, height, radius in trees:
        n = int(per_m2 * np.pi * radius**2)
        r, turn = radius * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
        xy = np.column_stack([x + r * np.cos(turn), y + r * np.sin(turn)])
        z = hill(xy) + height - 0.5 * radius * (1.0 - np.sqrt(1.0 - (r / radius) ** 2)) * 2.0
        xyz.append(np.column_stack([xy, z]))
    classes = [points[0].point_class, *(np.full(len(t), PointClass.HIGH_VEGETATION, np.uint8) for t in xyz[1:])]
    return PointCloud(xyz=np.vstack(xyz), point_class=np.concatenate(classes))


def test_crowns_are_found_where_they_are_with_their_size(rng):
    s = site(0, wood(rng))
    crowns = find_crowns(s.tile, s.ground)
    assert len(crowns.xy) == len(TREES)
    for x, y, height, radius in TREES:
        i = np.argmin(np.hypot(*(crowns.xy - [x, y]).T))
        assert np.hypot(*(crowns.xy[i] - [x, y])) < 0.7
        assert crowns.height_m[i] == pytest.approx(height, abs=0.4)
        assert crowns.radius_m[i] == pytest.approx(radius, rel=0.3)


def test_trees_stand_on_the_ground_in_the_tile_and_carry_the_points_origin(rng):
    s = site(0, wood(rng), points_origin=Origin.SIMULATED)
    placed = model_vegetation(s, VegetationOptions())
    xyz = np.vstack([p.xyz for p in placed])
    assert len(xyz) == len(TREES)
    assert np.abs(xyz[:, 2] - hill(xyz[:, :2])).max() < 0.15
    assert {p.origin for p in placed} == {Origin.SIMULATED}


def test_two_tiles_place_every_tree_once(rng):
    trees = np.column_stack([np.arange(60, 140, 8.0), np.full(10, 60.0), np.full(10, 7.0), np.full(10, 2.0)])
    points = wood(rng, trees)
    placed = [p for c in (0, 1) for p in model_vegetation(site(c, points), VegetationOptions())]
    assert sum(len(p.xyz) for p in placed) == 10


def test_without_points_plants_are_scattered_on_free_ground_only_and_marked(rng):
    green = Area(
        id="wood", ring=np.array([[0.0, 75.0], [60.0, 75.0], [60.0, 100.0], [0.0, 100.0]]), tags={"natural": "wood"}
    )
    plain = site(0)
    s = site(0, areas={**plain.tile.areas, "greens": (green,)})
    placed = model_vegetation(s, VegetationOptions())
    xyz = np.vstack([p.xyz for p in placed])
    assert {p.origin for p in placed} == {Origin.INFERRED}
    assert (xyz[:, 1] > 20.0).all()
    assert not ((abs(xyz[:, :2] - [66.0, 75.0]) < [6.0, 5.0]).all(axis=1)).any()
    assert (xyz[:, 1] > 75).sum() > (xyz[:, 1] <= 75).sum() / 4
    again = np.vstack([p.xyz for p in model_vegetation(s, VegetationOptions())])
    assert np.array_equal(xyz, again)
    assert model_vegetation(s, VegetationOptions(scatter=False)) == ()


def test_every_name_is_a_prototype_and_size_decides():
    xy = np.zeros((5, 2))
    names = prototypes_of(xy, np.array([1.0, 9.0, 12.0, 6.0, 6.0]), np.array([0.8, 2.0, 6.0, 2.0, 4.0]), 2.5)
    assert names[0] == "shrub"
    assert names[1] == "palm"
    assert names[2] in ("banyan", "flame_tree")
    assert set(names.tolist()) <= set(PROTOTYPES)


def test_no_plants_among_the_points_place_nothing(rng):
    assert model_vegetation(site(0, cloud(rng)), VegetationOptions()) == ()
