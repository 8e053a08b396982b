"""The truth's terrain: spot heights carried over the land by a thin plate, cut by the shore, levelled at buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.survey.beams import bilinear_many
from xmscenes.survey.canvas import Canvas, distance_m, value_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray


COARSE_M = 8.0
COVERS = ("soil", "paving", "asphalt", "grass", "wood", "sand", "rock", "water")
COVER = {name: i for i, name in enumerate(COVERS)}
DRY_HEIGHT_M = 0.3  # ground this far above the water is dry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Bare earth and water bed on a fine canvas, with what covers it. ``level_m`` is NaN on land."""

    canvas: Canvas
    z: NDArray[np.float32]
    level_m: NDArray[np.float32]
    cover: NDArray[np.uint8]

    def height(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Elevation of the bare earth under (N, 2) positions, bilinear."""
        xy = np.ascontiguousarray(xy, dtype=np.float64)
        out: NDArray[np.float64] = bilinear_many(self.z, np.array(self.canvas.corner_m), self.canvas.cell_m, xy)
        return out

    def is_land(self, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether positions lie on dry land."""
        row, column = self.canvas.cells(xy)
        dry: NDArray[np.bool_] = np.isnan(self.level_m[row, column])
        return dry


def plate(canvas: Canvas, spots: NDArray[np.float64], land: NDArray[np.bool_], smooth_m: float) -> NDArray[np.float64]:
    """Thin plate through (N, 3) spots on the land cells of a canvas; the rest is NaN.

    Spots are averaged per cell; a larger ``smooth_m`` follows them less closely. Method: the discrete biharmonic
    equation with data terms, as in Briggs, "Machine contouring using minimum curvature", Geophysics 1974.
    """
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    number = np.full(land.shape, -1)
    number[land] = np.arange(int(land.sum()))
    row, column = canvas.cells(spots)
    at = number[row, column]
    weight = np.bincount(at[at >= 0], minlength=int(land.sum())).astype(float)
    total = np.bincount(at[at >= 0], weights=spots[at >= 0, 2], minlength=int(land.sum()))
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    first = np.concatenate([a[(a >= 0) & (b >= 0)] for a, b in pairs])
    second = np.concatenate([b[(a >= 0) & (b >= 0)] for a, b in pairs])
    size = int(land.sum())
    ones = np.ones(len(first))
    adjacency = sparse.csr_matrix((ones, (first, second)), shape=(size, size))
    adjacency = adjacency + adjacency.T
    laplace = sparse.diags(np.asarray(adjacency.sum(1)).ravel()) - adjacency
    stiffness = (smooth_m / canvas.cell_m) ** 4 * 1e-3
    known = np.minimum(weight, 4.0)
    system = sparse.diags(known) + stiffness * (laplace @ laplace) + 1e-4 * laplace + 1e-9 * sparse.eye(size)
    solved = spsolve(system.tocsc(), np.divide(total * known, weight, out=np.zeros(size), where=weight > 0))
    out = np.full(land.shape, np.nan)
    out[land] = solved
    return out


def refine(coarse: NDArray[np.float64], coarse_canvas: Canvas, canvas: Canvas) -> NDArray[np.float32]:
    """Carry a coarse surface with gaps onto a finer canvas; gaps take the nearest known height."""
    from scipy import ndimage

    nearest = ndimage.distance_transform_edt(np.isnan(coarse), return_distances=False, return_indices=True)
    full = coarse[tuple(nearest)]
    row = np.clip((canvas.y - coarse_canvas.corner_m[1]) / coarse_canvas.cell_m, 0, full.shape[0] - 1)
    column = np.clip((canvas.x - coarse_canvas.corner_m[0]) / coarse_canvas.cell_m, 0, full.shape[1] - 1)
    out: NDArray[np.float32] = ndimage.map_coordinates(
        full, np.meshgrid(row, column, indexing="ij"), order=3, mode="nearest", output=np.float32
    )
    return out


def add_relief(
    z: NDArray[np.float32], canvas: Canvas, wood: NDArray[np.bool_], amplitude_m: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Roughen the ground of woods: swells of 25 m and hummocks of 7 m, faded over 6 m at the wood's edge."""
    if amplitude_m == 0.0 or not wood.any():
        return z
    fade = np.clip(distance_m(~wood, canvas.cell_m) / 6.0, 0.0, 1.0)
    bumps = 0.8 * value_noise(canvas, rng, 25.0) + 0.3 * value_noise(canvas, rng, 7.0)
    return np.asarray(z + np.float32(amplitude_m) * fade * bumps, dtype=np.float32)


def cut_shore(
    z: NDArray[np.float32],
    canvas: Canvas,
    wet: NDArray[np.bool_],
    beach: NDArray[np.bool_],
    level_m: float,
    shore_m: float,
) -> NDArray[np.float32]:
    """Give one water its shore: a wall with its crest on the water's edge, a slope where it is a beach, a bed below."""
    inland = distance_m(wet, canvas.cell_m)
    out_to_sea = distance_m(~wet, canvas.cell_m)
    crest = level_m + shore_m
    near = np.clip(1.0 - (inland - 2.0) / 12.0, 0.0, 1.0)
    walled = z + near * (np.maximum(z, crest) - z)
    sloped = np.minimum(walled, level_m + 0.05 + 0.075 * inland)
    bed = level_m - 0.8 - np.minimum(out_to_sea * 0.06, 5.0)
    bed_by_beach = level_m - np.minimum(0.02 + 0.05 * out_to_sea, 5.0)
    sandy = distance_m(beach, canvas.cell_m) < 15.0
    dry = np.where(beach, sloped, walled)
    return np.asarray(np.where(wet, np.where(sandy, bed_by_beach, bed), dry), dtype=np.float32)


def bank_beaches(
    z: NDArray[np.float32], canvas: Canvas, beach: NDArray[np.bool_], dry: NDArray[np.bool_], rise: float
) -> NDArray[np.float32]:
    """Let the ground behind beaches rise no steeper than ``rise`` from their inner edge, so that no cliff is left."""
    from scipy import ndimage

    if rise == 0.0 or not beach.any():
        return z
    distance, (row, column) = ndimage.distance_transform_edt(~beach, return_indices=True)
    highest = z[row, column] + rise * distance * canvas.cell_m
    return np.asarray(np.where(dry & ~beach, np.minimum(z, highest), z), dtype=np.float32)


def level_pads(z: NDArray[np.float32], canvas: Canvas, polygons: list[Any]) -> NDArray[np.float32]:
    """Level the ground under and 1.5 m around each polygon to its median height, banked over the next 3 m."""
    inside = np.zeros(canvas.shape, dtype=np.int32)
    heights = [np.nan]
    for polygon in polygons:
        mark = len(heights)
        canvas.burn(inside, [polygon.buffer(0.7)], mark)
        heights.append(0.0)
    order = np.argsort(inside, axis=None, kind="stable")
    marks = inside.ravel()[order]
    starts = np.searchsorted(marks, np.arange(len(heights) + 1))
    flat = z.ravel()[order]
    for k in range(1, len(heights)):
        part = flat[starts[k] : starts[k + 1]]
        heights[k] = float(np.median(part)) if len(part) else np.nan
    return _banked(z, inside, np.array(heights, dtype=np.float32), canvas.cell_m)


def _banked(z: Any, inside: Any, heights: Any, cell_m: float) -> NDArray[np.float32]:
    from scipy import ndimage

    distance, (row, column) = ndimage.distance_transform_edt(inside == 0, return_indices=True)
    pad = heights[inside[row, column]]
    weight = np.clip(1.0 - (distance * cell_m - 1.5) / 3.0, 0.0, 1.0).astype(np.float32)
    weight = np.where(np.isnan(pad), 0.0, weight * weight * (3.0 - 2.0 * weight))
    return np.asarray(z + weight * (np.nan_to_num(pad) - z), dtype=np.float32)
