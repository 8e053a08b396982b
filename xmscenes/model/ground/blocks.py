"""Plain bodies that small structures are made of: blocks, prisms and bars along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rgb = tuple[int, int, int]


def block(
    centre: NDArray[np.float64],
    along: NDArray[np.float64],
    size_m: tuple[float, float],
    z_m: tuple[float, float],
    rgb: Rgb,
    surface: Surface,
) -> Mesh:
    """An upright block, ``size_m`` along and across the unit direction ``along``, from z to z, without a foot."""
    across = np.array([-along[1], along[0]])
    ring = [
        centre + along * size_m[0] / 2 * a + across * size_m[1] / 2 * b for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    return prism(np.array(ring), z_m, rgb, surface)


def prism(ring: NDArray[np.float64], z_m: tuple[float, float], rgb: Rgb, surface: Surface) -> Mesh:
    """An upright prism over a convex ring (M, 2), counter-clockwise, with a top and no foot."""
    n = len(ring)
    vertices = np.vstack([np.column_stack([ring, np.full(n, z)]) for z in z_m])
    faces = [(n, n + i, n + i + 1) for i in range(1, n - 1)]
    for a in range(n):
        b = (a + 1) % n
        faces += [(a, b, n + b), (a, n + b, n + a)]
    return _painted(vertices, np.array(faces, dtype=np.int32), rgb, surface)


def bar(stations: NDArray[np.float64], profile: NDArray[np.float64], rgb: Rgb, surface: Surface) -> Mesh:
    """A body with a constant section along a line.

    ``stations`` (S, 3) is the line; ``profile`` (P, 2) the section as (to the left, up), counter-clockwise seen in
    the line's direction from behind, closed. Bends are mitred; both ends have caps.
    """
    left = mitres(stations[:, :2])
    rings = stations[:, None, :] + np.concatenate(
        [left[:, None, :] * profile[None, :, :1], np.repeat(profile[None, :, 1:], len(stations), axis=0)], axis=2
    )
    s, p = len(stations), len(profile)
    faces = []
    for i in range(s - 1):
        for a in range(p):
            b = (a + 1) % p
            faces += [(i * p + a, i * p + p + b, i * p + b), (i * p + a, i * p + p + a, i * p + p + b)]
    for first, back in ((0, False), ((s - 1) * p, True)):
        for a in range(1, p - 1):
            faces.append((first, first + a + 1, first + a) if back else (first, first + a, first + a + 1))
    return _painted(rings.reshape(-1, 3), np.array(faces, dtype=np.int32), rgb, surface)


def mitres(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors (S, 2) to the left of a line at its vertices, a metre from the line on both sides of a bend."""
    edge = np.diff(xy, axis=0)
    edge = edge / np.maximum(np.hypot(edge[:, 0], edge[:, 1]), 1e-9)[:, None]
    before, after = np.vstack([edge[:1], edge]), np.vstack([edge, edge[-1:]])
    normal = np.column_stack([-(before + after)[:, 1], (before + after)[:, 0]])
    normal = normal / np.maximum(np.hypot(normal[:, 0], normal[:, 1]), 1e-9)[:, None]
    cosine = np.maximum(np.einsum("ij,ij->i", normal, np.column_stack([-after[:, 1], after[:, 0]])), 0.5)
    return np.asarray(normal / cosine[:, None], dtype=np.float64)


def _painted(vertices: NDArray[np.float64], faces: NDArray[np.int32], rgb: Rgb, surface: Surface) -> Mesh:
    return Mesh(
        vertices=vertices,
        faces=faces,
        surface=np.full(len(faces), int(surface), dtype=np.uint8),
        rgb=np.tile(np.array(rgb, dtype=np.uint8), (len(faces), 3, 1)),
    )
