"""Ragged outlines drawn straight."""

import numpy as np
import pytest

from xmscenes.geometry.polygons import signed_area_m2
from xmscenes.geometry.regular import main_angle, straightened


def turned(ring, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.asarray(ring, dtype=float) @ np.array([[c, s], [-s, c]])


@pytest.mark.parametrize("degrees", [0.0, 17.0, 80.0])
def test_the_main_direction_is_that_of_the_long_walls(degrees):
    ring = turned([[0, 0], [10, 0], [10, 4], [9.5, 4.6], [0, 5]], degrees)
    away = (np.degrees(main_angle(ring)) - degrees + 45.0) % 90.0 - 45.0
    assert abs(away) < 4.0


def test_a_wall_that_bends_a_little_becomes_straight():
    ring = np.array([[0, 0], [5, 0.1], [10, 0], [10, 6], [0, 6]], dtype=float)
    straight = straightened(ring, 0.0, 0.6)
    assert len(straight) == 4
    assert signed_area_m2(straight) == pytest.approx(59.5, abs=0.5)


def test_a_wing_keeps_its_corners():
    ring = np.array([[0, 0], [10, 0], [10, 4], [5, 4], [5, 8], [0, 8]], dtype=float)
    found = np.round(straightened(ring, 0.0, 0.6), 6) + 0.0
    assert sorted(found.tolist()) == sorted(ring.tolist())
