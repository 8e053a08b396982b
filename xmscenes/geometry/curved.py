"""Domes, cones and barrels: surfaces of few numbers, fitted to points and cut into regular flat facets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.vectors import percentile

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array = Any  # an ndarray; compiled code knows its type
SECTORS = 16
STRIPS = 8


@dataclass(frozen=True, slots=True)
class Facets:
    """A curved surface as flat facets: planes, the cuts between them, and which facet lies where.

    ``planes`` (P, 4) unit normals up and offsets; ``cuts`` (K, 6) rows as for ``halfedge.cut_polygon`` but in metres;
    ``kind`` is "dome", "cone", "barrel" or "tent"; ``rms_m`` the misfit of the smooth surface.
    """

    kind: str
    planes: NDArray[np.float64]
    cuts: NDArray[np.float64]
    rms_m: float
    centre: NDArray[np.float64]  # (2,) of the axis; a barrel's is a point of its axis
    reach: NDArray[np.float64]  # radii of the rings, or places of the strips across the axis, ascending
    axis: NDArray[np.float64]  # (2,) plan direction of a barrel; unused otherwise

    def unbounded(self) -> Facets:
        """The same surface with its outermost facets running on without end, and no cut around them."""
        if self.kind == "tent":
            return self
        cuts = self.cuts if self.kind == "barrel" else self.cuts[SECTORS:]  # the outermost ring comes first
        return replace(self, reach=np.r_[self.reach[:-1], 1e6], cuts=cuts)

    def misfit(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance (N,) of each point to the plane of its facet; the outermost facets run on."""
        away: NDArray[np.float64] = _away(self.planes, self.unbounded().facet_at(xyz[:, :2]), xyz)
        return away

    def facet_at(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Facet (N,) above each place, -1 outside."""
        if self.kind == "tent":  # the lowest of its planes
            p = self.planes
            return np.argmax((xy @ p[:, :2].T + p[:, 3]) / p[:, 2], axis=1)
        away = xy - self.centre
        if self.kind == "barrel":
            across = away @ np.array([-self.axis[1], self.axis[0]])
            strip = np.searchsorted(self.reach, across) - 1
            return np.where((strip >= 0) & (strip < len(self.reach) - 1), strip, -1)
        turn = 2.0 * np.pi / SECTORS
        sector = np.floor((np.arctan2(away[:, 1], away[:, 0]) % (2.0 * np.pi)) / turn).astype(np.int64) % SECTORS
        middle = (np.arange(SECTORS) + 0.5) * turn
        # The rings are polygons: what counts is the distance along the middle of the sector.
        along = away[:, 0] * np.cos(middle)[sector] + away[:, 1] * np.sin(middle)[sector]
        radius = along / np.cos(turn / 2.0)
        ring = np.searchsorted(self.reach, radius)
        return np.where(ring < len(self.reach), ring * SECTORS + sector, -1)


@njit(cache=True)
def _away(planes: Array, facet: Array, xyz: Array) -> Array:
    """Distance of each point to the plane of its facet, the first for -1."""
    out = np.zeros(xyz.shape[0])
    for n in range(xyz.shape[0]):
        p = planes[max(facet[n], 0)]
        out[n] = abs(p[0] * xyz[n, 0] + p[1] * xyz[n, 1] + p[2] * xyz[n, 2] + p[3])
    return out


def fit_dome(xyz: NDArray[np.float64]) -> Facets | None:
    """Fit the upper part of a sphere to (N, 3) points by linear least squares; None when it is no cap."""
    if (ball := _fit_ball(xyz, 40.0)) is None:
        return None
    centre, radius = ball
    away = np.linalg.norm(xyz - centre, axis=1)
    plan = np.hypot(*(xyz[:, :2] - centre[:2]).T)
    edge = min(percentile(plan, 99.0), 0.98 * radius)
    if (xyz[:, 2] > centre[2] - 0.2 * radius).mean() < 0.95 or edge < 0.3 * radius:
        return None
    angles = np.linspace(0.0, np.arcsin(edge / radius), max(3, min(6, round(edge / 1.2))) + 1)[1:]
    rings = radius * np.sin(angles)
    heights = centre[2] + radius * np.cos(angles)
    return _revolved("dome", centre[:2], float(centre[2] + radius), rings, heights, _rms(away - radius))


def fit_cone(xyz: NDArray[np.float64]) -> Facets | None:
    """Fit an upright cone to (N, 3) points by Gauss-Newton from their middle; None when it does not converge."""
    x, y = xyz[:, :2].mean(axis=0)
    plan = np.hypot(xyz[:, 0] - x, xyz[:, 1] - y)
    slope, top = (-value for value in np.polyfit(plan, -xyz[:, 2], 1)[::1])
    for _ in range(20):
        last = x, y, slope, top
        step = _solved(*_cone_sums(xyz, top, slope, x, y))
        top, slope, x, y = top + step[0], slope + step[1], x + step[2], y + step[3]
        if not np.isfinite([top, slope, x, y]).all() or abs(slope) > 20.0:
            return None
        if np.abs(step).max() < 1e-4:
            break
    plan = np.maximum(np.hypot(xyz[:, 0] - last[0], xyz[:, 1] - last[1]), 1e-6)
    residual = xyz[:, 2] - (last[3] + last[2] * plan)
    edge = percentile(plan, 99.0)
    if slope > -0.25 or edge < 1.0:
        return None
    rms = _rms(residual / np.sqrt(1.0 + slope * slope))
    return _revolved("cone", np.array([x, y]), float(top), np.array([edge]), np.array([top + slope * edge]), rms)


def fit_barrel(xyz: NDArray[np.float64], angles: NDArray[np.float64]) -> Facets | None:
    """Fit an upright arch along one of the directions ``angles`` (radians) to (N, 3) points; None without one."""
    best: tuple[float, float, NDArray[np.float64], float] | None = None
    for angle in angles.tolist():
        across = xyz[:, :2] @ np.array([-np.sin(angle), np.cos(angle)])
        section = np.column_stack([across, xyz[:, 2]])
        if (ball := _fit_ball(section, 50.0)) is None:
            continue
        centre, radius = ball
        rms = _rms(np.linalg.norm(section - centre, axis=1) - radius)
        if best is None or rms < best[0]:
            best = (rms, angle, centre, radius)
    if best is None:
        return None
    rms, angle, centre, radius = best
    u, v = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    across = xyz[:, :2] @ v - centre[0]
    low, high = percentile(across, 1.0), percentile(across, 99.0)
    if (xyz[:, 2] > centre[1] - 0.1 * radius).mean() < 0.95 or high - low < 0.7 * radius:
        return None
    ends = np.arcsin(np.clip([low / radius, high / radius], -0.985, 0.985))
    turn = np.linspace(ends[0], ends[1], STRIPS + 1)
    places, heights = radius * np.sin(turn), centre[1] + radius * np.cos(turn)
    slope = np.diff(heights) / np.diff(places)
    along = xyz[:, :2] @ u
    planes = []
    for k in range(STRIPS):
        a, b = -slope[k] * v
        c = heights[k] - slope[k] * (places[k] + centre[0])
        planes.append(np.array([a, b, 1.0, -c]) / np.sqrt(1.0 + slope[k] ** 2))
    cuts = [np.array([*(v * (centre[0] + s)), *u, along.min(), along.max()]) for s in places[1:-1]]
    reach = places.copy()
    reach[0], reach[-1] = -1e6, 1e6  # the outermost strips run on to the outline
    return Facets("barrel", np.array(planes), np.array(cuts), rms, v * centre[0], reach, u)


def _revolved(
    kind: str,
    centre: NDArray[np.float64],
    top: float,
    rings: NDArray[np.float64],
    heights: NDArray[np.float64],
    rms: float,
) -> Facets:
    """Facets of a surface of revolution: sectors between polygonal rings, whose corners lie on the surface."""
    turn = 2.0 * np.pi / SECTORS
    shrink = np.cos(turn / 2.0)
    radii, levels = np.r_[0.0, rings], np.r_[top, heights]
    slope = (np.diff(levels) / (np.diff(radii) * shrink))[:, None]
    middle = (np.arange(SECTORS) + 0.5) * turn
    n = np.stack([np.cos(middle), np.sin(middle)], axis=-1)
    at = n[:, 0] * centre[0] + n[:, 1] * centre[1]
    c = levels[:-1, None] - slope * (radii[:-1, None] * shrink + at)
    planes = np.stack([-slope * n[:, 0], -slope * n[:, 1], np.ones_like(c), -c], axis=-1)
    planes /= np.sqrt(1.0 + slope**2)[..., None]
    foot = centre + n * rings[:, None, None] * shrink
    sides = _tangents(foot, np.stack([-n[:, 1], n[:, 0]], axis=-1), 0.8 * rings[:, None] * np.sin(turn / 2.0))
    half = np.arange(SECTORS // 2) * turn
    spokes = _tangents(centre, np.stack([np.cos(half), np.sin(half)], axis=-1), 0.9 * radii[-1:])
    cuts = np.concatenate([sides[-1], spokes, sides[:-1].reshape(-1, 6)])
    return Facets(kind, planes.reshape(-1, 4), cuts, rms, centre, rings, np.array([1.0, 0.0]))


def _tangents(at: NDArray[np.float64], along: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cuts (..., 6) through places (..., 2) along unit directions, so far to either side."""
    t = at[..., 0] * along[..., 0] + at[..., 1] * along[..., 1]
    base, along, reach = np.broadcast_arrays(at - t[..., None] * along, along, reach[..., None])
    return np.concatenate([base, along, (t - reach[..., 0])[..., None], (t + reach[..., 0])[..., None]], axis=-1)


def _fit_ball(points: NDArray[np.float64], largest_m: float) -> tuple[NDArray[np.float64], float] | None:
    """Centre and radius of the sphere (N, 3) or circle (N, 2) through points; None unless 1 m to ``largest_m``."""
    middle = points.mean(axis=0)
    solution = _solved(*_ball_sums(points, middle))
    radius2 = float(solution[-1] + (solution[:-1] ** 2).sum())
    return (solution[:-1] + middle, float(np.sqrt(radius2))) if 1.0 < radius2 < largest_m**2 else None


# Least squares by the normal equations, summed up in one go: a fifth of the time of numpy's over the points. Measured
# from the middle of a roof they are conditioned well enough.
def _solved(matrix: Array, right: Array) -> NDArray[np.float64]:
    solution, *_ = np.linalg.lstsq(matrix, right, rcond=None)
    return np.asarray(solution, dtype=np.float64)


@njit(cache=True)
def _cone_sums(xyz: Array, top: float, slope: float, x: float, y: float) -> tuple[Array, Array]:
    """Normal equations of one step towards a cone: how top, slope, x and y change the heights at the points."""
    matrix, right, terms = np.zeros((4, 4)), np.zeros(4), np.ones(4)
    for n in range(xyz.shape[0]):
        dx, dy = xyz[n, 0] - x, xyz[n, 1] - y
        plan = max(np.sqrt(dx * dx + dy * dy), 1e-6)
        terms[1], terms[2], terms[3] = plan, -slope * dx / plan, -slope * dy / plan
        _add(matrix, right, terms, xyz[n, 2] - (top + slope * plan))
    return matrix, right


@njit(cache=True)
def _ball_sums(points: Array, middle: Array) -> tuple[Array, Array]:
    """Normal equations of the sphere or circle through points, relative to their middle."""
    size = points.shape[1]
    matrix, right, terms = np.zeros((size + 1, size + 1)), np.zeros(size + 1), np.ones(size + 1)
    for n in range(points.shape[0]):
        square = 0.0
        for k in range(size):
            away = points[n, k] - middle[k]
            terms[k] = 2.0 * away
            square += away * away
        _add(matrix, right, terms, square)
    return matrix, right


@njit(cache=True)
def _add(matrix: Array, right: Array, terms: Array, value: float) -> None:
    for i in range(terms.shape[0]):
        right[i] += terms[i] * value
        for j in range(terms.shape[0]):
            matrix[i, j] += terms[i] * terms[j]


def _rms(residual: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(residual**2)))
