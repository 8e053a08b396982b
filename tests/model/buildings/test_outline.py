"""Outlines drawn from points alone."""

import numpy as np
import pytest

from xmscenes.geometry.polygons import polygon_area_m2
from xmscenes.model.buildings import outline_buildings
from xmscenes.records import PointCloud


def cloud(xy, kind=6):
    return PointCloud(
        xyz=np.column_stack([xy, np.full(len(xy), 9.0)]), point_class=np.full(len(xy), kind, dtype=np.uint8)
    )


def box(west, south, east, north, density=8.0, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform([west, south], [east, north], (int(density * (east - west) * (north - south)), 2))


def turned(xy, degrees):
    a = np.radians(degrees)
    return xy @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])


@pytest.mark.parametrize("degrees", [0, 17, 45])
@pytest.mark.parametrize("density", [6.0, 15.0])
def test_a_rectangular_house_gets_four_corners_and_its_area(degrees, density):
    (outline,) = outline_buildings(cloud(turned(box(0, 0, 12, 8, density), degrees)))
    assert len(outline.ring) == 4
    assert polygon_area_m2((outline.ring, ())) == pytest.approx(96.0, rel=0.08)


def test_a_courtyard_stays_open():
    xy = box(0, 0, 20, 20)
    xy = xy[(np.abs(xy - 10) > 4).any(axis=1)]
    (outline,) = outline_buildings(cloud(xy))
    assert len(outline.holes) == 1


def test_two_houses_are_two_outlines_whatever_the_order():
    xy = np.concatenate([box(0, 0, 8, 8), box(20, 0, 30, 8, seed=1)])
    one, two = outline_buildings(cloud(xy)), outline_buildings(cloud(xy[::-1]))
    assert [o.id for o in one] == [o.id for o in two]
    assert len(one) == 2


def test_other_classes_and_specks_give_nothing():
    assert outline_buildings(cloud(box(0, 0, 9, 9), kind=2)) == ()
    assert outline_buildings(cloud(box(0, 0, 2, 2))) == ()
