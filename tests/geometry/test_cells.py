"""Labels on a raster and the borders between them."""

import numpy as np

from xmscenes.geometry.cells import label_borders, label_cells


def test_cells_take_the_highest_label_and_spread_it_to_the_nearest():
    xyz = np.array([[0.5, 0.5, 1.0], [0.6, 0.5, 9.0], [5.5, 0.5, 2.0]])
    grid = label_cells(xyz, np.array([0, 1, 2]), np.ones((1, 6), np.bool_), (0.0, 0.0), 1.0)
    assert grid.tolist() == [[1, 1, 1, 2, 2, 2]]


def test_cells_outside_and_cells_of_a_cloud_without_labels_have_none():
    inside = np.array([[True, False]])
    xyz = np.array([[0.5, 0.5, 1.0]])
    assert label_cells(xyz, np.array([0]), inside, (0.0, 0.0), 1.0).tolist() == [[0, -1]]
    assert label_cells(xyz, np.array([-1]), inside, (0.0, 0.0), 1.0).tolist() == [[-1, -1]]


def test_a_lone_cell_is_outvoted():
    xy = np.stack(np.meshgrid(np.arange(5) + 0.5, np.arange(5) + 0.5), axis=-1).reshape(-1, 2)
    labels = np.zeros(25, np.int64)
    labels[12] = 1
    grid = label_cells(np.column_stack([xy, np.ones(25)]), labels, np.ones((5, 5), np.bool_), (0.0, 0.0), 1.0)
    assert (grid == 0).all()


def test_borders_lie_in_the_middle_of_cell_sides():
    places, pairs = label_borders(np.array([[0, 1], [0, -1]]), 10.0, 20.0, 0.5)
    assert places.tolist() == [[10.5, 20.25]]
    assert pairs.tolist() == [[0, 1]]
