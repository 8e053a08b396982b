"""Alpha-expansion against brute force on small graphs."""

from itertools import product

import numpy as np
import pytest

from xmscenes.geometry.graphcut import expand_labels


def differ(level, a, b):
    if a == b:
        return 0.0
    return 0.5 if np.abs(level[a] - level[b]).max() < 0.1 else 1.0


def energy(cost, edges, weight, level, labels):
    return sum(cost[i, k] for i, k in enumerate(labels)) + sum(
        weight[e] * differ(level[e], labels[a], labels[b]) for e, (a, b) in enumerate(edges)
    )


@pytest.mark.parametrize("seed", range(30))
def test_two_labels_reach_the_least_energy(seed):
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 1, (7, 2))
    edges = np.array([(i, j) for i in range(7) for j in range(i) if rng.random() < 0.5]).reshape(-1, 2)
    weight = rng.uniform(0, 0.6, len(edges))
    level = rng.uniform(0, 0.3, (len(edges), 2, 2))
    labels = expand_labels(cost, edges, weight, level, 0.1)
    least = min(energy(cost, edges, weight, level, trial) for trial in product(range(2), repeat=7))
    assert energy(cost, edges, weight, level, labels) == pytest.approx(least)


@pytest.mark.parametrize("seed", range(30))
def test_more_labels_stay_within_a_few_per_cent_of_the_least_energy(seed):
    rng = np.random.default_rng(seed)
    cost = rng.uniform(0, 1, (6, 4))
    edges = np.array([(i, j) for i in range(6) for j in range(i) if rng.random() < 0.5]).reshape(-1, 2)
    weight = rng.uniform(0, 0.4, len(edges))
    level = rng.uniform(0, 0.3, (len(edges), 4, 2))
    labels = expand_labels(cost, edges, weight, level, 0.1)
    least = min(energy(cost, edges, weight, level, trial) for trial in product(range(4), repeat=6))
    assert energy(cost, edges, weight, level, labels) <= least * 1.05 + 1e-9


def test_a_lonely_noisy_node_joins_its_neighbours():
    cost = np.array([[0.0, 1.0], [0.6, 0.4], [0.0, 1.0]])
    labels = expand_labels(
        cost, np.array([[0, 1], [1, 2]]), np.array([0.3, 0.3]), np.array([[[0.0, 0], [5, 5]]] * 2), 0.1
    )
    assert labels.tolist() == [0, 0, 0]


def test_no_node_gives_no_label():
    assert len(expand_labels(np.zeros((0, 3)), np.zeros((0, 2), int), np.zeros(0), np.zeros((0, 3, 2)), 0.1)) == 0
