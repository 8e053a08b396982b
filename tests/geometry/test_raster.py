import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmscenes.geometry.raster import Grid, counts, fill_gaps, grid_over, highest, lowest, means, sample


def test_grids_over_neighbouring_windows_share_their_cells():
    west, east = grid_over((-10.2, 0.0, 10.0, 5.0), 0.5), grid_over((9.9, 0.0, 30.0, 5.0), 0.5)
    assert west.corner_m == (-10.0, 0.0)
    assert east.corner_m == (10.0, 0.0)
    assert west.shape == (11, 41)


def test_cells_take_the_lowest_highest_and_mean_of_their_points():
    grid = Grid(1.0, (0, 0), (2, 2))
    xyz = np.array([[0.4, 0.0, 1.0], [-0.4, 0.0, 3.0], [1.0, 1.2, 5.0], [9.0, 9.0, 9.0]])
    assert lowest(grid, xyz)[0, 0] == 1.0
    assert highest(grid, xyz)[0, 0] == 3.0
    assert means(grid, xyz, xyz[:, 2])[0, 0] == 2.0
    assert np.isnan(means(grid, xyz, xyz[:, 2])[0, 1])
    assert counts(grid, xyz).tolist() == [[2, 0], [0, 1]]


def test_a_gap_in_a_slope_is_bridged_along_the_slope():
    row, column = np.mgrid[0:60, 0:60]
    z = 0.1 * row + 0.05 * column
    holed = z.astype(float)
    holed[20:40, 20:40] = np.nan
    assert np.abs(fill_gaps(holed, (0, 0), rounds=24) - z).max() < 0.25


def test_filling_depends_on_the_gap_alone_not_on_the_window():
    rng = np.random.default_rng(3)
    z = rng.normal(size=(120, 120))
    z[50:60, 40:55] = np.nan
    whole = fill_gaps(z, (-7, 3))
    part = fill_gaps(z[20:100, 10:90], (3, 23))
    assert np.array_equal(whole[20:100, 10:90][25:50, 25:50], part[25:50, 25:50])


def test_filling_nothing_known_leaves_it_unknown():
    assert np.isnan(fill_gaps(np.full((4, 4), np.nan), (0, 0))).all()


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 9), st.floats(0, 9))
def test_a_plane_is_sampled_exactly(a, b, x, y):
    grid = Grid(0.5, (0, 0), (20, 20))
    z = (grid.centres() @ np.array([a, b])).reshape(grid.shape)
    assert sample(z, grid, np.array([[x, y]]))[0] == pytest.approx(a * x + b * y, abs=1e-9)


def test_a_gap_across_the_worlds_zero_is_bridged():
    z = np.full((40, 40), np.nan)
    z[:, 30:] = 4.0
    assert np.abs(fill_gaps(z, (-20, -20)) - 4.0).max() < 1e-9
