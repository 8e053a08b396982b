from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.preview.shadows import fit_cascades, light_axes, needed, whole_shadow

BOUNDS = (np.array([-500.0, 0.0, -500.0]), np.array([500.0, 120.0, 500.0]))


def place(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return (matrix @ np.column_stack([points, np.ones(len(points))]).T).T[:, :3]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.08, 1.0), st.floats(0, 6.28))
def test_the_last_cascade_holds_every_visible_point(seed: int, height: float, turn: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(BOUNDS[0], BOUNDS[1], (60, 3))
    distances = np.linalg.norm(points - [0, 20, 0], axis=1)
    sun = np.array([np.cos(turn), height, np.sin(turn)])
    cascades = fit_cascades(points, distances, sun, BOUNDS, count=3, size=1024)
    placed = place(cascades[-1].matrix, points)
    assert (np.abs(placed[:, :2]) <= 1).all()
    assert (placed[:, 2] >= 0).all()
    assert (placed[:, 2] <= 1).all()


def test_near_cascades_have_finer_texels() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(BOUNDS[0], BOUNDS[1], (2000, 3))
    distances = np.linalg.norm(points - [-500, 2, 0], axis=1)
    cascades = fit_cascades(points, distances, np.array([0.5, 0.6, 0.3]), BOUNDS, count=3, size=2048)
    texels = [c.texel_m for c in cascades]
    assert texels == sorted(texels)
    assert texels[-1] < 1.0


def test_what_stands_nearer_the_sun_has_smaller_depth() -> None:
    points = np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 5.0]])
    sun = np.array([0.3, 1.0, 0.2])
    (cascade,) = fit_cascades(points, np.array([10.0, 12.0]), sun, BOUNDS, count=1, size=512)
    low, high = place(cascade.matrix, np.array([[0.0, 0.0, 0.0], sun / np.linalg.norm(sun) * 20]))
    assert high[2] < low[2]
    assert high[:2] == pytest.approx(low[:2], abs=1e-9)


def test_nothing_visible_needs_no_shadow() -> None:
    empty = fit_cascades(np.zeros((0, 3)), np.zeros(0), np.array([0, 1, 0]), BOUNDS, count=3, size=512)
    assert empty == ()


@pytest.mark.parametrize("sun", [(0, 1, 0), (1, 0.01, 0), (0.3, 0.5, -0.8)])
def test_axes_of_the_light_are_square(sun: tuple[float, float, float]) -> None:
    axes = light_axes(np.array(sun, dtype="f8"))
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)


def test_the_map_of_the_whole_place_takes_over_where_its_texels_are_no_wider_than_a_sample() -> None:
    sun = np.array([0.5, 0.6, 0.3])
    points = np.random.default_rng(3).uniform(BOUNDS[0], BOUNDS[1], (2000, 3))
    distances = np.linalg.norm(points - [-500, 2, 0], axis=1)
    whole = whole_shadow(sun, BOUNDS, size=4096)
    cascades = fit_cascades(points, distances, sun, BOUNDS, count=3, size=2048)
    assert (np.abs(place(whole.matrix, points)) <= 1).all()
    counts = [len(needed(cascades, distances, sample, whole)) for sample in (1e-4, 1e-3, 1e-2, 1e-1)]
    assert counts[0] == 3  # close up every cascade shows more
    assert counts[-1] == 0  # from afar none does
    assert counts == sorted(counts, reverse=True)
