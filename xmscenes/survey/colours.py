"""Colour and intensity of echoes: plausible, noisy, and the same for the same place in every strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.survey.beams import CROWN, GROUND, HERB, SOLID, WATER
from xmscenes.survey.ground import COVERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.survey.scanner import Scanner

GROUND_RGB = {
    "soil": (140, 134, 118),
    "paving": (168, 162, 152),
    "asphalt": (104, 104, 106),
    "grass": (112, 128, 72),
    "wood": (92, 88, 62),
    "sand": (214, 198, 164),
    "rock": (156, 148, 138),
    "water": (74, 104, 108),
}
LEAF_RGB = np.array([(64, 92, 44), (78, 104, 52), (54, 82, 46), (88, 108, 58)], dtype=np.float32)
GROUND_INTENSITY = {"soil": 900, "paving": 1100, "asphalt": 420, "grass": 1500, "wood": 1000, "sand": 1700}
GROUND_INTENSITY |= {"rock": 1200, "water": 150}


def colour_echoes(
    scanner: Scanner,
    kind: NDArray[np.uint8],
    face: NDArray[np.int64],
    xyz: NDArray[np.float64],
    incidence: NDArray[np.float64],
    count: NDArray[np.uint8],
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """RGB (N, 3) and 16-bit intensity of echoes; the energy of a pulse is shared by its echoes."""
    ground = scanner.world.ground
    row, column = ground.canvas.cells(xyz)
    cover = ground.cover[row, column]
    table = np.array([GROUND_RGB[name] for name in COVERS], dtype=np.float32)
    strength = np.array([GROUND_INTENSITY[name] for name in COVERS], dtype=np.float32)
    rgb, intensity = table[cover], strength[cover]
    rgb[kind == GROUND] += _patchy(xyz[kind == GROUND], 6.0)[:, None] * 9.0
    leaves = (kind == CROWN) | (kind == HERB)
    rgb[leaves] = LEAF_RGB[_hash(xyz[leaves], 5.0) % len(LEAF_RGB)]
    intensity[leaves] = 1300.0
    water = kind == WATER
    rgb[water] = GROUND_RGB["water"]
    solid = kind == SOLID
    if solid.any():
        rgb[solid] = _shaded(scanner.face_rgb[face[solid]], incidence[solid])
        intensity[solid] = 700.0 + 3.0 * scanner.face_rgb[face[solid], 0]
    rgb += rng.standard_normal(rgb.shape, dtype=np.float32) * np.where(leaves, 14.0, 6.0)[:, None]
    intensity *= (incidence / np.maximum(count, 1)).astype(np.float32)
    intensity *= 1.0 + 0.12 * rng.standard_normal(len(intensity), dtype=np.float32)
    return np.clip(rgb, 0, 255).astype(np.uint8), np.clip(intensity, 1, 65535).astype(np.uint16)


def _shaded(rgb: Any, incidence: NDArray[np.float64]) -> Any:
    return rgb.astype(np.float32) * (0.62 + 0.38 * np.sqrt(incidence.astype(np.float32)))[:, None]


def _hash(xyz: NDArray[np.float64], cell_m: float) -> NDArray[np.int64]:
    i = np.floor(xyz[:, :2] / cell_m).astype(np.int64)
    return np.asarray(np.abs((i[:, 0] * 73856093) ^ (i[:, 1] * 19349663)) >> 3, dtype=np.int64)


def _patchy(xyz: NDArray[np.float64], cell_m: float) -> NDArray[np.float32]:
    """Patches of lighter and darker ground, in [-1, 1]."""
    wave = np.sin(xyz[:, 0] / cell_m) * np.cos(xyz[:, 1] / (1.3 * cell_m)) + 0.6 * np.sin(xyz[:, 1] / (2.7 * cell_m))
    return (wave / 1.6).astype(np.float32)
