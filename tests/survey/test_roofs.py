"""Roof forms: exact on rectangles, meeting in valleys on L-shapes, never beyond the outline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity, box
from shapely.geometry import Polygon
from shapely.ops import unary_union

from xmscenes.survey.roofs import Patch, main_axis, pitched_roof

L_SHAPE = Polygon([(0, 0), (30, 0), (30, 10), (10, 10), (10, 25), (0, 25)])


def height(patches: list[Patch], x: float, y: float) -> float:
    from shapely.geometry import Point

    here = [p for p in patches if p.polygon.buffer(1e-3).contains(Point(x, y))]
    return max(p.plane[0] * x + p.plane[1] * y + p.plane[2] for p in here)


def test_a_hip_over_a_rectangle_has_its_ridge_at_half_the_width_times_the_slope() -> None:
    patches = pitched_roof(box(0, 0, 20, 10), "hip", 45.0)
    assert len(patches) == 4
    assert height(patches, 10, 5) == pytest.approx(5.0)
    assert height(patches, 2.5, 5) == pytest.approx(2.5)
    assert height(patches, 0, 5) == pytest.approx(0.0)


def test_a_gable_over_a_rectangle_is_two_patches_as_high_at_the_end_as_in_the_middle() -> None:
    patches = pitched_roof(box(0, 0, 20, 10), "gable", 30.0)
    assert len(patches) == 2
    assert height(patches, 0.01, 5) == pytest.approx(height(patches, 10, 5)) == pytest.approx(5 * np.tan(np.pi / 6))


def test_the_wings_of_an_l_meet_at_the_height_of_the_higher_one() -> None:
    patches = pitched_roof(L_SHAPE, "hip", 45.0)
    assert height(patches, 20, 5) == pytest.approx(5.0)
    assert height(patches, 5, 15) == pytest.approx(5.0)
    assert height(patches, 9.5, 9.5) == pytest.approx(5.0 - 4.5, abs=0.6)


def test_a_courtyard_stays_open() -> None:
    court = box(0, 0, 40, 40).difference(box(12, 12, 28, 28))
    patches = pitched_roof(court, "hip", 30.0)
    assert not any(p.polygon.intersects(box(13, 13, 27, 27)) for p in patches)


@settings(max_examples=40, deadline=None)
@example(width=12.0, depth=23.0, turn=0.0, form="hip")  # a notch of half a metre
@given(width=st.floats(4, 40), depth=st.floats(4, 25), turn=st.floats(0, 180), form=st.sampled_from(["hip", "gable"]))
def test_patches_cover_the_outline_and_nothing_else(width: float, depth: float, turn: float, form: str) -> None:
    outline = affinity.rotate(box(0, 0, width, depth).union(box(0, 0, depth / 2, depth * 1.8)), turn)
    patches = pitched_roof(outline, form, 28.0)
    union = unary_union([p.polygon.buffer(0.001) for p in patches])
    assert union.area == pytest.approx(outline.area, rel=0.01)
    assert union.difference(outline.buffer(0.01)).area < 1e-6
    for patch in patches:
        xy = np.asarray(patch.polygon.exterior.coords)
        assert (xy @ patch.plane[:2] + patch.plane[2]).min() > -0.3  # no roof dips under its eaves


@given(turn=st.floats(-45, 45))
def test_the_main_axis_turns_with_the_building(turn: float) -> None:
    axis = main_axis(affinity.rotate(box(0, 0, 30, 10), turn))
    angle = np.degrees(np.arctan2(axis[1], axis[0]))
    assert abs((angle - turn + 45) % 90 - 45) < 1e-6
