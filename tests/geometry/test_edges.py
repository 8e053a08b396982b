"""Edges of meshes: both sides of one stand together, and what has one side is a border."""

import numpy as np

from xmscenes.geometry.edges import edge_ends, grouped_edges, next_corner

SQUARE = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def test_the_diagonal_of_a_square_has_two_sides_and_its_four_borders_one():
    order, first, count = grouped_edges(SQUARE, 4)
    assert sorted(count.tolist()) == [1, 1, 1, 1, 2]
    start, end = edge_ends(SQUARE)
    at = first[count == 2][0]
    one, two = order[at], order[at + 1]
    assert (start[one], end[one]) == (2, 0)
    assert (start[two], end[two]) == (0, 2)


def test_no_faces_have_no_edges():
    assert [len(part) for part in grouped_edges(np.zeros((0, 3), np.int32), 0)] == [0, 0, 0]


def test_the_corner_after_the_last_is_the_first_of_the_same_face():
    assert next_corner(np.arange(6)).tolist() == [1, 2, 0, 4, 5, 3]
