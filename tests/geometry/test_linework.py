import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmscenes.geometry.linework import bend, cut_ring, edges_in_box, keep_bends, node, separating

WEST, EAST = (0.0, 0.0, 10.0, 10.0), (10.0, 0.0, 20.0, 10.0)
whole = st.integers(-15_000, 35_000).map(lambda v: v / 1000.0)


@given(st.lists(st.tuples(whole, whole), min_size=3, max_size=8))
def test_both_sides_of_a_border_cut_a_ring_at_the_same_places(ring):
    ring = np.array(ring)

    def on_line(box):
        cut = cut_ring(ring, box)
        return {tuple(p) for p in cut[cut[:, 0] == 10.0].tolist()}

    assert on_line(WEST) == on_line(EAST)


def test_edges_are_kept_inside_the_box_and_cut_at_its_border():
    edges = edges_in_box([np.array([[5.0, 5.0], [15.0, 5.0], [15.0, 7.0], [5.0, 7.0]])], WEST)
    assert len(edges) == 3
    assert edges.reshape(-1, 2).max() == 10.0


def test_edges_along_the_border_are_left_out():
    assert len(edges_in_box([np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])], WEST)) == 0


def test_no_rings_give_no_edges():
    points, edges = node(edges_in_box([], WEST))
    assert len(points) == len(edges) == 0


def test_crossing_edges_get_a_vertex_where_they_cross():
    points, edges = node(np.array([[[0.0, 0.0], [4.0, 4.0]], [[0.0, 4.0], [4.0, 0.0]]]))
    assert len(points) == 5
    assert len(edges) == 4
    assert [2.0, 2.0] in points.tolist()


def test_only_edges_between_different_kinds_stay():
    points = np.array([[2.0, 0.0], [2.0, 10.0], [5.0, 0.0], [5.0, 10.0]])
    kept, edges = separating(points, np.array([[0, 1], [2, 3]]), WEST, lambda xy: (xy[:, 0] > 5.0).astype(int))
    assert kept.tolist() == [[5.0, 0.0], [5.0, 10.0]]
    assert edges.tolist() == [[0, 1]]


def test_a_profile_keeps_the_places_that_it_needs():
    s = np.arange(11.0)
    z = np.where(s < 5, 0.0, s - 5)
    keep = keep_bends(s, z, np.zeros(11, dtype=bool), 0.01)
    assert np.flatnonzero(keep).tolist() == [0, 5, 10]


def test_fixed_places_stay_and_unknown_heights_are_passed_over():
    s = np.arange(5.0)
    fixed = np.array([False, True, False, False, False])
    keep = keep_bends(s, np.array([0.0, 0.0, np.nan, 0.0, 0.0]), fixed, 0.01)
    assert np.flatnonzero(keep).tolist() == [0, 1, 4]


def test_an_edge_over_a_ridge_gets_a_vertex_at_the_ridge():
    points, edges = bend(
        np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([[0, 1]]), lambda xy: -np.abs(xy[:, 0] - 4.0), 0.5, 0.05
    )
    assert points[2].tolist() == pytest.approx([4.0, 0.0])
    assert sorted(map(sorted, edges.tolist())) == [[0, 2], [1, 2]]
