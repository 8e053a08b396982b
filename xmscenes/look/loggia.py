"""Verandas and arcades: a screen of piers and arches in the wall, the room wall set back behind it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.atlas import BAY_M, band_uv, strip_uv
from xmscenes.look.facade import Bays, Grid, add_quad, add_run, divide
from xmscenes.look.parts import Bench, triangulated
from xmscenes.look.render_coat import add_plain
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.look.shell import Wall
    from xmscenes.look.style import Style

    Floats = NDArray[np.float64]
    Taken = Callable[[Floats], NDArray[np.bool_]]

PIER_M, BEAM_M, JAMB_M, BAND_M = 0.34, 0.42, 0.3, 0.15
ARC_STEPS = 6
COURSE_M = 0.03  # before the wall: behind the faces of parapets, 6 cm out
RENDER_RGB = (250.0, 240.0, 224.0)  # inside of brick verandas
LIFT_M = 0.04  # floors lie this much over the storey, and over the ground where it is higher
HIGHEST_STEP_M = 0.5  # where the ground rises farther it runs into the recess as a bank
CHEEK_M = 0.03  # closed ends stand this far inside the wall: a neighbour's wall may lie in the same plane
_PROBE = np.linspace(0.02, 0.5, 25)  # inside of an end: is the neighbour's outline still there?
FLOOR_RGB = np.array([178.0, 112.0, 84.0])  # red floor tiles


def has_room(wall: Wall, outline: BaseGeometry, depth: float) -> bool:
    """Whether the building reaches far enough behind a wall for a recess of this depth and two metres more."""
    p = [
        wall.point(s, 0.0, -o)[:2]
        for s, o in ((0.05, 0.02), (wall.length - 0.05, 0.02), (wall.length - 0.05, depth + 2.0), (0.05, depth + 2.0))
    ]
    return bool(shapely.Polygon(p).within(outline.buffer(0.1)))


def add_loggia(
    bench: Bench,
    bays: Bays,
    grid: Grid,
    style: Style,
    storeys: range,
    depth: float,
    wall_rgb: Floats,
    trim_rgb: Floats,
    start: int,
    *,
    arcade: bool,
    closed: tuple[bool, bool] = (True, True),
    ground_at: Callable[[Floats], Floats] | None = None,
    taken: Taken | None = None,
) -> None:
    """Cut a veranda or an arcade into a wall: a screen of piers and arches in front, the room wall ``depth`` behind.

    All bays of ``storeys`` take part. Floors, ceilings and the ends that are ``closed`` (left, right) keep anybody
    from looking into the building.
    """
    wall = bays.wall
    length = wall.length
    inner_rgb = wall_rgb if style.blank == "stucco" else np.array(RENDER_RGB)
    screen_rgb = trim_rgb if style.arch == "flat" else wall_rgb
    jamb_rgb = trim_rgb if style.blank == "brick" else screen_rgb * 0.96
    for k in storeys:
        z0, z1 = grid.floor(k), grid.floor(k + 1)
        strip = style.inside if not arcade else "shop"
        add_run(bench, wall, strip, (0.0, z0, length, z1), bays.count, inner_rgb, start + k, -depth)
        ends = _ends(wall, (z0, z1), depth, closed, taken)
        for a, b, z in _floors(bays, ends, z0, depth, ground_at if k == storeys.start else None):
            floor = np.array([wall.point(s, z, o) for s, o in ((a, 0), (b, 0), (b, -depth), (a, -depth))])
            add_plain(bench, (floor, np.array([[0, 1, 2], [0, 2, 3]])), FLOOR_RGB)
        _closing(bench, wall, (*ends, z0, z1), depth, inner_rgb, closed)
        for b in range(bays.count):
            at = (b * bays.width, (b + 1) * bays.width, z0, z1)
            _screen_bay(bench, wall, at, style, screen_rgb, jamb_rgb)
        if style.blank == "brick" and k + 1 < len(bays.whole):
            course = wall.point(
                np.array([0.0, length, length, 0.0]), z1 + np.array([-0.16, -0.16, 0.06, 0.06]), COURSE_M
            )
            add_plain(bench, (course, np.array([[0, 1, 2], [0, 2, 3]])), trim_rgb, Surface.WALL)
        if not arcade:
            rail = (0.0, z0, length, z0 + 0.9)
            uv = band_uv("baluster", np.array([0, length, length, 0]), np.array([1.0, 1.0, 0.0, 0.0]))
            add_quad(bench, wall, rail, uv, trim_rgb, -0.1)
            _ledge(bench, wall, length, z0 + 0.9, -0.24, -0.06, trim_rgb)


def _ledge(bench: Bench, wall: Wall, length: float, z: float, back: float, front: float, rgb: Floats) -> None:
    corners = np.concatenate(
        [wall.point(np.array([0.0, length]), z, front), wall.point(np.array([length, 0.0]), z, back)]
    )
    add_plain(bench, (corners, np.array([[0, 1, 2], [0, 2, 3]])), rgb)


def open_sides(
    divided: list[Bays], skips: list[NDArray[np.bool_]], front: int, grid: Grid, bay_m: float, depth: float
) -> tuple[bool, bool]:
    """Open the side walls of an arcade, so that one walks on into the next house of the row; gives which were opened.

    A side wall is one that meets the front at its left or right end, about at a right angle. Party walls of a row open
    on both sides, because every house does the same.
    """
    wall = divided[front].wall
    opened = [False, False]
    for side, end in enumerate((wall.point(0.0, 0.0)[:2], wall.point(wall.length, 0.0)[:2])):
        for k, bays in enumerate(divided):
            other = bays.wall
            if k == front or abs(float(other.outward @ wall.outward)) > 0.25 or other.length < depth + 1.0:
                continue
            s = float((end - other.origin) @ other.along)
            at_end = min(abs(s), abs(s - other.length)) < 0.15
            if not at_end or np.linalg.norm(other.point(s, 0.0)[:2] - end) > 0.15 or other.low > grid.first + 0.3:
                continue
            low, high = (PIER_M, depth) if s < other.length / 2 else (other.length - depth, other.length - PIER_M)
            hole = shapely.box(low, grid.base - 1.0, high, grid.floor(1) - BEAM_M)
            area = shapely.difference(other.area, hole)
            if not isinstance(area, shapely.Polygon):
                continue
            cut = replace(other, area=area, is_rectangle=False)
            divided[k], opened[side] = divide(cut, grid, bay_m), True
            skips[k] = np.zeros_like(divided[k].whole)
    return opened[0], opened[1]


def _ends(
    wall: Wall, heights: tuple[float, float], depth: float, closed: tuple[bool, bool], taken: Taken | None
) -> tuple[float, float]:
    """Where a recess ends along the wall: a little inside, and clear of a neighbour whose outline reaches farther."""
    reach = [0.0, 0.0]
    for side in (0, 1):
        if taken is not None and closed[side]:
            inside = _PROBE if side == 0 else wall.length - _PROBE
            spots = wall.point(np.repeat(inside, 2), heights[0], 0.0)[:, :2]
            spots = spots - np.tile([0.25, 0.75], len(_PROBE))[:, None] * depth * wall.outward
            hit = taken(spots).reshape(-1, 2).any(axis=1)
            reach[side] = float(_PROBE[hit].max(initial=0.0)) + (_PROBE[0] if hit.any() else 0.0)
    return reach[0] + CHEEK_M * closed[0], wall.length - reach[1] - CHEEK_M * closed[1]


def _closing(
    bench: Bench,
    wall: Wall,
    at: tuple[float, float, float, float],
    depth: float,
    rgb: Floats,
    closed: tuple[bool, bool],
) -> None:
    """Ceiling and the closed ends of a recess."""
    c0, c1, z0, z1 = at
    f = [wall.point(s, z, o) for s, z, o in ((c0, z0, 0), (c1, z0, 0), (c1, z0, -depth), (c0, z0, -depth),
                                             (c0, z1, 0), (c1, z1, 0), (c1, z1, -depth), (c0, z1, -depth))]  # fmt: skip
    ceiling = [[5, 4, 7], [5, 7, 6]]
    ends = [[0, 3, 7], [0, 7, 4]] * closed[0] + [[2, 1, 5], [2, 5, 6]] * closed[1]
    add_plain(bench, (np.array(f), np.array(ceiling + ends)), rgb * 0.92, Surface.WALL)


def _floors(
    bays: Bays, ends: tuple[float, float], z: float, depth: float, ground_at: Callable[[Floats], Floats] | None
) -> list[tuple[float, float, float]]:
    """Floors of a recess: from, to, and height, over the storey and over ground that is a step higher.

    Where the ground runs into the recess as a bank only bays that lie clear of it have a floor.
    """
    whole = [(*ends, z + LIFT_M)]
    if ground_at is None:
        return whole
    wall, out = bays.wall, np.linspace(0.0, depth, 6)
    along = np.linspace(0.0, wall.length, max(2, round(wall.length / 0.4) + 1))
    spots = np.stack([wall.point(along, 0.0, -o)[:, :2] for o in out])
    ground = ground_at(spots.reshape(-1, 2)).reshape(len(out), -1)
    highest = np.max(ground, axis=0, initial=z, where=np.isfinite(ground))
    if highest.max() < z + HIGHEST_STEP_M:
        return [(*ends, float(highest.max()) + LIFT_M)]
    edges = np.clip(np.arange(bays.count + 1) * bays.width, *ends)
    floors = []
    for a, b in pairwise(edges.tolist()):
        near = (along > a - 0.4) & (along < b + 0.4)
        if highest[near].max() <= z:
            floors.append((a, b, z + LIFT_M))
    return floors


def _screen_bay(
    bench: Bench, wall: Wall, at: tuple[float, float, float, float], style: Style, rgb: Floats, jamb_rgb: Floats
) -> None:
    """One bay of the screen: half a pier on either side, an arch or a beam above, and the reveal of the opening."""
    s0, s1, z0, z1 = at
    a, b = s0 + PIER_M / 2, s1 - PIER_M / 2
    half, top = (b - a) / 2, z1 - BEAM_M
    middle = (a + b) / 2
    t = np.linspace(np.pi, 0, ARC_STEPS + 1)
    rise = {"round": min(half, 0.42 * (z1 - z0)), "segment": 0.28 * half, "flat": 0.0}[style.arch]
    if rise > 0:
        curve = np.column_stack([middle + half * np.cos(t), top - rise + rise * np.sin(t)])
    else:
        curve = np.array([[a, top], [b, top]])
    outline = np.concatenate([[[s0, z0], [a, z0]], curve, [[b, z0], [s1, z0], [s1, z1], [s0, z1]]])
    faces = triangulated(outline)
    front = wall.point(outline[:, 0], outline[:, 1])
    uv = strip_uv(style.blank, (outline[:, 0] - s0) / BAY_M, 1 - (outline[:, 1] - z0) / (z1 - z0))
    bench.add((front, faces), rgb, material="facade", uv=uv[faces], surface=Surface.WALL)
    if rise > 0 and style.blank == "brick":
        _archivolt(bench, wall, curve, (middle, top - rise), jamb_rgb)
    path = np.concatenate([[[a, z0]], curve, [[b, z0]]])
    m = len(path)
    ring = np.concatenate([wall.point(path[:, 0], path[:, 1]), wall.point(path[:, 0], path[:, 1], -JAMB_M)])
    inner = [(i, m + i, m + i + 1) for i in range(m - 1)] + [(i, m + i + 1, i + 1) for i in range(m - 1)]
    add_plain(bench, (ring, np.array(inner)), jamb_rgb, Surface.WALL)


def _archivolt(bench: Bench, wall: Wall, curve: Floats, centre: tuple[float, float], rgb: Floats) -> None:
    """A pale band round an arch of brick, just in front of the wall."""
    away = curve - centre
    outer = curve + away / np.linalg.norm(away, axis=1)[:, None] * BAND_M
    n = len(curve)
    ring = np.concatenate([curve, outer])
    i = np.arange(n - 1)
    faces = np.concatenate([np.column_stack([i, n + i, n + i + 1]), np.column_stack([i, n + i + 1, i + 1])])
    add_plain(bench, (wall.point(ring[:, 0], ring[:, 1], 0.03), faces), rgb, Surface.WALL)
