"""What placements copy: trees, boats, lamps. Unit height 1 m, foot at the origin; each with its levels, finest first.

Levels of a tree: crown of leafy shells over a dark core, the same with fewer faces, then two crossed cards.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import foliage_uv
from xmscenes.look.parts import Bench, ball, beam, box, circle, loft, moved, prism, revolved, swept
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from xmscenes.look.parts import Floats, Shape

    Levels = tuple[Mesh, ...]
    Blob = tuple[float, float, float, float, float]  # x, y, z of the middle, horizontal and vertical radius

BARK, PALM_BARK, DARK_LEAF = (112, 98, 82), (134, 122, 104), (38, 62, 28)


def _ambient(low: float, high: float, floor: float = 0.55) -> Callable[[Floats], Floats]:
    """Shade from ``floor`` at the height ``low`` to full light at ``high``."""
    return lambda p: floor + (1 - floor) * np.clip((p[:, 2] - low) / (high - low), 0, 1) ** 0.8


def _lump(blob: Blob, seed: int) -> Shape:
    """The dark heart of a crown: a bumpy ball of 20 faces."""
    unit, faces = ball(0)
    x, y, z, r, h = blob
    swell = 0.8 + 0.05 * np.random.default_rng([11, seed]).normal(size=(len(unit), 1))
    return unit * swell * np.array([r, r, h]) + np.array([x, y, z]), faces


def _leaves(blob: Blob, count: int, span: float, seed: int) -> tuple[Shape, Floats, Floats]:
    """Cards of leaves laid like scales on a ball, so that flat faces shade like a round crown.

    Gives the shape, texture coordinates of its corners in [0, 1], and a tint a face.
    """
    rng = np.random.default_rng([23, seed])
    k = np.arange(count) + 0.5
    z = 1 - 1.72 * k / count  # a spiral from the top down; the lowest sixth stays open
    around = k * np.pi * (1 + 5**0.5)
    out = np.column_stack([np.sqrt(1 - z**2) * np.cos(around), np.sqrt(1 - z**2) * np.sin(around), z])
    normal = out + rng.normal(size=out.shape) * 0.2
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    side = np.cross(np.array([0.03, 0.05, 1.0]), normal)
    side /= np.linalg.norm(side, axis=1)[:, None]
    up = np.cross(normal, side)
    x, y, height, r, h = blob
    radius = np.array([r, r, h])
    half = span * rng.uniform(0.85, 1.15, (count, 1)) * (r * h) ** 0.5
    middle = out * radius * 0.82 + np.array([x, y, height])
    corners = np.stack([middle + half * (a * side + b * up) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))], axis=1)
    faces = (np.arange(count) * 4)[:, None, None] + np.array([[0, 1, 2], [0, 2, 3]])
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float64)[[[0, 1, 2], [0, 2, 3]]]
    tint = np.repeat(
        255 * rng.uniform(0.8, 1.0, (count, 1)) * rng.uniform([0.94, 0.97, 0.85], 1.0, (count, 3)), 2, axis=0
    )
    return (corners.reshape(-1, 3), faces.reshape(-1, 3)), np.tile(uv, (count, 1, 1)), tint


def _crown(
    bench: Bench, blobs: tuple[Blob, ...], leaf: str, cards: int, span: float, rgb: tuple[int, int, int]
) -> None:
    low = min(b[2] - b[4] for b in blobs)
    high = max(b[2] + b[4] for b in blobs)
    for i, blob in enumerate(blobs):
        shape, uv, tint = _leaves(blob, cards, span, i)
        bench.add(_lump(blob, i), rgb, shade=_ambient(low, high, 0.66), surface=Surface.FOLIAGE, smooth=True)
        bench.add(
            shape,
            tint,
            material="foliage",
            uv=foliage_uv(leaf, uv),
            shade=_ambient(low, high, 0.66),
            surface=Surface.FOLIAGE,
        )


def _to_unit(mesh: Mesh) -> Mesh:
    """Scale a tree about its foot, so that its highest leaf is 1 m up."""
    return replace(mesh, vertices=mesh.vertices / mesh.vertices[:, 2].max())


def _cards(cell: str, width: float, height: float = 1.0) -> Mesh:
    """Two crossed cards that show a painted tree."""
    bench = Bench()
    for a in (0.0, 90.0):
        c, s = np.cos(np.radians(a)) * width / 2, np.sin(np.radians(a)) * width / 2
        vertices = np.array([[-c, -s, 0], [c, s, 0], [c, s, height], [-c, -s, height]])
        uv = foliage_uv(cell, np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float64))
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        bench.add((vertices, faces), (206, 210, 200), material="foliage", uv=uv[faces], surface=Surface.FOLIAGE)
    return bench.mesh()


def _trunk(bench: Bench, path: list[tuple[float, float, float]], radius: list[float], sides: int = 6) -> None:
    bench.add(
        swept(path, np.array(radius) * 2, np.array(radius) * 2, sides=sides),
        BARK,
        shade=_ambient(0.0, 0.3, 0.7),
        surface=Surface.FOLIAGE,
        smooth=True,
    )


def _banyan(rich: bool) -> Mesh:
    bench = Bench()
    _trunk(bench, [(0, 0, -0.03), (0.01, 0, 0.16), (0.0, 0.01, 0.46)], [0.085, 0.055, 0.05], 6 if rich else 4)
    roots = [(0.17, 0.06), (-0.14, 0.12), (-0.1, -0.17), (0.13, -0.14)]
    for x, y in roots if rich else []:
        bench.add(
            loft(
                [
                    np.column_stack([circle(0.012, 3) + np.array([x, y]), np.full(3, -0.02)]),
                    np.column_stack([circle(0.016, 3) + np.array([x, y]) * 0.86, np.full(3, 0.48)]),
                ]
            ),
            BARK,
            shade=_ambient(0.0, 0.5, 0.8),
            surface=Surface.FOLIAGE,
        )
    blobs: tuple[Blob, ...] = (
        (0.02, 0.0, 0.68, 0.4, 0.31),
        (-0.3, 0.2, 0.55, 0.29, 0.2),
        (0.27, -0.23, 0.57, 0.3, 0.21),
    )
    _crown(
        bench,
        blobs if rich else ((0, 0, 0.64, 0.56, 0.35),),
        "leaf_banyan",
        *((26, 0.46) if rich else (16, 0.52)),
        DARK_LEAF,
    )
    return _to_unit(bench.mesh())


def _tree(rich: bool) -> Mesh:
    bench = Bench()
    _trunk(bench, [(0, 0, -0.03), (0.008, 0, 0.45)], [0.034, 0.022], 5 if rich else 3)
    blobs: tuple[Blob, ...] = ((0.0, 0.02, 0.7, 0.27, 0.3), (0.1, -0.1, 0.48, 0.23, 0.18))
    _crown(
        bench,
        blobs if rich else ((0, 0, 0.64, 0.33, 0.36),),
        "leaf_tree",
        *((26, 0.46) if rich else (14, 0.54)),
        (46, 72, 32),
    )
    return _to_unit(bench.mesh())


def _flame_tree(rich: bool) -> Mesh:
    bench = Bench()
    _trunk(bench, [(0, 0, -0.03), (0.02, 0.0, 0.3), (0.0, 0.02, 0.6)], [0.045, 0.034, 0.028], 5 if rich else 3)
    limbs = [(0.3, 0.1), (-0.26, 0.22), (-0.06, -0.3)]
    for x, y in limbs if rich else []:
        bench.add(beam((0.0, 0.0, 0.36), (x, y, 0.68), 0.026, 0.026, sides=3), BARK, surface=Surface.FOLIAGE)
    blobs: tuple[Blob, ...] = ((0.0, 0.0, 0.79, 0.5, 0.2), (0.38, 0.16, 0.7, 0.3, 0.13), (-0.34, 0.2, 0.72, 0.32, 0.14))
    _crown(
        bench,
        blobs if rich else ((0, 0, 0.75, 0.62, 0.24),),
        "leaf_flame",
        *((26, 0.56) if rich else (14, 0.62)),
        (84, 60, 28),
    )
    return _to_unit(bench.mesh())


def _shrub(rich: bool) -> Mesh:
    bench = Bench()
    blobs: tuple[Blob, ...] = ((0.05, 0.0, 0.48, 0.55, 0.5), (-0.4, 0.25, 0.36, 0.42, 0.36))
    _crown(bench, blobs if rich else blobs[:1], "leaf_shrub", *((18, 0.5) if rich else (12, 0.56)), (46, 76, 38))
    return _to_unit(bench.mesh())


def _frond(turn_deg: float, rise: float, reach: float, steps: int) -> tuple[Shape, Floats]:
    """One arching frond, folded along its rib like a roof; doubled faces are left to the material."""
    t = np.linspace(0, 1, steps + 1)
    out = reach * np.sin(np.minimum(t * 1.35, 1.35)) / np.sin(1.35)
    up = 0.965 + rise * np.sin(t * 2.2) * 0.5 - 0.34 * t**2.2 * (1.25 - rise)
    half = 0.085 * np.array([0.8] + [1.0] * (steps - 1) + [0.9])
    rib = np.column_stack([out, np.zeros_like(t), up])
    left = rib + np.column_stack([np.zeros_like(t), half, -half * 0.55])
    right = rib + np.column_stack([np.zeros_like(t), -half, -half * 0.55])
    vertices = np.concatenate([left, rib, right])
    n = steps + 1
    uv = np.concatenate([np.column_stack([t, np.full(n, v)]) for v in (0.0, 0.5, 1.0)])
    faces = []
    for i in range(steps):
        for row in (0, n):
            a, b, c, d = row + i, row + n + i, row + n + i + 1, row + i + 1
            faces += [(a, b, c), (a, c, d)]
    shape = moved((vertices, np.array(faces)), turn_deg=turn_deg)
    return shape, uv[np.array(faces)]


def _palm(fronds: int, steps: int, sides: int) -> Mesh:
    bench = Bench()
    path = [(0.0, 0.0, -0.03), (0.012, 0.0, 0.35), (0.02, 0.0, 0.7), (0.0, 0.0, 0.97)]
    bench.add(
        swept(path, [0.064, 0.042, 0.036, 0.03], [0.064, 0.042, 0.036, 0.03], sides=sides),
        PALM_BARK,
        shade=_ambient(0.0, 1.2, 0.75),
        surface=Surface.FOLIAGE,
        smooth=True,
    )
    rng = np.random.default_rng(5)
    for i in range(fronds):
        high = i % 2
        shape, uv = _frond(
            i * 360 / fronds + rng.uniform(-9, 9),
            0.3 + 0.5 * high + rng.uniform(-0.06, 0.06),
            0.4 + rng.uniform(-0.04, 0.04) - 0.05 * high,
            steps,
        )
        tint = np.array([255, 255, 255]) * (0.86 + 0.14 * high) * rng.uniform(0.9, 1.0)
        bench.add(
            shape, tint, material="foliage", uv=foliage_uv("frond_palm", uv), surface=Surface.FOLIAGE, smooth=True
        )
    return _to_unit(bench.mesh())


def _boat(rich: bool) -> Mesh:
    """A wooden harbour boat of Xiamen: raised bow, wheelhouse aft, red below and blue above. Height 1 with the mast."""
    bench = Bench()
    stations = [
        (-1.25, 0.36, -0.1, 0.3),
        (-0.6, 0.45, -0.14, 0.24),
        (0.3, 0.44, -0.14, 0.25),
        (0.95, 0.27, -0.08, 0.34),
        (1.35, 0.03, 0.1, 0.46),
    ]
    stations = stations if rich else stations[::2]
    rings = []
    for x, half, keel, deck in stations:
        rings.append(
            [
                (x, half, deck),
                (x, half * 0.9, 0.06),
                (x, half * 0.5, keel),
                (x, -half * 0.5, keel),
                (x, -half * 0.9, 0.06),
                (x, -half, deck),
            ]
        )
    hull = loft([np.array(ring[::-1], dtype=np.float64) for ring in rings])
    middle = hull[0][hull[1]].mean(1)[:, 2]
    colour = np.where(middle[:, None] < 0.06, [[150, 52, 40]], [[38, 96, 140]]).astype(np.float64)
    bench.add(hull, colour)
    bench.add(box((-0.05, 0, 0.24), (2.0, 0.74, 0.04)), (158, 124, 84))
    bench.add(box((-0.62, 0, 0.26), (0.62, 0.52, 0.36)), (226, 226, 214))
    bench.add(box((-0.6, 0, 0.6), (0.78, 0.64, 0.04)), (46, 112, 118))
    if rich:
        for y in (-0.262, 0.262):
            bench.add(box((-0.62, y, 0.42), (0.46, 0.02, 0.13)), (48, 62, 70))
        bench.add(box((-0.3, 0, 0.42), (0.03, 0.4, 0.13)), (48, 62, 70))
        bench.add(beam((0.15, 0, 0.2), (0.15, 0, 1.0), 0.035, 0.035), (196, 168, 112))
        bench.add(beam((0.13, 0, 0.85), (0.95, 0, 0.62), 0.025, 0.025), (196, 168, 112))
        bench.add(box((0.62, 0, 0.27), (0.4, 0.4, 0.12)), (182, 84, 48))
    return bench.mesh()


def _lamp(rich: bool) -> Mesh:
    """A cast-iron lamp of a waterfront walk with one lantern."""
    bench = Bench()
    sides = 6 if rich else 4
    iron = (44, 50, 50)
    bench.add(revolved([(0.035, 0.0), (0.035, 0.05), (0.014, 0.09), (0.011, 0.8), (0.02, 0.82)], sides), iron)
    bench.add(revolved([(0.02, 0.822), (0.042, 0.93)], sides), (250, 236, 200), material="glow")
    bench.add(
        revolved([(0.052, 0.932), (0.02, 0.97), (0.0, 1.0)] if rich else [(0.05, 0.932), (0.0, 1.0)], sides), iron
    )
    return bench.mesh()


def _pole(mesh_height: float) -> Mesh:
    bench = Bench()
    bench.add(prism(circle(0.012, 3), 0.0, mesh_height), (60, 64, 62))
    return bench.mesh()


CROWN_RADIUS: dict[str, float] = {  # of a prototype at unit height: what one multiplies to reach a wanted radius
    "banyan": 0.54, "palm": 0.3, "flame_tree": 0.6, "shrub": 0.68, "tree": 0.35, "boat": 1.3, "lamp": 0.05,
}  # fmt: skip


@cache
def banyan() -> Levels:
    """榕树: a broad dark crown over aerial roots."""
    return _banyan(True), _banyan(False), _cards("card_banyan", 1.12, 1.02)


@cache
def palm() -> Levels:
    """棕榈: a ringed trunk with eleven arching fronds."""
    return _palm(11, 3, 6), _palm(7, 2, 3), _cards("card_palm", 0.62, 1.2)


@cache
def flame_tree() -> Levels:
    """凤凰木: a flat, wide crown in bloom, the city's tree."""
    return _flame_tree(True), _flame_tree(False), _cards("card_flame", 1.2, 1.05)


@cache
def shrub() -> Levels:
    """A low bush, as hedges and slopes have it."""
    return _shrub(True), _shrub(False), _cards("card_shrub", 1.35, 1.1)


@cache
def tree() -> Levels:
    """A broad-leaved tree with a tall crown."""
    return _tree(True), _tree(False), _cards("card_tree", 0.72)


@cache
def boat() -> Levels:
    """A harbour boat; x is ahead; it floats with its water line at z = 0."""
    return _boat(True), _boat(False)


@cache
def lamp() -> Levels:
    """A lamp post; its lantern glows at dusk and at night."""
    return _lamp(True), _lamp(False), _pole(0.95)


PROTOTYPES: dict[str, Callable[[], Levels]] = {
    "banyan": banyan,
    "palm": palm,
    "flame_tree": flame_tree,
    "shrub": shrub,
    "tree": tree,
    "boat": boat,
    "lamp": lamp,
}
