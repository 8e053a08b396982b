"""Cuts split faces without losing area, edges or orientation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.halfedge import cut_polygon
from xmscenes.geometry.polygons import polygon_area_m2, signed_area_m2

SQUARE = np.array([[0.0, 0.0], [8000.0, 0.0], [8000.0, 8000.0], [0.0, 8000.0]])
HOLE = np.array([[3000.0, 3000.0], [3000.0, 5000.0], [5000.0, 5000.0], [5000.0, 3000.0]])
EAST = [1.0, 0.0]


def areas(partition):
    found = []
    for f in range(partition.face_count):
        edges = np.flatnonzero(partition.face == f)
        loop, h = [], edges[0]
        while len(loop) < len(edges):
            loop.append(partition.origin[h])
            h = partition.following[h]
        assert h == edges[0]
        found.append(signed_area_m2(partition.xy[loop]))
    return found


def test_a_cut_across_halves_a_square():
    partition = cut_polygon((SQUARE, ()), np.array([[0.0, 4000.0, *EAST, 0.0, 8000.0]]))
    assert areas(partition) == [32e6, 32e6]


def test_a_cut_stops_at_the_cut_before_it():
    cuts = np.array([[4000.0, 0.0, 0.0, 1.0, 0.0, 8000.0], [0.0, 4000.0, *EAST, 1000.0, 3000.0]])
    assert sorted(areas(cut_polygon((SQUARE, ()), cuts))) == [16e6, 16e6, 32e6]


def test_a_cut_through_a_corner_uses_the_corner():
    half = np.sqrt(0.5)
    partition = cut_polygon((SQUARE, ()), np.array([[5.0, 0.0, half, half, 0.0, 11000.0]]))
    assert len(partition.xy) == 4
    assert areas(partition) == [32e6, 32e6]


def test_a_cut_through_a_courtyard_gives_two_halves_and_the_bridge_one_more():
    partition = cut_polygon((SQUARE, (HOLE,)), np.array([[0.0, 4000.0, *EAST, 0.0, 8000.0]]))
    assert sum(areas(partition)) == 60e6
    assert partition.face_count == 3


def test_one_cut_may_cross_a_face_twice():
    ring = np.array([[0, 0], [9, 0], [9, 6], [6, 6], [6, 3], [3, 3], [3, 6], [0, 6]], dtype=float) * 1000
    cuts = np.array([[0.0, 4500.0, *EAST, 0.0, 9000.0], [1500.0, 0.0, 0.0, 1.0, 0.0, 6000.0]])
    partition = cut_polygon((ring, ()), cuts)
    assert partition.face_count == 5
    assert sum(areas(partition)) == pytest.approx(45e6)


@given(
    st.lists(st.tuples(st.floats(-1, 9), st.floats(-1, 9), st.floats(0, np.pi), st.floats(0.2, 12)), max_size=12),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_random_cuts_keep_the_area(lines, courtyard):
    cuts = np.array([[1000 * x, 1000 * y, np.cos(a), np.sin(a), 0, 0] for x, y, a, _ in lines]).reshape(-1, 6)
    middle = (cuts[:, :2] * cuts[:, 2:4]).sum(axis=1)
    reach = np.array([1000 * r for *_, r in lines])
    cuts[:, 4], cuts[:, 5] = middle - reach, middle + reach
    polygon = (SQUARE, (HOLE,) if courtyard else ())
    found = areas(cut_polygon(polygon, cuts))
    assert min(found) > 0
    assert sum(found) == pytest.approx(polygon_area_m2(polygon), rel=1e-3)
