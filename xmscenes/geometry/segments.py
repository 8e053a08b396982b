"""Straight segments through border points: intersection lines and step lines of two planes."""

from __future__ import annotations

import numpy as np
from numba import njit

from xmscenes.geometry.sorting import sorted_values, stable_order

GENERIC = 24  # directions tried besides those of the outline: every 7.5 degrees


@njit(cache=True)
def longest_run(t, gap):  # type: ignore[no-untyped-def]
    """Longest stretch of the sorted values ``t`` without a gap wider than ``gap``: first and last index."""
    best_a, best_b, a = 0, 0, 0
    for i in range(1, t.shape[0] + 1):
        if i == t.shape[0] or t[i] - t[i - 1] > gap:
            if t[i - 1] - t[a] > t[best_b] - t[best_a]:
                best_a, best_b = a, i - 1
            a = i
    return best_a, best_b


@njit(cache=True)
def crossing_segments(places, free, plane_a, plane_b, near, level, gap, least, out):  # type: ignore[no-untyped-def]
    """Stretches of the line in which two planes meet that run along the border ``places``.

    A place belongs to the line when it lies within ``near`` of it, or the planes differ by less than ``level`` there;
    such places are no longer ``free``. Writes rows (x, y, dx, dy, from, to) into ``out`` and returns their number.
    """
    ax, ay, ac = -plane_a[0] / plane_a[2], -plane_a[1] / plane_a[2], -plane_a[3] / plane_a[2]
    bx, by, bc = -plane_b[0] / plane_b[2], -plane_b[1] / plane_b[2], -plane_b[3] / plane_b[2]
    gx, gy, g0 = ax - bx, ay - by, ac - bc
    steep = np.sqrt(gx * gx + gy * gy)
    if steep < 0.035:  # two degrees between them: no line worth its name
        return 0
    nx, ny = gx / steep, gy / steep
    offset = -g0 / steep
    dx, dy = -ny, nx
    count = np.int64(0)
    t = np.zeros(places.shape[0])
    for i in range(places.shape[0]):
        away = abs(places[i, 0] * nx + places[i, 1] * ny - offset)
        if free[i] and (away < near or away * steep < level):
            free[i] = False
            t[count] = places[i, 0] * dx + places[i, 1] * dy
            count += 1
    if count == 0:
        return 0
    t = sorted_values(t, count)
    found = 0
    start = 0
    for i in range(1, count + 1):
        if i == count or t[i] - t[i - 1] > gap:
            if t[i - 1] - t[start] >= least and found < out.shape[0]:
                out[found, 0], out[found, 1] = nx * offset, ny * offset
                out[found, 2], out[found, 3] = dx, dy
                out[found, 4], out[found, 5] = t[start], t[i - 1]
                found += 1
            start = i
    return found


@njit(cache=True)
def straight_segments(places, free, angles, liked, tolerance, gap, least, out):  # type: ignore[no-untyped-def]
    """Straight stretches through the ``free`` border places, longest first, by a vote of directions and offsets.

    ``angles`` are the outline's directions (radians, mod pi), which win ties by the factor ``liked``; beside them
    every 7.5 degrees is tried, then fitted. Rows as in ``crossing_segments``; returns their number.
    """
    found = 0
    total = angles.shape[0] + GENERIC
    while found < out.shape[0]:
        left = _true_places(free)
        if left.shape[0] < 2:
            break
        across = np.zeros(left.shape[0])
        best, best_angle, best_offset, best_own = 0.0, 0.0, 0.0, np.bool_(False)
        for k in range(total):
            own = k < angles.shape[0]
            angle = angles[k] if own else (k - angles.shape[0]) * np.pi / GENERIC
            nx, ny = -np.sin(angle), np.cos(angle)
            for i in range(left.shape[0]):
                across[i] = places[left[i], 0] * nx + places[left[i], 1] * ny
            s = sorted_values(across, left.shape[0])
            hi = 0
            for lo in range(s.shape[0]):
                hi = max(hi, lo)
                while hi + 1 < s.shape[0] and s[hi + 1] - s[lo] <= 2.0 * tolerance:
                    hi += 1
                score = (hi - lo + 1) * (liked if own else 1.0)
                if score > best:
                    best, best_angle, best_own = score, angle, own
                    best_offset = (s[lo] + s[hi]) / 2.0
        count = _take(places, free, left, best_angle, best_offset, best_own, angles, tolerance, gap, out[found])
        if count == 0:
            break
        if out[found, 5] - out[found, 4] >= least:
            found += 1
    return found


@njit(cache=True)
def _true_places(free):  # type: ignore[no-untyped-def]
    """Rows of the true values."""
    out = np.zeros(free.shape[0], np.int64)
    count = 0
    for i in range(free.shape[0]):
        if free[i]:
            out[count] = i
            count += 1
    return out[:count].copy()


@njit(cache=True)
def _members(places, left, angle, offset, tolerance, gap):  # type: ignore[no-untyped-def]
    """Rows of ``left`` that lie on a line, of these the longest run, in the order along it."""
    nx, ny = -np.sin(angle), np.cos(angle)
    on = np.zeros(left.shape[0], np.int64)
    t = np.zeros(left.shape[0])
    count = np.int64(0)
    for i in left:
        if abs(places[i, 0] * nx + places[i, 1] * ny - offset) <= tolerance * 1.01:
            on[count], t[count] = i, places[i, 0] * ny - places[i, 1] * nx
            count += 1
    if count == 0:
        return on[:0].copy()
    order = stable_order(t[:count])
    first, last = longest_run(sorted_values(t, count), gap)
    out = np.zeros(last - first + 1, np.int64)
    for k in range(first, last + 1):
        out[k - first] = on[order[k]]
    return out


@njit(cache=True)
def _take(places, free, left, angle, offset, own, angles, tolerance, gap, row):  # type: ignore[no-untyped-def]
    """Fit the line to its longest run of places and take these from the free ones."""
    member = left
    for turn in range(2):
        member = _members(places, left, angle, offset, tolerance, gap)
        n = member.shape[0]
        if n == 0:
            return 0
        mx, my, sxx, syy, sxy = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in member:
            mx += places[i, 0] / n
            my += places[i, 1] / n
        for i in member:
            x, y = places[i, 0] - mx, places[i, 1] - my
            sxx, syy, sxy = sxx + x * x, syy + y * y, sxy + x * y
        if turn == 0 and not own and n >= 4:
            angle = 0.5 * np.arctan2(2.0 * sxy, sxx - syy)
            for k in range(angles.shape[0]):  # what nearly runs along the outline does run along it
                turned = (angle - angles[k] + np.pi / 2.0) % np.pi - np.pi / 2.0
                if abs(turned) < 0.1:
                    angle = angles[k]
                    break
        offset = -np.sin(angle) * mx + np.cos(angle) * my
    nx, ny = -np.sin(angle), np.cos(angle)
    row[0], row[1], row[2], row[3] = nx * offset, ny * offset, ny, -nx
    row[4], row[5] = 1e300, -1e300
    for i in member:
        t = places[i, 0] * ny - places[i, 1] * nx
        row[4], row[5] = min(row[4], t), max(row[5], t)
        free[i] = False
    return member.shape[0]


@njit(cache=True)
def refine_step(row, xyz, labels, a, b, plane_a, plane_b, reach, spacing):  # type: ignore[no-untyped-def]
    """Shift a step line across its direction to where the points of the two planes part.

    Counts, within ``reach``, the points that would fall on the wrong side and takes the middle of the best place. A
    scanner looks past the upper edge, so a wide gap below it is a shadow: the line stays near the upper points.
    """
    nx, ny = row[3], -row[2]  # to the right of the direction
    offset = row[0] * nx + row[1] * ny
    s = np.zeros(xyz.shape[0])
    side = np.zeros(xyz.shape[0], np.int64)
    count = 0
    mean_a, mean_b, n_a, n_b = 0.0, 0.0, 0, 0
    for i in range(xyz.shape[0]):
        if labels[i] != a and labels[i] != b:
            continue
        t = xyz[i, 0] * row[2] + xyz[i, 1] * row[3]
        if t < row[4] - 0.1 or t > row[5] + 0.1:
            continue
        away = xyz[i, 0] * nx + xyz[i, 1] * ny - offset
        if abs(away) > reach:
            continue
        s[count], side[count] = away, 1 if labels[i] == a else 0
        count += 1
        if labels[i] == a:
            mean_a += away
            n_a += 1
        else:
            mean_b += away
            n_b += 1
    if n_a < 2 or n_b < 2:
        return
    flip = mean_a / n_a < mean_b / n_b  # a lies on the negative side
    order = stable_order(s[:count])
    wrong = n_a if flip else n_b  # with the line left of all points, those of the left plane are wrong
    least, lo, hi = wrong, -reach, s[order[0]]
    for k in range(count):
        is_left = side[order[k]] == (1 if flip else 0)
        wrong += -1 if is_left else 1
        upper = s[order[k + 1]] if k + 1 < count else reach
        if wrong < least:
            least, lo, hi = wrong, s[order[k]], upper
    mid_t = (row[4] + row[5]) / 2.0
    x, y = nx * offset + row[2] * mid_t, ny * offset + row[3] * mid_t
    za = -(plane_a[0] * x + plane_a[1] * y + plane_a[3]) / plane_a[2]
    zb = -(plane_b[0] * x + plane_b[1] * y + plane_b[3]) / plane_b[2]
    left_is_high = (za > zb) == flip
    shift = (lo + hi) / 2.0
    if hi - lo > spacing:
        shift = lo + 0.5 * spacing if left_is_high else hi - 0.5 * spacing
    row[0] += nx * shift
    row[1] += ny * shift
