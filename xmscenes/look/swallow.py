"""燕尾脊: ridges that sweep up into two forked tails, and the bands along the verges of Minnan roofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.parts import Bench, swept
from xmscenes.look.render_coat import add_plain
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from xmscenes.look.shell import Shell

    Floats = NDArray[np.float64]

BRICK_RGB = (206, 126, 92)
BAND_RGB = (96, 132, 120)  # the strip of glazed ornaments under the crest
REACH_M, RISE_M = 1.25, 1.5  # of the tails beyond and above the straight ridge


def add_swallow_ridge(bench: Bench, a: Floats, b: Floats, trim_rgb: ArrayLike) -> None:
    """A ridge wall from a to b (3,), brick with a glazed band and a pale crest, that ends in two forked tails."""
    length = float(np.linalg.norm(b - a))
    middle, along = (a + b) / 2, (b - a) / length
    aside = np.array([-along[1], along[0], 0.0])
    size = min(1.0, length / 9.0)  # short ridges have small tails
    t = np.linspace(-1.0, 1.0, 9)
    sag = 0.3 * size * t**2  # the ridge hangs a little before it takes off
    for low, high, width, rgb in (
        (-0.12, 0.34, 0.3, BRICK_RGB),
        (0.3, 0.46, 0.34, BAND_RGB),
        (0.44, 0.56, 0.42, trim_rgb),
    ):
        path = middle + np.outer(t * length / 2, along) + np.outer(sag + (low + high) / 2, [0, 0, 1])
        _add(bench, path, width, high - low, rgb)
    for end in (-1.0, 1.0):
        for fork in (-1.0, 1.0):
            s = np.linspace(0.0, 1.0, 6)
            out = length / 2 * end * 0.96 + end * REACH_M * size * s * (1.0 if fork > 0 else 0.78)
            rise = 0.3 * size + 0.42 + RISE_M * size * s**1.7 * (1.0 if fork > 0 else 0.72) - 0.05 * (fork < 0)
            path = (
                middle
                + np.outer(out, along)
                + np.outer(rise, [0, 0, 1])
                + np.outer(fork * (0.025 + 0.235 * s**1.5), aside)
            )
            _add(bench, path, 0.36 - 0.28 * s, (0.34 - 0.24 * s) * max(size, 0.5), trim_rgb)


def _add(bench: Bench, path: Floats, width: ArrayLike, height: ArrayLike, rgb: ArrayLike) -> None:
    shape = swept(list(path), width, height)
    add_plain(bench, shape, rgb, Surface.ROOF)


def add_swallow_tails(bench: Bench, shell: Shell, trim_rgb: Floats) -> None:
    """Swallow tails on every level ridge of a roof, and bands along its verges."""
    for (i, j), _, _ in shell.ridges:
        a, b = shell.vertices[i], shell.vertices[j]
        if abs(a[2] - b[2]) < 0.15 and np.linalg.norm(b - a) >= 3.0:
            add_swallow_ridge(bench, a, b, trim_rgb)
    for f, (i, j) in shell.eaves:
        a, b = shell.vertices[i], shell.vertices[j]
        climbs = abs(a[2] - b[2]) > 0.25 * float(np.linalg.norm((b - a)[:2]))
        if climbs and not shell.roofs[f].is_flat:
            add_verge(bench, [a, b], trim_rgb)


def add_verge(bench: Bench, path: list[Floats], trim_rgb: ArrayLike) -> None:
    """规带: a raised band of brick under a pale coping, along the end of a roof."""
    points = np.array(path)
    steps = np.diff(points, axis=0)
    up = np.array([0.0, 0.0, (np.linalg.norm(steps, axis=1) / np.linalg.norm(steps[:, :2], axis=1)).max()])
    _add(bench, points + 0.08 * up, 0.44, 0.3, BRICK_RGB)
    _add(bench, points + 0.26 * up, 0.5, 0.08, trim_rgb)
