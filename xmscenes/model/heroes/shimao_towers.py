"""世茂海峡大厦 Shimao Cross-Strait Plaza: two sail-shaped towers, 300 m to the crowns, on a shopping podium.

Crown height 300 m, 64 and 55 floors, cores of about 270 m and 250 m are published; plan, curvature and spacing are
estimates. The sails' bellies look out to sea, along +y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.parts import Bench, box, joined, moved, prism
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import WHITE, rectangle
from xmscenes.records import Mesh, Origin, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

HEIGHT_M, SPACING_M = 300.0, 90.0
PODIUM_M = 22.0
GLASS, FIN = (206, 226, 236), (236, 238, 236)


def _plan(width: float, back: float, belly: float, count: int) -> np.ndarray:
    """A bow: straight-ish back at -y, belly at +y, as a CCW ring."""
    t = np.linspace(-1, 1, count)
    front = np.column_stack([width / 2 * t, belly * (1 - t**2)])
    rear = np.column_stack([width / 2 * t * 0.86, -back + back * 0.25 * t**2])
    return np.concatenate([rear, front[::-1]])


def _outline_at(side: int, core_m: float, count: int) -> Callable[[float], np.ndarray]:
    """Outline of a tower by height: it narrows towards the top and leans outwards like a sail."""

    def outline(z: float) -> np.ndarray:
        f = max(z - PODIUM_M + 2, 0.0) / (core_m - PODIUM_M + 2)
        width = 46.0 * (1 - 0.12 * f - 0.34 * f**3)
        ring: np.ndarray = _plan(width, 12.0 * (1 - 0.25 * f), 13.0 * (1 - 0.3 * f**2), count)
        leaning: np.ndarray = ring + np.array([side * (46.0 - width) * 0.5 * 0.85, 0.0])
        return leaning

    return outline


def _tower(bench: Bench, side: int, core_m: float, floors: int, level: int) -> None:
    """One tower; ``side`` -1 left, +1 right. The outer edge rises into the crown like the leech of a sail."""
    outline = _outline_at(side, core_m, (9, 9, 7, 5)[level])
    rows = (floors, floors // 2, 10, 5)[level]
    foot = PODIUM_M - 2
    add_storeyed(
        bench,
        outline(foot),
        stack(foot, [(core_m - foot) / rows] * rows, ["curtain"] * rows),
        wall_rgb=GLASS,
        top_rgb=(150, 158, 162),
        bay_m=(4.6, 6.0, 12.0, 12.0)[level],
        outline_at=outline,
    )
    _crown(bench, side, outline(core_m), core_m)


def _crown(bench: Bench, side: int, ring: np.ndarray, core_m: float) -> None:
    """Steel sail above the roof: a curved screen that climbs to 300 m at the outer edge."""
    n = len(ring) // 2
    front = ring[n:]
    for line, inward in ((front, -1.2), (ring[:n], 1.2)):
        xs = line[:, 0]
        climb = np.clip((xs - xs.min()) / np.ptp(xs), 0, 1)
        climb = climb if side > 0 else 1 - climb
        top = core_m + 3.0 + (HEIGHT_M - core_m - 3.0) * climb**1.3
        outline = np.column_stack([line, np.full(len(line), core_m - 1.0)])
        upper = np.column_stack([line, top])
        shell = np.concatenate([outline, upper[::-1]])
        back = shell + np.array([0.0, inward, 0.0])
        vertices = np.concatenate([shell, back])
        m, k = len(shell), len(line)
        faces = []
        for i in range(k - 1):
            a, b, c, d = i, i + 1, m - 2 - i, m - 1 - i
            faces += [(a, b, c), (a, c, d), (m + a, m + c, m + b), (m + a, m + d, m + c)]
        for i in range(m):
            j = (i + 1) % m
            faces += [(i, m + i, m + j), (i, m + j, j)]
        bench.add((vertices, _outward(vertices, np.array(faces))), FIN, surface=Surface.WALL)


def _outward(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    corner = vertices[faces]
    volume = np.einsum("fi,fi->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2]))
    return faces if volume > 0 else faces[:, ::-1]


def _podium(bench: Bench, level: int) -> None:
    ring = rectangle(178.0, 78.0, 0, -4.0)
    ring[2:, 1] += np.array([-10.0, -10.0])
    rows = 4 if level < 2 else 1
    add_storeyed(
        bench,
        ring,
        [(-3.0, 2.0, "granite"), *stack(2.0, [(PODIUM_M - 2.0) / rows] * rows, ["curtain"] * rows)],
        wall_rgb=(236, 226, 208),
        top_rgb=(168, 164, 154),
        bay_m=7.0,
    )
    if level < 2:
        bench.add(joined([box((0, y, PODIUM_M), (178.6, 1.0, 1.2)) for y in (-42.6, 24.6)]), WHITE)
    bench.add(moved(prism(rectangle(40, 14), 0, 6), (0, -8, PODIUM_M)), (200, 206, 206), surface=Surface.WALL)


def make(level: int) -> Mesh:
    """Make both towers and the podium; z = 0 is the street."""
    bench = Bench()
    _podium(bench, level)
    for side, core, floors in ((-1, 270.0, 60), (1, 250.0, 51)):
        one = Bench()
        _tower(one, side, core, floors, level)
        mesh = one.mesh()
        bench.add_mesh(_shifted(mesh, side * SPACING_M / 2))
    return bench.mesh()


def _shifted(mesh: Mesh, dx: float) -> Mesh:
    from dataclasses import replace

    return replace(mesh, vertices=mesh.vertices + np.array([dx, 0.0, 0.0]))


HERO = Hero(
    id="shimao_twin_towers",
    name="世茂海峡大厦",
    name_en="Shimao Cross-Strait Plaza",
    scene="shapowei",
    lon_deg=118.08361,
    lat_deg=24.43833,
    heading_deg=225.0,
    make=make,
    sizes_m={"height": HEIGHT_M},
    position_origin=Origin.DIGITISED,
    source="300 m and floor counts published; plan and spacing of the towers estimated",
)
