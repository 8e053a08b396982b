import numpy as np
import pytest

from xmscenes.tile.buckets import RECORD
from xmscenes.tile.order import cut, in_order

FIELDS = ("x", "y", "z", "intensity", "point_class", "return_number", "return_count", "red", "green", "blue")


def records(rng, number, reach_mm):
    out = np.zeros(number, dtype=RECORD)
    for name in "xyz":
        out[name] = rng.integers(-reach_mm, reach_mm, number)
    for name in FIELDS[3:]:
        out[name] = rng.integers(0, 3, number)
    return out


@pytest.mark.parametrize("reach_mm", [2, 40, 300_000, 2_000_000_000])
def test_points_are_sorted_by_place_then_by_the_rest_wherever_they_lie(rng, reach_mm):
    given = records(rng, 3000, reach_mm)
    ranked = in_order(given)
    assert [tuple(row) for row in ranked] == sorted(tuple(row) for row in given)
    assert in_order(rng.permutation(given)).tobytes() == ranked.tobytes()


@pytest.mark.parametrize("number", [0, 1])
def test_no_point_and_one_point_are_in_order(rng, number):
    assert len(in_order(records(rng, number, 10))) == number


def test_a_window_holds_its_own_border(rng):
    given = records(rng, 5000, 20)
    inside = cut(given, np.array([-5, -3, 7, 9]))
    wanted = [r for r in given if -5 <= r["x"] <= 7 and -3 <= r["y"] <= 9]
    assert [tuple(r) for r in inside] == [tuple(r) for r in wanted]
