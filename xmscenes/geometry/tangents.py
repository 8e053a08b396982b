"""Tangents for normal maps: which way the texture's u axis runs along the surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.meshes import Corners

AXIAL = 1e-3  # shares of a unit vector below it are rounding


def vertex_tangents(split: Corners) -> NDArray[np.float32]:
    """Unit tangent and handedness (N, 4) of split vertices, as glTF wants them (v runs down, green points up).

    Faces around a vertex are averaged by area; without a direction any perpendicular to the normal does.
    ``split.uv`` must be there. What lies along an axis lies there exactly: the opposite of an octahedron's front tip
    has four codes, and noise would jump between them.
    """
    assert split.uv is not None
    rows: NDArray[np.float32] = _tangents(
        np.ascontiguousarray(split.xyz), split.normal, np.ascontiguousarray(split.uv), split.faces
    )
    return rows


@njit(cache=True)
def _tangents(xyz: Any, normal: Any, uv: Any, faces: Any) -> Any:
    along = np.zeros((len(xyz), 3))  # dP/du, summed over faces and scaled by their area in the picture
    down = np.zeros((len(xyz), 3))  # dP/dv
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        u1, v1 = float(uv[b, 0]) - uv[a, 0], float(uv[b, 1]) - uv[a, 1]
        u2, v2 = float(uv[c, 0]) - uv[a, 0], float(uv[c, 1]) - uv[a, 1]
        sign = np.sign(u1 * v2 - u2 * v1)
        for axis in range(3):
            one, two = xyz[b, axis] - xyz[a, axis], xyz[c, axis] - xyz[a, axis]
            t, s = (one * v2 - two * v1) * sign, (two * u1 - one * u2) * sign
            for vertex in (a, b, c):
                along[vertex, axis] += t
                down[vertex, axis] += s
    out = np.zeros((len(xyz), 4), np.float32)
    for i in range(len(xyz)):
        nx, ny, nz = float(normal[i, 0]), float(normal[i, 1]), float(normal[i, 2])
        dot = along[i, 0] * nx + along[i, 1] * ny + along[i, 2] * nz
        tx, ty, tz = along[i, 0] - dot * nx, along[i, 1] - dot * ny, along[i, 2] - dot * nz
        length = np.sqrt(tx * tx + ty * ty + tz * tz)
        if length < 1e-9:  # any perpendicular: the normal crossed with the axis farther from it
            if abs(nx) < 0.9:
                tx, ty, tz = 0.0, nz, -ny
            else:
                tx, ty, tz = -nz, 0.0, nx
            length = np.sqrt(tx * tx + ty * ty + tz * tz)
        tx, ty, tz = tx / length, ty / length, tz / length
        bx, by, bz = ny * tz - nz * ty, nz * tx - nx * tz, nx * ty - ny * tx
        hand = bx * down[i, 0] + by * down[i, 1] + bz * down[i, 2]
        for axis, value in enumerate((tx, ty, tz)):
            if abs(value) > AXIAL:
                out[i, axis] = value
        out[i, 3] = -1.0 if hand > 0.0 else 1.0
    return out
