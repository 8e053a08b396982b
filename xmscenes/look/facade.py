"""Walls that wear storeys: whole bays only, storeys counted between plinth and eave, one door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.atlas import COLUMN_CELLS, COLUMN_STOREYS, COLUMNS, STRIPS, column_uv, strip_uv
from xmscenes.look.blank import add_blank, add_plinth, polygons_of
from xmscenes.look.parts import Bench
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from xmscenes.look.shell import Shell, Wall
    from xmscenes.look.style import Style

    Floats = NDArray[np.float64]

SHUFFLE = (0, 2, 1, 3, 3, 0, 2, 1)  # which windows come first, storey by storey: no diagonals of lit ones by night
WHOLE_M = 0.02  # a bay counts as whole when it reaches this close to the wall's outline
_QUAD, _QUAD_S, _QUAD_Z = np.array([[0, 1, 2], [0, 2, 3]]), [0, 2, 2, 0], [1, 1, 3, 3]
THIN_M = 0.02  # blank pieces thinner than that are left out; the cornice or the next cell hides them


@dataclass(frozen=True, slots=True)
class Grid:
    """The storeys of a building: floors from ``first`` upwards, every ``storey_m``; the plinth ends at ``first``."""

    base: float
    first: float
    storey_m: float
    count: int

    def floor(self, k: int) -> float:
        """Height of the floor of storey k, 0 the ground floor."""
        return self.first + k * self.storey_m

    @property
    def top(self) -> float:
        """Height at which the storeys end: the eave."""
        return self.floor(self.count)


def storey_grid(shell: Shell, style: Style) -> Grid:
    """Divide the height from base to eave into storeys near the style's height; what is left over is plinth."""
    height = max(shell.eave - shell.base, 0.5)
    count = max(1, round((height - style.plinth_m) / style.storey_m))
    plinth = min(style.plinth_m, 0.3 * height)
    return Grid(shell.base, shell.base + plinth, (height - plinth) / count, count)


@dataclass(frozen=True, slots=True)
class Bays:
    """How one wall is divided: bays of equal width, and which cells (bay, storey) are whole."""

    wall: Wall
    count: int
    width: float
    whole: NDArray[np.bool_]  # (storeys, bays)


def divide(wall: Wall, grid: Grid, bay_m: float) -> Bays:
    """Divide a wall into bays. A wall too short for a window, or a cell that is not all wall, is not whole."""
    count = max(1, round(wall.length / bay_m))
    width = wall.length / count
    storeys = max(grid.count, int(np.ceil((wall.top - grid.first) / grid.storey_m - 0.05)))
    whole = np.zeros((max(storeys, 0), count), dtype=bool)
    if width < 0.62 * bay_m or storeys <= 0:
        return Bays(wall, count, width, whole)
    floors = grid.first + np.arange(storeys) * grid.storey_m
    fits = (floors > wall.low - WHOLE_M) & (floors + grid.storey_m < wall.top + WHOLE_M)
    if wall.is_rectangle:
        whole[fits] = True
        return Bays(wall, count, width, whole)
    k, b = np.meshgrid(np.flatnonzero(fits), np.arange(count), indexing="ij")
    if k.size:
        cells = shapely.box(
            b * width, grid.first + k * grid.storey_m, (b + 1) * width, grid.first + (k + 1) * grid.storey_m
        )
        grown = wall.area.buffer(WHOLE_M, join_style="mitre")
        shapely.prepare(grown)
        whole[k, b] = shapely.contains(grown, cells)
    return Bays(wall, count, width, whole)


def add_quad(
    bench: Bench,
    wall: Wall,
    box: tuple[float, float, float, float],
    uv: Floats,
    rgb: Floats,
    out: float = 0.0,
    material: str = "facade",
) -> None:
    """A wall rectangle (s0, z0, s1, z1) with texture corners left-low, right-low, right-top, left-top."""
    add_quads(bench, wall, np.array([box]), uv[None], rgb, out, material)


def add_quads(
    bench: Bench, wall: Wall, boxes: Floats, uv: Floats, rgb: Floats, out: float = 0.0, material: str = "facade"
) -> None:
    """Rectangles (N, 4) of a wall, as ``add_quad`` takes one, with texture corners (N, 4, 2)."""
    corners = wall.point(boxes[:, _QUAD_S].ravel(), boxes[:, _QUAD_Z].ravel(), out)
    faces = (4 * np.arange(len(boxes))[:, None, None] + _QUAD).reshape(-1, 3)
    bench.add((corners, faces), rgb, material=material, uv=uv.reshape(-1, 2)[faces], surface=Surface.WALL)


def strip_corners(strip: str, first: float, bays: float, low: float = 1.0, top: float = 0.0) -> Floats:
    """Texture corners of a run of bays, in the order of ``add_quad``."""
    return strip_uv(strip, np.array([first, first + bays, first + bays, first]), np.array([low, low, top, top]))


def add_run(
    bench: Bench,
    wall: Wall,
    strip: str,
    at: tuple[float, float, float, float],
    bays: int,
    rgb: Floats,
    start: int,
    out: float = 0.0,
) -> None:
    """A run of whole bays in one storey, cut where the strip ends; ``start`` shifts which windows come first."""
    s0, z0, s1, z1 = at
    for a, b, cell, take in _pieces(s0, s1, bays, STRIPS[strip][2], start):
        add_quad(bench, wall, (a, z0, b, z1), strip_corners(strip, cell, take), rgb, out)


def _pieces(s0: float, s1: float, bays: int, cells: int, start: int) -> Iterator[tuple[float, float, int, int]]:
    """Cut a run of bays where its row of cells ends: from and to along the wall, first cell, number of bays."""
    done, cell = 0, start % cells
    while done < bays:
        take = min(cells - cell, bays - done)
        yield s0 + (s1 - s0) * done / bays, s0 + (s1 - s0) * (done + take) / bays, cell, take
        done, cell = done + take, 0


def add_block(
    bench: Bench,
    wall: Wall,
    strip: str,
    at: tuple[float, float, float, float],
    size: tuple[int, int],
    rgb: Floats,
    start: int,
    out: float = 0.0,
) -> None:
    """Whole bays of several storeys, ``size`` (bays, storeys): one quad every two bays, however high."""
    s0, z0, s1, z1 = at
    bays, storeys = size
    top = float(start // COLUMN_CELLS % COLUMN_STOREYS)
    pieces = np.array(list(_pieces(s0, s1, bays, COLUMN_CELLS, start)), dtype=np.float64)
    west, east, cell, take = pieces.T
    boxes = np.column_stack([west, np.full(len(west), z0), east, np.full(len(west), z1)])
    across = np.stack([cell, cell + take, cell + take, cell], axis=1)
    uv = column_uv(strip, across, np.broadcast_to([top + storeys, top + storeys, top, top], across.shape))
    add_quads(bench, wall, boxes, uv, rgb, out, material="storeys")


def blocks_of(rows: Sequence[NDArray[np.bool_]], strips: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Join equal runs of storeys that repeat upwards: (first storey, storey after the last, first bay, bays)."""
    blocks = []
    live: dict[tuple[int, int], int] = {}
    for k in range(len(rows) + 1):
        runs = runs_of(rows[k]) if k < len(rows) and strips[k] in COLUMNS else []
        same = 0 < k < len(rows) and strips[k] == strips[k - 1]
        for run in [run for run in live if not same or run not in runs]:
            blocks.append((live.pop(run), k, *run))
        for run in runs:
            live.setdefault(run, k)
    return blocks


def runs_of(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of True in a row, as (first, count)."""
    # By bytes: rows are short, and numpy would take ten times as long, 25,000 times a tile of towers.
    cells, runs, end = row.tobytes(), [], 0
    while (start := cells.find(1, end)) >= 0:
        end = cells.find(0, start)
        end = len(cells) if end < 0 else end
        runs.append((start, end - start))
    return runs


def add_wall(
    bench: Bench,
    bays: Bays,
    grid: Grid,
    style: Style,
    rgb: Floats,
    *,
    door: tuple[int, int] | None,
    skip: NDArray[np.bool_],
    start: int,
) -> None:
    """Dress one wall: plinth, whole bays in runs, blank pieces, and the door in its cell (storey, bay).

    ``skip`` (storeys, bays) marks cells that relief replaces by something of its own.
    """
    wall = bays.wall
    add_plinth(bench, wall, grid.first, style.plinth, rgb * 0 + 255 * 0.92)
    rows = list(bays.whole & ~skip)
    strips = [style.ground if k == 0 else style.upper[(k - 1) % len(style.upper)] for k in range(len(rows))]
    for k, (row, strip) in enumerate(zip(rows, strips, strict=True)):
        z0, z1 = grid.floor(k), grid.floor(k + 1)
        if door is not None and door[0] == k and row[door[1]]:
            b = door[1]
            add_run(bench, wall, style.door, (b * bays.width, z0, (b + 1) * bays.width, z1), 1, rgb, start)
            row[b] = False
        for first, count in runs_of(row) if strip not in COLUMNS else ():
            add_run(
                bench,
                wall,
                strip,
                (first * bays.width, z0, (first + count) * bays.width, z1),
                count,
                rgb,
                start + first + SHUFFLE[k % len(SHUFFLE)],
            )
    for low, high, first, count in blocks_of(rows, strips):
        box = (first * bays.width, grid.floor(low), (first + count) * bays.width, grid.floor(high))
        add_block(bench, wall, strips[low], box, (count, high - low), rgb, start + first)
    rest = _rest(bays, grid, skip)
    for part in polygons_of(rest):
        add_blank(bench, wall, part, grid.first, style.blank, rgb)


def _rest(bays: Bays, grid: Grid, skip: NDArray[np.bool_]) -> BaseGeometry:
    wall = bays.wall
    rest: BaseGeometry
    above = shapely.box(-1.0, grid.first, wall.length + 1.0, wall.top + 1.0)
    if wall.is_rectangle:
        if (
            bays.whole.size
            and bays.whole[: grid.count].all()
            and wall.top < grid.top + 0.03
            and wall.low < grid.first + 0.03
        ):
            return shapely.Polygon()
        rest = (
            shapely.box(0.0, max(wall.low, grid.first), wall.length, wall.top)
            if wall.top > grid.first
            else shapely.Polygon()
        )
    else:
        rest = shapely.intersection(wall.area, above)
    runs = [(k, *run) for k in range(len(bays.whole)) for run in runs_of(bays.whole[k] | skip[k])]
    if not runs:
        return rest
    k, first, count = np.array(runs).T
    low, high = (np.array([grid.floor(storey) for storey in storeys.tolist()]) for storeys in (k, k + 1))
    cells = shapely.box(first * bays.width, low, (first + count) * bays.width, high)
    return _opened(shapely.difference(rest, shapely.unary_union(cells)))


def _opened(shape: BaseGeometry) -> BaseGeometry:
    """A shape without its parts thinner than ``THIN_M``: an eave that is millimetres off level leaves such strips."""
    half = THIN_M / 2.0
    return shapely.buffer(shapely.buffer(shape, -half, join_style="mitre"), half, join_style="mitre")
