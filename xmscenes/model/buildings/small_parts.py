"""Cuts around small roof parts: dormers, half-hips, lift shafts, chimneys. A raster shows too little of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from xmscenes.geometry.segments import refine_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.model.buildings.roof_planes import RoofPlanes

    Row = NDArray[np.float64]  # x, y, dx, dy, from, to

LEAST_M2 = 1.0  # points of less area are no part of their own
SMALL_M2 = 9.0  # points of so much area; larger parts show their borders on the raster
LARGEST_SHARE = 0.3  # of the roof; a part that holds more is the roof
NEAR_M = 1.0  # parts with points this near to each other may meet
REACH_M = 0.6  # a line in which two planes meet is a cut where it comes this near to the small part
SAME_M, SAME_COSINE = 0.3, 0.98  # cuts that are one
MISFIT = 2.5  # times the noise: a part that its neighbours' planes fit better is a rounded ridge
STEP_M = 0.25  # a side along which a part stands out by less is no step


def small_part_cuts(
    xyz: NDArray[np.float64], roof: RoofPlanes, density: float, angle: float, known: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Lines in which small parts meet their neighbours, and the four sides of the box around each, along the outline.

    ``angle`` is the outline's main direction. Cuts that are ``known`` already are left out. Which of them the roof
    needs is for the labelling to find out. In matched clouds
    small parts are ripples of the noise: none is looked for.
    """
    crossings: list[Row] = []
    sides: list[Row] = []
    size = np.bincount(roof.labels[roof.labels >= 0], minlength=len(roof.planes))
    margin = 0.25 / np.sqrt(density)
    for part in range(len(roof.planes)):
        bump = part >= len(roof.planes) - roof.bumps
        small = LEAST_M2 * density <= size[part] < min(SMALL_M2 * density, LARGEST_SHARE * len(xyz))
        if not bump and (roof.smeared or not small):
            continue
        own = xyz[roof.labels == part, :2]
        around = np.zeros(0, np.int64) if bump else _around(xyz, roof.labels, part)
        if len(around) and _misfit_m(xyz[roof.labels == part], roof.planes[around]) < MISFIT * roof.sigma_m:
            continue
        for other in around:
            row = _crossing(roof.planes[part], roof.planes[other], own)
            if row is not None and not _is_known(row, (*known, *crossings)):
                crossings.append(row)
        for row in _box(own, angle, margin):
            if len(around):
                if _step_m(row, roof.planes[part], roof.planes[around[0]]) < STEP_M:
                    continue
                refine_step(row, xyz, roof.labels, part, around[0], roof.planes[part], roof.planes[around[0]], 0.5, 9.9)
            if bump or not _is_known(row, (*known, *sides)):
                sides.append(row)
    return crossings, sides


def _around(xyz: NDArray[np.float64], labels: NDArray[np.int64], part: int) -> NDArray[np.int64]:
    """Other parts with points near a part's, the one with most of them first."""
    from scipy.spatial import cKDTree

    own = xyz[labels == part, :2]
    low, high = own.min(axis=0) - NEAR_M, own.max(axis=0) + NEAR_M
    box = np.flatnonzero((labels >= 0) & (labels != part) & ((xyz[:, :2] > low) & (xyz[:, :2] < high)).all(axis=1))
    if not len(box):
        return np.zeros(0, np.int64)
    away, _ = cKDTree(own).query(xyz[box, :2], distance_upper_bound=NEAR_M)
    count = np.bincount(labels[box[np.isfinite(away)]])
    found = np.flatnonzero(count >= 2)
    return found[np.argsort(-count[found], kind="stable")]


def _misfit_m(xyz: NDArray[np.float64], planes: NDArray[np.float64]) -> float:
    """Rms distance of points to the nearest of some planes."""
    away = np.abs(xyz @ planes[:, :3].T + planes[:, 3]).min(axis=1)
    return float(np.sqrt(np.mean(away**2)))


def _crossing(one: NDArray[np.float64], two: NDArray[np.float64], own: NDArray[np.float64]) -> Row | None:
    """The line in plan in which two planes meet, as far as the points ``own`` reach along it; None away from them."""
    g = one[:3] / one[2] - two[:3] / two[2]
    offset = one[3] / one[2] - two[3] / two[2]
    steep = float(np.hypot(g[0], g[1]))
    if steep < 0.1:
        return None
    normal = g[:2] / steep
    along = np.array([-normal[1], normal[0]])
    if np.abs(own @ normal + offset / steep).min() > REACH_M:
        return None
    t = own @ along
    return np.array([*(-offset / steep * normal), *along, t.min() - 0.2, t.max() + 0.2])


def _box(own: NDArray[np.float64], angle: float, margin: float) -> list[Row]:
    u, v = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    along, across = own @ u, own @ v
    a0, a1 = along.min() - margin, along.max() + margin
    c0, c1 = across.min() - margin, across.max() + margin
    rows = [np.array([*(c * v), *u, a0, a1]) for c in (c0, c1)]
    return rows + [np.array([*(a * u), -v[0], -v[1], -c1, -c0]) for a in (a0, a1)]


def _step_m(row: Row, one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Larger of the gaps between two planes at the ends of a cut."""
    base = row[:2] - row[2:4] * (row[:2] @ row[2:4])
    ends = base + np.outer(row[4:6], row[2:4])
    heights = [-(ends @ p[:2] + p[3]) / p[2] for p in (one, two)]
    return float(np.abs(heights[0] - heights[1]).max())


def _is_known(row: Row, known: Sequence[Row]) -> bool:
    """Whether a cut runs along one of the known ones that covers most of it."""
    return len(known) > 0 and bool(_runs_along(row, np.array(known), SAME_M, SAME_COSINE))


@njit(cache=True)
def _runs_along(row: Row, known: NDArray[np.float64], same_m: float, same_cosine: float) -> bool:
    along = row[0] * row[2] + row[1] * row[3]
    base_x, base_y = row[0] - row[2] * along, row[1] - row[3] * along
    x0, y0 = base_x + row[4] * row[2], base_y + row[4] * row[3]
    x1, y1 = base_x + row[5] * row[2], base_y + row[5] * row[3]
    for k in range(known.shape[0]):
        x, y, dx, dy, first, last = known[k]
        if abs(row[2] * dx + row[3] * dy) < same_cosine:
            continue
        away = max(abs((y0 - y) * dx - (x0 - x) * dy), abs((y1 - y) * dx - (x1 - x) * dy))
        t0, t1 = x0 * dx + y0 * dy, x1 * dx + y1 * dy
        low, high = min(t0, t1), max(t0, t1)
        if away < same_m and min(high, last) - max(low, first) > 0.5 * (high - low):
            return True
    return False
