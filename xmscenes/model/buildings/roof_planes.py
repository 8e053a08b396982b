"""The planes of one roof, with limits that follow the density and the noise of its points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.planes import better_labels, fit_planes, merge_regions, region_moments, touching_regions
from xmscenes.geometry.regions import grow_regions, local_planes, nearest_neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.options import BuildingOptions

MAX_PLANES = 120  # more are no roof; the largest are kept
STEEPEST_NZ = 0.2  # planes steeper than 78 degrees are walls
ANGLE_DEG = 28.0


@dataclass(frozen=True, slots=True)
class RoofPlanes:
    """Planes of a roof and which points lie on them. ``labels`` is -1 for no plane, -2 for a wall."""

    planes: NDArray[np.float64]  # (P, 4) unit normal up, offset
    labels: NDArray[np.int64]  # (N,)
    sigma_m: float
    eps_m: float
    neighbours: NDArray[np.int64]

    def heights(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights (K, P) of all planes above the (K, 2) places."""
        p = self.planes
        out: NDArray[np.float64] = -(xy @ p[:, :2].T + p[:, 3]) / p[:, 2]
        return out


def find_roof_planes(xyz: NDArray[np.float64], density: float, options: BuildingOptions) -> RoofPlanes:
    """Find the planes of a roof, largest first, and label its points.

    Noise is the median residual of local planes, at two scales because image matching is smooth in the small. The
    distance limit is three times that, held between 10 and 35 cm; the least number of points follows the density.
    """
    n = len(xyz)
    k = min(15 if n >= 60 else 8, n)
    neighbours = nearest_neighbours(xyz, k)
    normals, rms = local_planes(xyz, neighbours, k)
    sigma = noise_of(xyz, rms, density)
    eps = float(np.clip(3.0 * sigma, 0.10, 0.35))
    least = int(np.clip(1.2 * density * options.min_plane_m2, 5, 40))
    angle = np.radians(ANGLE_DEG + min(15.0, 100.0 * max(0.0, sigma - 0.05)))
    labels = grow_regions(xyz, neighbours, normals, np.argsort(rms, kind="stable"), eps, np.cos(angle), least)
    labels = _refined(xyz, neighbours, labels, sigma, eps, least)
    planes, _ = fit_planes(xyz, labels, 2.0 * eps)
    return RoofPlanes(planes, labels, sigma, eps, neighbours)


def noise_of(xyz: NDArray[np.float64], rms: NDArray[np.float64], density: float) -> float:
    """Noise across the surface, 1 sigma: the larger of the local one and that of 1.5 m wide patches."""
    small = float(np.median(rms))
    n = len(xyz)
    k = int(min(max(7.0 * density, 15.0), 120.0))
    if n < 2 * k:
        return small
    from scipy.spatial import cKDTree

    seeds = np.arange(0, n, max(1, n // 60))
    _, index = cKDTree(xyz).query(xyz[seeds], k=k)
    patches = xyz[index] - xyz[index].mean(axis=1, keepdims=True)
    smallest = np.linalg.eigvalsh(np.einsum("pki,pkj->pij", patches, patches))[:, 0]
    wide = np.sqrt(np.maximum(smallest, 0.0) / (k - 3.0))
    return max(small, float(np.percentile(wide, 25.0)))


def _refined(
    xyz: NDArray[np.float64],
    neighbours: NDArray[np.int64],
    labels: NDArray[np.int64],
    sigma: float,
    eps: float,
    least: int,
) -> NDArray[np.int64]:
    """Merge what is one plane, move border points to the plane they fit, drop what is left too small."""
    for _ in range(3):
        labels = _largest(labels, least, MAX_PLANES)
        count = int(labels.max(initial=-1)) + 1
        if count == 0:
            return labels
        moments = region_moments(xyz, labels, count)
        touching = touching_regions(neighbours, labels, count, 2)
        tolerance = max(0.02, 0.5 * sigma)
        name = merge_regions(moments, touching, sigma, tolerance, np.cos(np.radians(8.0)), np.cos(np.radians(3.0)))
        labels = np.where(labels >= 0, name[labels], -1)
        labels = _largest(labels, least, MAX_PLANES)
        planes, _ = fit_planes(xyz, labels, 2.0 * eps)
        labels = better_labels(xyz, neighbours, labels, planes, eps)
        labels = better_labels(xyz, neighbours, labels, planes, eps)
    labels = _largest(labels, least, MAX_PLANES)
    if labels.max(initial=-1) >= 0:
        planes, _ = fit_planes(xyz, labels, 2.0 * eps)
        wall = planes[:, 2] < STEEPEST_NZ
        labels = np.where((labels >= 0) & wall[labels], -2, labels)
        labels = _largest(labels, least, MAX_PLANES)
    return labels


def _largest(labels: NDArray[np.int64], least: int, most: int) -> NDArray[np.int64]:
    """Renumber labels by falling size; those with fewer than ``least`` points, or past ``most``, become -1."""
    size = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(0, dtype=np.int64)
    order = np.argsort(-size, kind="stable")
    name = np.full(len(size) + 1, -1, dtype=np.int64)
    kept = order[size[order] >= least][:most]
    name[kept] = np.arange(len(kept))
    return np.where(labels >= 0, name[labels], labels)
