"""Colours of the ground, from what covers it, how steep it is and where it lies; nothing random, nothing per tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.model.ground.cover import Cover

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRASS = ((118, 134, 78), (88, 112, 60))  # dry, lush
ROCK = (150, 140, 126)
WALL = (146, 138, 126)  # dressed granite
TIDE = (84, 86, 76)  # weed and wet stone
COLOUR = {
    Cover.GREEN: (92, 122, 62),
    Cover.YARD: (176, 166, 150),
    Cover.SAND: (214, 196, 156),
    Cover.SQUARE: (188, 178, 164),
    Cover.STREET: (156, 153, 149),  # worn asphalt
    Cover.LANE: (158, 152, 144),
    Cover.ROCK: ROCK,
    Cover.PATH: (172, 162, 148),
    Cover.STEPS: (164, 156, 144),
    Cover.PAVED: (170, 162, 150),
    Cover.SIDEWALK: (192, 176, 162),
    Cover.KERB: (206, 202, 194),
    Cover.KERB_FACE: (176, 172, 164),
    Cover.MARK: (234, 232, 226),
    Cover.MARK_YELLOW: (226, 178, 74),
}


def ground_rgb(kind: NDArray[np.int32], xyz: NDArray[np.float64], steepness: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Colour (F, 3, 3) of face corners, from ``kind`` (F,), positions (F, 3, 3) and ``steepness`` (F,), a ratio."""
    patchy = value_noise(xyz[..., :2], 23.0)[..., None]
    fine = value_noise(xyz[..., :2] + 71.3, 6.0)[..., None]
    dry, lush = (np.array(c, dtype=np.float64) for c in GRASS)
    rgb = dry + (lush - dry) * np.clip(0.75 * patchy + 0.5 * fine - 0.1, 0.0, 1.0)
    for cover, colour in COLOUR.items():
        of = kind == cover
        rgb[of] = np.array(colour) * (0.94 + 0.12 * patchy[of])
    bare = np.isin(kind, (Cover.LAND, Cover.GREEN))
    rocky = np.where(bare, np.clip((steepness - 0.7) / 0.6, 0.0, 1.0), 0.0)[:, None, None]
    rgb += (np.array(ROCK) * (0.85 + 0.3 * fine) - rgb) * rocky
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def value_noise(xy: NDArray[np.float64], wavelength_m: float) -> NDArray[np.float64]:
    """Smooth noise in [0, 1] at (..., 2) positions, the same wherever the tile borders fall."""
    cell = np.floor(xy / wavelength_m).astype(np.int64)
    t = xy / wavelength_m - cell
    t = t * t * (3.0 - 2.0 * t)
    total = np.zeros(xy.shape[:-1])
    for i in (0, 1):
        for j in (0, 1):
            weight = (t[..., 0] if i else 1.0 - t[..., 0]) * (t[..., 1] if j else 1.0 - t[..., 1])
            total += weight * hashed(cell[..., 0] + i, cell[..., 1] + j)
    return total


def hashed(a: NDArray[np.int64], b: NDArray[np.int64], salt: int = 0) -> NDArray[np.float64]:
    """A number in [0, 1) for a pair of whole numbers, always the same one (an avalanche of shifts and products)."""
    h = np.asarray(a, dtype=np.int64).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    h ^= np.asarray(b, dtype=np.int64).astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F) + np.uint64(salt)
    for shift, factor in ((29, 0xBF58476D1CE4E5B9), (32, 0x94D049BB133111EB)):
        h ^= h >> np.uint64(shift)
        h *= np.uint64(factor)
    h ^= h >> np.uint64(31)
    return (h >> np.uint64(11)).astype(np.float64) / float(1 << 53)
