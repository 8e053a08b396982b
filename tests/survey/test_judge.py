"""The judge of crowns and water, on a handful of things."""

from __future__ import annotations

import numpy as np
import pytest

from xmscenes.survey.canvas import Canvas
from xmscenes.survey.ground import Ground
from xmscenes.survey.judge import Difference, judge_crowns, judge_water
from xmscenes.survey.truth import Truth


def truth_with(trees: list[tuple[float, float, float, float]], level: float = np.nan) -> Truth:
    canvas = Canvas(shape=(5, 5), cell_m=1.0, corner_m=(0.0, 0.0))
    ground = Ground(
        canvas=canvas,
        z=np.zeros(canvas.shape, dtype=np.float32),
        level_m=np.full(canvas.shape, level, dtype=np.float32),
        cover=np.zeros(canvas.shape, dtype=np.uint8),
    )
    table = np.array(trees, dtype=np.float64).reshape(-1, 4)
    nothing = np.zeros(0)
    return Truth(
        ground=ground,
        building_id=np.zeros(0, dtype=np.str_),
        building_form=np.zeros(0, dtype=np.str_),
        building_ground_m=nothing,
        building_eaves_m=nothing,
        building_top_m=nothing,
        roof=np.zeros((0, 3, 3)),
        roof_building=np.zeros(0, dtype=np.int32),
        tree_foot=np.column_stack([table[:, :2], np.zeros(len(table))]),
        tree_height_m=table[:, 2],
        tree_radius_m=table[:, 3],
        tree_kind=np.full(len(table), "broadleaf"),
        others=np.zeros((0, 3, 3)),
    )


TREES = [(0.0, 0.0, 10.0, 4.0), (20.0, 0.0, 8.0, 3.0), (40.0, 0.0, 3.0, 1.5)]


def test_all_tall_trees_found_and_nothing_else() -> None:
    score = judge_crowns(truth_with(TREES), np.array([[0.5, 0.0], [20.0, 1.0]]), np.array([9.5, 8.5]))
    assert (score.recall, score.precision, score.true_count) == (1.0, 1.0, 2)
    assert score.height_mae_m == pytest.approx(0.5)
    assert score.position_mae_m == pytest.approx(0.75)


def test_one_found_tree_counts_for_one_true_tree_only() -> None:
    score = judge_crowns(truth_with(TREES), np.array([[0.5, 0.0], [1.0, 0.0]]), np.array([9.0, 9.0]))
    assert (score.recall, score.precision) == (0.5, 0.5)


def test_low_trees_count_neither_way() -> None:
    score = judge_crowns(
        truth_with(TREES), np.array([[0.0, 0.0], [20.0, 0.0], [40.0, 0.0]]), np.array([10.0, 8.0, 3.0])
    )
    assert (score.recall, score.precision, score.found_count) == (1.0, 1.0, 2)


def test_nothing_found_is_no_recall_and_no_precision() -> None:
    score = judge_crowns(truth_with(TREES), np.zeros((0, 2)), np.zeros(0))
    assert score.recall == 0.0
    assert np.isnan(score.precision)


def test_water_is_judged_where_it_is() -> None:
    difference = judge_water(truth_with([], level=1.5), np.array([[1.0, 1.0, 1.53], [2.0, 2.0, 1.47]]))
    assert difference.count == 2
    assert difference.mae_m == pytest.approx(0.03)


def test_positions_without_a_result_are_counted_not_hidden() -> None:
    difference = Difference.of(np.array([1.0, np.nan]), np.array([1.5, 2.0]))
    assert (difference.count, difference.missing, difference.bias_m) == (1, 1, -0.5)
