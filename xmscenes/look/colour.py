"""Light and its bytes: sRGB to linear and back, and the mean colour of a texture around a place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPREAD = 5  # a triangle is looked at in this number squared places
MEANS = Path(__file__).with_name("means.json")  # written by scripts/measure_atlas.py


def linear_from_srgb(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """SRGB bytes to linear light in [0, 1] (IEC 61966-2-1)."""
    if isinstance(rgb, np.ndarray) and rgb.dtype == np.uint8:
        return np.take(_linear_bytes(), rgb)
    value = np.asarray(rgb, dtype=np.float64) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


@cache
def _linear_bytes() -> NDArray[np.float64]:
    """Linear light of the 256 bytes: looked up it takes a tenth of the time of the power."""
    return linear_from_srgb(np.arange(256))


def srgb_from_linear(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """Linear light in [0, 1] to sRGB bytes."""
    value = np.clip(np.asarray(rgb, dtype=np.float64), 0.0, 1.0)
    curve = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.rint(curve * 255.0).astype(np.uint8)


def albedo_at(texture: str, uv: NDArray[Any]) -> NDArray[np.float64]:
    """Mean linear colour (N, 3) of a texture around (N, 2) texture coordinates, from a small table.

    Far levels wear it instead of the picture. An unknown texture is white.
    """
    table = _tables().get(texture)
    if table is None:
        return np.ones((len(uv), 3))
    rows, columns = table.shape[:2]
    at = np.asarray(uv, dtype=np.float64) % 1.0
    found: NDArray[np.float64] = table[
        np.minimum((at[:, 1] * rows).astype(int), rows - 1), np.minimum((at[:, 0] * columns).astype(int), columns - 1)
    ]
    return found


def albedo_over(texture: str, corners: NDArray[Any]) -> NDArray[np.float64]:
    """Mean linear colour (N, 3) of a texture over triangles given by their texture coordinates (N, 3, 2).

    Many places inside each triangle count: the middle of a bay alone would be all window.
    """
    places = [(i + 1 / 3, j + 1 / 3) for i in range(SPREAD) for j in range(SPREAD - i)]
    places += [(i + 2 / 3, j + 2 / 3) for i in range(SPREAD - 1) for j in range(SPREAD - 1 - i)]
    weights = np.array([(SPREAD - u - v, u, v) for u, v in places]) / SPREAD
    uv = (weights @ corners.astype(np.float64)).reshape(-1, 2)  # (N, places, 2)
    mean: NDArray[np.float64] = albedo_at(texture, uv).reshape(len(corners), len(places), 3).mean(axis=1)
    return mean


@cache
def _tables() -> dict[str, NDArray[np.float64]]:
    if not MEANS.is_file():
        return {}
    stored = json.loads(MEANS.read_text(encoding="utf-8"))
    return {name: linear_from_srgb(np.array(rows)) for name, rows in stored.items()}


def measure_means(assets: Path, cells: int = 32) -> dict[str, list[list[list[int]]]]:
    """Mean sRGB colour of every atlas on a grid of ``cells`` x ``cells``, averaged in linear light."""
    from PIL import Image

    from xmscenes.look.atlas import ATLASES, find_images

    found = {}
    for name in sorted(ATLASES):
        with Image.open(find_images(name, assets)["albedo"]) as picture:
            light = linear_from_srgb(np.asarray(picture.convert("RGB")))
        size = cells if light.shape[0] >= 1024 and name != "foliage" else 1
        height, width = (side // size for side in light.shape[:2])
        trimmed = light[: height * size, : width * size].reshape(size, height, size, width, 3)
        found[name] = srgb_from_linear(trimmed.mean(axis=(1, 3))).tolist()
    return found
