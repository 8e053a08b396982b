"""What stands out of walls and roofs: verandas, arcades, balconies, cornices, chimneys, tanks, stair houses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.atlas import band_uv
from xmscenes.look.covers import slope_uv
from xmscenes.look.facade import Bays, Grid, add_quad, add_run
from xmscenes.look.parts import Bench, box, moved, revolved, triangulated
from xmscenes.look.roof import corner_moves
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.look.parts import Shape
    from xmscenes.look.shell import Shell, Wall
    from xmscenes.look.style import Style

    Floats = NDArray[np.float64]

PIER_M, BEAM_M, JAMB_M = 0.34, 0.42, 0.3
ARC_STEPS = 6


def white_uv(count: int) -> Floats:
    """Texture coordinates of plain render for some faces."""
    return np.broadcast_to(band_uv("white", np.zeros(1), np.full(1, 0.5)), (count, 3, 2))


def add_plain(bench: Bench, shape: Shape, rgb: Floats, surface: Surface = Surface.DETAIL) -> None:
    """Put a part on the bench in plain render, tinted."""
    bench.add(shape, rgb, material="facade", uv=white_uv(len(shape[1])), surface=surface)


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
) -> None:
    """Cut a veranda or an arcade into a wall: a screen of piers and arches in front, the room wall ``depth`` behind.

    All bays of ``storeys`` take part. Ends, floors and ceilings are closed, so nobody looks into the building.
    """
    wall = bays.wall
    length = wall.length
    for k in storeys:
        z0, z1 = grid.floor(k), grid.floor(k + 1)
        strip = style.inside if not arcade else "shop"
        add_run(bench, wall, strip, (0.0, z0, length, z1), bays.count, wall_rgb, start + k, -depth)
        _closing(bench, wall, (0.0, z0, length, z1), depth, wall_rgb)
        for b in range(bays.count):
            _screen_bay(
                bench,
                wall,
                b * bays.width,
                (b + 1) * bays.width,
                z0,
                z1,
                style.arch,
                wall_rgb if style.arch != "flat" else trim_rgb,
            )
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


def _closing(bench: Bench, wall: Wall, at: tuple[float, float, float, float], depth: float, rgb: Floats) -> None:
    """Floor, ceiling and both ends of a recess."""
    s0, z0, s1, z1 = at
    f = [wall.point(s, z, o) for s, z, o in ((s0, z0, 0), (s1, z0, 0), (s1, z0, -depth), (s0, z0, -depth),
                                             (s0, z1, 0), (s1, z1, 0), (s1, z1, -depth), (s0, z1, -depth))]  # fmt: skip
    vertices = np.array(f)
    floor, ceiling = [[0, 1, 2], [0, 2, 3]], [[5, 4, 7], [5, 7, 6]]
    ends = [[0, 3, 7], [0, 7, 4], [2, 1, 5], [2, 5, 6]]
    add_plain(bench, (vertices, np.array(floor)), np.array([178.0, 112.0, 84.0]))
    add_plain(bench, (vertices, np.array(ceiling + ends)), rgb * 0.92, Surface.WALL)


def _screen_bay(bench: Bench, wall: Wall, s0: float, s1: float, z0: float, z1: float, arch: str, rgb: Floats) -> None:
    """One bay of the screen: half a pier on either side, an arch or a beam above, and the reveal of the opening."""
    a, b = s0 + PIER_M / 2, s1 - PIER_M / 2
    half, top = (b - a) / 2, z1 - BEAM_M
    middle = (a + b) / 2
    t = np.linspace(np.pi, 0, ARC_STEPS + 1)
    rise = {"round": min(half, 0.42 * (z1 - z0)), "segment": 0.28 * half, "flat": 0.0}[arch]
    if rise > 0:
        curve = np.column_stack([middle + half * np.cos(t), top - rise + rise * np.sin(t)])
    else:
        curve = np.array([[a, top], [b, top]])
    outline = np.concatenate([[[s0, z0], [a, z0]], curve, [[b, z0], [s1, z0], [s1, z1], [s0, z1]]])
    faces = triangulated(outline)
    front = wall.point(outline[:, 0], outline[:, 1])
    add_plain(bench, (front, faces), rgb, Surface.WALL)
    path = np.concatenate([[[a, z0]], curve, [[b, z0]]])
    m = len(path)
    ring = np.concatenate([wall.point(path[:, 0], path[:, 1]), wall.point(path[:, 0], path[:, 1], -JAMB_M)])
    inner = [(i, m + i, m + i + 1) for i in range(m - 1)] + [(i, m + i + 1, i + 1) for i in range(m - 1)]
    add_plain(bench, (ring, np.array(inner)), rgb * 0.96, Surface.WALL)


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


def add_steps(bench: Bench, wall: Wall, s: float, grid: Grid, rgb: Floats) -> None:
    """Two or three stone steps before a door whose floor lies above the ground."""
    rise = grid.first - grid.base
    count = min(3, round(rise / 0.2))
    for i in range(count):
        depth = 0.32 * (count - i)
        at = wall.point(s, grid.base - 0.3, depth / 2)
        size = (1.9 + 0.2 * (count - i), depth, 0.3 + rise * (i + 1) / (count + 0.4))
        turn = float(np.degrees(np.arctan2(wall.along[1], wall.along[0])))
        add_plain(bench, box(at, size, turn), rgb)


def add_chimney(bench: Bench, shell: Shell, wall_rgb: Floats, trim_rgb: Floats) -> None:
    """A stack beside the longest ridge."""
    ridges = [e for e, _, _ in shell.ridges]
    if not ridges:
        return
    i, j = max(ridges, key=lambda e: float(np.linalg.norm(shell.vertices[e[0]] - shell.vertices[e[1]])))
    at = shell.vertices[i] * 0.72 + shell.vertices[j] * 0.28
    turn = float(np.degrees(np.arctan2(*(shell.vertices[j] - shell.vertices[i])[[1, 0]])))
    add_plain(bench, box(at - [0, 0, 1.4], (0.75, 0.75, 2.3), turn), wall_rgb * [0.82, 0.55, 0.45])
    add_plain(bench, box(at + np.array([0, 0, 0.9]), (0.95, 0.95, 0.16), turn), trim_rgb)


def add_rooftop(bench: Bench, shell: Shell, style: Style, rng: np.random.Generator, wall_rgb: Floats) -> None:
    """Stair house, steel water tank and solar heater on the largest terrace, where there is room for them."""
    flats = [r for r in shell.roofs if r.is_flat]
    if not flats:
        return
    shapes = [
        (shapely.Polygon(shell.vertices[list(r.rings[0]), :2]), float(shell.vertices[r.rings[0][0], 2])) for r in flats
    ]
    area, z = max(shapes, key=lambda item: item[0].area)
    if area.area < 40.0:
        return
    rectangle = shapely.get_coordinates(area.minimum_rotated_rectangle)
    edge = rectangle[1] - rectangle[0]
    turn = float(np.degrees(np.arctan2(edge[1], edge[0])))
    free: BaseGeometry = area.buffer(-1.2)
    if style.stair_house and area.area > 90.0:
        free = _stand(bench, free, rng, (3.2, 4.2, 2.6), turn, z, wall_rgb) or free
    if rng.uniform() < style.tank and not free.is_empty:
        spot = _spot(free, rng, 0.8)
        if spot is not None:
            tank = moved(revolved([(0.55, 0.35), (0.6, 0.4), (0.6, 1.5), (0.1, 1.72)], 8), (*spot, z))
            bench.add(tank, (214, 218, 220), material="metal", surface=Surface.DETAIL, smooth=True)
            free = free.difference(shapely.Point(spot).buffer(1.2))
    if rng.uniform() < style.tank * 0.8 and not free.is_empty:
        spot = _spot(free, rng, 1.0)
        if spot is not None:
            frame = np.array([[-1, -0.7, 0.3], [1, -0.7, 0.3], [1, 0.6, 1.2], [-1, 0.6, 1.2]])
            faces = np.array([[0, 1, 2], [0, 2, 3], [0, 2, 1], [0, 3, 2]])
            bench.add(moved((frame, faces), (*spot, z), 0.0), (38, 46, 66), surface=Surface.DETAIL)


def _spot(free: BaseGeometry, rng: np.random.Generator, margin: float) -> tuple[float, float] | None:
    """A seeded place at least ``margin`` inside."""
    inner = free.buffer(-margin)
    if inner.is_empty:
        return None
    x0, y0, x1, y1 = inner.bounds
    for _ in range(12):
        p = shapely.Point(rng.uniform(x0, x1), rng.uniform(y0, y1))
        if inner.contains(p):
            return float(p.x), float(p.y)
    return None


def _stand(
    bench: Bench,
    free: BaseGeometry,
    rng: np.random.Generator,
    size: tuple[float, float, float],
    turn: float,
    z: float,
    rgb: Floats,
) -> BaseGeometry | None:
    spot = _spot(free, rng, max(size[:2]) / 2)
    if spot is None:
        return None
    shape = box((*spot, z - 0.05), size, turn)
    add_plain(bench, shape, rgb, Surface.WALL)
    lid = box((*spot, z + size[2] - 0.05), (size[0] + 0.4, size[1] + 0.4, 0.15), turn)
    bench.add(
        lid, rgb * 0.8, material="paving", uv=slope_uv(lid[0][lid[1]] - lid[0][0], "paving"), surface=Surface.DETAIL
    )
    left: BaseGeometry = free.difference(shapely.Point(spot).buffer(max(size[:2])))
    return left
