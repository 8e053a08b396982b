"""Door steps reach the ground, also where it falls away before the wall."""

import numpy as np
import pytest
import shapely

from xmscenes.look.bench import Bench
from xmscenes.look.facade import Grid
from xmscenes.look.relief import add_steps
from xmscenes.look.shell import Wall

WALL = Wall(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, -1.0]), 8.0, shapely.box(0, 10, 8, 16), True)
GRID = Grid(10.0, 10.6, 3.0, 2)


def steps(ground_at=None):
    bench = Bench()
    add_steps(bench, WALL, 4.0, GRID, np.array([200.0, 200.0, 200.0]), ground_at)
    return bench.mesh().vertices


def test_steps_go_down_to_ground_that_falls_away_before_the_door():
    before = steps(lambda xy: np.where(xy[:, 1] < -0.5, 8.7, 10.0))
    assert before[:, 2].min() < 8.7
    assert before[:, 2].max() == pytest.approx(steps()[:, 2].max())


def test_on_level_ground_steps_are_as_they_were():
    assert np.array_equal(steps(lambda xy: np.full(len(xy), 10.0)), steps())


def test_no_tread_lies_in_the_ground_before_the_door():
    tops = np.unique(np.round(steps()[:, 2], 6))[-3:]  # of three steps on ground at their foot
    for under in (-0.015, 0.0, 0.015):
        ground = tops[0] + under
        made = np.unique(np.round(steps(lambda xy, ground=ground: np.full(len(xy), ground))[:, 2], 6))
        assert (np.abs(made - ground) > 0.03).all()
        assert made.max() == pytest.approx(tops[-1])
    assert len(steps(lambda xy: np.full(len(xy), 10.6))) < len(steps())
