"""When to switch levels: from measured errors to MSFT_screencoverage.

Coverage c is the diameter of a node's bounding sphere over the height of the viewport, both where the sphere is
nearest to the eye. A level with error e may be shown from the distance d = e * PIXELS_PER_RAD / TOLERANCE_PX to the
sphere, because there e is seen under the tolerance; c = radius / (d * tan(FOV_DEG / 2)). The value for level k is
the coverage below which level k + 1 takes over; the last value is 0: nothing is ever culled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PIXELS_PER_RAD = 1000.0  # of a headset's eye buffer: Quest 3 renders about 1,680 px over 96 degrees
TOLERANCE_PX = 2.0
LEAST_ERROR_M = 0.001  # coverage stays finite where a coarser level is exact
FOV_DEG = 60.0  # the vertical field of view for which coverage is stated


def switch_distance_m(error_m: float) -> float:
    """Distance from which an error of so many metres is seen under the tolerance."""
    return error_m * PIXELS_PER_RAD / TOLERANCE_PX


def screen_coverage(radius_m: float, errors_m: Sequence[float]) -> list[float]:
    """Coverage values of a node whose coarser levels have these strictly rising errors; one more than errors."""
    if any(b <= a for a, b in zip(errors_m, list(errors_m)[1:], strict=False)):
        raise ValueError(f"errors must rise strictly: {list(errors_m)}")
    slope = np.tan(np.deg2rad(FOV_DEG) / 2.0)
    values = [radius_m / (switch_distance_m(max(error, LEAST_ERROR_M)) * slope) for error in errors_m]
    return [float(f"{value:.6g}") for value in values] + [0.0]


def bounding_sphere(points: Sequence[NDArray[np.float64]]) -> tuple[NDArray[np.float64], float]:
    """Centre of the bounding box of all points, and the radius that holds them all; nothing gives radius 0."""
    full = [p for p in points if len(p)]
    if not full:
        return np.zeros(3), 0.0
    low = np.min([p.min(axis=0) for p in full], axis=0)
    high = np.max([p.max(axis=0) for p in full], axis=0)
    centre = (low + high) / 2.0
    return centre, float(np.sqrt(max(((p - centre) ** 2).sum(axis=1).max() for p in full)))
