"""Random footprints under random clouds: never a crash, never a missing building, never an invalid solid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.bench.roof_fuzz import faults_of, ground_area_m2, run_fuzz
from xmscenes.bench.roof_fuzz_cases import CLOUDS, SHAPES, Case, make_case
from xmscenes.records import Footprint, PointCloud


def test_a_case_is_made_from_its_number_alone():
    one, two = make_case(17), make_case(17)
    assert np.array_equal(one.footprint.ring, two.footprint.ring)
    assert np.array_equal(one.points.xyz, two.points.xyz)


def test_the_first_cases_hold_every_kind_of_footprint_and_cloud():
    cases = [make_case(n) for n in range(300)]
    assert {c.shape for c in cases} == set(SHAPES)
    assert {c.cloud for c in cases} == set(CLOUDS)


def test_ground_is_what_is_left_after_repair():
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=float)
    assert ground_area_m2(Footprint(id="a", ring=square)) == pytest.approx(0.96, abs=0.001)
    assert ground_area_m2(Footprint(id="a", ring=square[[0, 2, 1, 3]])) == pytest.approx(0.5, abs=0.06)
    assert ground_area_m2(Footprint(id="a", ring=np.array([(0, 0), (9, 0), (4, 0)], dtype=float))) == 0.0


def test_three_hundred_cases_of_every_kind():
    failures = run_fuzz(300)["failures"]
    assert failures == {}, "\n".join(f"{n}: {label}" for n, label in failures.items())


@settings(deadline=None, max_examples=60)
@given(
    corners=st.lists(st.tuples(st.integers(-200, 200), st.integers(-200, 200)), min_size=1, max_size=9),
    heights=st.lists(st.floats(-1e6, 1e6, allow_nan=False, width=32), max_size=12),
    ground=st.none() | st.floats(-1e5, 1e5),
)
def test_outlines_that_hypothesis_draws_under_points_that_it_draws(corners, heights, ground):
    ring = np.array(corners, dtype=float) / 10
    at = ring[np.arange(len(heights)) % len(ring)] * 0.7
    points = PointCloud(xyz=np.column_stack([at, heights]).reshape(-1, 3), point_class=np.full(len(heights), 6, "u1"))
    case = Case(
        number=-1, shape="drawn", cloud="drawn", footprint=Footprint(id="楼", ring=ring), points=points, ground_z=ground
    )
    assert faults_of(case) == []


def test_chords_of_two_walls_that_coincide_leave_the_mesh_watertight():
    assert faults_of(make_case(9013)) == []


@pytest.mark.slow
def test_ten_thousand_cases_of_every_kind():
    failures = run_fuzz(10_000, jobs=2)["failures"]
    assert failures == {}, "\n".join(f"{n}: {label}" for n, label in failures.items())


@pytest.mark.slow
def test_five_million_points_in_one_building():
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 100, (5_000_000, 2))
    z = 20 - np.abs(xy[:, 1] - 50) * 0.3 + rng.normal(0, 0.03, len(xy))
    ring = np.array([(0, 0), (100, 0), (100, 100), (0, 100)], dtype=float)
    points = PointCloud(xyz=np.column_stack([xy, z]), point_class=np.full(len(xy), 6, "u1"))
    case = Case(
        number=-1,
        shape="square",
        cloud="5 million",
        footprint=Footprint(id="大", ring=ring),
        points=points,
        ground_z=0.0,
    )
    assert faults_of(case) == []
