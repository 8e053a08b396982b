"""Trees by hand: crowns of leafy cards over a dark heart, palms with arching fronds, sparse crowns, and far cards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.look.atlas import foliage_uv
from xmscenes.look.parts import Bench, ball, beam, circle, loft, moved, swept
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from xmscenes.look.parts import Floats, Shape

    Blob = tuple[float, float, float, float, float]  # x, y, z of the middle, horizontal and vertical radius

PLAIN_LEAVES = (10, 8)  # cards on the first blob of a plain crown, and on each other one
BARK, PALM_BARK, DARK_LEAF = (112, 98, 82), (134, 122, 104), (38, 62, 28)


def _ambient(low: float, high: float, floor: float = 0.55) -> Callable[[Floats], Floats]:
    """Shade from ``floor`` at the height ``low`` to full light at ``high``."""
    return lambda p: floor + (1 - floor) * np.clip((p[:, 2] - low) / (high - low), 0, 1) ** 0.8


def _lump(blob: Blob, seed: int, rich: int) -> Shape:
    """The dark heart of a crown: a bumpy ball of 20 faces, of 8 in a plain crown."""
    unit, faces = ball(0) if rich else _octahedron()
    x, y, z, r, h = blob
    swell = 0.8 + 0.05 * np.random.default_rng([11, seed]).normal(size=(len(unit), 1))
    return unit * swell * np.array([r, r, h]) + np.array([x, y, z]), faces


def _octahedron() -> Shape:
    corners = np.vstack([np.eye(3), -np.eye(3)])
    return corners, np.array([(0, 1, 2), (1, 3, 2), (3, 4, 2), (4, 0, 2), (1, 0, 5), (3, 1, 5), (4, 3, 5), (0, 4, 5)])


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


def _crown(bench: Bench, blobs: tuple[Blob, ...], leaf: str, rich: int, span: float, rgb: tuple[int, int, int]) -> None:
    """Leaves on all blobs; a crown of ``rich`` cards a blob has a dark heart in each, a plain one (0) few wide cards.

    The blobs are the same, so that a plain crown keeps the outline: lumping them together moved it twice as far.
    """
    low = min(b[2] - b[4] for b in blobs)
    high = max(b[2] + b[4] for b in blobs)
    for i, blob in enumerate(blobs):
        shape, uv, tint = _leaves(blob, rich or PLAIN_LEAVES[min(i, 1)], span, i)
        if rich or i == 0:
            bench.add(_lump(blob, i, rich), rgb, shade=_ambient(low, high, 0.66), surface=Surface.FOLIAGE, smooth=True)
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


def far_cards(cell: str, width: float, height: float = 1.0) -> Mesh:
    """Two crossed cards that show a painted tree."""
    bench = Bench()
    for a in (0.0, 90.0):
        c, s = np.cos(np.radians(a)) * width / 2, np.sin(np.radians(a)) * width / 2
        vertices = np.array([[-c, -s, 0], [c, s, 0], [c, s, height], [-c, -s, height]])
        uv = foliage_uv(cell, np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float64))
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        bench.add((vertices, faces), (206, 210, 200), material="foliage", uv=uv[faces], surface=Surface.FOLIAGE)
    return bench.mesh()


def sparse_crown(cards: Mesh, leaf: str, blob: Blob, count: int, span: float) -> Mesh:
    """Far cards in a thin shell of leaves: a crown that is round from all sides, with a sixth of the triangles."""
    bench = Bench()
    shape, uv, tint = _leaves(blob, count, span, 0)
    shade = _ambient(blob[2] - blob[4], blob[2] + blob[4], 0.6)
    bench.add(shape, tint, material="foliage", uv=foliage_uv(leaf, uv), shade=shade, surface=Surface.FOLIAGE)
    return merge_meshes([cards, _to_unit(bench.mesh())])[0]


def sparse_palm(fronds: int) -> Mesh:
    """Far cards of a palm with some fronds of one step, so that it is no cross from above."""
    bench = Bench()
    _fronds(bench, fronds, 1)
    return merge_meshes([far_cards("card_palm", 0.62, 1.2), _to_unit(bench.mesh())])[0]


def _trunk(bench: Bench, path: list[tuple[float, float, float]], radius: list[float], sides: int = 6) -> None:
    bench.add(
        swept(path, np.array(radius) * 2, np.array(radius) * 2, sides=sides),
        BARK,
        shade=_ambient(0.0, 0.3, 0.7),
        surface=Surface.FOLIAGE,
        smooth=True,
    )


def banyan_crown(rich: bool) -> Mesh:
    """A banyan with aerial roots; plain (not rich) has few leaves and no roots."""
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
    _crown(bench, blobs, "leaf_banyan", 26 * rich, 0.46 if rich else 0.8, DARK_LEAF)
    return _to_unit(bench.mesh())


def tree_crown(rich: bool) -> Mesh:
    """A broad-leaved tree."""
    bench = Bench()
    _trunk(bench, [(0, 0, -0.03), (0.008, 0, 0.45)], [0.034, 0.022], 5 if rich else 3)
    blobs: tuple[Blob, ...] = ((0.0, 0.02, 0.7, 0.27, 0.3), (0.1, -0.1, 0.48, 0.23, 0.18))
    _crown(bench, blobs, "leaf_tree", 26 * rich, 0.46 if rich else 0.7, (46, 72, 32))
    return _to_unit(bench.mesh())


def flame_tree_crown(rich: bool) -> Mesh:
    """A flame tree with three limbs under a flat crown."""
    bench = Bench()
    _trunk(bench, [(0, 0, -0.03), (0.02, 0.0, 0.3), (0.0, 0.02, 0.6)], [0.045, 0.034, 0.028], 5 if rich else 3)
    limbs = [(0.3, 0.1), (-0.26, 0.22), (-0.06, -0.3)]
    for x, y in limbs if rich else []:
        bench.add(beam((0.0, 0.0, 0.36), (x, y, 0.68), 0.026, 0.026, sides=3), BARK, surface=Surface.FOLIAGE)
    blobs: tuple[Blob, ...] = ((0.0, 0.0, 0.79, 0.5, 0.2), (0.38, 0.16, 0.7, 0.3, 0.13), (-0.34, 0.2, 0.72, 0.32, 0.14))
    _crown(bench, blobs, "leaf_flame", 26 * rich, 0.56 if rich else 0.7, (84, 60, 28))
    return _to_unit(bench.mesh())


def shrub_crown(rich: bool) -> Mesh:
    """A bush of two lumps."""
    bench = Bench()
    blobs: tuple[Blob, ...] = ((0.05, 0.0, 0.48, 0.55, 0.5), (-0.4, 0.25, 0.36, 0.42, 0.36))
    _crown(bench, blobs, "leaf_shrub", 18 * rich, 0.5 if rich else 0.64, (46, 76, 38))
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


def palm_crown(fronds: int, steps: int, sides: int) -> Mesh:
    """A palm with this many fronds, each of so many steps."""
    bench = Bench()
    path = [(0.0, 0.0, -0.03), (0.012, 0.0, 0.35), (0.02, 0.0, 0.7), (0.0, 0.0, 0.97)]
    bench.add(
        swept(path, [0.064, 0.042, 0.036, 0.03], [0.064, 0.042, 0.036, 0.03], sides=sides),
        PALM_BARK,
        shade=_ambient(0.0, 1.2, 0.75),
        surface=Surface.FOLIAGE,
        smooth=True,
    )
    _fronds(bench, fronds, steps)
    return _to_unit(bench.mesh())


def _fronds(bench: Bench, fronds: int, steps: int) -> None:
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
