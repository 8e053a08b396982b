"""Parts that several heroes share: columns, railings, roofs, arches, rocks."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.covers import slope_uv
from xmscenes.look.parts import Bench, ball, beam, box, circle, joined, loft, moved, prism, revolved
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from xmscenes.look.parts import Rgb, Shape

    Floats = NDArray[np.float64]

WHITE, GRANITE, TILE_RED, BRICK_RED = (232, 228, 216), (176, 168, 156), (178, 82, 56), (172, 92, 66)
TILE_TINT = (255, 230, 214)  # over the tiles' own red
DARK_GLASS, IRON, WOOD = (46, 58, 66), (58, 62, 64), (112, 74, 52)


def rectangle(width: float, depth: float, x: float = 0.0, y: float = 0.0) -> Floats:
    """A CCW rectangle (4, 2) about (x, y)."""
    w, d = width / 2, depth / 2
    return np.array([[x - w, y - d], [x + w, y - d], [x + w, y + d], [x - w, y + d]])


def add_covered(bench: Bench, shape: Shape, rgb: ArrayLike, material: str, surface: Surface = Surface.ROOF) -> None:
    """Put a shape on the bench in a cover that repeats: roof tiles, paving, grain."""
    uv = slope_uv(np.asarray(shape[0])[shape[1]], material)
    bench.add(shape, rgb, material=material, uv=uv, surface=surface)


def hip_roof(width: float, depth: float, rise: float, *, ridge: float | None = None, eave: float = 0.25) -> Shape:
    """A hip roof with its eaves' underside at z = 0: ``width`` along x, ``ridge`` its ridge length (0: pyramid)."""
    ridge = max(width - depth, 0.0) if ridge is None else ridge
    low = rectangle(width, depth)
    top = rectangle(max(ridge, 1e-3), 1e-3)
    rings = [np.column_stack([low, np.full(4, z)]) for z in (0.0, eave)]
    if ridge <= 0:
        return loft([*rings, np.tile([0.0, 0.0, eave + rise], (4, 1))])
    return loft([*rings, np.column_stack([top, np.full(4, eave + rise)])])


def gable_roof(length: float, width: float, rise: float, *, thick: float = 0.25) -> Shape:
    """A gable roof of two slabs along x, its lower edge at z = 0; the gables themselves belong to the walls."""
    w = width / 2
    profile = np.array([[-w, 0.0], [0.0, rise], [w, 0.0], [w, thick], [0.0, rise + thick], [-w, thick]])
    low = np.column_stack([np.full(6, length / 2), profile])
    return loft([low * [-1, 1, 1], low])


def gable_over(
    length: float, width: float, eave_z: float, rise: float, overhang: float, *, thick: float = 0.26
) -> Shape:
    """A gable roof that lies on a hall of this width, eave and rise, and hangs over its long walls."""
    reach = width + 2 * overhang
    slab = gable_roof(length, reach, rise * reach / width, thick=thick)
    return moved(slab, (0, 0, eave_z - 2 * rise * overhang / width))


def gabled_hall(length: float, width: float, z0: float, eave_z: float, rise: float) -> Shape:
    """A closed hall with gables at both ends, along x."""
    w = width / 2
    profile = np.array([[-w, z0], [w, z0], [w, eave_z], [0.0, eave_z + rise], [-w, eave_z]])
    section = np.column_stack([np.full(5, length / 2), profile])
    return loft([section * [-1, 1, 1], section])


def column(radius: float, height: float, sides: int = 8) -> Shape:
    """A column with base and capital, standing on z = 0."""
    r = radius
    profile = [
        (1.35 * r, 0.0),
        (1.35 * r, 0.06 * height),
        (r, 0.08 * height),
        (0.86 * r, 0.9 * height),
        (1.4 * r, 0.96 * height),
        (1.4 * r, height),
    ]
    return revolved(profile if sides > 6 else [profile[2], profile[4]], sides, start_deg=180.0 / sides)


def plain_column(radius: float, height: float, sides: int) -> Shape:
    """A shaft without base and capital, for farther levels."""
    return prism(circle(radius, sides, start_deg=180.0 / sides), 0.0, height)


def railing(
    path: Sequence[ArrayLike], height: float, *, every: float = 2.0, thick: float = 0.08, bars: int = 2
) -> Shape:
    """Posts and bars along a path of points (x, y, z)."""
    points = [np.asarray(p, dtype=np.float64) for p in path]
    shapes: list[Shape] = []
    for a, b in pairwise(points):
        count = max(1, round(float(np.linalg.norm(b - a)) / every))
        for i in range(count):
            shapes.append(box(a + (b - a) * (i / count), (thick, thick, height)))
        for k in range(bars):
            rise = np.array([0, 0, height * (k + 1) / bars - thick / 2])
            shapes.append(beam(a + rise, b + rise, thick * 0.7, thick * 0.7))
    shapes.append(box(points[-1], (thick, thick, height)))
    return joined(shapes)


def pointed_arch(width: float, height: float, depth: float, *, round_top: bool = False, steps: int = 4) -> Shape:
    """A slab in the outline of a window or door: wide along x, upright, its back at y = 0, ``depth`` towards -y."""
    half = width / 2
    spring = height - half * (1.0 if round_top else 1.5)
    t = np.linspace(0, 1, steps + 1)
    if round_top:
        right = np.column_stack([half * np.cos(t * np.pi / 2), spring + half * np.sin(t * np.pi / 2)])
    else:
        right = np.column_stack([half * (1 - t**1.7), spring + (height - spring) * np.sin(t * np.pi / 2)])
    left = right[-2::-1] * [-1, 1]
    outline = np.concatenate([[[-half, 0.0], [half, 0.0]], right, left])
    back = np.column_stack([outline[:, 0], np.zeros(len(outline)), outline[:, 1]])
    return loft([back, back - np.array([0, depth, 0])])


def rock(seed: int, subdivisions: int, size: ArrayLike, *, rough: float = 0.16, square: float = 0.75) -> Shape:
    """A weathered granite boulder: a bumpy, slightly boxed ball about the origin."""
    unit, faces = ball(subdivisions)
    rng = np.random.default_rng([41, seed])
    boxed = np.sign(unit) * np.abs(unit) ** square
    boxed /= np.linalg.norm(boxed, axis=1)[:, None] ** 0.6
    swell = np.ones(len(unit))
    for octave in range(4):
        wave = rng.normal(size=(4, 3)) * 1.6 * 1.9**octave
        swell += rough / 1.8**octave * np.sin(unit @ wave.T + rng.uniform(0, 6.3, 4)).mean(1)
    return boxed * swell[:, None] * np.asarray(size, dtype=np.float64) / 2, faces


def rock_rgb(vertices: Floats, faces: NDArray[np.int64], seed: int, base: Rgb = (158, 150, 138)) -> Floats:
    """Granite colours a corner: dark rain streaks down steep sides, lichen and light on top."""
    rng = np.random.default_rng([43, seed])
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    up = normal[:, 2] / np.maximum(np.linalg.norm(normal, axis=1), 1e-9)
    flat = corners.reshape(-1, 3)
    wave = rng.normal(size=(6, 2)) * 0.55
    streak = np.sin(flat[:, :2] @ wave.T + rng.uniform(0, 6.3, 6)).mean(1)
    mottle = np.sin(flat @ (rng.normal(size=(5, 3)) * 0.8).T + rng.uniform(0, 6.3, 5)).mean(1)
    steep = np.repeat(1 - np.abs(up), 3)
    tone = 1 + 0.1 * mottle - 0.34 * steep * np.clip(streak * 2.2, 0, 1) + 0.08 * np.repeat(up, 3)
    warm = 1 + np.outer(mottle, [0.05, 0.01, -0.05])
    rgb: Floats = np.clip(tone[:, None] * warm * np.asarray(base), 0, 255).reshape(-1, 3, 3)
    return rgb


def add_rock(bench: Bench, seed: int, subdivisions: int, size: ArrayLike, at: ArrayLike, turn_deg: float = 0.0,
             base: Rgb = (158, 150, 138), **shape: float) -> Floats:  # fmt: skip
    """Put a boulder on the bench and give its vertices."""
    vertices, faces = moved(rock(seed, subdivisions, size, **shape), at, turn_deg)
    bench.add((vertices, faces), rock_rgb(vertices, faces, seed, base), material="ground",
              uv=slope_uv(vertices[faces], "ground"), surface=Surface.ROCK, smooth=subdivisions > 1)  # fmt: skip
    return vertices


def swallow_roof(
    width: float, depth: float, rise: float, *, ridge: float, upturn: float, steps: int = 5, thick: float = 0.18
) -> Shape:
    """A Minnan roof with sagging slopes and upturned corners; ``ridge`` 0 gives a pointed pavilion roof."""
    per_side = 4
    rings: list[Floats] = []
    t_side = np.linspace(0, 1, per_side, endpoint=False)
    corners = rectangle(1.0, 1.0)
    unit = np.concatenate([corners[i] + (corners[(i + 1) % 4] - corners[i]) * t_side[:, None] for i in range(4)])
    corner_ness = np.tile(np.abs(t_side * 2 - 1) ** 3, 4)

    def ring(t: float, dz: float) -> Floats:
        size = np.array([width + (ridge - width) * t, depth * (1 - t)])
        lift = upturn * corner_ness * (1 - t) ** 3
        height = rise * (0.45 * t + 0.55 * t**2.2)
        return np.column_stack([unit * size, height + lift + dz])

    rings.append(ring(0.0, -thick))
    rings += [ring(t, 0.0) for t in np.linspace(0, 0.985 if ridge else 1.0, steps)]
    if not ridge:
        rings[-1] = np.tile([0.0, 0.0, rise], (len(unit), 1))
    return loft(rings)


def stairs(width: float, rise: float, run: float, count: int) -> Shape:
    """A flight of steps that climbs along +y from the origin, solid down to z = 0."""
    return joined([box((0, (i + 0.5) * run, 0), (width, run, (i + 1) * rise)) for i in range(count)])
