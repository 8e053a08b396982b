import numpy as np
from scipy.spatial import cKDTree

from xmscenes.clean.columns import Columns


def field(rng, number=20_000):
    return np.column_stack([rng.uniform(0, 50, (number, 2)), rng.normal(0, 0.03, number)])


def test_the_nearest_are_those_of_a_search_tree_also_for_birds_and_in_trees(rng):
    tree = rng.uniform([20, 20, 0], [28, 28, 15], (3000, 3))
    birds = rng.uniform([-60, 0, 20], [90, 50, 90], (40, 3))
    xyz = np.vstack([field(rng, 8000), tree, birds])
    index = rng.choice(len(xyz), 2000, replace=False)
    columns = Columns(xyz, 8)
    distance, found = columns.nearest(index)
    exact, others = cKDTree(xyz).query(xyz[index], k=9)
    assert np.array_equal(distance, exact[:, 1:])
    assert np.array_equal(columns.sorted.order[found], others[:, 1:])
    assert np.array_equal(columns.means_of(index), exact[:, 1:].mean(axis=1))


def test_of_equally_near_points_the_same_are_taken_whatever_the_order(rng):
    steps = np.arange(12) * 0.25
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    marks = {}
    for order in (np.arange(len(lattice)), rng.permutation(len(lattice))):
        mean = Columns(lattice[order], 8).means_of(np.arange(len(lattice)))
        for point, value in zip(lattice[order], mean, strict=True):
            assert marks.setdefault(tuple(point), value) == value


def test_level_points_and_one_column_are_searched_too(rng):
    level = np.column_stack([rng.uniform(0, 3, (200, 2)), np.zeros(200)])
    stack = np.column_stack([np.full(50, 0.5), np.full(50, 0.5), np.arange(50.0)])
    for xyz in (level, stack):
        mean = Columns(xyz, 4).means_of(np.arange(len(xyz)))
        assert np.array_equal(mean, cKDTree(xyz).query(xyz, k=5)[0][:, 1:].mean(axis=1))
