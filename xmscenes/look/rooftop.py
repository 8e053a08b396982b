"""What stands on roofs: chimneys, stair houses, water tanks, solar heaters, crosses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.covers import slope_uv
from xmscenes.look.parts import Bench, box, moved, revolved
from xmscenes.look.render_coat import add_plain
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.look.shell import Shell
    from xmscenes.look.style import Style

    Floats = NDArray[np.float64]


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


def add_cross(bench: Bench, shell: Shell, rgb: Floats) -> None:
    """A cross on the end of the longest ridge."""
    ridges = [e for e, _, _ in shell.ridges]
    if not ridges:
        return
    i, j = max(ridges, key=lambda e: float(np.linalg.norm(shell.vertices[e[0]] - shell.vertices[e[1]])))
    along = shell.vertices[j] - shell.vertices[i]
    at = shell.vertices[i] + along * 0.02
    turn = float(np.degrees(np.arctan2(along[1], along[0])))
    add_plain(bench, box(at - np.array([0, 0, 0.3]), (0.18, 0.18, 2.1), turn), rgb)
    add_plain(bench, box(at + np.array([0, 0, 1.05]), (0.18, 0.95, 0.18), turn), rgb)


def add_rooftop(bench: Bench, shell: Shell, style: Style, rng: np.random.Generator, wall_rgb: Floats) -> None:
    """Stair house, steel water tank and solar heater on the largest terrace, where there is room for them."""
    flats = [r for r in shell.roofs if r.is_flat]
    if not flats:
        return
    shapes = []
    for roof in flats:
        outline, *higher = (shell.vertices[list(ring)] for ring in roof.rings)
        shapes.append((shapely.Polygon(outline[:, :2], [ring[:, :2] for ring in higher]), float(outline[0, 2])))
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
            tank = moved(revolved([(0.6, 0.35), (0.6, 1.5), (0.1, 1.72)], 8), (*spot, z))
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
