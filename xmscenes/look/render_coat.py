"""Small parts in plain render, tinted: the stuff that relief is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import band_uv
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.look.parts import Bench, Shape

    Floats = NDArray[np.float64]


_WHITE = band_uv("white", np.zeros(1), np.full(1, 0.5))


def white_uv(count: int) -> Floats:
    """Texture coordinates of plain render for some faces."""
    uv = np.zeros((count, 3, 2))
    uv[:] = _WHITE
    return uv


def add_plain(bench: Bench, shape: Shape, rgb: Floats, surface: Surface = Surface.DETAIL) -> None:
    """Put a part on the bench in plain render, tinted."""
    bench.add(shape, rgb, material="facade", uv=white_uv(len(shape[1])), surface=surface)
