import numpy as np
import pytest
from seaside import cloud, hill, tile

from xmscenes.geometry.raster import grid_over
from xmscenes.model.ground.dtm import fit_ground, tile_ground
from xmscenes.options import TerrainOptions
from xmscenes.records import Area, HeightGrid, PointClass, PointCloud

OPTIONS = TerrainOptions()


def test_the_grid_follows_the_ground_points(rng):
    points = cloud(rng)
    ground = tile_ground(tile(points=points), OPTIONS)
    near = points.xyz[(points.xyz[:, :2] > [0, 30]).all(axis=1) & (points.xyz[:, :2] < [100, 100]).all(axis=1)]
    assert np.sqrt(np.mean((ground.at(near[:, :2]) - near[:, 2]) ** 2)) < 0.03
    assert np.sqrt(np.mean((ground.at(near[:, :2]) - hill(near[:, :2])) ** 2)) < 0.015


def test_the_ground_under_a_house_is_bridged(rng):
    points = cloud(rng)
    under = (abs(points.xyz[:, :2] - [66.0, 75.0]) < [8.0, 7.0]).all(axis=1)
    ground = tile_ground(tile(points=points.take(~under)), OPTIONS)
    middle = np.array([[66.0, 75.0]])
    assert ground.at(middle)[0] == pytest.approx(hill(middle)[0], abs=0.5)


def test_roof_points_do_not_lift_the_ground(rng):
    points = cloud(rng)
    classes = points.point_class.copy()
    xyz = points.xyz.copy()
    roof = (abs(xyz[:, :2] - [66.0, 75.0]) < [6.0, 5.0]).all(axis=1)
    classes[roof], xyz[roof, 2] = PointClass.BUILDING, 20.0
    ground = tile_ground(tile(points=PointCloud(xyz=xyz, point_class=classes)), OPTIONS)
    assert ground.at(np.array([[66.0, 75.0]]))[0] < 9.0


def test_neighbouring_windows_agree_on_their_border_to_the_last_bit(rng):
    points = cloud(rng)
    border = np.column_stack([np.full(140, 100.0), np.linspace(30, 99.5, 140)])
    west, east = (tile_ground(tile(column, points), OPTIONS) for column in (0, 1))
    assert np.array_equal(west.at(border), east.at(border))


def test_without_points_spot_heights_and_the_shore_make_the_ground():
    xy = np.random.default_rng(5).uniform(30, 150, (400, 2))
    spots = np.column_stack([xy, hill(xy)])
    ring = np.array([[0.0, 20.0], [200.0, 20.0], [200.0, 200.0], [0.0, 200.0]])
    grid = fit_ground((0.0, 0.0, 200.0, 200.0), spots, (Area(id="land", ring=ring),))
    probe = np.random.default_rng(6).uniform(40, 140, (200, 2))
    column, row = np.rint((probe - grid.corner_m) / grid.cell_m).astype(int).T
    assert np.sqrt(np.mean((grid.z[row, column] - hill(probe)) ** 2)) < 0.8
    assert grid.z.min() >= 0.6


def test_a_coarse_elevation_model_is_taken_for_a_surface_model():
    z = np.full((20, 20), 5.0, dtype=np.float32)
    z[::3, ::3] = 60.0  # towers
    dem = HeightGrid(z=z, cell_m=100.0, corner_m=(0.0, 0.0), surface="dsm")
    grid = fit_ground((0.0, 0.0, 1900.0, 1900.0), np.zeros((0, 3)), dem=dem)
    assert abs(grid.z - 5.0).max() < 1.0


def test_voids_of_an_elevation_model_are_bridged(rng):
    coarse = grid_over((-60.0, -60.0, 260.0, 260.0), 20.0)
    z = np.full(coarse.shape, 7.0, dtype=np.float32)
    z[4:7, 4:7] = np.nan
    dem = HeightGrid(z=z, cell_m=20.0, corner_m=coarse.corner_m)
    ground = tile_ground(tile(dem=dem), OPTIONS)
    assert np.abs(ground.z - 7.0).max() < 1e-6


def test_points_on_one_half_leave_the_other_half_to_the_coarse_model(rng):
    points = cloud(rng)
    half = points.take(points.xyz[:, 0] < 30.0)
    coarse = grid_over((-60.0, -60.0, 260.0, 260.0), 20.0)
    dem = HeightGrid(z=np.full(coarse.shape, 4.0, dtype=np.float32), cell_m=20.0, corner_m=coarse.corner_m)
    ground = tile_ground(tile(points=half, dem=dem), OPTIONS)
    assert ground.at(np.array([[95.0, 60.0]]))[0] == pytest.approx(4.0)
    assert ground.at(np.array([[10.0, 60.0]]))[0] == pytest.approx(hill(np.array([[10.0, 60.0]]))[0], abs=0.1)


def test_nothing_known_is_flat_and_says_so():
    ground = tile_ground(tile(), OPTIONS)
    assert not ground.is_known
    assert not ground.z.any()


def test_windows_agree_to_the_end_of_the_survey_though_a_house_stands_there(rng):
    points = cloud(rng, box=(-60.0, 0.0, 260.0, 100.0))
    under = (abs(points.xyz[:, :2] - [101.0, 97.0]) < [7.0, 6.0]).all(axis=1)
    points = points.take(~under)
    border = np.column_stack([np.full(300, 100.0), np.linspace(30, 99.99, 300)])
    west, east = (tile_ground(tile(column, points), OPTIONS) for column in (0, 1))
    assert np.array_equal(west.at(border), east.at(border))
    assert np.abs(west.at(border) - hill(border)).max() < 1.0
