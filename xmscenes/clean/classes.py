"""Buildings and plants among the points that stand above the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.raster import counts, fill_gaps, grid_over, means, sample
from xmscenes.records import PointClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.raster import Grid
    from xmscenes.options import CleanOptions
    from xmscenes.records import Box, PointCloud

_CELL_M = 0.5


def heights_above_ground(points: PointCloud, ground: NDArray[np.bool_], window_m: Box) -> NDArray[np.float64]:
    """Height of every point above a surface through the ground points, (N,); NaN when there are none."""
    grid = grid_over(window_m, 1.0)
    surface = fill_gaps(means(grid, points.xyz[ground], points.xyz[ground, 2]), grid.first)
    return np.asarray(points.xyz[:, 2] - sample(surface, grid, points.xyz[:, :2]), dtype=np.float64)


def find_buildings(
    points: PointCloud, height_m: NDArray[np.float64], window_m: Box, options: CleanOptions
) -> NDArray[np.bool_]:
    """Tell which points lie on a building: high above the ground, on something flat that stops the pulse.

    Flatness is the spread about a plane through the points of 3 x 3 cells of half a metre. Patches smaller than
    ``options.smallest_building_m2`` are not buildings.
    """
    high = height_m > options.building_height_m
    if not high.any():
        return high
    grid = grid_over(window_m, _CELL_M)
    solid = _flat_cells(points, high, grid, options) & _single_return_cells(points, high, grid)
    patch = _large_patches(solid, options.smallest_building_m2)
    row, column, inside = grid.cells_of(points.xyz)
    out = np.zeros(len(points), dtype=np.bool_)
    out[inside] = patch[row[inside], column[inside]]
    return out & high


def _flat_cells(points: PointCloud, high: NDArray[np.bool_], grid: Grid, options: CleanOptions) -> NDArray[np.bool_]:
    """Cells whose high points, with those of the eight cells around, lie near one plane."""
    from scipy.ndimage import uniform_filter

    xyz = points.xyz[high]
    row, column, inside = grid.cells_of(xyz)
    row, column, xyz = row[inside], column[inside], xyz[inside]
    local = xyz - np.array([*grid.corner_m, float(np.median(xyz[:, 2]))])
    x, y, z = local.T
    flat, size = row * grid.shape[1] + column, grid.shape[0] * grid.shape[1]

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.bincount(flat, weights=values, minlength=size).reshape(grid.shape)
        around: NDArray[np.float64] = uniform_filter(total, 3, mode="constant")
        return around

    n = np.maximum(summed(np.ones(len(x))), 1e-9)
    mx, my, mz = summed(x) / n, summed(y) / n, summed(z) / n
    cov = np.zeros((*grid.shape, 3, 3))
    for a, (p, mp) in enumerate(((x, mx), (y, my), (z, mz))):
        for b, (q, mq) in enumerate(((x, mx), (y, my), (z, mz))):
            if b >= a:
                cov[..., a, b] = cov[..., b, a] = summed(p * q) / n - mp * mq
    occupied = n * 9 > 4.5
    rms = np.full(grid.shape, np.inf)
    rms[occupied] = np.sqrt(np.maximum(np.linalg.eigvalsh(cov[occupied])[:, 0], 0.0))
    flat_enough: NDArray[np.bool_] = rms <= options.roof_roughness_m
    return flat_enough


def _single_return_cells(points: PointCloud, high: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """Cells where most pulses end at the first thing they hit; leaves let a part of the pulse through."""
    if points.return_count is None:
        return np.ones(grid.shape, dtype=np.bool_)
    xy = points.xyz[high, :2]
    passing = points.return_count[high] > 1
    total = counts(grid, xy)
    return counts(grid, xy[passing]) <= 0.4 * np.maximum(total, 1)


def _large_patches(solid: NDArray[np.bool_], smallest_m2: float) -> NDArray[np.bool_]:
    """Close one-cell gaps, drop threads and small patches, and give the rest a rim of one cell for its eaves."""
    from scipy.ndimage import binary_closing, binary_dilation, binary_opening, label

    square = np.ones((3, 3), dtype=np.bool_)
    patch = binary_opening(binary_closing(np.pad(solid, 2), square), square)[2:-2, 2:-2]
    labels, number = label(patch)
    areas = np.bincount(labels.ravel(), minlength=number + 1) * _CELL_M**2
    large = areas >= smallest_m2
    large[0] = False
    out: NDArray[np.bool_] = binary_dilation(large[labels], square)
    return out


def vegetation_classes(height_m: NDArray[np.float64]) -> NDArray[np.uint8]:
    """ASPRS class of plants by their height: low under half a metre, medium under two, high above."""
    out = np.full(len(height_m), PointClass.HIGH_VEGETATION, dtype=np.uint8)
    out[height_m < 2.0] = PointClass.MEDIUM_VEGETATION
    out[height_m < 0.5] = PointClass.LOW_VEGETATION
    return out
