"""Flat regions of points: local planes, growing."""

import numpy as np

from xmscenes.geometry.neighbours import nearest_neighbours
from xmscenes.geometry.regions import grow_regions, local_planes


def gable(n=600, seed=0, noise_m=0.02):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 10, (n, 2))
    z = 5.0 - np.abs(xy[:, 0] - 5.0) * 0.7 + rng.normal(0, noise_m, n)
    return np.column_stack([xy, z])


def test_local_planes_of_a_slope_have_its_normal_and_its_noise():
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 10, (800, 2))
    xyz = np.column_stack([xy, 0.5 * xy[:, 0] + rng.normal(0, 0.03, 800)])
    normals, rms = local_planes(xyz, nearest_neighbours(xyz, 40), 40)
    slope = np.degrees(np.arctan2(-normals[:, 0], normals[:, 2]))
    assert abs(np.median(slope) - np.degrees(np.arctan(0.5))) < 0.5
    assert 0.02 < np.median(rms) < 0.03  # across the slope the noise is its cosine smaller


def test_a_gable_grows_into_two_regions_that_part_at_its_ridge():
    xyz = gable()
    neighbours = nearest_neighbours(xyz, 15)
    normals, rms = local_planes(xyz, neighbours, 15)
    labels = grow_regions(xyz, neighbours, normals, np.argsort(rms, kind="stable"), 0.1, np.cos(np.radians(28)), 15)
    east = xyz[:, 0] > 5.5
    west = xyz[:, 0] < 4.5
    assert len(np.unique(labels[labels >= 0])) == 2
    assert len(set(np.unique(labels[east & (labels >= 0)])) & set(np.unique(labels[west & (labels >= 0)]))) == 0


def test_a_region_with_too_few_points_is_given_back():
    xyz = gable(60)
    neighbours = nearest_neighbours(xyz, 8)
    normals, rms = local_planes(xyz, neighbours, 8)
    labels = grow_regions(xyz, neighbours, normals, np.argsort(rms, kind="stable"), 0.1, 0.9, 61)
    assert labels.tolist() == [-1] * 60
