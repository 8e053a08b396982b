"""Outlines are repaired to what a surveyor meant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.polygons import (
    distance_to_outline,
    points_in_polygon,
    polygon_area_m2,
    repair_footprint,
    signed_area_m2,
)

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])


def test_a_sound_ring_keeps_its_vertices():
    ((ring, holes),) = repair_footprint(SQUARE)
    assert ring.tolist() == SQUARE.tolist()
    assert holes == ()


def test_a_clockwise_ring_is_turned():
    ((ring, _),) = repair_footprint(SQUARE[::-1])
    assert signed_area_m2(ring) == 16.0


def test_a_bow_tie_falls_into_its_two_parts():
    parts = repair_footprint(np.array([[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0]]))
    assert [round(polygon_area_m2(p), 1) for p in parts] == [4.0, 4.0]


def test_a_hole_that_leaves_the_ring_bites_into_it():
    hole = np.array([[3.0, 1.0], [3.0, 3.0], [5.0, 3.0], [5.0, 1.0]])
    ((ring, holes),) = repair_footprint(SQUARE, (hole,))
    assert holes == ()
    assert polygon_area_m2((ring, holes)) == pytest.approx(14.0, abs=0.1)


def test_a_spike_is_taken_off():
    ring = np.array([[0, 0], [4, 0], [4, 4], [2.001, 4], [2.0, 9], [1.999, 4], [0, 4]], dtype=float)
    ((ring, _),) = repair_footprint(ring)
    assert ring[:, 1].max() < 4.1


@pytest.mark.parametrize("ring", [[[1, 1]], [[1, 1], [1, 1]], [[0, 0], [3, 0]], [[0, 0], [3, 0], [6, 0], [3, 0]]])
def test_an_outline_without_area_becomes_half_a_metre_wide(ring):
    ((ring, _),) = repair_footprint(np.array(ring, dtype=float))
    assert 0.2 <= polygon_area_m2((ring, ())) <= 4.0


def test_no_finite_vertex_gives_nothing():
    assert repair_footprint(np.full((4, 2), np.nan)) == []


def test_points_and_distances_see_the_courtyard():
    hole = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 3.0], [3.0, 1.0]])
    xy = np.array([[0.5, 0.5], [2.0, 2.0], [5.0, 2.0]])
    assert points_in_polygon(xy, (SQUARE, (hole,))).tolist() == [True, False, False]
    assert distance_to_outline(xy, (SQUARE, (hole,))).round(3).tolist() == [0.5, 1.0, 1.0]


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_the_vertices_the_parts_are_sound(vertices):
    import shapely

    parts = repair_footprint(np.array(vertices))
    assert parts
    for ring, holes in parts:
        polygon = shapely.Polygon(ring, holes)
        assert polygon.is_valid
        assert signed_area_m2(ring) > 0
        assert all(signed_area_m2(hole) < 0 for hole in holes)
