"""Where a cut enters and leaves faces, seen through the partition that it makes."""

import numpy as np
import pytest

from xmscenes.geometry.cut_events import SNAP, side_of
from xmscenes.geometry.halfedge import cut_polygon

SQUARE = (np.array([[0.0, 0], [8000, 0], [8000, 8000], [0, 8000]]), ())
U_SHAPE = (np.array([[0.0, 0], [9000, 0], [9000, 9000], [6000, 9000], [6000, 4000], [3000, 4000], [3000, 9000],
                     [0, 9000]]), ())  # fmt: skip


def cut(x, y, dx, dy, low=-1e6, high=1e6):
    length = np.hypot(dx, dy)
    return [x, y, dx / length, dy / length, low, high]


def areas(partition):
    total = np.zeros(partition.face_count)
    for h in np.flatnonzero(partition.face >= 0):
        (ax, ay), (bx, by) = partition.xy[partition.origin[h]], partition.xy[partition.origin[h ^ 1]]
        total[partition.face[h]] += (ax * by - bx * ay) / 2e6
    return sorted(total)


def test_a_vertex_within_the_snap_lies_on_the_cut():
    xy = np.array([[0.0, SNAP - 0.1], [0.0, SNAP + 0.1], [0.0, -50.0]])
    row = np.array(cut(0, 0, 1, 0))
    assert [side_of(xy, v, row)[0] for v in range(3)] == [0, 1, -1]


def test_a_cut_through_two_corners_makes_no_new_vertex():
    partition = cut_polygon(SQUARE, np.array([cut(0, 0, 1, 1)]))
    assert len(partition.xy) == 4
    assert areas(partition) == pytest.approx([32.0, 32.0])


def test_a_cut_along_an_edge_changes_nothing():
    assert cut_polygon(SQUARE, np.array([cut(0, 5, 1, 0)])).face_count == 1


def test_a_cut_through_both_legs_of_a_u_cuts_each():
    partition = cut_polygon(U_SHAPE, np.array([cut(0, 6000, 1, 0)]))
    assert areas(partition) == pytest.approx([9.0, 9.0, 48.0])


def test_a_cut_goes_on_from_reflex_corners():
    partition = cut_polygon(U_SHAPE, np.array([cut(0, 4000, 1, 0)]))
    assert areas(partition) == pytest.approx([15.0, 15.0, 36.0])


def test_a_cut_is_made_only_in_the_faces_where_it_is_wanted():
    partition = cut_polygon(U_SHAPE, np.array([cut(0, 6000, 1, 0, 0.0, 2500.0)]))
    assert areas(partition) == pytest.approx([9.0, 57.0])
