"""Roofs of eighteen kinds as parts: a convex outline under the lowest of its planes. Sizes and pitches are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Plane = tuple[float, float, float]  # z = a x + b y + c
Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Part:
    """A convex outline (K, 2), counter-clockwise, under the lowest of its planes."""

    ring: NDArray[np.float64]
    planes: tuple[Plane, ...]


def box(x: float, y: float, length: float, width: float, *planes: Plane) -> Part:
    """Rectangle about (x, y) under planes given about its own middle."""
    half = np.array([length, width]) / 2
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + (x, y)
    return Part(ring, tuple((a, b, c - a * x - b * y) for a, b, c in planes))


def slopes(length: float, width: float, eave: float, along: float | None, across: float) -> list[Plane]:
    """Planes that rise from the long eaves with pitch ``across`` and, unless None, from the short ones."""
    planes: list[Plane] = [(0.0, across, eave + across * width / 2), (0.0, -across, eave + across * width / 2)]
    if along is not None:
        planes += [(along, 0.0, eave + along * length / 2), (-along, 0.0, eave + along * length / 2)]
    return planes


def _size(rng: Rng) -> tuple[float, float, float, float]:
    """Length, width, eave height and pitch of an ordinary house."""
    width = rng.uniform(6, 12)
    return width * rng.uniform(1.05, 2.2), width, rng.uniform(3, 12), np.tan(np.radians(rng.uniform(18, 50)))


def _flat(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    return [box(0, 0, length, width, (0, 0, eave))]


def _steps(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    low = box(0, 0, length, width, (0, 0, eave))
    high = box(-length / 4, 0, length / 2, width, (0, 0, eave + rng.uniform(0.6, 5)))
    lift = box(length / 5, width / 5, 3.2, 2.6, (0, 0, eave + rng.uniform(1.5, 3)))
    return [low, high, lift]


def _shed(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, (0, pitch / 3, eave + pitch * width / 6))]


def _gable(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, *slopes(length, width, eave, None, pitch))]


def _uneven(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    other = pitch * rng.uniform(0.4, 0.7)
    return [box(0, 0, length, width, (0, pitch, eave + pitch * width / 2), (0, -other, eave + 1 + other * width / 2))]


def _hip(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    return [box(0, 0, length, width, *slopes(length, width, eave, pitch * rng.uniform(0.9, 1.6), pitch))]


def _half_hip(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    planes = slopes(length, width, eave, None, pitch)
    steep = np.tan(np.radians(60))
    start = eave + pitch * width * 0.28
    return [
        box(
            0,
            0,
            length,
            width,
            *planes,
            (steep, 0, start + steep * length / 2),
            (-steep, 0, start + steep * length / 2),
        )
    ]


def _pyramid(rng: Rng) -> list[Part]:
    _, width, eave, pitch = _size(rng)
    return [box(0, 0, width, width, *slopes(width, width, eave, pitch, pitch))]


def _gambrel(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    steep, shallow = np.tan(np.radians(rng.uniform(55, 65))), np.tan(np.radians(rng.uniform(20, 30)))
    lift = (steep - shallow) * width * 0.17
    return [box(0, 0, length, width, *slopes(length, width, eave, None, steep),
                *slopes(length, width, eave + lift, None, shallow))]  # fmt: skip


def _mansard(rng: Rng) -> list[Part]:
    length, width, eave, _ = _size(rng)
    steep = np.tan(np.radians(rng.uniform(55, 68)))
    top = slopes(length, width, eave + 2.2, 0.3, 0.3) if rng.random() < 0.5 else [(0.0, 0.0, eave + 2.4)]
    return [box(0, 0, length, width, *slopes(length, width, eave, steep, steep), *top)]


def _sawtooth(rng: Rng) -> list[Part]:
    teeth, width, eave = int(rng.integers(3, 6)), rng.uniform(10, 18), rng.uniform(4, 7)
    pitch, step = np.tan(np.radians(rng.uniform(14, 25))), rng.uniform(4, 6)
    return [
        box((k - (teeth - 1) / 2) * step, 0, step, width, (pitch, 0, eave + pitch * step / 2)) for k in range(teeth)
    ]


def _wing(rng: Rng) -> list[Part]:
    """T: a cross wing with a ridge of its own height."""
    length, width, eave, pitch = _size(rng)
    wide, out = width * rng.uniform(0.55, 0.9), rng.uniform(3, 6)
    reach = width / 2 + out
    cross = [(pitch, 0.0, eave + pitch * wide / 2), (-pitch, 0.0, eave + pitch * wide / 2)]
    return [
        box(0, 0, length, width, *slopes(length, width, eave, None, pitch)),
        box(rng.uniform(-1, 1) * (length - wide) / 2.2, reach / 2, wide, reach, *cross),
    ]


def _corner(rng: Rng) -> list[Part]:
    """L: two gables that meet at a corner."""
    length, width, eave, pitch = _size(rng)
    reach = width / 2 + rng.uniform(5, 9)
    cross = [(pitch, 0.0, eave + pitch * width / 2), (-pitch, 0.0, eave + pitch * width / 2)]
    return [
        box(0, 0, length, width, *slopes(length, width, eave, None, pitch)),
        box((length - width) / 2, reach - width / 2, width, 2 * reach - width + width, *cross),
    ]


def _dormers(rng: Rng) -> list[Part]:
    length, width, eave, pitch = (float(v) for v in (rng.uniform(10, 16), rng.uniform(8, 11), rng.uniform(4, 8), 1.0))
    parts = [box(0, 0, length, width, *slopes(length, width, eave, None, pitch))]
    for side in (-1, 1):
        for x in np.linspace(-length / 3.2, length / 3.2, int(rng.integers(1, 3))):
            wide, deep, up = rng.uniform(1.8, 2.8), width * 0.3, eave + rng.uniform(2.2, 2.8)
            flat = (0.0, 0.0, up)
            ridge = [(0.7, 0.0, up + 0.1), (-0.7, 0.0, up + 0.1)]
            planes = [flat] if rng.random() < 0.5 else ridge
            parts.append(box(float(x), side * (width / 2 - 0.6 - deep / 2), wide, deep, *planes))
    return parts


def _tower(rng: Rng) -> list[Part]:
    length, width, eave, pitch = _size(rng)
    side = rng.uniform(3.5, 5)
    top = eave + rng.uniform(5, 12)
    return [
        box(0, 0, length, width, *slopes(length, width, eave, pitch, pitch)),
        box((length - side) / 2, (width - side) / 2, side, side, *slopes(side, side, top, 1.2, 1.2)),
    ]


def _courtyard(rng: Rng) -> list[Part]:
    outer, wide, eave = rng.uniform(20, 27), rng.uniform(5, 7), rng.uniform(6, 12)
    pitch = np.tan(np.radians(rng.uniform(20, 40)))
    flat = rng.random() < 0.4
    long = [(0.0, 0.0, eave)] if flat else slopes(outer, wide, eave, pitch, pitch)
    short = [(0.0, 0.0, eave)] if flat else [(b, a, c) for a, b, c in long]
    at = (outer - wide) / 2
    return [
        box(0, -at, outer, wide, *long),
        box(0, at, outer, wide, *long),
        box(-at, 0, wide, outer, *short),
        box(at, 0, wide, outer, *short),
    ]


def _round(rng: Rng) -> list[Part]:
    """An octagon under a tent roof."""
    radius, eave, pitch = rng.uniform(4, 8), rng.uniform(4, 9), np.tan(np.radians(rng.uniform(25, 45)))
    angle = 2 * np.pi * np.arange(8) / 8
    ring = radius * np.column_stack([np.cos(angle), np.sin(angle)])
    middle = angle + np.pi / 8
    top = eave + pitch * radius * np.cos(np.pi / 8)
    return [Part(ring, tuple((float(-pitch * np.cos(m)), float(-pitch * np.sin(m)), float(top)) for m in middle))]


def _terrace(rng: Rng) -> list[Part]:
    """A roof behind a parapet-high step, with a wedge-shaped plan."""
    length, width, eave, pitch = _size(rng)
    skew = rng.uniform(1, 3)
    ring = np.array(
        [[-length / 2, -width / 2], [length / 2, -width / 2 + skew], [length / 2, width / 2], [-length / 2, width / 2]]
    )
    return [Part(ring, tuple(slopes(length, width, eave, None, pitch)))]


KINDS: dict[str, Callable[[Rng], list[Part]]] = {
    "corner": _corner,
    "courtyard": _courtyard,
    "dormers": _dormers,
    "flat": _flat,
    "gable": _gable,
    "gambrel": _gambrel,
    "half_hip": _half_hip,
    "hip": _hip,
    "mansard": _mansard,
    "pyramid": _pyramid,
    "sawtooth": _sawtooth,
    "shed": _shed,
    "steps": _steps,
    "tent": _round,
    "tower": _tower,
    "uneven": _uneven,
    "wedge": _terrace,
    "wing": _wing,
}
