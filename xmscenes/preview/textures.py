"""Prepare pictures for the GPU: no black fringes round leaves, and leaves that do not thin out with distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.scene import RenderTexture


_GAMMA = 2.2


def fill_transparent(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give fully transparent texels the colour of their neighbours, so that filtering draws no dark fringe.

    ``pixels`` is u1 (H, W, 4); alpha is untouched. Method: push-pull over a pyramid of alpha-weighted averages.
    """
    seen = pixels[..., 3] > 0
    if seen.all() or not seen.any():
        return pixels
    weighted = pixels.astype("f4")
    weighted[..., 3] = seen
    weighted[..., :3] *= weighted[..., 3:]
    levels = [weighted]
    while max(levels[-1].shape[:2]) > 1:
        levels.append(_halved(levels[-1]))
    filled = levels[-1][..., :3] / np.maximum(levels[-1][..., 3:], 1e-6)
    for level in reversed(levels[:-1]):
        h, w = level.shape[:2]
        coarse = filled.repeat(2, axis=0).repeat(2, axis=1)[:h, :w]
        own = level[..., :3] / np.maximum(level[..., 3:], 1e-6)
        filled = np.where(level[..., 3:] > 0, own, coarse)
    out = pixels.copy()
    out[..., :3] = np.where(seen[..., None], pixels[..., :3], np.clip(filled + 0.5, 0, 255))
    return out


def mip_chain(texture: RenderTexture, cutoff: float) -> list[NDArray[np.uint8]]:
    """Every level of an sRGB texture, finest first; each keeps the share of texels with an alpha of ``cutoff`` or more.

    Method: Castaño, Computing Alpha Mipmaps (2010). Averages are taken in linear light.
    """
    pixels = fill_transparent(texture.pixels)
    level = (np.arange(256, dtype="f4") / 255)[pixels]
    level[..., :3] = ((np.arange(256) / 255) ** _GAMMA).astype("f4")[pixels[..., :3]]
    opaque = float((level[..., 3] >= cutoff).mean())
    chain = [pixels]
    while max(level.shape[:2]) > 1:
        level = _halved(level)
        shown = level.copy()
        if 0 < opaque < 1:
            threshold = max(float(np.quantile(level[..., 3], 1 - opaque)), 1e-3)
            shown[..., 3] = np.clip(level[..., 3] * (cutoff / threshold), 0, 1)
        shown[..., :3] **= 1 / _GAMMA
        chain.append((shown * 255 + 0.5).astype("u1"))
    return chain


def _halved(level: NDArray[Any]) -> NDArray[Any]:
    h, w = level.shape[:2]
    if h % 2 and h > 1:
        level, h = level[:-1], h - 1
    if w % 2 and w > 1:
        level, w = level[:, :-1], w - 1
    rows = level if h == 1 else (level[0::2] + level[1::2]) / 2
    return rows if w == 1 else (rows[:, 0::2] + rows[:, 1::2]) / 2
