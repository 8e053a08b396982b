"""The planes of one roof, with limits that follow the density and the noise of its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.neighbours import nearest_neighbours
from xmscenes.geometry.planes import (
    better_labels,
    explained_rms,
    fit_planes,
    merge_regions,
    plan_widths,
    region_moments,
    touching_regions,
)
from xmscenes.geometry.regions import grow_regions, local_planes
from xmscenes.model.buildings.bumps import with_bumps
from xmscenes.model.buildings.noise import Noise, measure_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import BuildingOptions

MAX_PLANES = 120  # more are no roof; the largest are kept
STEEPEST_NZ = 0.2  # planes steeper than 78 degrees are walls
ANGLE_DEG = 28.0
MATCHED_ANGLE_DEG, MATCHED_NORMAL_M2, MATCHED_LEAST_M2 = 22.0, 2.5, 2.0  # normals of wider neighbourhoods are calmer
SMEAR_M = 0.6  # how far inward image matching rounds an edge
MERGE_DEG = ((8.0, 3.0), (18.0, 6.0))  # regions that turn by more are two planes: neighbours, others; matched clouds
UNEXPLAINED = 14.0  # a plane must lower the squared residuals by so many squared sigmas: half of it for each number
TUKEY = 1.5  # scale of the robust fit over the distance limit: 4.5 sigma
RAMP_M, RAMP_NZ = 1.1, 0.75  # a strip narrower than this and steeper than 41 degrees is a smeared step
SKIRT_M = 2.2  # unless it lies so near to the outline


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

    The distance limit is three times the noise, held between 10 and 35 cm; the least number of points follows the
    density. ``rim_m`` (N,) is the points' distance to the outline: where the roof sinks towards it, steps are smeared.
    """
    k = min(15 if len(xyz) >= 60 else 8, len(xyz))
    neighbours = nearest_neighbours(xyz, k)
    normals, rms = local_planes(xyz, neighbours, k)
    noise = measure_noise(xyz, normals, rms, density)
    limits = _limits(noise, density, options)
    if noise.matched:
        wide = nearest_neighbours(xyz, int(min(max(density * MATCHED_NORMAL_M2, k), 80, len(xyz))))
        normals, rms = local_planes(xyz, wide, wide.shape[1])
    labels = grow_regions(xyz, neighbours, normals, np.argsort(rms, kind="stable"), *limits.growth())
    if noise.matched and _sinks_to_rim(xyz, labels, rim_m, limits.eps_m):
        labels = np.where(rim_m < SMEAR_M, -2, labels)
    labels = _refined(xyz, neighbours, labels, limits, rim_m)
    missed = None if noise.matched else _missed(xyz, labels, limits)
    if missed is not None:
        labels = _refined(xyz, neighbours, missed, limits, rim_m)
    planes, _ = fit_planes(xyz, labels, TUKEY * limits.eps_m)
    count = len(planes)
    if not noise.matched:
        planes, labels = with_bumps(xyz, labels, planes, density, options.min_plane_m2)
    return RoofPlanes(planes, labels, noise.sigma_m, limits.eps_m, noise.matched, len(planes) - count)


@dataclass(frozen=True, slots=True)
class Limits:
    """What this cloud allows to tell apart."""

    noise: Noise
    eps_m: float
    angle_deg: float  # of a point's normal against its region's
    least: int  # points of the smallest region

    def growth(self) -> tuple[float, float, int]:
        """Limits of distance, cosine and size, as region growing takes them."""
        return self.eps_m, float(np.cos(np.radians(self.angle_deg))), self.least


def _limits(noise: Noise, density: float, options: BuildingOptions) -> Limits:
    eps = float(np.clip(3.0 * noise.sigma_m, 0.10, 0.35))
    if noise.matched:
        least = int(max(density * max(1.2 * options.min_plane_m2, MATCHED_LEAST_M2), 5))
        return Limits(noise, eps, MATCHED_ANGLE_DEG, least)
    return Limits(noise, eps, ANGLE_DEG, int(np.clip(0.6 * density * options.min_plane_m2, 5, 40)))


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
    xyz: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    labels: NDArray[np.int64],
    limits: Limits,
    rim_m: NDArray[np.float64],
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
        sigma, matched = limits.noise.sigma_m, limits.noise.matched
        cosines = np.cos(np.radians(MERGE_DEG[matched]))
        name = merge_regions(moments, touching, sigma, max(0.02, 0.5 * sigma), *cosines, limits.noise.together)
        labels = np.where(labels >= 0, name[np.maximum(labels, 0)], labels)
        labels = _without_strips(xyz, neighbours, _largest(labels, least, MAX_PLANES), limits, rim_m)
        planes, _ = fit_planes(xyz, labels, TUKEY * eps)
        for _ in range(2 if turn < 2 else 1):
            labels = better_labels(xyz, neighbours, labels, planes, eps)
    return _largest(labels, least, MAX_PLANES)


def _without_strips(
    xyz: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    labels: NDArray[np.int64],
    limits: Limits,
    rim_m: NDArray[np.float64],
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
    matched, sigma = limits.noise.matched, limits.noise.sigma_m
    size = np.bincount(labels[labels >= 0], minlength=count)
    for f in range(count - 1, -1, -1):
        ramp = matched and width[f] < RAMP_M and not _is_skirt(rim_m[labels == f])
        steep = planes[f, 2] < (RAMP_NZ if ramp else STEEPEST_NZ)
        ridge = False
        if not steep:
            near = explained_rms(xyz, labels, planes, touching, alive, f)
            factor = 2.2 if width[f] < 1.2 else 1.2
            if matched:
                unsure = np.sqrt(1.0 + UNEXPLAINED * limits.noise.together / size[f])
                factor = max(4.0 if width[f] < 1.6 else 1.2, unsure)
            ridge = near < sigma * factor
        if steep or ridge:
            alive[f] = False
            labels[labels == f] = -2 if steep else -1
    return _largest(labels, limits.least, MAX_PLANES)


def _is_skirt(rim_m: NDArray[np.float64]) -> bool:
    """Whether a steep strip is the lower slope of a gambrel or mansard: it lies along the outline, and reaches further
    inward than image matching smears the outline's own step."""
    if not len(rim_m):
        return False
    inner, innermost = np.percentile(rim_m, [75.0, 90.0])
    return bool(inner > SMEAR_M + 0.2 and innermost < SKIRT_M)


def _largest(labels: NDArray[np.int64], least: int, most: int) -> NDArray[np.int64]:
    """Renumber labels by falling size; those with fewer than ``least`` points, or past ``most``, become -1."""
    size = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, dtype=np.int64)
    order = np.argsort(-size, kind="stable")
    name = np.full(len(size) + 1, -1, dtype=np.int64)
    kept = order[size[order] >= least][:most]
    name[kept] = np.arange(len(kept))
    return np.where(labels >= 0, name[np.maximum(labels, 0)], labels)
