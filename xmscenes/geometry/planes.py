"""Planes of labelled points: moments, robust fits, merging, better borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from xmscenes.geometry.regions import add_point, plane_of_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit_planes(
    xyz: NDArray[np.float64], labels: NDArray[np.int64], scale_m: float, rounds: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Robust plane (nx, ny, nz, d) of each label, (P, 4), and its rms over the points that count, (P,).

    Iteratively reweighted least squares with Tukey's weight, which is zero beyond ``scale_m``. The normal points up.
    """
    count = max(int(labels.max(initial=-1)) + 1, 0)
    planes, rms = _fit(xyz, labels, count, scale_m, rounds)
    return planes, rms


@njit(cache=True)
def _fit(xyz, labels, count, scale, rounds):  # type: ignore[no-untyped-def]
    planes = np.zeros((count, 4))
    rms = np.zeros(count)
    moments = np.zeros((count, 10))
    for turn in range(rounds + 1):
        moments[:] = 0.0
        for i in range(xyz.shape[0]):
            f = labels[i]
            if f < 0:
                continue
            w = 1.0
            if turn > 0:
                r = planes[f, 0] * xyz[i, 0] + planes[f, 1] * xyz[i, 1] + planes[f, 2] * xyz[i, 2] + planes[f, 3]
                u = r / scale
                w = (1.0 - u * u) ** 2 if abs(u) < 1.0 else 0.0
            if w > 0.0:
                add_point(moments[f], xyz[i, 0], xyz[i, 1], xyz[i, 2], w)
        for f in range(count):
            if moments[f, 0] > 2.5:
                nx, ny, nz, d, s = plane_of_moments(moments[f])
                planes[f, 0], planes[f, 1], planes[f, 2], planes[f, 3] = nx, ny, nz, d
                rms[f] = s
    return planes, rms


@njit(cache=True)
def region_moments(xyz, labels, count):  # type: ignore[no-untyped-def]
    """Moments (P, 10) of each label's points."""
    moments = np.zeros((count, 10))
    for i in range(xyz.shape[0]):
        if labels[i] >= 0:
            add_point(moments[labels[i]], xyz[i, 0], xyz[i, 1], xyz[i, 2], 1.0)
    return moments


@njit(cache=True)
def _spread(moments, nx, ny, nz, d):  # type: ignore[no-untyped-def]
    """Sum of squared distances of a region's points to a plane."""
    m = moments
    s = nx * nx * m[4] + ny * ny * m[7] + nz * nz * m[9]
    s += 2.0 * (nx * ny * m[5] + nx * nz * m[6] + ny * nz * m[8])
    s += 2.0 * d * (nx * m[1] + ny * m[2] + nz * m[3]) + d * d * m[0]
    return max(s, 0.0)


@njit(cache=True)
def merge_regions(moments, touching, sigma, tolerance, cos_near, cos_far, together):  # type: ignore[no-untyped-def]  # noqa: C901
    """Merge regions that are one plane as far as the noise can tell: the new label (P,) of each.

    Pairs are tried from the best fit down. A pair is one plane when fitting both together adds less than
    ``tolerance`` to the rms of either. ``touching`` (P, P) says which pairs are neighbours; others need the stricter
    angle ``cos_far``. So many points as ``together`` says count as one independent measurement.
    """
    count = moments.shape[0]
    m = moments.copy()
    name = np.arange(count)
    alive = np.ones(count, np.bool_)
    near = touching.copy()
    both = np.zeros(10)
    while True:
        best, best_a, best_b = 1.0, -1, -1
        for a in range(count):
            if not alive[a]:
                continue
            ax, ay, az, ad, _ = plane_of_moments(m[a])
            own_a = _spread(m[a], ax, ay, az, ad)
            for b in range(a):
                if not alive[b]:
                    continue
                bx, by, bz, bd, _ = plane_of_moments(m[b])
                cosine = ax * bx + ay * by + az * bz
                if cosine < (cos_near if near[a, b] else cos_far):
                    continue
                own_b = _spread(m[b], bx, by, bz, bd)
                for i in range(10):
                    both[i] = m[a, i] + m[b, i]
                nx, ny, nz, d, _ = plane_of_moments(both)
                joint_a = _spread(m[a], nx, ny, nz, d)
                joint_b = _spread(m[b], nx, ny, nz, d)
                grow_a = (joint_a - own_a) / m[a, 0]
                grow_b = (joint_b - own_b) / m[b, 0]
                slack_a = tolerance * tolerance + 9.0 * sigma * sigma * together / m[a, 0]
                slack_b = tolerance * tolerance + 9.0 * sigma * sigma * together / m[b, 0]
                bad = max(grow_a / slack_a, grow_b / slack_b)
                if bad < best:
                    best, best_a, best_b = bad, a, b
        if best_a < 0:
            break
        for i in range(10):
            m[best_b, i] += m[best_a, i]
        alive[best_a] = False
        for c in range(count):
            if name[c] == best_a:
                name[c] = best_b
            near[best_b, c] = near[best_b, c] or near[best_a, c]
            near[c, best_b] = near[best_b, c]
    return name


@njit(cache=True)
def touching_regions(neighbours, labels, count, least):  # type: ignore[no-untyped-def]
    """Which labels are neighbours (P, P): at least ``least`` pairs of neighbouring points."""
    pairs = np.zeros((count, count), np.int64)
    for i in range(neighbours.shape[0]):
        if labels[i] < 0:
            continue
        for k in range(1, neighbours.shape[1]):
            other = labels[neighbours[i, k]]
            if other >= 0 and other != labels[i]:
                pairs[labels[i], other] += 1
                pairs[other, labels[i]] += 1
    return pairs >= least


@njit(cache=True)
def better_labels(xyz, neighbours, labels, planes, eps):  # type: ignore[no-untyped-def]
    """Give each point the plane, of its own and its neighbours', that it fits best; -1 beyond ``eps``.

    The fit is the squared residual over ``eps``, less the share of neighbours that have the plane (one sweep of
    iterated conditional modes). Walls (-2) stay walls.
    """
    result = labels.copy()
    k = neighbours.shape[1]
    for i in range(xyz.shape[0]):
        if labels[i] < -1:
            continue
        best, name = 1e300, -1
        for a in range(k):
            f = labels[neighbours[i, a]]
            if f < 0 or f == name:
                continue
            r = planes[f, 0] * xyz[i, 0] + planes[f, 1] * xyz[i, 1] + planes[f, 2] * xyz[i, 2] + planes[f, 3]
            if abs(r) > eps:
                continue
            same = 0
            for b in range(1, k):
                same += labels[neighbours[i, b]] == f
            score = (r / eps) ** 2 - 0.5 * same / (k - 1.0)
            if score < best:
                best, name = score, f
        result[i] = name
    return result


@njit(cache=True)
def explained_rms(xyz, labels, planes, touching, alive, region):  # type: ignore[no-untyped-def]
    """Rms distance of a region's points to the nearest of its neighbours' planes; large without neighbours."""
    total, count = 0.0, 0
    for i in range(xyz.shape[0]):
        if labels[i] != region:
            continue
        best = 1e3
        for f in range(planes.shape[0]):
            if f == region or not alive[f] or not touching[region, f]:
                continue
            r = planes[f, 0] * xyz[i, 0] + planes[f, 1] * xyz[i, 1] + planes[f, 2] * xyz[i, 2] + planes[f, 3]
            best = min(best, abs(r))
        total += best * best
        count += 1
    return np.sqrt(total / max(count, 1))


def plan_widths(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width of each region in plan across its long direction, as if its points were evenly spread."""
    n = np.maximum(moments[:, 0], 1.0)
    mx, my = moments[:, 1] / n, moments[:, 2] / n
    xx, xy, yy = moments[:, 4] / n - mx * mx, moments[:, 5] / n - mx * my, moments[:, 7] / n - my * my
    smallest = (xx + yy) / 2.0 - np.sqrt(((xx - yy) / 2.0) ** 2 + xy * xy)
    widths: NDArray[np.float64] = np.sqrt(12.0 * np.maximum(smallest, 0.0))
    return widths
