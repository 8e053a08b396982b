import numpy as np
from scipy.spatial import cKDTree

from xmscenes.clean.outliers import _Columns, find_outliers
from xmscenes.options import CleanOptions


def field(rng, number=20_000):
    return np.column_stack([rng.uniform(0, 50, (number, 2)), rng.normal(0, 0.03, number)])


def test_birds_and_deep_echoes_are_found_and_little_else(rng):
    birds = np.column_stack([rng.uniform(5, 45, (6, 2)), rng.choice([-15.0, 20.0], 6)])
    outlier = find_outliers(np.vstack([field(rng), birds]), CleanOptions())
    assert outlier[-6:].all()
    assert outlier[:-6].mean() < 1e-3


def test_the_sparse_side_of_a_wall_is_kept(rng):
    wall = np.column_stack([np.full(60, 25.0), rng.uniform(10, 40, 60), rng.uniform(0, 6, 60)])
    outlier = find_outliers(np.vstack([field(rng), wall]), CleanOptions())
    assert outlier[-60:].mean() < 0.25


def test_far_points_do_not_change_the_answer(rng):
    near = np.vstack([field(rng), [[25.0, 25.0, 9.0]]])
    far = rng.uniform(0, 5, (3000, 3)) + np.array([300.0, 300.0, 0.0])
    assert np.array_equal(
        find_outliers(near, CleanOptions()), find_outliers(np.vstack([near, far]), CleanOptions())[: len(near)]
    )


def test_zero_neighbours_or_too_few_points_keep_all(rng):
    xyz = field(rng, 100)
    assert not find_outliers(xyz, CleanOptions(outlier_neighbours=0)).any()
    assert not find_outliers(xyz[:5], CleanOptions()).any()


def test_the_nearest_are_those_of_a_search_tree_also_for_birds_and_in_trees(rng):
    tree = rng.uniform([20, 20, 0], [28, 28, 15], (3000, 3))
    birds = rng.uniform([-60, 0, 20], [90, 50, 90], (40, 3))
    xyz = np.vstack([field(rng, 8000), tree, birds])
    index = rng.choice(len(xyz), 2000, replace=False)
    mean, found = _Columns(xyz, 8).nearest(index)
    exact, others = cKDTree(xyz).query(xyz[index], k=9)
    assert np.array_equal(mean, exact[:, 1:].mean(axis=1))
    assert np.array_equal(found, others[:, 1:])


def test_of_equally_near_points_the_same_are_taken_whatever_the_order(rng):
    steps = np.arange(12) * 0.25
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    marks = {}
    for order in (np.arange(len(lattice)), rng.permutation(len(lattice))):
        mean, _ = _Columns(lattice[order], 8).nearest(np.arange(len(lattice)))
        for point, value in zip(lattice[order], mean, strict=True):
            assert marks.setdefault(tuple(point), value) == value


def test_level_points_and_one_column_are_searched_too(rng):
    level = np.column_stack([rng.uniform(0, 3, (200, 2)), np.zeros(200)])
    stack = np.column_stack([np.full(50, 0.5), np.full(50, 0.5), np.arange(50.0)])
    for xyz in (level, stack):
        mean, _ = _Columns(xyz, 4).nearest(np.arange(len(xyz)))
        assert np.array_equal(mean, cKDTree(xyz).query(xyz, k=5)[0][:, 1:].mean(axis=1))
