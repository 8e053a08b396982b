"""Tunnel mouths: a dark opening in a granite frame at each end; nothing is draped over the hill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.model.ground.blocks import block
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.records import Box, Mesh

_CLEAR_M = 2.8
_FRAME_M = 0.45
_STONE, _DARK = (150, 142, 130), (28, 28, 30)


def tunnel_mesh(xy: NDArray[np.float64], width_m: float, ground: Ground, box: Box) -> Mesh | None:
    """The mouths of a tunnel that lie in a box; None when both are elsewhere. ``xy`` (M, 2) is the centreline."""
    parts: list[Mesh] = []
    for mouth, inwards in ((xy[0], xy[1] - xy[0]), (xy[-1], xy[-2] - xy[-1])):
        x, y = mouth
        if not (box[0] <= x < box[2] and box[1] <= y < box[3]):
            continue
        along = inwards / max(float(np.hypot(*inwards)), 1e-9)
        across = np.array([-along[1], along[0]])
        half = max(width_m, 2.4) / 2.0
        floor = float(ground.at(mouth[None])[0])
        for centre, size, z, rgb in (
            (mouth + across * (half + _FRAME_M / 2), (0.8, _FRAME_M), (floor - 0.5, floor + _CLEAR_M), _STONE),
            (mouth - across * (half + _FRAME_M / 2), (0.8, _FRAME_M), (floor - 0.5, floor + _CLEAR_M), _STONE),
            (mouth, (0.8, 2 * (half + _FRAME_M)), (floor + _CLEAR_M, floor + _CLEAR_M + 0.7), _STONE),
            (mouth + along * 0.2, (0.3, 2 * half), (floor - 0.3, floor + _CLEAR_M), _DARK),
        ):
            parts.append(block(centre, along, size, z, rgb, Surface.DETAIL))
    return merge_meshes(parts)[0] if parts else None
