"""Nearest points in clouds."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from xmscenes.geometry.neighbours import nearest_neighbours


def test_the_first_neighbour_of_a_point_is_the_point_itself(rng):
    assert nearest_neighbours(rng.uniform(0, 10, (50, 3)), 4)[:, 0].tolist() == list(range(50))


@pytest.mark.parametrize("size", [(30, 20, 5), (300, 0.01, 2), (0.0, 0.0, 40), (5, 5, 0.0), (0.0, 8, 0.0)])
@pytest.mark.parametrize("number", [8, 900])
def test_they_are_those_of_a_search_tree_in_clouds_of_any_shape(rng, size, number):
    xyz = rng.uniform(0, 1, (number, 3)) * size - 700.0
    xyz[: number // 10] = xyz[: number // 10] * 0.2 + 400.0  # a clump of its own, far away
    _, others = cKDTree(xyz).query(xyz, k=8)
    assert np.array_equal(nearest_neighbours(xyz, 8), others)


def test_of_equally_near_points_the_lower_index_comes_first():
    steps = np.arange(6.0)
    lattice = np.stack(np.meshgrid(steps, steps, [0.0]), axis=-1).reshape(-1, 3)
    assert nearest_neighbours(lattice, 5)[14].tolist() == [14, 8, 13, 15, 20]
    assert nearest_neighbours(np.zeros((4, 3)), 3).tolist() == [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]]
