import numpy as np

from xmscenes.geometry.raster import grid_over, sample
from xmscenes.geometry.thin_plate import fit_thin_plate

GRID = grid_over((0.0, 0.0, 200.0, 200.0), 8.0)


def test_a_plane_is_found_from_a_few_of_its_points():
    xy = np.array([[5.0, 5.0], [190.0, 20.0], [30.0, 180.0], [150.0, 160.0], [100.0, 90.0]])
    z = fit_thin_plate(GRID, np.column_stack([xy, xy @ [0.1, -0.2]]), np.ones(5))
    probe = np.array([[77.0, 133.0], [120.0, 40.0]])
    assert np.abs(sample(z, GRID, probe) - probe @ [0.1, -0.2]).max() < 0.01


def test_a_well_known_point_pulls_harder_than_a_vague_one():
    xyz = np.array([[100.0, 100.0, 10.0], [100.0, 100.0, 0.0]])
    z = fit_thin_plate(GRID, xyz, np.array([9.0, 1.0]))
    assert abs(sample(z, GRID, np.array([[100.0, 100.0]]))[0] - 9.0) < 0.1


def test_no_point_on_the_grid_gives_nothing():
    assert np.isnan(fit_thin_plate(GRID, np.array([[999.0, 0.0, 1.0]]), np.ones(1))).all()
