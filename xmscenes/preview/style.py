"""What the light looks like: sun, sky and air of a time of day. Colours are linear, in units of exposed white."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from xmscenes.preview.sun import direction

Rgb = tuple[float, float, float]

THEME_TIMES = {"day": "15:40", "dusk": "18:10", "night": "20:30"}
_MOON = direction(150.0, 38.0)
_LOWEST_SUN_DEG = 4.0  # a lower sun leaves the picture black with shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Everything the shaders need to know about sky and air. ``sun`` points towards the light, local axes."""

    sun: tuple[float, float, float]
    sun_rgb: Rgb
    sky_rgb: Rgb  # ambient from above
    ground_rgb: Rgb  # ambient from below
    zenith_rgb: Rgb
    horizon_rgb: Rgb
    glow_rgb: Rgb  # added to the horizon towards the sun
    cloud_rgb: Rgb
    cloud_cover: float = 0.35
    haze: float = 0.25  # share of air colour at the far end of the scene
    disc: float = 1.0  # brightness of the sun's disc
    windows: float = 0.0  # brightness of lit windows
    stars: float = 0.0
    exposure: float = 1.0


# Keyed by the sun's elevation in degrees; between two rows the light is mixed. Tuned by eye on generated and built
# scenes against photographs of clear subtropical days: no physical sky model fits dusk and night with one exposure.
_ROWS: tuple[tuple[float, Light], ...] = (
    (
        -12.0,
        Light(
            sun=_MOON, sun_rgb=(0.10, 0.14, 0.24), sky_rgb=(0.045, 0.065, 0.13), ground_rgb=(0.03, 0.03, 0.04),
            zenith_rgb=(0.008, 0.014, 0.04), horizon_rgb=(0.05, 0.075, 0.14), glow_rgb=(0.03, 0.03, 0.05),
            cloud_rgb=(0.05, 0.06, 0.1), cloud_cover=0.25, haze=0.3, disc=0.25, windows=1.0, stars=1.0, exposure=1.45,
        ),
    ),
    (
        -3.0,
        Light(
            sun=_MOON, sun_rgb=(0.22, 0.17, 0.22), sky_rgb=(0.17, 0.20, 0.36), ground_rgb=(0.10, 0.08, 0.09),
            zenith_rgb=(0.05, 0.085, 0.24), horizon_rgb=(0.42, 0.30, 0.36), glow_rgb=(0.75, 0.30, 0.10),
            cloud_rgb=(0.42, 0.22, 0.24), cloud_cover=0.4, haze=0.35, disc=0.0, windows=0.9, stars=0.1, exposure=1.2,
        ),
    ),
    (
        3.0,
        Light(
            sun=_MOON, sun_rgb=(2.6, 1.15, 0.45), sky_rgb=(0.31, 0.34, 0.52), ground_rgb=(0.19, 0.14, 0.13),
            zenith_rgb=(0.07, 0.16, 0.44), horizon_rgb=(0.70, 0.46, 0.38), glow_rgb=(1.7, 0.62, 0.12),
            cloud_rgb=(0.95, 0.52, 0.38), cloud_cover=0.36, haze=0.2, disc=1.0, windows=0.4, exposure=0.82,
        ),
    ),
    (
        12.0,
        Light(
            sun=_MOON, sun_rgb=(2.1, 1.42, 0.86), sky_rgb=(0.33, 0.39, 0.52), ground_rgb=(0.18, 0.15, 0.13),
            zenith_rgb=(0.10, 0.23, 0.58), horizon_rgb=(0.60, 0.64, 0.70), glow_rgb=(0.8, 0.48, 0.22),
            cloud_rgb=(1.15, 1.0, 0.9), cloud_cover=0.3, haze=0.16, exposure=0.78,
        ),
    ),
    (
        35.0,
        Light(
            sun=_MOON, sun_rgb=(2.15, 1.84, 1.42), sky_rgb=(0.36, 0.45, 0.61), ground_rgb=(0.19, 0.17, 0.14),
            zenith_rgb=(0.07, 0.21, 0.62), horizon_rgb=(0.46, 0.64, 0.86), glow_rgb=(0.3, 0.24, 0.17),
            cloud_rgb=(1.35, 1.32, 1.3), cloud_cover=0.3, haze=0.12, exposure=0.74,
        ),
    ),
)  # fmt: skip


def light_at(azimuth_deg: float, elevation_deg: float, theme: str | None = None) -> Light:
    """Light of a sun position, kept within a theme when one is named: ``"day"``, ``"dusk"`` or ``"night"``.

    A theme wins over the clock: ``day`` never lets the sun sink below 12 degrees, ``dusk`` holds it near the horizon,
    ``night`` puts the moon in its place.
    """
    limits = {"day": (12.0, 90.0), "dusk": (2.0, 7.0), "night": (-90.0, -12.0), None: (-90.0, 90.0)}
    low, high = limits[theme]
    height = min(max(elevation_deg, low), high)
    keys = np.array([row[0] for row in _ROWS])
    at = float(np.clip(np.interp(height, keys, np.arange(len(keys))), 0, len(keys) - 1))
    below = min(int(at), len(keys) - 2)
    values = _mix(_ROWS[below][1], _ROWS[below + 1][1], at - below)
    # Below -3 degrees the light of the picture comes from the moon; above, from the sun, never lower than 4 degrees.
    sun = _MOON if height <= -3.0 else direction(azimuth_deg, max(height, _LOWEST_SUN_DEG))
    return Light(**{**values, "sun": sun})  # type: ignore[arg-type]


def _mix(a: Light, b: Light, share: float) -> dict[str, object]:
    mixed: dict[str, object] = {}
    for item in fields(Light):
        x, y = np.array(getattr(a, item.name), "f8"), np.array(getattr(b, item.name), "f8")
        value = x * (1 - share) + y * share
        mixed[item.name] = tuple(value.tolist()) if value.ndim else float(value)
    return mixed


def theme_of(elevation_deg: float) -> str:
    """Name of the theme that a sun elevation falls into."""
    return "day" if elevation_deg > 8 else "dusk" if elevation_deg > -6 else "night"
