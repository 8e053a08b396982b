"""Chimneys and lift shafts: small groups of points that stand out of a roof, each as one flat top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STANDS_OUT_M = 0.3
JOINS_M = 0.8  # points of one bump lie at most this far from the next
LARGEST_M2 = 4.0
OWN_PLANE = 0.75  # a group of which one small plane holds this share is that plane


def with_bumps(
    xyz: NDArray[np.float64],
    labels: NDArray[np.int64],
    planes: NDArray[np.float64],
    density: float,
    least_m2: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Add a flat plane for every group of points that stands out of the roof by 30 cm: planes (P + B, 4), labels.

    A group has at least 5 points and half the points of a smallest plane, but covers no more than 4 m²: a chimney is
    hit on its top and its sides, so that no plane or several tiny slanted ones are found. Lone high points (antennas,
    birds) stay out.
    """
    least = max(5, int(0.5 * density * least_m2))
    if not len(planes):
        return planes, labels
    size = np.bincount(labels[labels >= 0], minlength=len(planes))
    sure = size >= max(least + 1, 1.2 * density * least_m2)
    taken = np.flatnonzero((labels >= 0) & sure[np.maximum(labels, 0)])
    loose = np.flatnonzero((labels == -1) | ((labels >= 0) & ~sure[np.maximum(labels, 0)]))
    if len(loose) < least or not len(taken):
        return planes, labels
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    _, near = cKDTree(xyz[taken, :2]).query(xyz[loose, :2])
    below = planes[labels[taken[near]]]
    above = (below[:, :3] * xyz[loose]).sum(axis=1) + below[:, 3]
    high = loose[above > STANDS_OUT_M]
    if len(high) < least:
        return planes, labels
    pairs = cKDTree(xyz[high]).sparse_distance_matrix(cKDTree(xyz[high]), JOINS_M, output_type="coo_matrix")
    count, group = connected_components(pairs, directed=False)
    labels = labels.copy()
    tops: list[NDArray[np.float64]] = []
    for g in range(count):
        own = high[group == g]
        main = np.bincount(labels[own] + 1).max() if (labels[own] >= 0).any() else 0
        if least <= len(own) <= LARGEST_M2 * density and main < OWN_PLANE * len(own):
            labels[own] = len(planes) + len(tops)
            tops.append(np.array([0.0, 0.0, 1.0, -float(np.median(xyz[own, 2]))]))
    return np.concatenate([planes, *(top[None] for top in tops)]), labels
