"""Planes of labelled points: robust fits, merging, widths."""

import numpy as np
import pytest

from xmscenes.geometry.neighbours import nearest_neighbours
from xmscenes.geometry.planes import better_labels, fit_planes, merge_regions, plan_widths, region_moments

COSINES = np.cos(np.radians((8.0, 3.0)))


def flat(low, high, z, n=200, seed=0):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(low, high, (n, 2))
    return np.column_stack([xy, np.full(n, z) + rng.normal(0, 0.02, n)])


def test_a_fit_passes_over_clutter():
    xyz = flat((0, 0), (8, 4), 6.0)
    xyz[::20, 2] += 1.5
    planes, rms = fit_planes(xyz, np.zeros(200, np.int64), 0.3)
    assert planes[0, 2] == pytest.approx(1.0, abs=1e-4)
    assert -planes[0, 3] == pytest.approx(6.0, abs=0.01)
    assert rms[0] < 0.03


def test_no_label_gives_no_plane():
    planes, rms = fit_planes(flat((0, 0), (1, 1), 0.0, 9), np.full(9, -1), 0.3)
    assert planes.shape == (0, 4)
    assert len(rms) == 0


def merged(gap_m, together=1.0):
    xyz = np.concatenate([flat((0, 0), (4, 4), 6.0, seed=1), flat((4, 0), (8, 4), 6.0 + gap_m, seed=2)])
    moments = region_moments(xyz, np.repeat([0, 1], 200), 2)
    name = merge_regions(moments, np.ones((2, 2), np.bool_), 0.02, 0.02, *COSINES, together)
    return name[0] == name[1]


def test_one_plane_in_two_pieces_is_merged_and_a_step_is_not():
    assert merged(0.0)
    assert not merged(0.3)


def test_the_same_gap_says_less_where_noise_hangs_together():
    assert not merged(0.12)
    assert merged(0.12, together=100.0)


def test_the_width_of_a_strip_is_measured_across_it():
    moments = region_moments(flat((0, 0), (10, 1), 0.0, 2000), np.zeros(2000, np.int64), 1)
    assert plan_widths(moments)[0] == pytest.approx(1.0, rel=0.05)


def test_a_point_takes_the_plane_it_lies_on_and_a_far_one_none():
    xyz = np.concatenate([flat((0, 0), (4, 4), 6.0, seed=1), flat((4, 0), (8, 4), 8.0, seed=2)])
    labels = np.repeat(np.array([0, 1]), 200)
    planes, _ = fit_planes(xyz, labels, 0.3)
    near = nearest_neighbours(xyz * (1.0, 1.0, 0.0), 15)
    border = np.argmin(np.abs(xyz[:200, 0] - 4.0))
    labels[border] = 1
    xyz[0, 2] = 20.0
    better = better_labels(xyz, near, labels, planes, 0.3)
    assert better[border] == 0
    assert better[0] == -1
