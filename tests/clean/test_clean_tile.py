import numpy as np
import pytest

from xmscenes.clean import clean_tile
from xmscenes.options import CleanOptions
from xmscenes.records import PointClass, PointCloud, Tile, TileKey

BOX = (0.0, 0.0, 60.0, 60.0)


def tile_of(points):
    return Tile(key=TileKey(column=0, row=0), bounds_m=BOX, window_m=BOX, points=points)


@pytest.fixture
def yard(rng):
    """A flat yard with a house of 15 m and a tree; every class unknown, trees with several returns."""
    xy = rng.uniform(0, 60, (40_000, 2))
    house = (abs(xy - [20, 20]) < 7.5).all(axis=1)
    tree = np.hypot(*(xy - [45, 45]).T) < 5.0
    z = rng.normal(0, 0.03, len(xy)) + 6.0 * house + tree * rng.uniform(0, 9, len(xy))
    count = np.where(tree, 3, 1).astype(np.uint8)
    cloud = PointCloud(
        xyz=np.column_stack([xy, z]),
        point_class=np.zeros(len(xy), dtype=np.uint8),
        return_count=count,
        return_number=np.ones(len(xy), dtype=np.uint8),
    )
    return tile_of(cloud), house, tree


def test_ground_house_and_tree_get_their_classes(yard):
    tile, house, tree = yard
    cleaned = clean_tile(tile, CleanOptions(outlier_neighbours=0)).points
    inner = house & (abs(cleaned.xyz[:, :2] - [20, 20]) < 6.5).all(axis=1)
    assert (cleaned.point_class[inner] == PointClass.BUILDING).mean() > 0.98
    assert (cleaned.point_class[~house & ~tree] == PointClass.GROUND).mean() > 0.97
    high = tree & (cleaned.xyz[:, 2] > 3.0)
    assert (cleaned.point_class[high] == PointClass.HIGH_VEGETATION).mean() > 0.9
    assert not (cleaned.point_class[tree] == PointClass.BUILDING).any()


def test_classes_that_are_there_are_kept(yard):
    tile, house, tree = yard
    classes = np.where(house, PointClass.BUILDING, np.where(tree, PointClass.HIGH_VEGETATION, PointClass.GROUND))
    points = PointCloud(xyz=tile.points.xyz, point_class=classes.astype(np.uint8))
    cleaned = clean_tile(tile_of(points), CleanOptions(outlier_neighbours=0)).points
    assert np.array_equal(cleaned.point_class, classes)


def test_noise_classes_are_dropped_and_water_and_bridges_left_alone(yard):
    tile, _, _ = yard
    classes = np.zeros(len(tile.points), dtype=np.uint8)
    classes[:3] = (PointClass.LOW_NOISE, PointClass.WATER, PointClass.BRIDGE)
    points = PointCloud(xyz=tile.points.xyz, point_class=classes)
    cleaned = clean_tile(tile_of(points), CleanOptions(outlier_neighbours=0)).points
    assert len(cleaned) == len(points) - 1
    assert cleaned.point_class[:2].tolist() == [PointClass.WATER, PointClass.BRIDGE]


def test_asking_to_keep_changes_nothing(yard):
    tile, _, _ = yard
    options = CleanOptions(ground="keep", buildings="keep", vegetation="keep", outlier_neighbours=0)
    assert clean_tile(tile, options).points is not None
    assert not clean_tile(tile, options).points.point_class.any()


def test_a_tile_without_points_comes_back_as_it_is():
    empty = tile_of(PointCloud(xyz=np.zeros((0, 3)), point_class=np.zeros(0, dtype=np.uint8)))
    assert clean_tile(empty, CleanOptions()) is empty
