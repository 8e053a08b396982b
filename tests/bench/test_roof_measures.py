"""The judge of roofs, judged: tiny models whose every measure is known by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.bench.roof_kernels import distances_m, highest_of_cells, topmost_z
from xmscenes.bench.roof_planes import count_planes
from xmscenes.bench.roof_sets import PointsByCell
from xmscenes.bench.roofs import RoofVerdict, summarize, true_cells

FLAT = np.array([[[0, 0, 5], [10, 0, 5], [10, 10, 5]], [[0, 0, 5], [10, 10, 5], [0, 10, 5]]], dtype=float)


@pytest.mark.parametrize(
    ("point", "distance"),
    [
        ((5, 5, 7), 2.0),  # above the inside
        ((5, 5, 4.5), 0.5),  # below: unsigned
        ((-3, 5, 5), 3.0),  # beside an edge
        ((13, 14, 5), 5.0),  # beyond a corner
        ((-3, -4, 17), 13.0),  # beyond a corner and above
        ((2.5, 2.5, 5), 0.0),  # on the diagonal that both triangles share
    ],
)
def test_the_distance_is_that_of_the_nearest_point_of_the_roof(point, distance):
    assert distances_m(np.array([point], dtype=float), FLAT)[0] == pytest.approx(distance)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_no_sampled_point_of_a_triangle_is_nearer_than_its_distance(seed):
    rng = np.random.default_rng(seed)
    tri, points = rng.normal(size=(3, 3, 3)), rng.normal(size=(4, 3)) * 3
    weights = rng.dirichlet((1, 1, 1), 4000)
    samples = np.concatenate([weights @ t for t in tri])
    brute = np.linalg.norm(points[:, None] - samples[None], axis=2).min(axis=1)
    exact = distances_m(points, tri)
    assert (exact <= brute + 1e-9).all()
    assert np.abs(exact - brute).max() < 0.25


def test_the_topmost_of_two_roofs_counts_and_outside_there_is_none():
    upper = np.array([[[2, 2, 8], [4, 2, 8], [2, 4, 10]]], dtype=float)
    xy = np.array([[2.5, 2.5], [2, 3], [8, 1], [11, 5]], dtype=float)
    z = topmost_z(xy, np.concatenate([upper, FLAT]))
    assert z[:3] == pytest.approx([8.5, 9.0, 5.0])
    assert np.isnan(z[3])


def test_no_cell_falls_through_a_seam():
    xy = np.column_stack([np.linspace(0, 10, 400), np.linspace(0, 10, 400)])
    assert np.isfinite(topmost_z(xy, FLAT)).all()


def test_an_upright_triangle_covers_nothing():
    wall = np.array([[[0, 0, 0], [10, 0, 0], [10, 0, 5]]], dtype=float)
    assert np.isnan(topmost_z(np.array([[5.0, 0.0]]), wall)).all()


def test_the_highest_point_of_each_half_metre_cell_is_kept():
    xyz = np.array([[0.1, 0.1, 1], [0.4, 0.4, 3], [0.6, 0.1, 2], [0.45, 0.2, 3], [-0.1, 0.1, 0]], dtype=float)
    kept = highest_of_cells(xyz, 0.5, 0.0, 0.0)
    assert sorted(kept.tolist()) == [1, 2, 4]


def test_cells_lie_at_multiples_of_absolute_coordinates():
    xyz = np.array([[0.1, 0, 1], [0.4, 0, 2]], dtype=float)
    assert len(highest_of_cells(xyz, 0.5, 100.0, 0.0)) == 1
    assert len(highest_of_cells(xyz, 0.5, 100.25, 0.0)) == 2


def quad(x, y, size, z=5.0, slope=0.0):
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float) * size
    xyz = np.column_stack([corners[:, 0] + x, corners[:, 1] + y, z + slope * corners[:, 0]])
    return xyz[[[0, 1, 2], [0, 2, 3]]]


def test_faces_of_one_plane_are_one():
    assert count_planes([quad(0, 0, 4), quad(4, 0, 4), quad(20, 20, 4)]) == 1


@pytest.mark.parametrize(("dz", "planes"), [(0.049, 1), (0.051, 2)])
def test_five_centimetres_of_height_make_another_plane(dz, planes):
    assert count_planes([quad(0, 0, 4), quad(4, 0, 4, z=5 + dz)]) == planes


@pytest.mark.parametrize(("degrees", "planes"), [(1.9, 1), (2.1, 2)])
def test_two_degrees_make_another_plane(degrees, planes):
    slope = np.tan(np.radians(degrees))
    tilted = quad(-2, 0, 4, z=5 - 2 * slope, slope=slope)  # its middle lies in the first plane
    assert count_planes([quad(-2, 8, 4), tilted]) == planes


def test_a_face_is_compared_with_the_first_face_of_a_plane_not_with_the_last():
    chain = [quad(4 * i, 0, 4, z=5 + 0.03 * i) for i in range(4)]  # 0, 3, 6, 9 cm
    assert count_planes(chain) == 2


def test_small_planes_do_not_count_but_small_faces_of_one_plane_add_up():
    assert count_planes([quad(0, 0, 0.99)]) == 0
    assert count_planes([quad(0, 0, 0.8), quad(3, 0, 0.8)]) == 1
    assert count_planes([]) == 0


def test_a_small_building_is_compared_every_quarter_metre_and_a_large_one_every_half():
    small, large = shapely.box(0, 0, 10, 10), shapely.box(0, 0, 30, 30)
    assert len(true_cells(small)) == 38 * 38  # eroded by 0.25 m, centres at 0.125 + 0.25 i
    assert len(true_cells(large)) == 58 * 58  # centres on the eroded edge do not count
    assert true_cells(large)[1, 0] - true_cells(large)[0, 0] == pytest.approx(0.5)


def test_points_are_found_by_cell_as_by_looking_at_all(rng):
    xyz = rng.uniform(-40, 60, (5000, 3))
    polygon = shapely.Polygon([(-20, -30), (35, -10), (20, 40), (0, 5)], [[(0, -10), (10, -10), (5, 0)]])
    found = PointsByCell(xyz).within(polygon)
    brute = xyz[shapely.contains_xy(polygon, xyz[:, 0], xyz[:, 1])]
    assert np.array_equal(np.sort(found, axis=0), np.sort(brute, axis=0))
    assert len(PointsByCell(xyz).within(shapely.box(500, 500, 510, 510))) == 0
    assert len(PointsByCell(np.zeros((0, 3))).within(polygon)) == 0


def test_the_summary_pools_points_and_takes_medians_over_buildings():
    one = RoofVerdict(
        id="a", has_model=True, form="roofed", planes=2, true_planes=2,
        p2r_m=np.array([0.0, 0.3]), dsm_m=np.array([0.1]), gt_m=np.array([0.0, 0.0, 0.0, 0.4]), gt_known=4,
    )  # fmt: skip
    two = RoofVerdict(
        id="b", has_model=True, form="block", fallback="no roof planes found", planes=1, true_planes=3,
        p2r_m=np.array([0.1, 0.1]), dsm_m=np.array([0.3]), gt_m=np.array([1.0, 1.0, 1.0, 1.0]), gt_known=8,
    )  # fmt: skip
    gone = RoofVerdict(id="c", true_planes=1)
    tiny = RoofVerdict(id="d", has_model=True, planes=9, true_planes=1, gt_m=np.array([9.0]), gt_known=3)
    out = summarize([one, two, gone, tiny])
    assert out["rate"] == 0.75
    assert out["forms"] == {"": 2, "block": 1, "roofed": 1}
    assert out["fallbacks"] == {"no roof planes found": 1}
    assert out["p2r"]["rmse_m"] == pytest.approx(np.sqrt((0.09 + 0.01 + 0.01) / 4))
    assert out["p2r"]["in20"] == 0.75
    assert out["p2r"]["building_median_m"] == pytest.approx((np.sqrt(0.045) + 0.1) / 2)
    assert out["dsm"]["p95_m"] == pytest.approx(0.29)
    assert out["gt"]["mae_m"] == pytest.approx(0.55)
    assert out["gt"]["cover"] == 0.75
    assert out["planes"] == {"found": 12, "true": 5, "exact": 0.5, "mae": 1.0, "too_few": 0.5, "too_many": 0.0}
