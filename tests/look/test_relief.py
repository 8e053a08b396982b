"""Door steps reach the ground, also where it falls away before the wall."""

import numpy as np
import pytest
import shapely

from xmscenes.look.bench import Bench
from xmscenes.look.beside import Around
from xmscenes.look.facade import Grid
from xmscenes.look.relief import add_steps
from xmscenes.look.shell import Wall

WALL = Wall(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, -1.0]), 8.0, shapely.box(0, 10, 8, 16), True)
GRID = Grid(10.0, 10.6, 3.0, 2)


def steps_mesh(ground_at=None):
    bench = Bench()
    add_steps(bench, WALL, 4.0, GRID, np.array([200.0, 200.0, 200.0]), Around(ground_at, ground_at))
    return bench.mesh()


def steps(ground_at=None):
    return steps_mesh(ground_at).vertices


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


@pytest.mark.parametrize("fall", [0.02, 0.06, 0.12, 0.2])
def test_no_tread_crosses_ground_that_falls_along_the_wall(fall):
    def slope(xy):
        return 10.1 + fall * (xy[:, 0] - 4.0)

    mesh = steps_mesh(slope)
    tops = mesh.vertices[mesh.faces]
    tops = tops[np.ptp(tops[..., 2], axis=1) < 1e-9]
    assert len(tops) or fall > 0.15
    over = tops[..., 2] - slope(tops.reshape(-1, 3)).reshape(-1, 3)
    assert over.min(initial=1.0) > 0.045 and tops[..., 2].max(initial=0.0) <= 10.6
    heights = np.unique(np.round(tops[..., 2], 6))
    assert (np.diff(heights) > 0.045).all()


def test_over_ground_that_is_not_known_well_treads_stay_higher():
    def flat(xy):
        return np.full(len(xy), 10.1)

    bench = Bench()
    add_steps(bench, WALL, 4.0, GRID, np.full(3, 200.0), Around(flat, lambda xy: flat(xy) + 0.15))
    z = bench.mesh().vertices[:, 2]
    assert z[z > 10.0].min() > 10.25
