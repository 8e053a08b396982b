"""The foot of a house reaches below the lowest ground that is drawn along its outline, near and far."""

from types import SimpleNamespace

import numpy as np
from seaside import cloud, site

from xmscenes.geometry.raster import grid_over
from xmscenes.geometry.under import Surface
from xmscenes.model.ground.dtm import Ground
from xmscenes.model.houses import _Columns, _lowest_ground, _pits, model_buildings
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, PointClass, PointCloud

GRID = grid_over((-20.0, -20.0, 20.0, 20.0), 0.5)
LEVEL = Ground(np.zeros(GRID.shape), GRID, 1)
SQUARE = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])


def points(*xyz, kind=PointClass.GROUND):
    return PointCloud(
        xyz=np.array(xyz, dtype=float).reshape(-1, 3), point_class=np.full(len(xyz), kind, dtype=np.uint8)
    )


def strip(x0, x1, z):
    return [[(x0, -9, z), (x1, -9, z), (x1, 9, z)], [(x0, -9, z), (x1, 9, z), (x0, 9, z)]]


def test_a_ditch_narrower_than_a_metre_is_seen():
    drawn = Surface(np.array([*strip(-9, 0.3, 0.0), *strip(0.3, 0.7, -0.6), *strip(0.7, 9, 0.0)], dtype=float))
    place = SimpleNamespace(ground=LEVEL, tin=SimpleNamespace(error_m=0.1))
    assert _lowest_ground(Footprint(id="房", ring=SQUARE), place, drawn, _Columns(points())) < -0.6


def test_beyond_its_tile_a_house_knows_the_ledges_from_the_ground_points():
    cloud_ = points((0.0, -5.5, -0.8), (0.0, -8.0, -2.0), (0.2, -5.2, 0.4))
    assert _pits(SQUARE[:2], _Columns(cloud_), LEVEL).tolist() == []  # far from the corners
    outline = np.column_stack([np.linspace(-5, 5, 41), np.full(41, -5.0)])
    assert _pits(outline, _Columns(cloud_), LEVEL).tolist() == [-0.8]
    assert _pits(outline, _Columns(points((0.0, -5.5, -0.8), kind=PointClass.BUILDING)), LEVEL).tolist() == []


def test_a_house_stands_below_all_ground_that_is_drawn_along_it(rng):
    s = site(0, cloud(rng))
    house = model_buildings(s, BuildingOptions())[0]
    ring = s.tile.footprints[0].ring
    assert house.mesh.vertices[:, 2].min() < s.drawn().top(ring).min()
