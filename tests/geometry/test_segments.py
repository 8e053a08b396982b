"""Straight segments through border places."""

import numpy as np
import pytest

from xmscenes.geometry.segments import crossing_segments, longest_run, refine_step, straight_segments
from xmscenes.geometry.sorting import sorted_values, stable_order

EAST_UP = np.array([-0.6, 0.0, 0.8, 0.0])  # z = 0.75 x
WEST_UP = np.array([0.6, 0.0, 0.8, -6.0])  # z = 7.5 - 0.75 x: meets the other at x = 5


def test_equal_keys_keep_their_order():
    key = np.array([3.0, 1.0, 3.0, 1.0, 2.0])
    assert stable_order(key).tolist() == [1, 3, 4, 0, 2]
    assert sorted_values(key, 3).tolist() == [1.0, 3.0, 3.0]


def test_the_longest_run_is_found_between_gaps():
    assert longest_run(np.array([0.0, 0.5, 5.0, 5.4, 5.9, 9.0]), 1.0) == (2, 4)


def test_two_slopes_meet_in_their_line_as_far_as_the_border_goes():
    places = np.column_stack([np.full(9, 5.1), np.linspace(1, 5, 9)])
    free, out = np.ones(9, np.bool_), np.zeros((4, 6))
    assert crossing_segments(places, free, EAST_UP, WEST_UP, 0.5, 0.1, 1.0, 0.5, out) == 1
    x, y, dx, dy, start, end = out[0]
    assert x * dy - y * dx == pytest.approx(5.0 * dy)
    assert abs(dx) < 1e-9
    assert end - start == pytest.approx(4.0)
    assert not free.any()


def test_parallel_planes_have_no_line_of_their_own():
    places = np.column_stack([np.zeros(5), np.arange(5.0)])
    assert crossing_segments(places, np.ones(5, np.bool_), EAST_UP, EAST_UP, 0.5, 0.1, 1.0, 0.5, np.zeros((2, 6))) == 0


def test_an_ell_of_places_gives_two_segments_along_the_outline():
    along = np.column_stack([np.arange(0, 4, 0.25), np.zeros(16)])
    up = np.column_stack([np.full(8, 4.0), np.arange(0.25, 2.25, 0.25)])
    places, out = np.concatenate([along, up]), np.zeros((8, 6))
    free = np.ones(24, np.bool_)
    count = straight_segments(places, free, np.array([0.0, np.pi / 2]), 1.5, 0.2, 1.0, 0.5, out)
    lengths = sorted(out[:count, 5] - out[:count, 4])
    assert count == 2
    assert lengths[1] == pytest.approx(3.75, abs=0.3)
    assert np.allclose(np.abs(out[:2, 2:4]).max(axis=1), 1.0)


def test_a_step_moves_to_where_the_points_part():
    x = np.linspace(0.05, 9.95, 100)
    xyz = np.column_stack([x, np.tile([1.0, 2.0], 50), np.where(x < 6.0, 8.0, 4.0)])
    labels = np.where(x < 6.0, 0, 1)
    row = np.array([5.6, 0.0, 0.0, 1.0, 0.0, 3.0])
    refine_step(row, xyz, labels, 0, 1, np.array([0, 0, 1.0, -8]), np.array([0, 0, 1.0, -4]), 1.0, 9.9)
    assert row[0] == pytest.approx(6.0, abs=0.06)
