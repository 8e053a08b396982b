"""Ways graded into the bare earth: level across, smooth along, banked at their sides, as they are built."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.model.ground.cover import Cover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.model.ground.ways import Way

Array = Any

# How far a way's own bumps are smoothed out along it: standard deviation in metres. Streets are built with long
# vertical curves, paths follow the hill, flights of steps keep their ends. Wider kinds come first and later ones meet
# them as they are then.
_ALONG_M = (
    ((Cover.STREET,), 7.0),
    ((Cover.LANE,), 6.0),
    ((Cover.PATH,), 3.5),
    ((Cover.STEPS,), 1.0),
)
_STATION_M = 1.0
_ACROSS = (-0.8, -0.4, 0.0, 0.4, 0.8)  # places across a way, in half widths, whose mean height it takes
_FALL = 0.04  # across a way, at most; up to the left is positive
_BANK_M = 3.0  # beside a way the ground leads back to its own height over so much
_SEAM_ROUNDS = 16  # of smoothing where ways meet: 2 m


def grade_ways(ground: Ground, ways: Sequence[Way]) -> Ground:
    """Level the ground under every way across it and smooth it along it; bank it over 3 m beside.

    A survey shows parked cars, steps and the plinths of neighbouring houses as bumps in a lane; nobody builds it so.
    Where ways meet, wider ones keep their profile and the others lead up to it. Squares stay as they are. Heights of
    a way depend on the ground within three standard deviations (21 m) along it, so neighbouring tiles agree.
    """
    z = ground.z.copy()
    claimed = np.zeros(z.shape)
    for kinds, sigma_m in _ALONG_M:
        now = replace(ground, z=z)
        total, weight, share = np.zeros(z.shape), np.zeros(z.shape), np.zeros(z.shape)
        for way in ways:
            if way.kind in kinds and not way.is_square and len(way.xy) > 1:
                stations = _profile(way, now, sigma_m)
                _lay(stations, way.width_m / 2.0, _BANK_M, ground, total, weight, share)
        there = weight > 0
        graded = np.where(there, total / np.where(there, weight, 1.0), z)
        z = z + (graded - z) * share * (1.0 - claimed)
        claimed = np.maximum(claimed, share)
    if not claimed.any():
        return ground
    z = _seamless(z, claimed >= 1.0)
    # Whole millimetres, as the ground's own.
    return replace(ground, z=np.round(z, 3), even=claimed >= 1.0)


def share_of(ways: Sequence[tuple[Way, float]], bank_m: float, ground: Ground) -> NDArray[np.float64]:
    """How far cells belong to strips of given half widths along ways: 1 inside, falling to 0 over ``bank_m``."""
    total, weight, share = (np.zeros(ground.z.shape) for _ in range(3))
    for way, half_m in ways:
        level = np.column_stack([np.asarray(way.xy, dtype=np.float64), np.zeros((len(way.xy), 2))])
        _lay(level, half_m, bank_m, ground, total, weight, share)
    return share


def _profile(way: Way, ground: Ground, sigma_m: float) -> NDArray[np.float64]:
    """Stations (S, 4) along a way: x, y, the height of its middle and its fall across, smoothed along it."""
    xy = way.xy
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    s = np.linspace(0.0, length[-1], max(int(np.ceil(length[-1] / _STATION_M)), 1) + 1)
    at = np.column_stack([np.interp(s, length, xy[:, k]) for k in (0, 1)])
    along = np.gradient(at, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]]) * (way.width_m / 2.0)
    section = np.array([ground.at(at + k * across) for k in _ACROSS])
    fall = np.array(_ACROSS) @ section / (np.square(_ACROSS).sum() * way.width_m / 2.0)
    step = s[1] - s[0]
    fall = np.clip(_smoothed(fall, step, sigma_m), -_FALL, _FALL)
    return np.column_stack([at, _smoothed(section.mean(axis=0), step, sigma_m), fall])


def _smoothed(z: NDArray[np.float64], step_m: float, sigma_m: float) -> NDArray[np.float64]:
    """Local lines through a profile (N,), weighted with a Gaussian cut off at three deviations: slopes stay."""
    reach = int(3.0 * sigma_m / step_m)
    t = np.arange(-reach, reach + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (t * step_m / sigma_m) ** 2)

    def over(values: NDArray[np.float64], power: int) -> NDArray[np.float64]:
        full = np.convolve(values, (kernel * t**power)[::-1])
        return np.asarray(full[reach : reach + len(values)], dtype=np.float64)

    one = np.ones(len(z))
    m0, m1, m2 = (over(one, k) for k in (0, 1, 2))
    b0, b1 = over(z, 0), over(z, 1)
    det = m0 * m2 - m1 * m1
    # At an end the line would lean on few stations; a mean is safer where they hardly spread.
    safe = det > 1e-6 * m0 * m0
    return np.where(safe, (m2 * b0 - m1 * b1) / np.where(safe, det, 1.0), b0 / m0)


def _lay(
    stations: NDArray[np.float64],
    half_m: float,
    bank_m: float,
    ground: Ground,
    total: Array,
    weight: Array,
    share: Array,
) -> None:
    x0, y0 = ground.grid.corner_m
    _lay_way(stations, half_m, bank_m, ground.grid.cell_m, x0, y0, total, weight, share)


@njit(cache=True)
def _lay_way(
    stations: Array,
    half: float,
    bank: float,
    cell: float,
    x0: float,
    y0: float,
    total: Array,
    weight: Array,
    share: Array,
) -> None:
    """Add one way's heights, weighted by how deep in it a cell lies, and the share of it that a cell takes."""
    rows, columns = total.shape
    reach = half + bank
    j0 = max(int(np.ceil((stations[:, 0].min() - reach - x0) / cell)), 0)
    j1 = min(int(np.floor((stations[:, 0].max() + reach - x0) / cell)), columns - 1)
    i0 = max(int(np.ceil((stations[:, 1].min() - reach - y0) / cell)), 0)
    i1 = min(int(np.floor((stations[:, 1].max() + reach - y0) / cell)), rows - 1)
    if i1 < i0 or j1 < j0:
        return
    near = np.full((i1 - i0 + 1, j1 - j0 + 1), reach * reach)
    height = np.zeros(near.shape)
    for k in range(stations.shape[0] - 1):
        ax, ay, az = stations[k, 0], stations[k, 1], stations[k, 2]
        bx, by, bz = stations[k + 1, 0] - ax, stations[k + 1, 1] - ay, stations[k + 1, 2] - az
        square = max(bx * bx + by * by, 1e-12)
        a0 = max(int(np.ceil((min(0.0, bx) + ax - reach - x0) / cell)), j0)
        a1 = min(int(np.floor((max(0.0, bx) + ax + reach - x0) / cell)), j1)
        c0 = max(int(np.ceil((min(0.0, by) + ay - reach - y0) / cell)), i0)
        c1 = min(int(np.floor((max(0.0, by) + ay + reach - y0) / cell)), i1)
        for i in range(c0, c1 + 1):
            y = y0 + i * cell - ay
            for j in range(a0, a1 + 1):
                x = x0 + j * cell - ax
                t = min(max((x * bx + y * by) / square, 0.0), 1.0)
                d = (x - t * bx) ** 2 + (y - t * by) ** 2
                if d < near[i - i0, j - j0]:
                    near[i - i0, j - j0] = d
                    left = np.sqrt(d) if bx * y - by * x > 0 else -np.sqrt(d)
                    fall = stations[k, 3] + t * (stations[k + 1, 3] - stations[k, 3])
                    height[i - i0, j - j0] = az + t * bz + fall * min(max(left, -half), half)
    for i in range(near.shape[0]):
        for j in range(near.shape[1]):
            if near[i, j] < reach * reach:
                out = np.sqrt(near[i, j]) - half  # how far outside the way
                deep = (bank - out) ** 4
                total[i0 + i, j0 + j] += deep * height[i, j]
                weight[i0 + i, j0 + j] += deep
                u = min(max(1.0 - (out - cell) / (bank - cell), 0.0), 1.0)
                share[i0 + i, j0 + j] = max(share[i0 + i, j0 + j], u * u * (3.0 - 2.0 * u))


def _seamless(z: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Smooth the cells of ways among each other; what lies beside them neither moves nor counts."""
    return np.asarray(_diffused(z, free, _SEAM_ROUNDS), dtype=np.float64)


@njit(cache=True)
def _diffused(z: Array, free: Array, rounds: int) -> Array:
    rows, columns = np.nonzero(free)
    old, new = z.copy(), z.copy()
    for _ in range(rounds):
        for k in range(rows.shape[0]):
            i, j = rows[k], columns[k]
            total, number = old[i, j] * 2.0, 2.0
            for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                a, b = i + di, j + dj
                if 0 <= a < z.shape[0] and 0 <= b < z.shape[1] and free[a, b]:
                    total += old[a, b]
                    number += 1.0
            new[i, j] = total / number
        old, new = new, old
    return old
