"""What stands out of walls: balconies, cornices, buttresses, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import band_uv
from xmscenes.look.parts import Bench, box
from xmscenes.look.render_coat import add_plain, white_uv
from xmscenes.look.roof import corner_moves
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.look.facade import Bays, Grid
    from xmscenes.look.shell import Shell, Wall

    Floats = NDArray[np.float64]

_TREAD = ((0.0, 0.5), (-0.45, 0.1), (0.45, 0.1), (-0.45, 0.9), (0.45, 0.9))  # shares of a step: its middle, its corners
_CLEAR_M = 0.04  # a tread so near to the ground would fight with it for depth
_BESIDE_M, _BEFORE_M = np.linspace(-1.4, 1.4, 8), np.linspace(0.0, 1.4, 5)  # where the ground under steps is looked at
_SUNK_M = 0.1


def add_balconies(bench: Bench, bays: Bays, grid: Grid, rgb: Floats, trim_rgb: Floats, start: int, limit: int) -> int:
    """Balconies in columns on every other bay above the ground floor; gives how many."""
    wall = bays.wall
    made = 0
    if bays.count < 2:
        return 0
    for b in range(start % 2, bays.count, 2):
        for k in range(1, min(grid.count, len(bays.whole))):
            if made >= limit or not bays.whole[k, b]:
                continue
            s0, s1 = b * bays.width + 0.25, (b + 1) * bays.width - 0.25
            z0, z1 = grid.floor(k) - 0.12, grid.floor(k) + 1.0
            corners = np.array(
                [wall.point(s, z, o) for z in (z0, z1) for s, o in ((s0, 0.0), (s0, 1.15), (s1, 1.15), (s1, 0.0))]
            )
            faces = np.array(
                [
                    [0, 5, 1],
                    [0, 4, 5],
                    [1, 5, 6],
                    [1, 6, 2],
                    [2, 6, 7],
                    [2, 7, 3],
                    [0, 1, 2],
                    [0, 2, 3],
                    [4, 6, 5],
                    [4, 7, 6],
                ]
            )
            add_plain(
                bench,
                (corners, _facing(corners, faces)),
                np.vstack([np.tile(rgb, (8, 1)), np.tile(trim_rgb * 0.8, (2, 1))]),
            )
            made += 1
    return made


def _facing(vertices: Floats, faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn faces of a convex open box so that they look away from its middle."""
    corner = vertices[faces]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
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
        faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 1], [4, 1, 0]])
        uv = np.concatenate(
            [
                band_uv("cornice", np.array([0, length, length, 0]), np.array([1.0, 1.0, 0, 0]))[
                    [[0, 1, 2], [0, 2, 3]]
                ],
                white_uv(2),
            ]
        )
        bench.add((vertices, faces), trim_rgb, material="facade", uv=uv, surface=Surface.DETAIL)


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


def add_steps(
    bench: Bench, wall: Wall, s: float, grid: Grid, rgb: Floats, ground_at: Callable[[Floats], Floats] | None = None
) -> None:
    """Two or three stone steps before a door whose floor lies above the ground; where that falls away they go deeper.

    ``ground_at`` gives ground heights for points (N, 2).
    """
    rise, into = grid.first - grid.base, 0.3
    if ground_at is not None:
        spots = np.array([wall.point(s + beside, 0.0, out)[:2] for beside in _BESIDE_M for out in _BEFORE_M])
        into = max(into, grid.base - float(ground_at(spots).min()) + _SUNK_M)
    count = min(3, round(rise / 0.2))
    for i in range(count):
        depth, inside = 0.32 * (count - i), 0.04 * (i + 1)  # backs and floors of their own, hidden in wall and ground
        at, wide = wall.point(s, grid.base - into - inside, (depth - inside) / 2), 1.9 + 0.2 * (count - i)
        up = rise * (i + 1) / (count + 0.4)
        if ground_at is not None:
            spots = np.array([wall.point(s + side * wide, 0.0, out * depth)[:2] for side, out in _TREAD])
            over = grid.base + up - ground_at(spots)
            if over.max() < _CLEAR_M:  # the ground covers it
                continue
            up += max(_CLEAR_M - over[0], 0.0) if over[0] > -_CLEAR_M else 0.0
        size = (wide, depth + inside, into + inside + up)
        turn = float(np.degrees(np.arctan2(wall.along[1], wall.along[0])))
        add_plain(bench, box(at, size, turn), rgb)
