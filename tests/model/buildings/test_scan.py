"""What a survey says about one building: roof points, ground, floor."""

import numpy as np
import pytest

from xmscenes.geometry.polygons import repair_footprint
from xmscenes.model.buildings.scan import scan_building, thinned
from xmscenes.records import Footprint, PointCloud

RING = np.array([[0.0, 0], [8, 0], [8, 6], [0, 6]])


def scanned(roof_z, ground=0.0, kind=6, terrain=None, count=200):
    rng = np.random.default_rng(3)
    roof = np.column_stack([rng.uniform((0, 0), (8, 6), (count, 2)), np.full(count, roof_z)])
    around = np.column_stack([rng.uniform(9, 12, (50, 2)), np.full(50, ground)])
    cloud = PointCloud(
        xyz=np.concatenate([roof, around]),
        point_class=np.concatenate([np.full(count, kind), np.full(50, 2 if kind else 0)]).astype(np.uint8),
    )
    return scan_building(Footprint(id="x", ring=RING), repair_footprint(RING), cloud, terrain)


def test_building_points_inside_the_outline_are_the_roof():
    scan = scanned(7.25)
    assert scan.point_count == 200
    assert scan.xyz[:, 2] + scan.origin[2] == pytest.approx(7.25)
    assert scan.density_per_m2 == pytest.approx(200 / 48)
    assert (scan.ground_m + scan.origin[2], scan.ground_source) == (0.0, "ground points")


def test_without_classes_what_stands_above_the_ground_is_roof():
    assert scanned(7.0, kind=0).point_count == 200
    assert scanned(1.0, kind=0).point_count == 0


def test_the_floor_is_the_ground_as_long_as_the_roof_lies_above_it():
    scan = scanned(7.0, terrain=1.5)
    assert scan.floor_m == scan.ground_m == pytest.approx(0.5)


def test_a_roof_that_lies_lower_than_its_ground_lowers_the_floor():
    scan = scanned(3.0, terrain=2.9)
    assert scan.floor_m + scan.origin[2] == pytest.approx(2.7)
    assert scan.ground_m + scan.origin[2] == pytest.approx(2.9)


def test_thinning_keeps_one_point_a_cell_and_their_order():
    rng = np.random.default_rng(0)
    xyz = rng.uniform(0, 10, (5000, 3))
    few = thinned(xyz, 400)
    assert 300 < len(few) < 600
    rows = [int(np.flatnonzero((xyz == p).all(axis=1))[0]) for p in few]
    assert rows == sorted(rows)
