"""How noisy the points of a roof are, and whether their noise hangs together, as image matching makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.regions import patch_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = Any  # an ndarray; compiled code knows its type
PATCHES, PATCH_POINTS = 32, 64
LAG_M = 0.45  # pairs of points nearer than this show whether noise hangs together
# Correlation of residuals at that lag in patches of 1.25 and 1.75 m, from quadratic surfaces, 5 to 95 % of buildings:
# scanned -0.3 to 0.0 and -0.3 to 0.07 (a real survey to 0.1 and 0.28, but with 1 to 2 cm of noise); matched, noise that
# hangs together over 0.25 or 0.5 m, 0.07 to 0.29 and 0.21 to 0.40.
FINE_M, CLOSE = 1.25, 0.03
COARSE_M, WIDE = 1.75, 0.17
ROUGHEST = 4.0  # patches that miss their surface by more than that against 15 neighbours hold steps, not noise
# Rms of patches 2.5 m wide over that of 15 neighbours: scanned 0.9 to 1.29, matched 1.3 to 2.4 (from 1.39 in 98 %).
GROWS, GROWS_WIDE = 1.38, 0.05
CORRELATED_FROM_M = 0.025  # less noise than this does no harm, whatever its kind
INDEPENDENT_M2 = 2.5  # area that counts as one measurement where noise hangs together over half a metre (4 pi 0.45²)


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise across the surface (1 sigma), and how many points count as one independent measurement of it."""

    sigma_m: float
    matched: bool
    together: float = 1.0


def measure_noise(
    xyz: NDArray[np.float64], normals: NDArray[np.float64], rms: NDArray[np.float64], density: float
) -> Noise:
    """Noise of a roof's points from the surfaces that fit small patches of them.

    A scanner's noise is as large among 15 neighbours (``rms``) as in patches 2.5 m wide; a matched surface is smooth
    in the small, its noise shows in patches wider than it hangs together. Patches are fitted by quadratic surfaces, so
    that a dome or a sagging roof does not pass for noise. Fewer than 60 points are taken for scanned ones.
    """
    small = 1.05 * float(np.percentile(rms, 35.0))  # the median of neighbourhoods without an edge
    if len(xyz) < 60:
        return Noise(small, False)
    from scipy.spatial import cKDTree

    plan = cKDTree(xyz[:, :2])
    fine, close = _patch_residuals(plan, xyz, density, FINE_M)
    if close > CLOSE and fine < ROUGHEST * small:  # all that a scanner's noise costs
        coarse, wide = _patch_residuals(plan, xyz, density, COARSE_M)
        if wide > WIDE and coarse > CORRELATED_FROM_M:
            return Noise(min(1.15 * coarse, 2.0 * fine), True, max(1.0, density * INDEPENDENT_M2))
    scanned = _scanned_m(xyz, normals, density, small)
    if scanned > GROWS * small and scanned > CORRELATED_FROM_M:
        coarse, wide = _patch_residuals(plan, xyz, density, COARSE_M)
        if wide > GROWS_WIDE and coarse > CORRELATED_FROM_M:
            return Noise(min(1.15 * coarse, 2.0 * scanned), True, max(1.0, density * INDEPENDENT_M2))
    return Noise(max(small, scanned), False)


def _scanned_m(xyz: NDArray[np.float64], normals: NDArray[np.float64], density: float, small: float) -> float:
    """Rms of patches about 2.5 m wide; only points whose normals agree with the middle one's count, no ridges."""
    from scipy.spatial import cKDTree

    n = len(xyz)
    seeds = np.arange(0, n, max(1, n // 50))
    _, index = cKDTree(xyz).query(xyz[seeds], k=int(min(max(5.0 * density, 20.0), 120.0, n)))
    wide = patch_noise(xyz, normals, seeds, index, np.cos(np.radians(25.0)), max(0.25, 5.0 * small))
    wide = wide[wide >= 0.0]
    return float(np.median(wide)) if len(wide) >= 5 else small


def _patch_residuals(plan: Any, xyz: NDArray[np.float64], density: float, reach_m: float) -> tuple[float, float]:
    """Residual (1 sigma) of the quieter patches against quadratic surfaces, and its correlation between near points."""
    n = len(xyz)
    seeds = np.arange(0, n, max(1, n // PATCHES))
    k = int(min(max(density * np.pi * reach_m**2, 16.0), 400.0, n))
    _, index = plan.query(xyz[seeds, :2], k=k)
    index = index[:, :: max(1, k // PATCH_POINTS)]
    places = xyz[index] - xyz[seeds][:, None]
    reach_m = max(reach_m, float(np.abs(places[..., :2]).max()))  # in sparse clouds the next points lie far away
    x, y, z = places[..., 0] / reach_m, places[..., 1] / reach_m, places[..., 2]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    weight = np.ones_like(x)
    for _ in range(3):
        weighted = terms * weight[..., None]
        normal = np.swapaxes(weighted, 1, 2) @ terms + 1e-6 * np.eye(6)
        surface = np.linalg.solve(normal, np.swapaxes(weighted, 1, 2) @ z[..., None])
        residual = z - (terms @ surface)[..., 0]
        spread = 1.4826 * np.median(np.abs(residual), axis=1, keepdims=True) + 1e-4
        weight = (np.abs(residual) < 4.0 * spread).astype(np.float64)
    steep = np.sqrt(1.0 + (surface[:, 1:3, 0] ** 2).sum(axis=1) / reach_m**2)
    residual *= weight / steep[:, None]
    sigma = np.sqrt((residual**2).sum(axis=1) / np.maximum(weight.sum(axis=1) - 6.0, 1.0))
    whole = weight.mean(axis=1) > 0.85
    if not whole.any():
        return 0.0, 0.0
    level = float(np.percentile(sigma[whole], 40.0))
    quiet = whole & (sigma <= level)
    unit = residual[quiet] / np.maximum(sigma[quiet], 1e-6)[:, None]
    return level, _correlation(places[quiet], unit, weight[quiet])


@njit(cache=True)
def _correlation(places: Array, unit: Array, weight: Array) -> float:
    """Mean product of two near points' residuals, both of which count; 0 of fewer than 50 pairs."""
    total, number = 0.0, 0
    for patch in range(places.shape[0]):
        for a in range(places.shape[1]):
            for b in range(a):
                dx, dy = places[patch, a, 0] - places[patch, b, 0], places[patch, a, 1] - places[patch, b, 1]
                if dx * dx + dy * dy < LAG_M * LAG_M and weight[patch, a] * weight[patch, b] > 0.0:
                    total += unit[patch, a] * unit[patch, b]
                    number += 1
    return total / number if number >= 50 else 0.0
