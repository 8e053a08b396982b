"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, to and from WGS 84.

GCJ-02 adds a smooth wobble of some hundred metres to WGS 84 (at Xiamen about 503 m east, 294 m south);
BD-09 adds a second one. Both are known only as formulas that circulate in open source; neither has a closed
inverse, so the way back is a fixed-point iteration. Good for reading map data, not for 地形图保密处理.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Lonlat = NDArray[np.float64]  # (N, 2) degrees, longitude first

# Krasovsky 1940, the ellipsoid that the GCJ-02 formula was made for.
_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
# Outside this box GCJ-02 is WGS 84: west, east, south, north.
_BOX_DEG = (72.004, 137.8347, 0.8293, 55.8271)
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_SHIFT_DEG = (0.0065, 0.006)
# A step of 1e-11 degrees is a micrometre. Each round gains two digits or more; 7 rounds do in practice.
_STEP_DEG = 1e-11
_ROUNDS = 40


def wgs84_to_gcj02(lonlat: Lonlat) -> Lonlat:
    """Shift WGS 84 positions to where Amap, Tencent and Chinese GIS vendors draw them.

    ``lonlat`` is (N, 2) degrees, longitude first. Positions outside the box of China come back unchanged; NaN
    stays NaN.
    """
    lonlat = _checked(lonlat)
    return lonlat + _gcj_offset(lonlat)


def gcj02_to_wgs84(lonlat: Lonlat) -> Lonlat:
    """Undo ``wgs84_to_gcj02``, exact to well under a millimetre.

    ``lonlat`` is (N, 2) degrees. Within about 1 km of the edge of China's box, where the formula jumps, a
    position may have two originals or none; the result is then one that lies within that jump.
    """
    return _inverted(lonlat, wgs84_to_gcj02)


def wgs84_to_bd09(lonlat: Lonlat) -> Lonlat:
    """Shift WGS 84 positions to where Baidu draws them; (N, 2) degrees, longitude first."""
    return _gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: Lonlat) -> Lonlat:
    """Undo ``wgs84_to_bd09``, exact to well under a millimetre; (N, 2) degrees, longitude first."""
    return gcj02_to_wgs84(_inverted(lonlat, _gcj02_to_bd09))


def _checked(lonlat: Lonlat) -> Lonlat:
    lonlat = np.asarray(lonlat, dtype=np.float64)
    if lonlat.ndim != 2 or lonlat.shape[1] != 2:
        raise ValueError(f"lonlat has shape {lonlat.shape}, want (N, 2)")
    return lonlat


def _inverted(lonlat: Lonlat, forward: Callable[[Lonlat], Lonlat]) -> Lonlat:
    # Fixed point of w = target - (forward(w) - w); the shift changes by under 2 % of a step.
    target = _checked(lonlat)
    guess = target.copy()
    for _ in range(_ROUNDS):
        step = target - forward(guess)
        guess += step
        if not (np.abs(step) > _STEP_DEG).any():
            break
    return guess


def _gcj_offset(lonlat: Lonlat) -> Lonlat:
    west, east, south, north = _BOX_DEG
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    x, y = lon - 105.0, lat - 35.0
    swing = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + swing
    north_m += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + swing
    east_m += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    # Metres to degrees with the radii of curvature of the meridian and of the prime vertical.
    latitude = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    vertical_m = _SEMI_MAJOR_M / np.sqrt(magic)
    offset = np.column_stack([np.degrees(east_m / (vertical_m * np.cos(latitude))), np.degrees(north_m / meridian_m)])
    offset[~inside & np.isfinite(lonlat).all(axis=1)] = 0.0
    return offset


def _gcj02_to_bd09(lonlat: Lonlat) -> Lonlat:
    lon, lat = _checked(lonlat).T
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return np.column_stack([radius * np.cos(angle) + _BD_SHIFT_DEG[0], radius * np.sin(angle) + _BD_SHIFT_DEG[1]])
