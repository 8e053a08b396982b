"""Curved roofs: where planes fit badly, a dome, a cone, a barrel or a tent instead of facets at random."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.curved import Facets, fit_barrel, fit_cone, fit_dome
from xmscenes.geometry.tents import fit_tent, tent_sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.model.buildings.roof_planes import RoofPlanes

CURVE = -3  # label of points on a curved surface
LEAST_PLANES = 4  # a gable is no barrel: planes must be many before a curve is tried
LEAST_POINTS = 60
LEAST_KEPT = 0.95  # arches fitted to gambrels and mansards keep 78 to 92 % of the points, true curves 97 % and more
LARGEST_SHARE = 0.55  # a plane that holds more of the roof carries the curve, and is not part of it


def find_curve(
    xyz: NDArray[np.float64], roof: RoofPlanes, angles: NDArray[np.float64], ring: NDArray[np.float64]
) -> Facets | None:
    """Recognise one dome, cone, barrel or tent in a roof; None when planes tell it better.

    Tried on the points that the largest plane does not hold (a dome on a flat roof), or on all when no plane holds
    more than half. A curve must fit as well as the noise allows, and beat the planes by the Bayesian information
    criterion: four numbers against three a plane. ``ring`` is the outline, over whose sides a tent rises.
    """
    count = len(roof.planes) - roof.bumps
    if count < LEAST_PLANES or len(xyz) < LEAST_POINTS:
        return None
    size = np.bincount(roof.labels[roof.labels >= 0], minlength=len(roof.planes))
    part = roof.labels != -2
    if size.max() > LARGEST_SHARE * part.sum():
        part &= roof.labels != int(np.argmax(size))
        count -= 1
    own = xyz[part]
    if len(own) < LEAST_POINTS or count < LEAST_PLANES:
        return None
    labels = roof.labels[part]
    near = np.abs((roof.planes[labels, :3] * own).sum(axis=1) + roof.planes[labels, 3])
    flat = np.where(labels >= 0, near, 2.0 * roof.eps_m)  # points without a plane miss it by more than the limit
    best: tuple[float, Facets] | None = None
    fits: list[Callable[[NDArray[np.float64]], Facets | None]] = [fit_dome, fit_cone]
    fits.append(lambda points: fit_barrel(points, angles[:4]))
    if (sides := tent_sides(ring)) is not None and len(own) > LARGEST_SHARE * len(xyz):
        fits.append(lambda points: fit_tent(points, sides))
    for fit in fits:
        curve, kept = _fitted(fit, own, max(2.5 * roof.sigma_m, 0.1))
        if curve is None or curve.rms_m > max(1.6 * roof.sigma_m, 0.06):
            continue
        n = int(kept.sum())
        by_planes = n * np.log(np.mean(flat[kept] ** 2) + 1e-6) + 3 * count * np.log(n)
        by_curve = n * np.log(curve.rms_m**2 + 1e-6) + 4 * np.log(n)
        if by_curve < by_planes and (best is None or by_curve / n < best[0]):
            best = (by_curve / n, curve)
    return best[1] if best is not None else None


def without_curve(xyz: NDArray[np.float64], roof: RoofPlanes, curve: Facets) -> tuple[RoofPlanes, Facets]:
    """Take away the planes that only imitate the curve, and let it run to the outline where no plane is left."""
    on_curve = curve.misfit(xyz) < max(3.0 * roof.sigma_m, 0.15)
    size = np.bincount(roof.labels[roof.labels >= 0], minlength=len(roof.planes))
    shared = np.bincount(roof.labels[(roof.labels >= 0) & on_curve], minlength=len(roof.planes))
    stays = shared < 0.5 * size
    name = np.where(stays, np.cumsum(stays) - 1, -1)
    labels = np.where(roof.labels >= 0, name[np.maximum(roof.labels, 0)], roof.labels)
    labels = np.where(on_curve, CURVE, labels)
    bumps = int(stays[len(stays) - roof.bumps :].sum()) if roof.bumps else 0
    rest = replace(roof, planes=roof.planes[stays], labels=labels, bumps=bumps)
    return rest, curve if stays.any() else curve.unbounded()


def _fitted(
    fit: Callable[[NDArray[np.float64]], Facets | None], xyz: NDArray[np.float64], limit_m: float
) -> tuple[Facets | None, NDArray[np.bool_]]:
    """Fit a curve, leave out what lies off it, fit again; None when it leaves out more than 5 % of the points."""
    kept = np.ones(len(xyz), dtype=np.bool_)
    curve = fit(xyz)
    for turn in range(4):
        if curve is None:
            break
        away, before = curve.misfit(xyz), kept
        kept = away < max(limit_m, min(3.0 * float(np.median(away)), 1.0))
        if np.array_equal(kept, before):  # fitted to these points already
            break
        if kept.mean() < (0.7 if turn < 3 else LEAST_KEPT):
            return None, kept
        curve = fit(xyz[kept])
    return (curve if kept.mean() >= LEAST_KEPT else None), kept
