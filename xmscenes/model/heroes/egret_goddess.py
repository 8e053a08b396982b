"""白鹭女神 Egret Goddess: 13.6 m, kneeling on a boulder in the water, combing her long hair, an egret on her shoulder.

Height and pose are published; the figure is stylized by sections. It looks along +y.
"""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, ball, loft, moved, swept
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import add_rock
from xmscenes.model.heroes.koxinga_statue import _oval
from xmscenes.records import Mesh, Origin

HEIGHT_M, ROCK_M = 13.6, 4.6
STONE, BIRD = (232, 228, 218), (246, 246, 242)


def _figure(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kneeling legs, hips, waist, chest, neck, head, by ovals from below."""
    z = ROCK_M
    legs = [
        swept(
            [(s * 0.95, 0.1, z + 1.5), (s * 1.15, 1.7, z + 1.15), (s * 1.1, 2.55, z + 0.75)],
            [1.9, 1.55, 1.15],
            [1.7, 1.5, 1.1],
            sides=count,
        )
        for s in (-1, 1)
    ]
    shins = [
        swept(
            [(s * 1.05, 2.5, z + 0.45), (s * 1.0, 0.6, z + 0.4), (s * 0.85, -1.5, z + 0.3)],
            [1.15, 1.1, 0.55],
            [0.95, 0.9, 0.5],
            sides=count,
        )
        for s in (-1, 1)
    ]
    trunk = [
        (0, 0.0, z + 0.4, 2.9, 2.3),
        (0, 0.0, z + 1.5, 3.1, 2.5),
        (0, 0.05, z + 2.4, 2.5, 1.9),
        (0, 0.1, z + 3.4, 1.75, 1.35),
        (0, 0.15, z + 4.3, 2.05, 1.6),
        (0, 0.25, z + 5.2, 2.35, 1.75),
        (0, 0.1, z + 5.9, 2.6, 1.4),
        (0, 0.05, z + 6.35, 1.7, 1.1),
        (0, 0.1, z + 6.6, 0.72, 0.75),
        (0, 0.15, z + 7.1, 0.68, 0.72),
    ]
    head = [
        (0.0, 0.25, z + 6.9, 0.5, 0.6),
        (0.0, 0.3, z + 7.2, 0.95, 1.1),
        (0.0, 0.3, z + 7.8, 1.2, 1.4),
        (0.0, 0.22, z + 8.35, 1.15, 1.35),
        (0.0, 0.15, HEIGHT_M - 0.02, 0.4, 0.5),
    ]
    return [*legs, *shins, loft([_oval(*row, count) for row in trunk]), loft([_oval(*row, count) for row in head])]


def _arms_and_hair(count: int, steps: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Both arms raised to the long hair that falls over her right side, and the comb."""
    z = ROCK_M
    size = [0.78, 0.68, 0.58, 0.5, 0.42]
    right = swept(
        [
            (1.2, 0.1, z + 5.95),
            (2.05, 0.35, z + 5.5),
            (2.35, 0.95, z + 6.2),
            (1.75, 1.05, z + 6.9),
            (1.15, 0.85, z + 7.25),
        ],
        size,
        size,
        sides=count,
    )
    left = swept(
        [
            (-1.2, 0.1, z + 5.95),
            (-1.75, 0.6, z + 5.0),
            (-1.2, 1.3, z + 4.6),
            (-0.2, 1.45, z + 4.9),
            (0.6, 1.25, z + 5.1),
        ],
        size,
        size,
        sides=count,
    )
    t = np.linspace(0, 1, steps)
    fall = np.column_stack(
        [0.25 + 1.15 * np.sin(t * 2.2), -0.45 + 0.9 * t - 0.5 * np.sin(t * np.pi), z + 8.35 - 6.2 * t]
    )
    hair = swept(list(fall), 1.25 - 0.75 * t, 1.35 - 0.9 * t, sides=count)
    mane = loft(
        [
            _oval(0.1, -0.25, z + h, w, d, count)
            for h, w, d in ((4.6, 0.5, 0.3), (5.6, 1.3, 0.8), (7.0, 1.55, 1.1), (8.2, 1.4, 1.25), (8.75, 0.6, 0.6))
        ]
    )
    return [right, left, hair, mane]


def _egret(bench: Bench, count: int) -> None:
    """A white egret with a long neck on her left shoulder."""
    at = (-1.35, -0.1, ROCK_M + 6.75)
    body = moved((ball(1)[0], ball(1)[1]), at, 20, (0.42, 0.85, 0.42))
    neck = swept(
        [
            (-1.35, 0.5, at[2] + 0.15),
            (-1.45, 0.85, at[2] + 0.65),
            (-1.4, 0.62, at[2] + 1.05),
            (-1.45, 0.95, at[2] + 1.35),
        ],
        [0.3, 0.2, 0.16, 0.2],
        [0.3, 0.2, 0.16, 0.2],
        sides=count,
    )
    beak = swept([(-1.45, 0.95, at[2] + 1.35), (-1.5, 1.65, at[2] + 1.3)], [0.14, 0.02], [0.14, 0.02])
    tail = swept([(-1.3, -0.6, at[2] - 0.05), (-1.2, -1.35, at[2] - 0.35)], [0.5, 0.2], [0.2, 0.05])
    legs = [swept([(-1.35 + d, 0.0, at[2] - 0.3), (-1.3 + d, 0.05, at[2] - 0.9)], 0.07, 0.07) for d in (-0.12, 0.12)]
    for shape in (body, neck, tail, *legs):
        bench.add(shape, BIRD, smooth=True)
    bench.add(beak, (222, 178, 70))


def make(level: int) -> Mesh:
    """Make the goddess on her boulder; z = 0 is the water."""
    bench = Bench()
    count = (14, 9, 6, 5)[level]
    add_rock(
        bench,
        12,
        (3, 2, 1, 0)[level],
        (9.4, 8.6, 9.6),
        (0, 0.2, ROCK_M - 4.7),
        15,
        square=0.66,
        rough=0.12,
        base=(150, 142, 130),
    )
    shapes = _figure(count) + (_arms_and_hair(count, (9, 6, 4, 3)[level]) if level < 3 else [])
    for shape in shapes:
        bench.add(shape, STONE, smooth=level < 3, shade=lambda p: 0.84 + 0.16 * np.clip((p[:, 2] - ROCK_M) / 5.0, 0, 1))
    if level < 2:
        _egret(bench, 6)
    return bench.mesh()


HERO = Hero(
    id="egret_goddess",
    name="白鹭女神",
    name_en="Egret Goddess",
    scene="yundang",
    lon_deg=118.0905,
    lat_deg=24.4755,
    heading_deg=200.0,
    elevation_m=0.0,
    make=make,
    sizes_m={"height": HEIGHT_M},
    position_origin=Origin.DIGITISED,
    source="13.6 m and pose published; position estimated",
)
