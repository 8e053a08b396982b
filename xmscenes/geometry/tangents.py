"""Tangents for normal maps: which way the texture's u axis runs along the surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.meshes import Corners


def vertex_tangents(split: Corners) -> NDArray[np.float32]:
    """Unit tangent and handedness (N, 4) of split vertices, as glTF wants them (v runs down, green points up).

    Faces around a vertex are averaged by area; without a direction any perpendicular to the normal does.
    ``split.uv`` must be there.
    """
    assert split.uv is not None
    a, b, c = (split.xyz[split.faces[:, k]] for k in range(3))
    ua, ub, uc = (split.uv[split.faces[:, k]].astype(np.float64) for k in range(3))
    one, two, du1, du2 = b - a, c - a, ub - ua, uc - ua
    turn = (du1[:, 0] * du2[:, 1] - du2[:, 0] * du1[:, 1])[:, None]
    sign = np.sign(turn)
    along = (one * du2[:, 1:] - two * du1[:, 1:]) * sign  # dP/du, scaled by the area in the picture
    down = (two * du1[:, :1] - one * du2[:, :1]) * sign  # dP/dv
    count = len(split.xyz)
    normal = split.normal.astype(np.float64)
    tangent = _summed(along, split.faces, count)
    tangent -= normal * (tangent * normal).sum(axis=1, keepdims=True)
    length = np.linalg.norm(tangent, axis=1, keepdims=True)
    side = np.where(np.abs(normal[:, :1]) < 0.9, np.array([1.0, 0, 0]), np.array([0, 1.0, 0]))
    spare = np.cross(normal, side)
    spare /= np.linalg.norm(spare, axis=1, keepdims=True)
    unit = np.where(length > 1e-9, tangent / np.maximum(length, 1e-9), spare)
    up = -_summed(down, split.faces, count)
    hand = np.where((np.cross(normal, unit) * up).sum(axis=1) < 0, -1.0, 1.0)
    rows: NDArray[np.float32] = np.column_stack([unit, hand]).astype(np.float32)
    return rows


def _summed(per_face: NDArray[np.float64], faces: NDArray[np.uint32], count: int) -> NDArray[np.float64]:
    total = np.zeros((count, 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner], per_face[:, axis], minlength=count)
    return total
