"""Chimneys and lift shafts as flat tops."""

import numpy as np

from xmscenes.model.buildings.bumps import with_bumps

FLAT = np.array([[0.0, 0.0, 1.0, -6.0]])


def roof(*high):
    x, y = (a.ravel() for a in np.meshgrid(np.arange(0.0, 10, 0.33), np.arange(0.0, 10, 0.33)))
    xyz = np.column_stack([x, y, np.full(len(x), 6.0)])
    return np.concatenate([xyz, np.array(high, dtype=float).reshape(-1, 3)]), len(xyz)


def test_a_chimney_becomes_a_flat_top_at_the_median_of_its_points():
    xyz, n = roof(*[(5 + 0.3 * i, 5 + 0.3 * j, 7.0 + 0.1 * j) for i in range(3) for j in range(3)])
    labels = np.where(np.arange(len(xyz)) < n, 0, -1)
    planes, named = with_bumps(xyz, labels, FLAT, 9.0, 1.0)
    assert planes.tolist() == [[0.0, 0.0, 1.0, -6.0], [0.0, 0.0, 1.0, -7.1]]
    assert (named[n:] == 1).all()
    assert (labels[n:] == -1).all()


def test_lone_high_points_stay_out():
    xyz, n = roof((2, 2, 8), (5, 5, 9), (8, 8, 8.5), (2, 8, 9), (8, 2, 9))
    planes, named = with_bumps(xyz, np.where(np.arange(len(xyz)) < n, 0, -1), FLAT, 9.0, 1.0)
    assert len(planes) == 1
    assert (named[n:] == -1).all()


def test_a_roof_without_a_plane_has_no_bumps():
    xyz, _ = roof()
    planes, named = with_bumps(xyz, np.full(len(xyz), -1), np.zeros((0, 4)), 9.0, 1.0)
    assert len(planes) == 0
    assert (named == -1).all()
