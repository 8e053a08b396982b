"""Sort a chunk of points by tile: a counting sort, compiled, because it runs once for every point of a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.records import PointCloud, TileKey
from xmscenes.tile.buckets import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_MOST_CELLS = 1_000_000  # tiles in the bounding box of a chunk; beyond it (stray points) a slower sort does the work
_HIGHEST_MM = 2e9
_WORDS = RECORD.itemsize // 4  # records are moved as whole 32-bit words: 3 x as fast as field by field


def to_records(cloud: PointCloud, limits: NDArray[np.float64], size_mm: int) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Bucket records of the points inside ``limits`` (west, south, east, north, mm), with their tiles (N, 2).

    Coordinates are rounded to whole millimetres first and the tile follows from the rounded ones.
    """
    count = len(cloud)
    records, tile = np.zeros(count, dtype=RECORD), np.zeros((count, 2), dtype=np.int32)
    nothing = (np.zeros(count, np.uint16), np.zeros(count, np.uint8), np.zeros((count, 3), np.uint8))
    kept = _fill(
        cloud.xyz,
        cloud.point_class,
        nothing[0] if cloud.intensity is None else cloud.intensity,
        nothing[1] if cloud.return_number is None else cloud.return_number,
        nothing[1] if cloud.return_count is None else cloud.return_count,
        nothing[2] if cloud.rgb is None else cloud.rgb,
        limits,
        size_mm,
        records,
        tile,
    )
    return records[:kept], tile[:kept]


def split_by_tile(records: NDArray[Any], tile: NDArray[np.int32]) -> Iterator[tuple[TileKey, NDArray[Any]]]:
    """Pieces of a chunk by tile, in the order of columns and rows; within a piece the order stays."""
    if not len(records):
        return
    # Column by column: over axis 0 of a two-column array numpy takes 30 times as long.
    first = np.array([tile[:, axis].min() for axis in (0, 1)])
    columns, rows = (int(tile[:, axis].max()) - int(first[axis]) + 1 for axis in (0, 1))
    if columns * rows <= _MOST_CELLS:
        words, cells, ends = _counting_sort(records.view("<i4").reshape(-1, _WORDS), tile, first, columns, rows)
        ranked = words.view(RECORD)[:, 0]
    else:
        cell = (tile[:, 0].astype(np.int64) - first[0]) * rows + (tile[:, 1] - first[1])
        ranked = records[np.argsort(cell, kind="stable")]
        cells, counts = np.unique(cell, return_counts=True)
        ends = np.cumsum(counts)
    start = 0
    for cell_number, end in zip(cells.tolist(), ends.tolist(), strict=True):
        key = TileKey(column=int(first[0]) + cell_number // rows, row=int(first[1]) + cell_number % rows)
        yield key, ranked[start:end]
        start = end


@njit(cache=True, nogil=True)
def _fill(
    xyz: Any,
    classes: Any,
    intensity: Any,
    return_number: Any,
    return_count: Any,
    rgb: Any,
    limits: Any,
    size_mm: int,
    records: Any,
    tile: Any,
) -> int:
    kept = 0
    per_tile = 1.0 / size_mm
    for n in range(xyz.shape[0]):
        x = np.floor(xyz[n, 0] * 1000.0 + 0.5)
        y = np.floor(xyz[n, 1] * 1000.0 + 0.5)
        z = np.floor(xyz[n, 2] * 1000.0 + 0.5)
        if x < limits[0] or y < limits[1] or x > limits[2] or y > limits[3] or abs(z) > _HIGHEST_MM:
            continue
        # The product may be one off in the last bit, hence the two corrections.
        column, row = np.floor(x * per_tile), np.floor(y * per_tile)
        column += (x >= (column + 1.0) * size_mm) - (x < column * size_mm)
        row += (y >= (row + 1.0) * size_mm) - (y < row * size_mm)
        tile[kept, 0] = np.int32(column)
        tile[kept, 1] = np.int32(row)
        records[kept].x = np.int32(x)
        records[kept].y = np.int32(y)
        records[kept].z = np.int32(z)
        records[kept].intensity = intensity[n]
        records[kept].point_class = classes[n]
        records[kept].return_number = return_number[n]
        records[kept].return_count = return_count[n]
        records[kept].red = rgb[n, 0]
        records[kept].green = rgb[n, 1]
        records[kept].blue = rgb[n, 2]
        kept += 1
    return kept


@njit(cache=True, nogil=True)
def _counting_sort(words: Any, tile: Any, first: Any, columns: int, rows: int) -> Any:
    count = tile.shape[0]
    counts = np.zeros(columns * rows, dtype=np.int64)
    cell = np.zeros(count, dtype=np.int32)
    for n in range(count):
        cell[n] = (tile[n, 0] - first[0]) * rows + tile[n, 1] - first[1]
        counts[cell[n]] += 1
    ends = np.cumsum(counts)
    free = ends - counts
    ranked = np.zeros_like(words)
    for n in range(count):
        place = free[cell[n]]
        for word in range(_WORDS):
            ranked[place, word] = words[n, word]
        free[cell[n]] += 1
    cells = np.flatnonzero(counts)
    return ranked, cells, ends[cells]


@njit(cache=True, nogil=True)
def measure(piece: Any, low: Any, high: Any, classes: Any) -> None:
    """Grow ``low``, ``high`` (3,) mm and the counts ``classes`` (256,) by a piece of a bucket."""
    for n in range(piece.size):
        low[0], high[0] = min(low[0], piece[n].x), max(high[0], piece[n].x)
        low[1], high[1] = min(low[1], piece[n].y), max(high[1], piece[n].y)
        low[2], high[2] = min(low[2], piece[n].z), max(high[2], piece[n].z)
        classes[piece[n].point_class] += 1
