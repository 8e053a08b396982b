"""郑成功雕像 Koxinga, 15.7 m of white granite in 23 courses: armoured, cloak behind, hand on the sword, facing the sea.

Height, courses and pose are published; the figure is stylized by sections, and looks along +y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.parts import Bench, ball, box, circle, loft, moved, prism, revolved, swept
from xmscenes.model.heroes.hero import Hero, Seat
from xmscenes.model.heroes.kit import add_rock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.look.parts import Shape
    from xmscenes.records import Mesh

    Floats = NDArray[np.float64]

HEIGHT_M, WIDTH_M, COURSES = 15.7, 9.2, 23
STOUT = (1.17, 1.08, 1.0)  # the sections below are 7.86 m wide; published are 9.2 m
STONE = (222, 216, 204)


def _courses(positions: Floats) -> Floats:
    """Stone courses: every block row a shade of its own, darker joints below, rain streaks under the arms."""
    row = np.floor(positions[:, 2] / (HEIGHT_M / COURSES))
    tone = 0.965 + 0.035 * np.sin(row * 2.4) + 0.02 * np.sin(row * 5.1 + 1.0)
    return np.asarray(tone * (0.86 + 0.14 * np.clip(positions[:, 2] / 9.0, 0, 1)))


def _oval(x: float, y: float, z: float, width: float, depth: float, count: int, boxy: float = 0.8) -> Floats:
    a = np.arange(count) * 2 * np.pi / count
    c, s = np.cos(a), np.sin(a)
    return np.column_stack(
        [
            x + width / 2 * np.sign(c) * np.abs(c) ** boxy,
            y + depth / 2 * np.sign(s) * np.abs(s) ** boxy,
            np.full(count, z),
        ]
    )


def _body(count: int) -> list[Shape]:
    """Robe over the feet, skirt of armour, belt, chest, shoulders, neck."""
    sections = [
        (0, 0.1, 0.0, 4.5, 3.3),
        (0, 0.1, 0.35, 4.55, 3.35),
        (0, 0.1, 0.36, 3.9, 2.8),
        (0, 0.0, 2.6, 3.5, 2.5),
        (0, 0, 4.4, 3.75, 2.65),
        (0, 0, 4.45, 4.15, 3.0),
        (0, 0, 6.4, 3.5, 2.45),
        (0, 0, 7.5, 2.85, 2.05),
        (0, 0, 7.55, 3.05, 2.25),
        (0, 0, 8.1, 3.05, 2.25),
        (0, 0, 8.15, 2.85, 2.1),
        (0, 0.05, 9.6, 3.5, 2.45),
        (0, 0, 10.9, 3.9, 2.35),
        (0, -0.1, 11.6, 3.2, 1.9),
        (0, 0, 12.0, 1.35, 1.25),
        (0, 0.05, 12.6, 1.2, 1.15),
    ]
    return [loft([_oval(x, y, z, w, d, count) for x, y, z, w, d in sections])]


def _head(count: int) -> list[Shape]:
    """Face with beard, helmet with brim and knob."""
    face = loft(
        [
            _oval(0, 0.1, z, w, d, count, 0.9)
            for z, w, d in (
                (12.3, 0.7, 0.7),
                (12.6, 1.2, 1.3),
                (13.1, 1.42, 1.55),
                (13.6, 1.5, 1.62),
                (14.2, 1.45, 1.55),
                (14.5, 1.2, 1.3),
            )
        ]
    )
    helmet = revolved(
        [
            (0.98, 13.75),
            (1.02, 14.0),
            (0.9, 14.06),
            (0.86, 14.35),
            (0.62, 14.8),
            (0.24, 15.08),
            (0.12, 15.16),
            (0.2, 15.3),
            (0.1, 15.46),
            (0.0, HEIGHT_M),
        ],
        count,
    )
    parts = [face, helmet]
    if count >= 10:
        beard = loft(
            [_oval(0, 0.82, 11.55, 0.1, 0.1, 8), _oval(0, 0.92, 12.2, 0.5, 0.4, 8), _oval(0, 0.84, 12.85, 0.66, 0.5, 8)]
        )
        guard = loft(
            [_oval(0, -0.5, z, w, d, 10) for z, w, d in ((12.45, 2.3, 1.1), (13.1, 2.0, 1.0), (13.9, 1.8, 0.9))]
        )
        parts += [
            beard,
            guard,
            loft(
                [
                    _oval(0, 0.93, 13.02, 0.34, 0.3, 6),
                    _oval(0, 0.97, 13.16, 0.3, 0.3, 6),
                    _oval(0, 0.86, 13.62, 0.14, 0.14, 6),
                ]
            ),
            *(moved(box((0, 0, 0), (0.5, 0.16, 0.1)), (x, 0.84, 13.62), -x * 22) for x in (-0.34, 0.34)),
            box((0, 0.84, 12.82), (0.42, 0.14, 0.07)),
        ]
        parts += [moved(box((0, 0, 0), (0.16, 0.8, 1.15)), (x, 0.12, 12.75), -x * 8) for x in (-0.86, 0.86)]
        parts.append(loft([_oval(0, 0.0, z, w, w * 0.8, 12) for z, w in ((11.7, 2.5), (12.05, 2.2), (12.3, 1.7))]))
    return parts


def _cloak(steps: int) -> list[Shape]:
    """A heavy cloak from the shoulders, spreading to the ground and blown a little to the left."""
    t = np.linspace(0, 1, steps)
    rings = []
    for k in t[::-1]:
        z = 11.7 - 11.4 * k
        half, back, sway = 1.75 + 2.1 * k**0.8, -1.05 - 1.5 * k**1.2, -0.5 * k**2
        folds = [
            (-half, 0.55 + 0.25 * k),
            (-half * 0.6, -0.1),
            (-half * 0.25, back * 0.16),
            (half * 0.25, back * 0.1),
            (half * 0.6, -0.05),
            (half, 0.5),
        ]
        outer = [
            (half * 1.04, 0.1),
            (half * 0.7, back * 0.62),
            (half * 0.3, back * 0.82 - 0.3),
            (0, back),
            (-half * 0.4, back * 0.86 - 0.3),
            (-half * 0.75, back * 0.6),
            (-half * 1.05, 0.1),
        ]
        ring = np.array([(x + sway, y - 0.5) for x, y in (folds + outer)[::-1]])
        rings.append(np.column_stack([ring, np.full(len(ring), z)]))
    return [loft(rings)]


def _arms(count: int) -> list[Shape]:
    """Right hand on the hip, left hand on the hilt; round shoulder guards."""

    def arm(path: list[tuple[float, float, float]]) -> Shape:
        size = np.array([1.35, 1.15, 1.0, 0.8, 0.62])
        return swept(path, size, size, sides=count)

    right = arm([(1.75, 0.0, 11.1), (2.5, -0.15, 9.9), (3.05, -0.1, 8.9), (2.5, 0.35, 8.35), (1.6, 0.75, 8.0)])
    left = arm([(-1.75, 0.0, 11.1), (-2.35, 0.1, 9.9), (-2.6, 0.5, 8.9), (-2.45, 1.15, 8.2), (-2.2, 1.6, 7.85)])
    guards = [
        moved(
            (ball(2 if count > 6 else 1)[0], ball(2 if count > 6 else 1)[1]),
            (s * 1.85, 0, 10.95),
            scale=(1.05, 1.15, 0.9),
        )
        for s in (-1, 1)
    ]
    return [right, left, *guards]


def _sword(rich: bool) -> list[Shape]:
    blade = swept([(-2.2, 1.75, 8.3), (-2.35, 1.55, 4.6), (-2.5, 1.25, 1.2)], [0.34, 0.34, 0.22], [0.5, 0.46, 0.28])
    hilt = swept([(-2.15, 1.8, 8.2), (-2.12, 1.82, 9.1)], 0.26, 0.26, sides=6)
    guard = box((-2.2, 1.75, 8.15), (0.9, 0.58, 0.16))
    return [blade, hilt, guard] if rich else [blade]


def _armour() -> list[Shape]:
    """Chest plates, belt buckle, skirt panels and the hem, as relief."""
    parts: list[Shape] = [box((0, 1.1, 7.5), (1.0, 0.28, 0.72)), box((0, 1.3, 4.6), (1.15, 0.22, 2.75))]
    for row in range(4):
        z, w, out = 8.45 + 0.72 * row, 2.2 + 0.28 * row, 1.15 + 0.05 * row
        parts.append(loft([_oval(0, out - 0.55, z + d, w, 1.35, 12) for d in (0.0, 0.12, 0.55)]))
    for s in (-1, 1):
        parts.append(moved(box((0, 0, 0), (1.0, 0.24, 2.45)), (s * 1.35, 1.06, 4.55), -s * 24))
        parts.append(moved(box((0, 0, 0), (0.5, 0.3, 1.3)), (s * 0.85, 1.55, 0.0), -s * 6))
    return parts


def make(level: int) -> Mesh:
    """Make the statue on the crown of 覆鼎岩, the boulder below z = 0 that takes the terrain's place."""
    bench = Bench()
    count = (20, 12, 8, 6)[level]
    shapes = (
        _body(count) + _head(count) + _cloak((14, 8, 5, 3)[level]) + _arms((10, 8, 5, 4)[level]) + _sword(level < 2)
    )
    for shape in shapes + (_armour() if level < 2 else []):
        bench.add(moved(shape, scale=STOUT), STONE, shade=_courses, smooth=level < 2)
    fine = (4, 3, 2, 1)[level]
    add_rock(bench, 5, fine, (36.0, 33.0, 40.0), (-1.0, -0.5, -19.8), 10, square=0.6, rough=0.1)
    for i, (x, y, z, size) in enumerate([(14, 12, -24, 13), (-15, 10, -25, 11), (-13, -13, -24, 12)] * (level < 2)):
        add_rock(bench, 30 + i, fine - 2, (size, size * 0.85, size * 0.8), (x, y, z), 50.0 * i, square=0.6)
    bench.add(prism(circle(5.6, (24, 16, 10, 6)[level]), -1.6, 0.0), (186, 178, 166))
    return bench.mesh()


HERO = Hero(
    id="koxinga_statue",
    name="郑成功雕像",
    name_en="Koxinga statue",
    scene="gulangyu",
    lon_deg=118.0717852,
    lat_deg=24.4438617,
    heading_deg=90.0,
    elevation_m=29.5,
    make=make,
    sizes_m={"height": HEIGHT_M},  # the width is that of the cloak, without the boulder
    seats=(Seat(half_m=(21.0, 20.0), level_m=1.5 - 29.5),),
    source="15.7 m, 23 courses, pose and the rock's 29.5 m published",
)
