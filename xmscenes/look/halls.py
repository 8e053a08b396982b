"""四落大厝: several halls one behind another, courtyards between them, wings at their sides, within the measured walls.

For buildings that are known to be one: their style says so. Outline, eaves and highest ridge stay as measured; how the
roof is divided inside is made up from how such houses are built.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.covers import COVER_M, slope_uv
from xmscenes.look.facade import Grid, add_wall, divide, storey_grid
from xmscenes.look.parts import Bench, swept
from xmscenes.look.render_coat import add_plain
from xmscenes.look.shell import Wall
from xmscenes.look.swallow import add_swallow_ridge, add_verge
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.look.shell import Shell
    from xmscenes.look.wear import Wear

    Floats = NDArray[np.float64]

HALL_M, COURT = 6.0, 0.55  # least depth of a hall; depth of a courtyard as a share of it
WING = 0.2  # width of a wing as a share of the front
EAVE_M, VERGE_M, THICK_M = 0.7, 0.3, 0.14
SLOPE = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


@dataclass(frozen=True, slots=True)
class Compound:
    """The rectangle that the halls share. ``across`` runs along the front, ``back`` away from it."""

    front: Floats  # (2,) middle of the front
    across: Floats
    back: Floats
    width: float
    depth: float
    eave: float
    ridge: float
    halls: tuple[tuple[float, float], ...]  # from and to, metres behind the front

    def xy(self, u: float, v: float) -> Floats:
        """A place by metres to the right of the middle and behind the front."""
        return self.front + u * self.across + v * self.back

    def point(self, u: float, v: float, z: float) -> Floats:
        """The same with a height."""
        return np.array([*self.xy(u, v), z])


def compound_of(shell: Shell, facing: Floats, most: int) -> Compound | None:
    """The compound inside a shell whose front looks along ``facing`` (2,); None where halls have no room."""
    outline = shapely.unary_union(
        [shapely.Polygon(shell.vertices[list(r.rings[0]), :2]).buffer(0.02) for r in shell.roofs]
    )
    box = shapely.get_coordinates(outline.minimum_rotated_rectangle)
    if len(box) != 5 or outline.area < 0.88 * abs(shapely.Polygon(box).area):
        return None
    sides = list(pairwise(box))
    middle = box[:-1].mean(0)
    a, b = max(sides, key=lambda side: float(((side[0] + side[1]) / 2 - middle) @ facing))
    back = middle - (a + b) / 2
    depth, width = 2 * float(np.linalg.norm(back)), float(np.linalg.norm(b - a))
    back = back / (depth / 2)
    count = min(most, int((depth / HALL_M + COURT) / (1 + COURT)))
    if count < 2 or width < 9.0:
        return None
    hall = depth / (count + COURT * (count - 1))
    ridge = max(float(shell.vertices[:, 2].max()), shell.eave + 0.28 * hall)
    halls = tuple((k * hall * (1 + COURT), k * hall * (1 + COURT) + hall) for k in range(count))
    return Compound((a + b) / 2, np.array([back[1], -back[0]]), back, width, depth, shell.eave, ridge, halls)


def add_halls(bench: Bench, shell: Shell, compound: Compound, wear: Wear) -> None:
    """Dress a compound: outer walls with gables, halls with swallow tails, courtyards with walls of their own."""
    grid = storey_grid(shell, wear.style)
    c, half = compound, compound.width / 2
    for side in (-1.0, 1.0):
        tops = [p for v0, v1 in c.halls for p in _gable(c, v0, v1)]
        _face(bench, c, (side * half, 0.0), (side * half, c.depth), side * c.across, grid, wear, tops)
    _face(bench, c, (-half, 0.0), (half, 0.0), -c.back, grid, wear, door=True)
    _face(bench, c, (-half, c.depth), (half, c.depth), c.back, grid, wear)
    for v0, v1 in c.halls:
        _hall_roof(bench, c, v0, v1, wear)
    for (_, v0), (v1, _) in zip(c.halls[:-1], c.halls[1:], strict=True):
        _court(bench, c, v0, v1, grid, wear)


def _gable(c: Compound, v0: float, v1: float) -> list[tuple[float, float]]:
    """Points (metres behind the front, height) of a gable's edge."""
    middle, half = (v0 + v1) / 2, (v1 - v0) / 2
    return [(middle + half * float(t), _height(c, float(t), 1.0)) for t in SLOPE]


def _height(c: Compound, t: float, s: float) -> float:
    """Of a hall's roof: ``t`` from eave (-1) over ridge (0) to eave (1), ``s`` from its middle (0) to its end (1)."""
    inner = 1.0 - abs(t)
    return c.eave + (c.ridge - c.eave) * inner * (0.84 + 0.16 * inner) + 0.22 * s**2


def _face(
    bench: Bench, c: Compound, p: tuple[float, float], q: tuple[float, float], outward: Floats, grid: Grid, wear: Wear,
    tops: list[tuple[float, float]] | None = None, *, door: bool = False, top: float | None = None,
) -> None:  # fmt: skip
    """A wall between two places, up to the eave or to a line of tops (metres behind the front, height)."""
    along = np.array([-outward[1], outward[0]])
    a, b = c.xy(*p), c.xy(*q)
    if (b - a) @ along < 0:
        a, b = b, a
    length = float(np.linalg.norm(b - a))
    high = c.eave if top is None else top
    ring = [(0.0, grid.base), (length, grid.base), (length, high), (0.0, high)]
    if tops is not None:
        crest = sorted((float((c.xy(p[0], v) - a) @ along), z) for v, z in tops)
        ring = [(0.0, grid.base), (length, grid.base), *reversed(crest)]
    area = shapely.Polygon(ring).buffer(0)
    wall = Wall(a, along, outward, length, area, tops is None)
    bays = divide(wall, grid, wear.style.bay_m)
    middle = bays.count // 2
    at = (0, middle) if door and len(bays.whole) and bays.whole[0, middle] else None
    add_wall(bench, bays, grid, wear.style, wear.wall, door=at, skip=np.zeros_like(bays.whole), start=0)


def _hall_roof(bench: Bench, c: Compound, v0: float, v1: float, wear: Wear) -> None:
    """Two sagging slopes with eaves, verges and a swallow-tail ridge."""
    middle, half, reach = (v0 + v1) / 2, (v1 - v0) / 2, c.width / 2
    over = 1 + EAVE_M / half
    t = np.array([-over, -0.5, 0.0, 0.5, over])
    s = np.linspace(-1.0, 1.0, 7)
    u = s * (reach + VERGE_M)
    z = np.array([[_height(c, min(max(x, -over), over), abs(y)) for x in t] for y in s])
    top = np.array([[c.point(u[i], middle + half * t[k], z[i, k]) for k in range(5)] for i in range(7)])
    _add_sheet(bench, top, u, wear)
    for row in (0, 4):  # fascia and soffit of both eaves
        edge = top[:, row]
        inner = np.array([c.point(x, middle + half * float(np.sign(t[row])), 0.0) for x in u])
        inner[:, 2] = edge[:, 2] + 0.1
        drop = np.array([0.0, 0.0, THICK_M])
        for low, high in ((edge - drop, edge), (inner - drop, edge - drop)):
            _add_strip(bench, low if row == 0 else low[::-1], high if row == 0 else high[::-1], wear.trim)
    for end in (0, -1):
        add_verge(bench, [p + np.array([0.0, 0.0, 0.02]) for p in top[end]], wear.trim)
    crest = c.ridge + 0.02
    add_swallow_ridge(bench, c.point(-reach, middle, crest), c.point(reach, middle, crest), wear.trim)


def _add_sheet(bench: Bench, top: Floats, u: Floats, wear: Wear) -> None:
    """Tiles on a bent sheet of points (along, down the slope, 3): rows count from the ridge, so courses never break."""
    steps = np.linalg.norm(np.diff(top[3], axis=0), axis=1)
    down = np.concatenate([[steps[0] + steps[1], steps[1], 0.0], np.cumsum(steps[2:])]) / COVER_M["roof"]
    n, m = top.shape[:2]
    index = np.arange(n * m).reshape(n, m)
    a, b, d, e = (index[i : n - 1 + i, k : m - 1 + k].reshape(-1) for i in (0, 1) for k in (0, 1))
    faces = np.concatenate([np.column_stack([a, d, e]), np.column_stack([a, e, b])])
    uv = np.stack(np.broadcast_arrays((u / COVER_M["roof"])[:, None], down[None, :]), axis=-1).reshape(-1, 2)
    vertices = top.reshape(-1, 3)
    corner = vertices[faces[0]]
    if np.cross(corner[1] - corner[0], corner[2] - corner[0])[2] < 0:
        faces = faces[:, ::-1]
    bench.add((vertices, faces), wear.roof, material="roof", uv=uv[faces], surface=Surface.ROOF)


def _add_strip(bench: Bench, low: Floats, high: Floats, rgb: Floats) -> None:
    """Quads between two rows of points, in plain render, seen from either side."""
    n = len(low)
    i = np.arange(n - 1)
    one = np.concatenate([np.column_stack([i, i + 1, n + i + 1]), np.column_stack([i, n + i + 1, n + i])])
    faces = np.concatenate([one, one[:, ::-1]])
    add_plain(bench, (np.concatenate([low, high]), faces), rgb)


def _court(bench: Bench, c: Compound, v0: float, v1: float, grid: Grid, wear: Wear) -> None:
    """A courtyard: paving, the walls of both halls, a low wing on either side under a roof of its own."""
    half = c.width / 2
    inner = half - WING * c.width
    low = c.eave - 0.45
    _face(bench, c, (-half, v0), (half, v0), c.back, grid, wear, door=True)
    _face(bench, c, (-half, v1), (half, v1), -c.back, grid, wear, door=True)
    floor = np.array([c.point(u, v, grid.base + 0.12) for u, v in ((-half, v0), (half, v0), (half, v1), (-half, v1))])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    bench.add((floor, faces), wear.flat, material="paving", uv=slope_uv(floor[faces] - floor[0], "paving"))
    for side in (-1.0, 1.0):
        _face(bench, c, (side * inner, v0), (side * inner, v1), -side * c.across, grid, wear, top=low)
        rise = 0.9
        middle = side * (half + inner) / 2
        near, far = side * (inner - 0.5), side * (half + 0.25)
        drop = low - 0.25
        ring = [(near, drop), (middle, low + rise), (far, drop)]
        rows = np.array([[c.point(u, v, z) for u, z in ring] for v in (v0 - 0.5, v1 + 0.5)])
        for k in (0, 1):
            quad = np.array([rows[0, k], rows[1, k], rows[1, k + 1], rows[0, k + 1]])
            pair = faces if np.cross(quad[1] - quad[0], quad[2] - quad[0])[2] > 0 else faces[:, ::-1]
            uv = slope_uv(quad[pair] - quad[0], "roof")
            bench.add((quad, pair), wear.roof, material="roof", uv=uv, surface=Surface.ROOF)
            add_plain(bench, (quad - np.array([0.0, 0.0, 0.1]), pair[:, ::-1]), wear.trim * 0.9)
        cap = swept([rows[0, 1], rows[1, 1]], 0.3, 0.22)
        add_plain(bench, cap, wear.trim, Surface.ROOF)
