"""A triangulated surface over a rectangle that follows heights, contains given lines and keeps given border points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.constraints import fix_edges, make_delaunay
from xmscenes.geometry.delaunay import Net, insert_all, rectangle
from xmscenes.geometry.refine import follow, refine

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.geometry.raster import Grid
    from xmscenes.records import Box

_UNITS = 1000.0  # a metre; coordinates are whole millimetres
_CLEAR = 50.0  # no vertex is added nearer than 5 cm to a given edge: kerb faces are 3 cm wide


@dataclass(frozen=True, slots=True)
class Tin:
    """Triangles with a label each. ``vertices`` (V, 3) metres, ``faces`` (F, 3) CCW from above, ``label`` (F,)."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    label: NDArray[np.int32]
    lost_edges: int  # given edges that crossed others and were left out
    error_m: float  # largest distance left to the heights, times the mask's number


def millimetres(xy: NDArray[np.float64], origin: tuple[float, float]) -> NDArray[np.int64]:
    """Whole millimetres from an origin."""
    whole: NDArray[np.int64] = np.rint((np.asarray(xy) - np.asarray(origin)) * _UNITS).astype(np.int64)
    return whole


def triangulate(
    box: Box,
    points: NDArray[np.float64],
    edges: NDArray[np.int64],
    classify: Callable[[NDArray[np.float64]], NDArray[np.int32]],
    height_of: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    heights: tuple[NDArray[np.float64], NDArray[np.bool_] | NDArray[np.float64], Grid],
    max_error_m: float,
    tint: tuple[NDArray[np.float64], float] | None = None,
    steps: tuple[NDArray[np.float64], float] | None = None,
) -> Tin:
    """Triangulate a box through ``points`` (N, 2) so that ``edges`` (E, 2) are edges, then follow the heights.

    ``classify`` labels faces by their centroids; faces labelled 0 or more get vertices of the height grid until
    every cell of its mask is within ``max_error_m``; a mask of numbers multiplies the errors of its cells.
    ``height_of`` gives the height of the given points. No vertex is added on the border of the box, so that
    neighbours which are given the same border points match exactly. ``tint`` is a brightness on the same grid and how
    far triangles may be off it: vertices for colours, before those for heights. ``steps`` are points (K, 3) that the
    grid is too coarse for, and how far triangles may be off them; they come last.
    """
    z_grid, care, grid = heights
    origin = box[0], box[1]
    width, height = millimetres(np.array([[box[2], box[3]]]), origin)[0]
    xy = np.clip(millimetres(points, origin), 0, [width, height])
    mask = np.where(_strictly_inside(grid, box), care, 0).astype(np.float64)
    cells = int(np.count_nonzero(mask))
    net = rectangle(
        int(width), int(height), len(xy) + min(cells, 2_000_000) + 16 + (0 if steps is None else len(steps[0]))
    )
    index = _insert_all(net, xy)
    lost = fix_edges(net, index[np.asarray(edges, dtype=np.int64).reshape(-1, 2)])
    make_delaunay(net)
    number = int(net.size[1])
    at = (np.column_stack([net.px, net.py]) / _UNITS + np.asarray(origin)).astype(np.float64)
    net.label[:number] = classify(at[net.tv[:number]].mean(axis=1))
    given = int(net.size[0])
    z = np.zeros(len(net.px))
    z[:given] = height_of(at[:given])
    corner = millimetres(np.array([grid.corner_m]), origin)[0]
    if tint is not None:
        _follow_tint(net, z, z_grid, mask, grid, corner, tint)
    x0, y0 = float(corner[0]), float(corner[1])
    error = refine(net, z, z_grid, mask, grid.cell_m * _UNITS, x0, y0, max_error_m, 0, _CLEAR)
    if steps is not None and len(steps[0]):
        _follow_steps(net, z, steps, origin, (int(width), int(height)))
    used, faces = int(net.size[0]), int(net.size[1])
    xyz = np.column_stack([net.px[:used] / _UNITS + origin[0], net.py[:used] / _UNITS + origin[1], z[:used]])
    return Tin(xyz, net.tv[:faces].astype(np.int32), net.label[:faces].copy(), int(lost), float(error))


def _follow_tint(
    net: Net,
    z: NDArray[np.float64],
    z_grid: NDArray[np.float64],
    mask: NDArray[np.float64],
    grid: Grid,
    corner: NDArray[np.int64],
    tint: tuple[NDArray[np.float64], float],
) -> None:
    """Add vertices where the brightness bends; they take their heights from the grid."""
    from xmscenes.geometry.raster import sample

    given = int(net.size[0])
    at = np.column_stack([net.px - corner[0], net.py - corner[1]]) / _UNITS + np.asarray(grid.corner_m)
    shade = np.zeros(len(z))
    shade[:given] = sample(tint[0], grid, at[:given])
    care = (mask > 0).astype(np.float64)
    refine(net, shade, tint[0], care, grid.cell_m * _UNITS, float(corner[0]), float(corner[1]), tint[1], 0, _CLEAR)
    new = slice(given, int(net.size[0]))
    at = np.column_stack([net.px[new] - corner[0], net.py[new] - corner[1]]) / _UNITS + np.asarray(grid.corner_m)
    z[new] = sample(z_grid, grid, at)
    net.dirty[: int(net.size[1])] = True


def _follow_steps(
    net: Net,
    z: NDArray[np.float64],
    steps: tuple[NDArray[np.float64], float],
    origin: tuple[float, float],
    size: tuple[int, int],
) -> None:
    points, limit_m = steps
    xy = millimetres(points[:, :2], origin)
    inside = ((xy > 1) & (xy < np.array(size) - 1)).all(axis=1)
    xy, heights = xy[inside], points[inside, 2]
    order = np.argsort(_hilbert(xy), kind="stable")
    follow(net, z, np.ascontiguousarray(xy[order]), np.ascontiguousarray(heights[order]), limit_m, 0, _CLEAR)


def _strictly_inside(grid: Grid, box: Box) -> NDArray[np.bool_]:
    x = (np.arange(grid.shape[1]) + grid.first[0]) * grid.cell_m
    y = (np.arange(grid.shape[0]) + grid.first[1]) * grid.cell_m
    return ((y > box[1] + 1e-6) & (y < box[3] - 1e-6))[:, None] & ((x > box[0] + 1e-6) & (x < box[2] - 1e-6))


def _insert_all(net: Net, xy: NDArray[np.int64]) -> NDArray[np.int64]:
    """Insert points near each other one after the other; gives the vertex of each, twins share one."""
    order = np.argsort(_hilbert(xy), kind="stable")
    stack = np.zeros(1 << 16, np.int64)
    index = np.zeros(len(xy), dtype=np.int64)
    index[order] = insert_all(net, np.ascontiguousarray(xy[order]), stack)
    return index


def _hilbert(xy: NDArray[np.int64]) -> NDArray[np.int64]:
    """Place of each point along a Hilbert curve over a square of 2**16 units of 1/16 of the extent's power of two."""
    if not len(xy):
        return np.zeros(0, dtype=np.int64)
    shift = max(int(xy.max()).bit_length() - 12, 0)
    x, y = xy[:, 0] >> shift, xy[:, 1] >> shift
    place = np.zeros(len(xy), dtype=np.int64)
    s = 1 << 12
    while s:
        rx, ry = (x & s) > 0, (y & s) > 0
        place += s * s * ((3 * rx) ^ ry)
        swap = ~ry
        turned = swap & rx
        x, y = np.where(turned, s - 1 - x, x), np.where(turned, s - 1 - y, y)
        x, y = np.where(swap, y, x), np.where(swap, x, y)
        s >>= 1
    return place
