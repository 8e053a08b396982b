"""What stands out of walls: balconies, cornices, buttresses, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.vectors import cross
from xmscenes.look.atlas import band_uv, column_uv
from xmscenes.look.beside import Around
from xmscenes.look.facade import add_block, runs_of
from xmscenes.look.parts import Bench, box
from xmscenes.look.render_coat import add_plain
from xmscenes.look.roof import corner_moves
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.look.facade import Bays, Grid
    from xmscenes.look.shell import Shell, Wall

    Floats = NDArray[np.float64]

_CLEAR_M = 0.05  # a tread lies so much over the ground under it, or it is left out: nearer, both fight for depth
_ACROSS, _OUT = np.linspace(-0.5, 0.5, 9), np.linspace(0.0, 1.0, 5)  # shares of a tread where its ground is looked at
_BESIDE_M, _BEFORE_M = np.linspace(-1.4, 1.4, 8), np.linspace(0.0, 1.4, 5)  # where the ground under steps is looked at
_SUNK_M = 0.1
NOTHING = Around()

BALCONY_M = 1.15
CLOSED_FROM = 3  # balconies one above another
BALCONY_SHELL = 6  # faces of front and sides come first
GLAZED = "curtain"  # what closed balconies wear; half a bay of it is one pane
BALCONY_FACES = np.array(
    [
        [1, 5, 6],
        [1, 6, 2],
        [0, 5, 1],
        [0, 4, 5],
        [2, 6, 7],
        [2, 7, 3],
        [0, 1, 2],
        [0, 2, 3],
        [4, 6, 5],
        [4, 7, 6],
    ]
)


def add_balconies(bench: Bench, bays: Bays, grid: Grid, rgb: Floats, trim_rgb: Floats, start: int, limit: int) -> int:
    """Balconies on every other bay above the ground floor; gives how many storeys of them.

    Where three or more stand one above another they are closed, as most of the 1980s are by now: one glazed shaft.
    """
    made = 0
    if bays.count < 2:
        return 0
    for b in range(start % 2, bays.count, 2):
        whole = bays.whole[1 : grid.count, b]
        for first, count in runs_of(whole):
            storeys = range(1 + first, 1 + first + min(count, limit - made))
            if len(storeys) >= CLOSED_FROM:
                _closed_balconies(bench, bays, grid, b, storeys, rgb, trim_rgb, start)
            else:
                for k in storeys:
                    low, high = grid.floor(k) - 0.12, grid.floor(k) + 1.0
                    _balcony(bench, bays, b, (low, high), BALCONY_FACES, rgb, trim_rgb)
            made += len(storeys)
    return made


def _balcony(
    bench: Bench,
    bays: Bays,
    b: int,
    heights: tuple[float, float],
    faces: NDArray[np.int64],
    rgb: Floats,
    trim_rgb: Floats,
) -> None:
    """An open box before a bay; its last two faces are the top, in trim."""
    s0, s1 = b * bays.width + 0.25, (b + 1) * bays.width - 0.25
    corners = _box(bays.wall, s0, s1, heights)
    tint = np.vstack([np.tile(rgb, (len(faces) - 2, 1)), np.tile(trim_rgb * 0.8, (2, 1))])
    add_plain(bench, (corners, _facing(corners, faces)), tint)


def _closed_balconies(
    bench: Bench,
    bays: Bays,
    grid: Grid,
    b: int,
    storeys: range,
    rgb: Floats,
    trim_rgb: Floats,
    start: int,
) -> None:
    heights = (grid.floor(storeys[0]) - 0.12, grid.floor(storeys[-1] + 1) - 0.12)
    _balcony(bench, bays, b, heights, BALCONY_FACES[BALCONY_SHELL:], rgb, trim_rgb)
    s0, s1 = b * bays.width + 0.25, (b + 1) * bays.width - 0.25
    add_block(bench, bays.wall, GLAZED, (s0, heights[0], s1, heights[1]), (1, len(storeys)), rgb, start + b, BALCONY_M)
    corners = _box(bays.wall, s0, s1, heights)
    faces = _facing(corners, BALCONY_FACES)[2:BALCONY_SHELL]
    across = np.tile([0.0, 0.5, 0.5, 0.0], 2)
    uv = column_uv(GLAZED, across, np.repeat([float(len(storeys)), 0.0], 4))
    bench.add((corners, faces), rgb, material="storeys", uv=uv[faces], surface=Surface.WALL)


def _box(wall: Wall, s0: float, s1: float, heights: tuple[float, float]) -> Floats:
    """Corners (8, 3) of a balcony: low before high, each from the left end of the wall round the front."""
    places = ((s0, 0.0), (s0, BALCONY_M), (s1, BALCONY_M), (s1, 0.0))
    return np.array([wall.point(s, z, o) for z in heights for s, o in places])


def _facing(vertices: Floats, faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn faces of a convex open box so that they look away from its middle."""
    corner = vertices[faces]
    normal = cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    away = np.einsum("fi,fi->f", normal, corner.mean(1) - vertices.mean(0)) > 0
    return np.where(away[:, None], faces, faces[:, ::-1])


def add_cornice(bench: Bench, shell: Shell, trim_rgb: Floats, z_under: float) -> None:
    """A moulded band under the eaves, round every outer edge that lies at the eave."""
    edges = [(f, (i, j)) for f, (i, j) in shell.eaves if np.allclose(shell.vertices[[i, j], 2], shell.eave, atol=0.4)]
    moves = corner_moves(shell, edges, {e: 0.16 for _, e in edges})
    for _, edge in edges:
        if edge not in moves:
            continue
        a, b = shell.vertices[edge[0]], shell.vertices[edge[1]]
        length = float(np.linalg.norm(b - a))
        a2, b2 = a + np.append(moves[edge][0], 0.0), b + np.append(moves[edge][1], 0.0)
        low = np.array([0, 0, z_under])
        vertices = np.array([a2 - low, b2 - low, b2 - [0, 0, 0.02], a2 - [0, 0, 0.02], a - low, b - low])
        front, under = np.array([[0, 1, 2], [0, 2, 3]]), np.array([[4, 5, 1], [4, 1, 0]])
        uv = band_uv("cornice", np.array([0, length, length, 0]), np.array([1.0, 1.0, 0, 0]))
        bench.add((vertices, front), trim_rgb, material="facade", uv=uv[front], surface=Surface.DETAIL)
        add_plain(bench, (vertices, under), trim_rgb)


def add_buttresses(bench: Bench, bays: Bays, grid: Grid, rgb: Floats) -> None:
    """Buttresses between the windows of a long wall."""
    wall = bays.wall
    if bays.count < 3 or not bays.whole.size or not bays.whole[0].any():
        return
    turn = float(np.degrees(np.arctan2(wall.along[1], wall.along[0])))
    for b in range(1, bays.count):
        low = wall.point(b * bays.width, grid.base - 0.3, 0.25)
        add_plain(bench, box(low, (0.5, 0.7, (grid.top - grid.base) * 0.62 + 0.3), turn), rgb)
        high = wall.point(b * bays.width, grid.base, 0.17)
        add_plain(bench, box(high, (0.42, 0.4, (grid.top - grid.base) * 0.86), turn), rgb)


def add_steps(bench: Bench, wall: Wall, s: float, grid: Grid, rgb: Floats, around: Around = NOTHING) -> None:
    """Two or three stone steps before a door whose floor lies above the ground; where that falls away they go deeper.

    None is drawn that the ground covers or crosses.
    """
    rise, into = grid.first - grid.base, 0.3
    if around.ground_at is not None:
        spots = np.array([wall.point(s + beside, 0.0, out)[:2] for beside in _BESIDE_M for out in _BEFORE_M])
        into = max(into, grid.base - float(around.ground_at(spots).min()) + _SUNK_M)
    count = min(3, round(rise / 0.2))
    turn = float(np.degrees(np.arctan2(wall.along[1], wall.along[0])))
    lowest = -np.inf  # what the next tread inwards must rise over
    for i in range(count):
        depth, inside = 0.32 * (count - i), 0.04 * (i + 1)  # sides end in the wall and in the ground
        at, wide = wall.point(s, grid.base - into - inside, (depth - inside) / 2), 1.9 + 0.2 * (count - i)
        up = _over_ground(wall, s, (wide, depth), grid.base, rise * (i + 1) / (count + 0.4), around.highest_at)
        if up > rise or up < lowest + _CLEAR_M:  # the ground covers it, or the tread before it does
            continue
        lowest = up
        vertices, faces = box(at, (wide, depth + inside, into + inside + up), turn)
        add_plain(bench, (vertices, _showing(vertices, faces, wall.outward)), rgb)


def _over_ground(
    wall: Wall,
    s: float,
    size_m: tuple[float, float],
    base: float,
    up: float,
    highest_at: Callable[[Floats], Floats] | None,
) -> float:
    """Height of a tread over ``base``: as planned, or as the highest ground under it asks for."""
    if highest_at is None:
        return up
    spots = np.concatenate([wall.point(s + _ACROSS * size_m[0], 0.0, out)[:, :2] for out in _OUT * size_m[1]])
    over = highest_at(spots) - base
    if float(over.min()) > up + _CLEAR_M:
        return np.inf
    return max(up, float(over.max()) + _CLEAR_M)


def _showing(vertices: Floats, faces: NDArray[np.int64], outward: Floats) -> NDArray[np.int64]:
    """Faces of a box before a wall that can be seen: not its back, not its floor."""
    corner = vertices[faces]
    normal = cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    shown: NDArray[np.int64] = faces[(normal[:, :2] @ outward > -0.9) & (normal[:, 2] > -0.9)]
    return shown
