"""Where the sun stands.

Method: NOAA Global Monitoring Laboratory, solar calculator spreadsheet, after Jean Meeus, Astronomical Algorithms
(1991), chapter 25. Good to about 0.01 degrees between 1900 and 2100; refraction is not applied.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone


def local_moment(day: str, clock: str, lon_deg: float, utc_offset_h: float | None = None) -> datetime:
    """Time of day at a place, from ``"2026-10-01"`` and ``"17:30"``.

    Without ``utc_offset_h`` the hour zone of the longitude counts: 8 in Xiamen. Bad text raises ``ValueError``.
    """
    offset_h = round(lon_deg / 15.0) if utc_offset_h is None else utc_offset_h
    zone = timezone(timedelta(hours=offset_h))
    return datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=zone)


def sun_position(lon_deg: float, lat_deg: float, moment: datetime) -> tuple[float, float]:
    """Azimuth (clockwise from north) and elevation of the sun in degrees. ``moment`` knows its zone."""
    if moment.tzinfo is None:
        raise ValueError("moment has no time zone")
    utc = moment.astimezone(UTC)
    day = (utc - datetime(2000, 1, 1, 12, tzinfo=UTC)) / timedelta(days=1)
    t = day / 36525.0
    declination, equation_min = _declination_and_equation(t)
    minutes = utc.hour * 60 + utc.minute + utc.second / 60
    hour_angle = math.radians((minutes + equation_min + 4 * lon_deg) / 4 - 180)
    lat = math.radians(lat_deg)
    sin_h = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    elevation = math.asin(max(-1.0, min(1.0, sin_h)))
    azimuth = math.atan2(
        -math.cos(declination) * math.sin(hour_angle),
        math.cos(lat) * math.sin(declination) - math.sin(lat) * math.cos(declination) * math.cos(hour_angle),
    )
    return math.degrees(azimuth) % 360.0, math.degrees(elevation)


def _declination_and_equation(t: float) -> tuple[float, float]:
    """Declination in radians and equation of time in minutes, ``t`` Julian centuries after J2000."""
    mean_lon = math.radians((280.46646 + t * (36000.76983 + t * 0.0003032)) % 360)
    anomaly = math.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre = (
        math.sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
        + math.sin(2 * anomaly) * (0.019993 - 0.000101 * t)
        + math.sin(3 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * t)
    apparent = mean_lon + math.radians(centre - 0.00569 - 0.00478 * math.sin(node))
    seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))
    obliquity = math.radians(23 + (26 + seconds / 60) / 60 + 0.00256 * math.cos(node))
    y = math.tan(obliquity / 2) ** 2
    equation = (
        y * math.sin(2 * mean_lon)
        - 2 * eccentricity * math.sin(anomaly)
        + 4 * eccentricity * y * math.sin(anomaly) * math.cos(2 * mean_lon)
        - 0.5 * y * y * math.sin(4 * mean_lon)
        - 1.25 * eccentricity**2 * math.sin(2 * anomaly)
    )
    return math.asin(math.sin(obliquity) * math.sin(apparent)), 4 * math.degrees(equation)


def sun_direction(lon_deg: float, lat_deg: float, moment: datetime) -> tuple[float, float, float]:
    """Unit vector towards the sun in local axes (x east, y north, z up)."""
    return direction(*sun_position(lon_deg, lat_deg, moment))


def direction(azimuth_deg: float, elevation_deg: float) -> tuple[float, float, float]:
    """Unit vector of an azimuth (clockwise from north) and an elevation."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)
