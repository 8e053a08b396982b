"""Tents over polygons: recovered from points, cut from the apex to the corners."""

import numpy as np
import pytest

from xmscenes.geometry.tents import fit_tent, tent_sides


def polygon(sides, radius=6.0):
    turn = 2 * np.pi * np.arange(sides) / sides
    return radius * np.column_stack([np.cos(turn), np.sin(turn)])


def points_under(corners, top, rise, count=300, noise_m=0.0):
    rng = np.random.default_rng(2)
    weights = rng.dirichlet(np.ones(len(corners)), count)
    xy = weights @ corners
    way = np.roll(corners, -1, axis=0) - corners
    normal = np.column_stack([way[:, 1], -way[:, 0]]) / np.hypot(*way.T)[:, None]
    gauge = (xy @ (normal / (corners * normal).sum(axis=1)[:, None]).T).max(axis=1)
    return np.column_stack([xy, top - rise * gauge + rng.normal(0, noise_m, count)])


@pytest.mark.parametrize("sides", [5, 6, 8, 12])
def test_a_tent_is_found_from_its_points(sides):
    corners = polygon(sides)
    tent = fit_tent(points_under(corners, 12.0, 4.0), corners)
    assert tent.kind == "tent"
    assert len(tent.planes) == sides
    assert tent.rms_m < 1e-3
    np.testing.assert_allclose(tent.centre, 0.0, atol=1e-2)
    np.testing.assert_allclose(-tent.planes[:, 3] / tent.planes[:, 2], 12.0, atol=1e-2)


def test_every_facet_lies_over_its_side_and_runs_on_outward():
    corners = polygon(8)
    tent = fit_tent(points_under(corners, 12.0, 4.0, noise_m=0.03), corners)
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    assert tent.facet_at(middles).tolist() == list(range(8))
    assert tent.unbounded().facet_at(3.0 * middles).tolist() == list(range(8))


def test_ribs_that_are_one_line_are_one_cut():
    corners = polygon(8)
    assert len(fit_tent(points_under(corners, 12.0, 4.0), corners).cuts) == 4
    assert len(fit_tent(points_under(polygon(5), 12.0, 4.0), polygon(5)).cuts) == 5


def test_a_flat_roof_is_no_tent():
    corners = polygon(8)
    assert fit_tent(points_under(corners, 12.0, 0.0, noise_m=0.03), corners) is None


def test_corners_in_a_straight_side_do_not_count():
    corners = polygon(6)
    with_middles = np.stack([corners, (corners + np.roll(corners, -1, axis=0)) / 2], axis=1).reshape(-1, 2)
    np.testing.assert_allclose(tent_sides(with_middles), corners)


@pytest.mark.parametrize(
    "ring", [polygon(4), polygon(24), np.array([[0, 0], [9, 0], [9, 9], [6, 9], [5, 2], [0, 9.0]])]
)
def test_squares_circles_and_bent_outlines_carry_no_tent(ring):
    assert tent_sides(ring) is None
