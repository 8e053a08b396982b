"""Noise of a scanner and noise that hangs together."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from xmscenes.geometry.neighbours import nearest_neighbours
from xmscenes.geometry.regions import local_planes
from xmscenes.model.buildings.noise import measure_noise


def measured(kind, surface, density=20.0, seed=0):
    rng = np.random.default_rng(seed)
    size, cell = 14.0, 0.1
    xy = rng.uniform(0, size, (int(density * size * size), 2))
    z = surface(*xy.T)
    if kind == "matched":
        drift = gaussian_filter(rng.standard_normal((141, 141)), 0.5 / cell)
        i, j = (xy / cell).astype(int).T
        z = z + drift[i, j] * (0.06 / drift.std()) + rng.normal(0, 0.02, len(xy))
    else:
        z = z + rng.normal(0, 0.05, len(xy))
    xyz = np.column_stack([xy, z])
    normals, rms = local_planes(xyz, nearest_neighbours(xyz, 15), 15)
    return measure_noise(xyz, normals, rms, density)


SURFACES = {
    "flat": lambda x, _: np.zeros_like(x),
    "gable": lambda x, _: -0.7 * np.abs(x - 7.0),
    "dome": lambda x, y: np.sqrt(14.0**2 - (x - 7) ** 2 - (y - 7) ** 2),
}


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_a_scanners_noise_is_measured_and_not_taken_for_a_matched_one(surface):
    noise = measured("scanned", SURFACES[surface])
    assert not noise.matched
    assert noise.together == 1.0
    assert noise.sigma_m == pytest.approx(0.05, rel=0.3)


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_noise_that_hangs_together_is_recognised(surface):
    noise = measured("matched", SURFACES[surface])
    assert noise.matched
    assert 0.035 < noise.sigma_m < 0.09
    assert noise.together > 10


def test_few_points_are_taken_for_scanned_ones():
    rng = np.random.default_rng(0)
    xyz = rng.uniform(0, 4, (40, 3))
    normals, rms = local_planes(xyz, nearest_neighbours(xyz, 8), 8)
    assert not measure_noise(xyz, normals, rms, 2.5).matched
