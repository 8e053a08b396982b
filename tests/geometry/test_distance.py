"""Distances between surfaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.distance import Surface3, distances_to, sample_surface, surface_error
from xmscenes.geometry.nearest import all_beyond

SQUARE = Surface3(
    np.array([[0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 4, 0]], float), np.array([[0, 1, 2], [0, 2, 3]], np.int32)
)
ONE = Surface3(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float), np.array([[0, 1, 2]], np.int32))


def lifted(surface: Surface3, by: float) -> Surface3:
    return Surface3(surface.vertices + np.array([0, 0, by]), surface.faces)


def test_parallel_squares_are_their_gap_apart() -> None:
    error = surface_error(SQUARE, lifted(SQUARE, 0.25), 500)
    assert (error.p99_m, error.max_m, error.rms_m) == pytest.approx((0.25, 0.25, 0.25))


def test_both_ways_count() -> None:
    half = Surface3(SQUARE.vertices, SQUARE.faces[:1])
    corner = 2**1.5 * (1 - 0.02**0.5)  # farther than this from the diagonal lies a fiftieth of the other half
    assert surface_error(half, SQUARE, 2000).p99_m == pytest.approx(corner, abs=0.05)
    assert surface_error(SQUARE, half, 2000).p99_m == pytest.approx(corner, abs=0.05)


def test_a_single_spike_is_in_the_maximum_but_not_in_the_percentile() -> None:
    spike = Surface3(
        np.vstack([SQUARE.vertices, [[2, 2, 9], [2.01, 2, 0], [2, 2.01, 0]]]), np.vstack([SQUARE.faces, [[4, 5, 6]]])
    )
    error = surface_error(SQUARE, spike, 1000)
    assert error.max_m == pytest.approx(9.0)
    assert error.p99_m < 1.0


def test_nothing_is_infinitely_far_from_something_and_agrees_with_nothing() -> None:
    empty = Surface3(np.zeros((0, 3)), np.zeros((0, 3), np.int32))
    assert surface_error(empty, empty).max_m == 0.0
    assert surface_error(SQUARE, empty).p99_m == np.inf


def test_samples_are_spread_by_area_and_the_same_every_time() -> None:
    mesh = Surface3(np.vstack([ONE.vertices, ONE.vertices * 3 + 10]), np.array([[0, 1, 2], [3, 4, 5]], np.int32))
    points, face = sample_surface(mesh.vertices, mesh.faces, 1000)
    assert np.count_nonzero(face == 1) == pytest.approx(900, abs=1)
    assert np.array_equal(points, sample_surface(mesh.vertices, mesh.faces, 1000)[0])


@settings(max_examples=60, deadline=None)
@given(
    corner=st.lists(st.floats(-3, 3), min_size=9, max_size=9),
    at=st.lists(st.floats(-5, 5), min_size=3, max_size=3),
)
def test_the_distance_to_a_triangle_is_the_least_over_its_points(corner: list[float], at: list[float]) -> None:
    triangle = Surface3(np.array(corner).reshape(3, 3), np.array([[0, 1, 2]], np.int32))
    u, v = (g.ravel() for g in np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)))
    inside = u + v <= 1.0 + 1e-12
    a, b, c = triangle.vertices
    points = a + u[inside, None] * (b - a) + v[inside, None] * (c - a)
    brute = np.linalg.norm(points - at, axis=1).min()
    found = distances_to(np.array([at]), triangle)[0]
    assert found <= brute + 1e-9
    assert found >= brute - 0.3


def test_the_tree_agrees_with_looking_at_every_triangle(rng: np.random.Generator) -> None:
    vertices = rng.normal(size=(90, 3)) * 5
    faces = rng.permutation(90).reshape(-1, 3).astype(np.int32)
    points = rng.normal(size=(200, 3)) * 6
    each = [distances_to(points, Surface3(vertices, faces[i : i + 1])) for i in range(len(faces))]
    assert np.allclose(distances_to(points, Surface3(vertices, faces)), np.min(each, axis=0))


def test_slivers_far_from_the_origin_are_as_near_as_their_edges(rng: np.random.Generator) -> None:
    ends = rng.normal(size=(40, 2, 3)) * 30 + 900.0
    middle = ends[:, 0] * 0.4 + ends[:, 1] * 0.6 + rng.normal(size=(40, 3)) * 1e-9
    vertices = np.concatenate([ends.reshape(-1, 3), middle])
    faces = np.column_stack([np.arange(0, 80, 2), np.arange(1, 80, 2), np.arange(80, 120)]).astype(np.int32)
    points = rng.normal(size=(300, 3)) * 30 + 900.0
    along = ends[:, 1] - ends[:, 0]
    share = ((points[:, None] - ends[:, 0]) * along).sum(axis=-1) / (along**2).sum(axis=-1)
    foot = ends[:, 0] + np.clip(share, 0, 1)[..., None] * along
    brute = np.linalg.norm(points[:, None] - foot, axis=-1).min(axis=1)
    assert np.allclose(distances_to(points, Surface3(vertices, faces)), brute, atol=1e-6)


def test_measuring_ends_where_the_percentile_is_sure_to_be_beyond_the_limit(rng: np.random.Generator) -> None:
    points = np.column_stack([rng.uniform(0, 4, (1000, 2)), np.where(rng.uniform(size=1000) < 0.1, 0.5, 0.01)])
    every = distances_to(points, SQUARE)
    some = distances_to(points, SQUARE, 0.2)
    assert len(some) < 300
    assert np.array_equal(some, every[: len(some)])
    assert np.quantile(some, 0.99, method="higher") > 0.2
    assert np.array_equal(distances_to(points, SQUARE, 0.5), every)
    few = np.column_stack([points[:, :2], np.where(np.arange(1000) < 8, 0.5, 0.01)])
    assert len(distances_to(few, SQUARE, 0.2)) == 1000  # less than a hundredth: the percentile is within


def test_all_of_some_points_lie_beyond_a_distance_or_one_does_not(rng: np.random.Generator) -> None:
    points = np.column_stack([rng.uniform(0, 4, (20, 2)), rng.uniform(0.5, 0.9, 20)])
    assert all_beyond(points, SQUARE.vertices, SQUARE.faces, 0.49)
    assert not all_beyond(np.vstack([points, [[3.9, 3.9, 0.4]]]), SQUARE.vertices, SQUARE.faces, 0.49)
    assert not all_beyond(points, SQUARE.vertices, SQUARE.faces, np.inf)
