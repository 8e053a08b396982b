"""Small parts in plain render, tinted: the stuff that relief is made of. It needs no picture, so it costs few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.colour import linear_from_srgb, srgb_from_linear
from xmscenes.look.means import STRIP_RGB
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from xmscenes.look.parts import Bench, Shape

    Floats = NDArray[np.float64]


_LINEAR = linear_from_srgb(np.arange(256))
_WHITE = linear_from_srgb(np.array(STRIP_RGB["white"]))


def tinted_by(rgb: ArrayLike, linear: Floats) -> Floats:
    """SRGB colours (…, 3) as they look over a surface of this linear colour (3,), as floats in 0..255."""
    whole = np.minimum(np.maximum(np.rint(np.asarray(rgb, dtype=np.float64)), 0.0), 255.0).astype(np.intp)
    return srgb_from_linear(_LINEAR[whole] * linear).astype(np.float64)


def add_plain(bench: Bench, shape: Shape, rgb: ArrayLike, surface: Surface = Surface.DETAIL) -> None:
    """Put a part on the bench in plain render, tinted by one colour or by one a face."""
    bench.add(shape, tinted_by(rgb, _WHITE), material="plain", surface=surface)
