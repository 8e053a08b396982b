"""Points sorted into columns, for searches of the nearest from column to column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from xmscenes.geometry.spread_keys import argsort_spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = Any
_CELL_M = 1.0
_LEAST_M = 1e-3


class Columns:
    """Points sorted into square columns of a metre and by height within them, for searches from column to column."""

    def __init__(self, xyz: NDArray[np.float64], k: int) -> None:
        self.k = k
        column, self.wide, high = _columns(xyz)
        bits = 63 - (self.wide * high).bit_length()
        order = argsort_spread(_keys(xyz, column, bits))
        self.sorted = Sorted(_taken(xyz, order), order, column[order], _starts(column, self.wide * high))
        self.place = np.zeros(len(xyz), dtype=np.int64)
        self.place[order] = np.arange(len(xyz))
        # Heights are sorted as whole steps of the key: two of one step may stand in either order.
        self.slack = 4.0 * max(float(np.ptp(xyz[:, 2])), _LEAST_M) / 2.0**bits

    def lonely(self, enough: int) -> NDArray[np.bool_]:
        """Points with fewer than ``enough`` others within three times the local spacing (at most a metre)."""
        out = np.zeros(len(self.place), dtype=np.bool_)
        out[self.sorted.order] = _count(self.sorted, self.wide, enough, self.slack)
        return out

    def nearest(self, index: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Distances (Q, k) from points to their k nearest others, and the places (Q, k) of those in the search."""
        return search(self.sorted, self.wide, self.place[index], self.k, self.slack)  # type: ignore[no-any-return]

    def means_of(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean distance to the k nearest others of points that are named again and again, in the shape of ``index``."""
        wanted, at = np.unique(index, return_inverse=True)
        return np.asarray(self.nearest(wanted)[0].mean(axis=1)[at].reshape(index.shape))


class Sorted(NamedTuple):
    """Points in the order of the search: coordinates, number in the cloud, column; where each column starts."""

    xyz: Array
    order: Array
    column: Array
    starts: Array


@njit(cache=True)
def _columns(xyz: Array) -> Any:
    """Number of every point's column, with a rim of empty ones, and how many there are each way."""
    low_x = high_x = np.floor(xyz[0, 0] / _CELL_M)
    low_y = high_y = np.floor(xyz[0, 1] / _CELL_M)
    for n in range(xyz.shape[0]):
        x, y = np.floor(xyz[n, 0] / _CELL_M), np.floor(xyz[n, 1] / _CELL_M)
        low_x, high_x = min(low_x, x), max(high_x, x)
        low_y, high_y = min(low_y, y), max(high_y, y)
    wide, high = int(high_x - low_x) + 3, int(high_y - low_y) + 3
    column = np.zeros(xyz.shape[0], dtype=np.int64)
    for n in range(xyz.shape[0]):
        x, y = np.floor(xyz[n, 0] / _CELL_M), np.floor(xyz[n, 1] / _CELL_M)
        column[n] = (int(y - low_y) + 1) * wide + int(x - low_x) + 1
    return column, wide, high


@njit(cache=True)
def _keys(xyz: Array, column: Array, bits: int) -> Array:
    """Column and height in one number, which sorts several times as fast as two."""
    low = high = xyz[0, 2]
    for n in range(xyz.shape[0]):
        low, high = min(low, xyz[n, 2]), max(high, xyz[n, 2])
    steps = (2.0**bits - 2.0**10) / max(high - low, _LEAST_M)
    key = np.zeros(xyz.shape[0], dtype=np.int64)
    for n in range(xyz.shape[0]):
        key[n] = (column[n] << bits) + np.int64((xyz[n, 2] - low) * steps)
    return key


@njit(cache=True)
def _starts(column: Array, number: int) -> Array:
    starts = np.zeros(number + 1, dtype=np.int64)
    for n in range(column.shape[0]):
        starts[column[n] + 1] += 1
    for c in range(number):
        starts[c + 1] += starts[c]
    return starts


@njit(cache=True)
def _taken(xyz: Array, order: Array) -> Array:
    out = np.zeros((order.shape[0], 3))
    for n in range(order.shape[0]):
        for axis in range(3):
            out[n, axis] = xyz[order[n], axis]
    return out


@njit(cache=True)
def _from_height(xyz: Array, first: int, last: int, z: float) -> int:
    """First point of a column that is not lower than ``z``."""
    while first < last:
        middle = (first + last) // 2
        if xyz[middle, 2] < z:
            first = middle + 1
        else:
            last = middle
    return first


@njit(cache=True)
def _count(points: Sorted, wide: int, enough: int, slack: float) -> Array:
    xyz, starts = points.xyz, points.starts
    lonely = np.ones(xyz.shape[0], dtype=np.bool_)
    for i in range(xyz.shape[0]):
        around = 0
        for band in range(-1, 2):
            first = points.column[i] + band * wide - 1
            around += starts[first + 3] - starts[first]
        reach = min(9.0 * 9.0 * _CELL_M * _CELL_M / around, _CELL_M * _CELL_M)
        low, high = xyz[i, 2] - np.sqrt(reach) - slack, xyz[i, 2] + np.sqrt(reach) + slack
        found = 0
        for near in range(9):  # its own column first
            column = points.column[i] + ((near + 4) % 9 // 3 - 1) * wide + (near + 4) % 3 - 1
            last = starts[column + 1]
            for j in range(_from_height(xyz, starts[column], last, low), last):
                if xyz[j, 2] > high or found >= enough:
                    break
                dx, dy, dz = xyz[j, 0] - xyz[i, 0], xyz[j, 1] - xyz[i, 1], xyz[j, 2] - xyz[i, 2]
                found += j != i and dx * dx + dy * dy + dz * dz <= reach
            if found >= enough:
                break
        lonely[i] = found < enough
    return lonely


@njit(cache=True)
def search(points: Sorted, wide: int, index: Array, k: int, slack: float) -> Any:
    """The k nearest others: ring after ring of columns, until nothing nearer can stand farther out."""
    distance = np.full((index.shape[0], k), np.inf)
    found = np.zeros((index.shape[0], k), dtype=np.int64)
    for q in range(index.shape[0]):
        search_around(points, wide, index[q], distance[q], found[q], slack)
    return distance, found


@njit(cache=True)
def search_around(points: Sorted, wide: int, i: int, near: Array, who: Array, slack: float) -> None:
    """Fill in the distances of the nearest others of one point, and which they are."""
    xyz, order, columns, starts = points  # arrays by themselves: kernels hand on tuples of them at a price
    high, k = (starts.shape[0] - 1) // wide, near.shape[0]
    own, row = columns[i] % wide, columns[i] // wide
    east, north = xyz[i, 0] / _CELL_M % 1.0, xyz[i, 1] / _CELL_M % 1.0
    for ring in range(max(wide, high)):
        if ring > 1 and near[k - 1] < ((ring - 1) * _CELL_M) ** 2:
            break
        for other in range(max(row - ring, 0), min(row + ring, high - 1) + 1):
            base, step = other * wide, 1 if abs(other - row) == ring else 2 * ring
            if starts[base + max(own - ring, 0)] == starts[base + min(own + ring, wide - 1) + 1]:
                continue  # nothing in this row of columns
            for column in range(own - ring, own + ring + 1, step):
                if not 0 <= column < wide or starts[base + column] == starts[base + column + 1]:
                    continue
                if _gap(column - own, east) + _gap(other - row, north) <= near[k - 1]:
                    _look(xyz, order, columns, starts, i, base + column, near, who, slack)
    for m in range(k):
        near[m] = np.sqrt(near[m])


@njit(cache=True)
def _gap(steps: int, place: float) -> float:
    """Square of how far a point at ``place`` (0 to 1) of its cell is from one so many cells on, rounded down."""
    cells = steps - place if steps > 0 else place - steps - 1.0 if steps < 0 else 0.0
    return (max(cells - 1e-6, 0.0) * _CELL_M) ** 2


@njit(cache=True)
def _look(
    xyz: Array, order: Array, columns: Array, starts: Array, i: int, column: int, near: Array, who: Array, slack: float
) -> None:
    """Try the points of a column, from the height of ``i`` upwards and downwards, while they can be near enough."""
    last = near.shape[0] - 1
    x, y, z = xyz[i, 0], xyz[i, 1], xyz[i, 2]
    first, end = starts[column], starts[column + 1]
    middle = _from_height(xyz, first, end, z)
    for turn in range(2):
        step = 1 - 2 * turn
        j = middle - turn
        while first <= j < end:
            dx, dy, dz = xyz[j, 0] - x, xyz[j, 1] - y, xyz[j, 2] - z
            apart = abs(dz) - slack
            if apart > 0.0 and apart * apart > near[last]:
                break
            d = dx * dx + dy * dy + dz * dz
            if d <= near[last] and j != i:
                _insert(order, columns, j, d, near, who)
            j += step


@njit(cache=True)
def _insert(order: Array, columns: Array, j: int, d: float, near: Array, who: Array) -> None:
    """Put ``j`` among the nearest; of equal distances the lower column and number wins, whichever comes first."""
    m = near.shape[0] - 1
    if d == near[m] and _comes_after(order, columns, j, who[m]):
        return
    while m > 0 and (near[m - 1] > d or (near[m - 1] == d and _comes_after(order, columns, who[m - 1], j))):
        near[m], who[m] = near[m - 1], who[m - 1]
        m -= 1
    near[m], who[m] = d, j


@njit(cache=True)
def _comes_after(order: Array, columns: Array, a: int, b: int) -> bool:
    if columns[a] != columns[b]:
        return bool(columns[a] > columns[b])
    return bool(order[a] > order[b])
