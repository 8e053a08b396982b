import numpy as np
from scipy.spatial import cKDTree

from xmscenes.clean.columns import Columns
from xmscenes.clean.outliers import find_outliers
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


def test_they_are_those_that_looking_at_every_neighbour_of_all_points_finds(rng):
    options = CleanOptions()
    k = options.outlier_neighbours
    wall = np.column_stack([np.full(200, 25.0), rng.uniform(10, 40, 200), rng.uniform(0, 6, 200)])
    birds = rng.uniform([0, 0, 2], [50, 50, 30], (300, 3))
    xyz = np.vstack([field(rng, 3000), wall, birds])
    distance, others = cKDTree(xyz).query(xyz, k=k + 1)
    own = distance[:, 1:].mean(axis=1)
    theirs = own[others[:, 1:]]
    middle = np.median(theirs, axis=1)
    spread = 1.4826 * np.median(np.abs(theirs - middle[:, None]), axis=1)
    far = own > middle + options.outlier_sigma * np.maximum(spread, 0.25 * middle)
    found = find_outliers(xyz, options)
    assert found.any()
    assert not (found & ~far).any()
    assert np.array_equal(found, far & Columns(xyz, k).lonely(k // 3))
