"""Where the leaves of the foliage sheet are: measured once by scripts/measure_atlas.py, in blocks of 8 x 8 pixels."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import ATLASES, FOLIAGE_PIXELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

CUTOUTS = Path(__file__).with_name("cutouts.json")
BLOCK_PIXELS = 8


@cache
def opaque_blocks() -> NDArray[np.bool_]:
    """Which blocks (row from the top, column) of the foliage sheet are mostly opaque."""
    rows = [list(bytes.fromhex(row)) for row in json.loads(CUTOUTS.read_text(encoding="utf-8"))]
    blocks: NDArray[np.bool_] = np.unpackbits(np.array(rows, np.uint8), axis=1).astype(bool)
    return blocks


def measure_cutouts(assets: Path) -> list[str]:
    """Measure the foliage sheet below ``assets``: one row of blocks a hexadecimal text, a bit a block."""
    from PIL import Image

    with Image.open(assets / "look" / ATLASES["foliage"].albedo) as image:
        alpha = np.asarray(image.convert("RGBA"))[..., 3].astype(np.float64) / 255.0
    side = FOLIAGE_PIXELS // BLOCK_PIXELS
    mean = alpha.reshape(side, BLOCK_PIXELS, side, BLOCK_PIXELS).mean(axis=(1, 3))
    return [bytes(row).hex() for row in np.packbits(mean >= 0.5, axis=1)]
