"""The planes of one roof, with limits that follow the density and the noise of its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.planes import (
    better_labels,
    explained_rms,
    fit_planes,
    merge_regions,
    plan_widths,
    region_moments,
    touching_regions,
)
from xmscenes.geometry.regions import grow_regions, local_planes, nearest_neighbours, patch_noise
from xmscenes.model.buildings.bumps import with_bumps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import BuildingOptions

MAX_PLANES = 120  # more are no roof; the largest are kept
STEEPEST_NZ = 0.2  # planes steeper than 78 degrees are walls
ANGLE_DEG = 28.0
SMEAR_M = 0.6  # how far inward image matching rounds an edge
TUKEY = 1.5  # scale of the robust fit over the distance limit: 4.5 sigma
RAMP_M = 1.1  # a steep strip narrower than this is a smeared step


@dataclass(frozen=True, slots=True)
class RoofPlanes:
    """Planes of a roof and which points lie on them. ``labels`` is -1 for no plane, -2 for a wall
    or a ramp, -3 for a curved surface."""

    planes: NDArray[np.float64]  # (P, 4) unit normal up, offset
    labels: NDArray[np.int64]  # (N,)
    sigma_m: float
    eps_m: float
    smeared: bool  # steps are ramps, as image matching makes them
    bumps: int = 0  # so many of the last planes are flat tops of chimneys and the like

    def heights(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights (K, P) of all planes above the (K, 2) places."""
        p = self.planes
        out: NDArray[np.float64] = -(xy @ p[:, :2].T + p[:, 3]) / p[:, 2]
        return out


def find_roof_planes(
    xyz: NDArray[np.float64], rim_m: NDArray[np.float64], density: float, options: BuildingOptions
) -> RoofPlanes:
    """Find the planes of a roof, largest first, and label its points.

    Noise is the median residual of local planes, at two scales because image matching is smooth in the small. The
    distance limit is three times that, held between 10 and 35 cm; the least number of points follows the density.
    ``rim_m`` (N,) is the points' distance to the outline: where the roof sinks towards it, steps are smeared.
    """
    n = len(xyz)
    k = min(15 if n >= 60 else 8, n)
    neighbours = nearest_neighbours(xyz, k)
    normals, rms = local_planes(xyz, neighbours, k)
    sigma, smeared = noise_of(xyz, neighbours, normals, rms, density)
    eps = float(np.clip(3.0 * sigma, 0.10, 0.35))
    least = int(np.clip(0.6 * density * options.min_plane_m2, 5, 40))
    angle = np.radians(ANGLE_DEG + min(15.0, 100.0 * max(0.0, sigma - 0.05)))
    order = np.argsort(rms, kind="stable")
    labels = grow_regions(xyz, neighbours, normals, order, eps, np.cos(angle), least)
    if smeared:
        least = int(np.clip(1.2 * density * options.min_plane_m2, 5, 40))
        if _sinks_to_rim(xyz, labels, rim_m, eps):
            labels = np.where(rim_m < SMEAR_M, -2, labels)
    limits = Limits(sigma, eps, least, smeared)
    labels = _refined(xyz, neighbours, labels, limits)
    missed = None if smeared else _missed(xyz, labels, limits)
    if missed is not None:
        labels = _refined(xyz, neighbours, missed, limits)
    planes, _ = fit_planes(xyz, labels, TUKEY * eps)
    count = len(planes)
    if not smeared:
        planes, labels = with_bumps(xyz, labels, planes, density, options.min_plane_m2)
    return RoofPlanes(planes, labels, sigma, eps, smeared, len(planes) - count)


@dataclass(frozen=True, slots=True)
class Limits:
    """What this cloud allows to tell apart."""

    sigma_m: float
    eps_m: float
    least: int
    smeared: bool


def _sinks_to_rim(xyz: NDArray[np.float64], labels: NDArray[np.int64], rim_m: NDArray[np.float64], eps: float) -> bool:
    """Whether the roof sinks within 40 cm of its outline, as image matching makes it, and mansards do."""
    rim = np.flatnonzero(rim_m < 0.4)
    inner = np.flatnonzero((rim_m > SMEAR_M + 0.2) & (labels >= 0))
    if len(rim) < 12 or len(inner) < 12:
        return False
    from scipy.spatial import cKDTree

    planes, _ = fit_planes(xyz, np.where(rim_m > SMEAR_M + 0.2, labels, -1), TUKEY * eps)
    _, near = cKDTree(xyz[inner, :2]).query(xyz[rim, :2])
    plane = planes[labels[inner[near]]]
    residual = (plane[:, :3] * xyz[rim]).sum(axis=1) + plane[:, 3]
    return bool(np.mean(residual < -2.0 * eps) > 0.3)


def noise_of(
    xyz: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    normals: NDArray[np.float64],
    rms: NDArray[np.float64],
    density: float,
) -> tuple[float, bool]:
    """Noise across the surface, 1 sigma, and whether it is correlated, as image matching makes it.

    The noise is the larger of the local one and that of patches about 2.5 m wide; in a patch only points whose
    normals agree with the middle one's count, so that ridges do not pass for noise. A scanner's noise is as large
    among 7 neighbours as among 15 or 50; a matched surface is smooth in the small.
    """
    # Measured, 5 to 95 % of the buildings, noise of 15 over that of 7 neighbours: scanned 1.12-1.37, matched
    # 1.41-1.87; of patches over 15 neighbours: scanned 1.0-1.2, matched 1.25-1.96 (real roofs that sag: up to 2.7).
    small = 1.05 * float(np.percentile(rms, 35.0))  # the median of neighbourhoods without an edge
    n = len(xyz)
    k = int(min(max(5.0 * density, 20.0), 120.0, n))
    if n < 60:
        return small, False
    from scipy.spatial import cKDTree

    seeds = np.arange(0, n, max(1, n // 50))
    _, index = cKDTree(xyz).query(xyz[seeds], k=k)
    wide = patch_noise(xyz, normals, seeds, index, np.cos(np.radians(25.0)), max(0.25, 5.0 * small))
    wide = wide[wide >= 0.0]
    large = float(np.median(wide)) if len(wide) >= 5 else small
    _, fine = local_planes(xyz, neighbours, 7)
    correlated = small > 1.38 * float(np.percentile(fine, 35.0)) and large > 1.2 * small
    return max(small, large), correlated


def _missed(xyz: NDArray[np.float64], labels: NDArray[np.int64], limits: Limits) -> NDArray[np.int64] | None:
    """Grow regions once more among the points that no plane took: chimneys, small dormers. None when there is none.

    Normals come from these points alone now, no longer bent by the roof around them.
    """
    left = np.flatnonzero(labels == -1)
    if len(left) < limits.least:
        return None
    k = min(8, len(left))
    own = np.ascontiguousarray(xyz[left])
    near = nearest_neighbours(own, k)
    normals, rms = local_planes(own, near, k)
    order = np.argsort(rms, kind="stable")
    found = grow_regions(own, near, normals, order, limits.eps_m, np.cos(np.radians(45.0)), 2 * limits.least)
    if found.max(initial=-1) < 0:
        return None
    result = labels.copy()
    result[left] = np.where(found >= 0, found + labels.max(initial=-1) + 1, -1)
    return result


def _refined(
    xyz: NDArray[np.float64], neighbours: NDArray[np.int64], labels: NDArray[np.int64], limits: Limits
) -> NDArray[np.int64]:
    """Merge what is one plane, move border points to the plane they fit, drop what is no roof plane."""
    least, eps = limits.least, limits.eps_m
    for turn in range(3):
        labels = _largest(labels, least, MAX_PLANES)
        count = int(labels.max(initial=-1)) + 1
        if count <= 0:
            return labels
        moments = region_moments(xyz, labels, count)
        touching = touching_regions(neighbours, labels, count, 2)
        tolerance = max(0.02, 0.5 * limits.sigma_m)
        cosines = np.cos(np.radians(8.0)), np.cos(np.radians(3.0))
        name = merge_regions(moments, touching, limits.sigma_m, tolerance, *cosines)
        labels = np.where(labels >= 0, name[np.maximum(labels, 0)], labels)
        labels = _without_strips(xyz, neighbours, _largest(labels, least, MAX_PLANES), limits)
        planes, _ = fit_planes(xyz, labels, TUKEY * eps)
        for _ in range(2 if turn < 2 else 1):
            labels = better_labels(xyz, neighbours, labels, planes, eps)
    return _largest(labels, least, MAX_PLANES)


def _without_strips(
    xyz: NDArray[np.float64], neighbours: NDArray[np.int64], labels: NDArray[np.int64], limits: Limits
) -> NDArray[np.int64]:
    """Give up regions that are no planes of their own: rounded ridges, walls, smeared steps; smallest first."""
    count = int(labels.max(initial=-1)) + 1
    if count <= 0:
        return labels
    labels = labels.copy()
    planes, _ = fit_planes(xyz, labels, TUKEY * limits.eps_m)
    touching = touching_regions(neighbours, labels, count, 1)
    width = plan_widths(region_moments(xyz, labels, count))
    alive = np.ones(count, dtype=np.bool_)
    for f in range(count - 1, -1, -1):
        steep = planes[f, 2] < (0.75 if limits.smeared and width[f] < RAMP_M else STEEPEST_NZ)
        ridge = False
        if not steep:
            near = explained_rms(xyz, labels, planes, touching, alive, f)
            thin = width[f] < (1.6 if limits.smeared else 1.2)
            ridge = near < limits.sigma_m * ((4.0 if limits.smeared else 2.2) if thin else 1.2)
        if steep or ridge:
            alive[f] = False
            labels[labels == f] = -2 if steep else -1
    return _largest(labels, limits.least, MAX_PLANES)


def _largest(labels: NDArray[np.int64], least: int, most: int) -> NDArray[np.int64]:
    """Renumber labels by falling size; those with fewer than ``least`` points, or past ``most``, become -1."""
    size = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, dtype=np.int64)
    order = np.argsort(-size, kind="stable")
    name = np.full(len(size) + 1, -1, dtype=np.int64)
    kept = order[size[order] >= least][:most]
    name[kept] = np.arange(len(kept))
    return np.where(labels >= 0, name[np.maximum(labels, 0)], labels)
