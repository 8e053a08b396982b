"""The same place as drone photogrammetry delivers it: one dense top surface, rounded edges, nothing under trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.survey.beams import CROWN, GROUND, SOLID, WATER, bilinear_many, top_of_crowns
from xmscenes.survey.colours import colour_echoes
from xmscenes.survey.laz import LazWriter
from xmscenes.survey.scanner import Echoes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.survey.laz import GridMap
    from xmscenes.survey.scanner import Scanner

SPACING_M = 0.30
BLOCK_M = 250.0
MARGIN_CELLS = 8
EDGE_SIGMA_CELLS = 1.3  # matching windows round every edge over about two cells
WAVE_M = 0.05  # slow error of the bundle block
NOISE_M = 0.03
LOST_SHARE = 0.06  # texture too poor to match, in patches
UNCLASSIFIED = 1


def match_images(
    scanner: Scanner, grid: GridMap, folder: Path, stem: str, advance: Callable[[float], Any]
) -> list[Path]:
    """Write the image-matching variant, one LAZ a block; unclassified, coloured, one return a point."""
    west, south, east, north = scanner.world.box
    blocks = [
        (i, j)
        for j in range(int(np.ceil((north - south) / BLOCK_M)))
        for i in range(int(np.ceil((east - west) / BLOCK_M)))
    ]
    paths = []
    for i, j in blocks:
        echoes = _match_block(scanner, (west + i * BLOCK_M, south + j * BLOCK_M), (i, j))
        advance(1.0 / len(blocks))
        if not len(echoes):
            continue
        path = folder / f"{stem}_images_{i:02d}_{j:02d}.laz"
        origin = np.append(grid(np.array([[west + i * BLOCK_M, south + j * BLOCK_M]]))[0], 0.0)
        with LazWriter(path, grid, origin) as writer:
            writer.write(writer.record_of(echoes))
        paths.append(path)
    return paths


def _match_block(scanner: Scanner, corner: tuple[float, float], block: tuple[int, int]) -> Echoes:
    from scipy import ndimage

    world = scanner.world
    rng = np.random.Generator(np.random.PCG64([world.plan.seed, 77, *block]))
    side = int(np.ceil(BLOCK_M / SPACING_M)) + 2 * MARGIN_CELLS
    start = np.array(corner) - MARGIN_CELLS * SPACING_M
    x, y = np.meshgrid(start[0] + SPACING_M * np.arange(side), start[1] + SPACING_M * np.arange(side))
    xy = np.column_stack([x.ravel(), y.ravel()])
    z, kind, face = _top_surface(scanner, xy)
    smooth = ndimage.gaussian_filter(z.reshape(side, side), EDGE_SIGMA_CELLS).ravel()
    slow = ndimage.gaussian_filter(rng.standard_normal((side, side)), 12.0)
    smooth += WAVE_M * (slow / slow.std()).ravel() + NOISE_M * rng.standard_normal(len(smooth))
    patches = ndimage.gaussian_filter(rng.standard_normal((side, side)), 4.0)
    lost = (patches > np.quantile(patches, 1.0 - LOST_SHARE)).ravel() | ((kind == WATER) & (rng.random(len(z)) > 0.02))
    inner = np.zeros((side, side), dtype=bool)
    inner[MARGIN_CELLS:-MARGIN_CELLS, MARGIN_CELLS:-MARGIN_CELLS] = True
    west, south, east, north = world.box
    inside = (xy[:, 0] < min(east, corner[0] + BLOCK_M)) & (xy[:, 1] < min(north, corner[1] + BLOCK_M))
    keep = np.flatnonzero(inner.ravel() & ~lost & inside & (xy[:, 0] >= west) & (xy[:, 1] >= south))
    xyz = np.column_stack([xy[keep] + rng.normal(0.0, 0.06, (len(keep), 2)), smooth[keep]])
    ones = np.ones(len(keep), dtype=np.uint8)
    rgb, _ = colour_echoes(scanner, kind[keep], face[keep], xyz, np.ones(len(keep)), ones, rng)
    return Echoes(
        xyz=xyz,
        point_class=np.full(len(keep), UNCLASSIFIED, dtype=np.uint8),
        rgb=rgb,
        intensity=np.zeros(len(keep), dtype=np.uint16),
        return_number=ones,
        return_count=ones,
        angle_deg=np.zeros(len(keep), dtype=np.float32),
        time_s=np.zeros(len(keep)),
        strip=0,
    )


def _top_surface(
    scanner: Scanner, xy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.uint8], NDArray[np.int64]]:
    """Highest thing under each position, straight down: its elevation, what it is, and which face."""
    ground = scanner.world.ground
    origin = np.column_stack([xy, np.full(len(xy), scanner.flight.altitude_m)])
    distance, face, _ = scanner.cast(origin, np.broadcast_to([0.0, 0.0, -1.0], origin.shape))
    z = bilinear_many(ground.z, np.array(ground.canvas.corner_m), ground.canvas.cell_m, xy)
    row, column = ground.canvas.cells(xy)
    level = ground.level_m[row, column]
    wet = ~np.isnan(level) & (z < level)
    kind = np.where(wet, WATER, GROUND).astype(np.uint8)
    z = np.where(wet, level, z)
    solid = scanner.flight.altitude_m - distance
    over = solid > z
    z, kind = np.where(over, solid, z), np.where(over, SOLID, kind).astype(np.uint8)
    crowns = scanner.crowns
    leaves = top_of_crowns(
        xy, np.array(crowns.corner_m), crowns.crowns, crowns.starts, crowns.members, np.array(crowns.shape)
    )
    over = leaves > z
    z, kind = np.where(over, leaves, z), np.where(over, CROWN, kind).astype(np.uint8)
    return z, kind, np.where(kind == SOLID, face, 0).astype(np.int64)
