import numpy as np

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
