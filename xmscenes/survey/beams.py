"""What one pulse meets on its way down: solids (already cast), the terrain, and crowns it partly passes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.survey.ground import Ground
    from xmscenes.survey.trees import Trees

CELL_M = 6.0
MOST_RETURNS = 4
NOTHING, GROUND, WATER, SOLID, CROWN, HERB = range(6)
SEPARATION_M = 1.2  # two echoes nearer than this merge
TALLEST_M = 24.0  # no crown reaches higher above the ground
STOP = 0.5  # share of pulses spent at each echo in leaves
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrownIndex:
    """Crowns by square cell: those of cell c are ``members[starts[c]:starts[c + 1]]``."""

    crowns: NDArray[np.float64]  # (N, 6): x, y, z of the centre, radius, half depth, z of the foot
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    corner_m: tuple[float, float]
    shape: tuple[int, int]


def index_crowns(trees: Trees, ground: Ground) -> CrownIndex:
    """Sort the trees into cells by the box around their crown."""
    radius, half = trees.radius_m, trees.depth_m / 2.0
    crowns = np.column_stack([trees.foot, radius, half, trees.foot[:, 2]])
    crowns[:, 2] += trees.height_m - half
    west, south = ground.canvas.corner_m
    rows = int(ground.canvas.shape[0] * ground.canvas.cell_m / CELL_M) + 2
    columns = int(ground.canvas.shape[1] * ground.canvas.cell_m / CELL_M) + 2
    pairs = []
    low = np.floor((crowns[:, :2] - radius[:, None] - (west, south)) / CELL_M).astype(int)
    high = np.floor((crowns[:, :2] + radius[:, None] - (west, south)) / CELL_M).astype(int)
    for k in range(len(crowns)):
        for i in range(max(low[k, 1], 0), min(high[k, 1] + 1, rows)):
            pairs += [(i * columns + j, k) for j in range(max(low[k, 0], 0), min(high[k, 0] + 1, columns))]
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    starts = np.searchsorted(table[:, 0], np.arange(rows * columns + 1)).astype(np.int64)
    return CrownIndex(
        crowns=np.ascontiguousarray(crowns),
        starts=starts,
        members=np.ascontiguousarray(table[:, 1]),
        corner_m=(west, south),
        shape=(rows, columns),
    )


@njit(cache=True, inline="always")
def uniform(seed: np.uint64, pulse: np.int64, draw: int) -> float:
    """Random number in [0, 1) that belongs to a pulse: splitmix64 of its number (Steele, Lea, Flood 2014)."""
    z = seed + np.uint64(pulse) * np.uint64(64) + np.uint64(draw)
    z = z * _MIX
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, inline="always")
def bilinear(z: Any, west: float, south: float, cell: float, px: float, py: float) -> float:
    """Height of a grid at a position, clamped to the grid."""
    x = min(max((px - west) / cell, 0.0), z.shape[1] - 1.001)
    y = min(max((py - south) / cell, 0.0), z.shape[0] - 1.001)
    j, i = int(x), int(y)
    u, v = x - j, y - i
    low = z[i, j] * (1.0 - u) + z[i, j + 1] * u
    high = z[i + 1, j] * (1.0 - u) + z[i + 1, j + 1] * u
    return float(low * (1.0 - v) + high * v)


@njit(cache=True, nogil=True)
def bilinear_many(z: Any, corner: Any, cell: float, xy: Any) -> Any:
    """Heights of a grid at (N, 2) positions."""
    out = np.zeros(len(xy))
    for p in range(len(xy)):
        out[p] = bilinear(z, corner[0], corner[1], cell, xy[p, 0], xy[p, 1])
    return out


@njit(cache=True, nogil=True)
def top_of_crowns(xy: Any, corner: Any, crowns: Any, starts: Any, members: Any, shape: Any) -> Any:
    """Elevation of the highest leaves over (N, 2) positions; -inf in the open."""
    out = np.full(len(xy), -np.inf)
    for p in range(len(xy)):
        j = min(max(int((xy[p, 0] - corner[0]) / CELL_M), 0), shape[1] - 1)
        i = min(max(int((xy[p, 1] - corner[1]) / CELL_M), 0), shape[0] - 1)
        for m in range(starts[i * shape[1] + j], starts[i * shape[1] + j + 1]):
            crown = crowns[members[m]]
            r2 = ((xy[p, 0] - crown[0]) ** 2 + (xy[p, 1] - crown[1]) ** 2) / crown[3] ** 2
            if r2 < 1.0:
                out[p] = max(out[p], crown[2] + crown[4] * np.sqrt(1.0 - r2))
    return out


@njit(cache=True, inline="always")
def _to_ground(z: Any, west: float, south: float, cell: float, o: Any, d: Any) -> Any:
    """Range to the terrain. Fixed-point steps converge while slope times tan(scan angle) stays under one."""
    t = (o[2] - 10.0) / -d[2]
    for _ in range(25):
        h = bilinear(z, west, south, cell, o[0] + t * d[0], o[1] + t * d[1])
        step = (o[2] - h) / -d[2] - t
        t += step * (1.0 if abs(step) < 5.0 else 0.7)
        if abs(step) < 1e-4:
            break
    return t


@njit(cache=True, inline="always")
def _chord(crown: Any, o: Any, d: Any) -> tuple[float, float]:
    """Where the beam enters and leaves an upright ellipsoid; entry after exit when it misses."""
    a, c = 1.0 / crown[3], 1.0 / crown[4]
    ox, oy, oz = (o[0] - crown[0]) * a, (o[1] - crown[1]) * a, (o[2] - crown[2]) * c
    dx, dy, dz = d[0] * a, d[1] * a, d[2] * c
    dd = dx * dx + dy * dy + dz * dz
    od = ox * dx + oy * dy + oz * dz
    root = od * od - dd * (ox * ox + oy * oy + oz * oz - 1.0)
    if root <= 0.0:
        return 1.0, 0.0
    root = np.sqrt(root)
    return (-od - root) / dd, (-od + root) / dd


@njit(cache=True, nogil=True)
def trace(
    origin: Any,
    direction: Any,
    pulse: Any,
    solid_range: Any,
    seed: np.uint64,
    z: Any,
    level: Any,
    cover: Any,
    corner: Any,
    cell: float,
    crowns: Any,
    starts: Any,
    members: Any,
    cells_shape: Any,
    extinction: float,
    water_share: float,
    herb_cover: int,
) -> Any:
    """Echoes of each pulse: ranges (N, 4), what was met (N, 4), and how many. ``solid_range`` is inf for a miss."""
    n = len(origin)
    ranges = np.zeros((n, MOST_RETURNS), dtype=np.float64)
    met = np.zeros((n, MOST_RETURNS), dtype=np.uint8)
    count = np.zeros(n, dtype=np.uint8)
    for p in range(n):
        o, d = origin[p], direction[p]
        end = _to_ground(z, corner[0], corner[1], cell, o, d)
        last = GROUND
        x, y = o[0] + end * d[0], o[1] + end * d[1]
        j = min(max(int((x - corner[0]) / cell + 0.5), 0), z.shape[1] - 1)
        i = min(max(int((y - corner[1]) / cell + 0.5), 0), z.shape[0] - 1)
        water = level[i, j]
        if water == water and o[2] + end * d[2] < water:
            end, last = (o[2] - water) / -d[2], WATER
        if solid_range[p] < end:
            end, last = float(solid_range[p]), SOLID
        chords = _crossed(o, d, end, corner, crowns, starts, members, cells_shape)
        found, spent = _echoes(chords, pulse[p], seed, extinction, ranges[p], met[p])
        count[p] = found
        if spent:
            continue
        if last == WATER and (-d[2] < 0.985 or uniform(seed, pulse[p], 40) > water_share):
            continue
        if last == GROUND:
            trunk_m = _trunk(x, y, corner, crowns, starts, members, cells_shape)
            if trunk_m > 0.0:
                end, last = end - trunk_m * uniform(seed, pulse[p], 43), CROWN
        if last == GROUND and cover[i, j] == herb_cover and uniform(seed, pulse[p], 41) < 0.12:
            end, last = end - (0.1 + 0.6 * uniform(seed, pulse[p], 42)), HERB
        if last == GROUND and found > 0 and end - ranges[p, found - 1] < SEPARATION_M:
            continue
        ranges[p, found] = end
        met[p, found] = last
        count[p] = found + 1
    return ranges, met, count


@njit(cache=True)
def _trunk(x: float, y: float, corner: Any, crowns: Any, starts: Any, members: Any, shape: Any) -> Any:
    """Bare height of the trunk that stands at a position; zero where none does. A trunk is 1/25 of its tree thick."""
    j = min(max(int((x - corner[0]) / CELL_M), 0), shape[1] - 1)
    i = min(max(int((y - corner[1]) / CELL_M), 0), shape[0] - 1)
    for m in range(starts[i * shape[1] + j], starts[i * shape[1] + j + 1]):
        crown = crowns[members[m]]
        bare = crown[2] - crown[4] - crown[5]
        if (x - crown[0]) ** 2 + (y - crown[1]) ** 2 < (0.02 * (bare + 2.0 * crown[4])) ** 2 and bare > 0.3:
            return bare
    return 0.0


@njit(cache=True)
def _crossed(o: Any, d: Any, end: float, corner: Any, crowns: Any, starts: Any, members: Any, shape: Any) -> Any:
    """Crowns above ``end`` that the beam crosses, at most eight: (8, 2) entry and exit range, and their number."""
    top = end - TALLEST_M / -d[2]
    x0, x1 = o[0] + top * d[0], o[0] + end * d[0]
    y0, y1 = o[1] + top * d[1], o[1] + end * d[1]
    j0 = max(int((min(x0, x1) - corner[0]) / CELL_M), 0)
    j1 = min(int((max(x0, x1) - corner[0]) / CELL_M), shape[1] - 1)
    i0 = max(int((min(y0, y1) - corner[1]) / CELL_M), 0)
    i1 = min(int((max(y0, y1) - corner[1]) / CELL_M), shape[0] - 1)
    chords, who = np.zeros((8, 2)), np.full(8, -1)
    hits = 0
    for i in range(i0, i1 + 1):
        for j in range(j0, j1 + 1):
            for m in range(starts[i * shape[1] + j], starts[i * shape[1] + j + 1]):
                a, b = _chord(crowns[members[m]], o, d)
                if a < b and a < end and hits < 8 and not np.any(who[:hits] == members[m]):
                    chords[hits, 0], chords[hits, 1], who[hits] = a, min(b, end), members[m]
                    hits += 1
    return chords[:hits][np.argsort(chords[:hits, 0])]


@njit(cache=True)
def _echoes(chords: Any, pulse: int, seed: np.uint64, extinction: float, ranges: Any, met: Any) -> tuple[int, bool]:
    """Write the echoes from leaves along chords; tells their number and whether the pulse is spent in them."""
    found, draw, previous = 0, 0, -1e9
    for k in range(len(chords)):
        at = max(chords[k, 0], previous + SEPARATION_M)
        while found < MOST_RETURNS - 1:
            at -= np.log(1.0 - uniform(seed, pulse, draw)) / extinction
            if at >= chords[k, 1]:
                break
            ranges[found], met[found] = at, CROWN
            found += 1
            previous = at
            if uniform(seed, pulse, draw + 1) < STOP:
                return found, True
            draw += 2
            at += SEPARATION_M
        draw += 2
    return found, found >= MOST_RETURNS - 1
