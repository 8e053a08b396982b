"""Where a straight cut enters and leaves a face, told from sides and corners rather than from computed points."""

from __future__ import annotations

import numpy as np
from numba import njit

SNAP = 12.0  # mm: a vertex this near to a cut lies on it
EVENTS = 512  # at most so many along one cut in one face


@njit(cache=True)
def _inside_sector(angle, a_out, a_in):  # type: ignore[no-untyped-def]
    """Whether a direction lies strictly in the sector that runs counter-clockwise from a_out to a_in."""
    turn = 2.0 * np.pi
    span = (a_in - a_out) % turn
    if span < 1e-12:
        span = turn
    at = (angle - a_out) % turn
    return 1e-12 < at < span - 1e-12


@njit(cache=True)
def _angle(xy, v, w, side, along, dx, dy):  # type: ignore[no-untyped-def]
    """Direction from v to w against the cut's, clamped to the side on which w counts."""
    if side == 0:
        return 0.0 if along > 0.0 else np.pi
    ux, uy = xy[w, 0] - xy[v, 0], xy[w, 1] - xy[v, 1]
    angle = np.arctan2(-dy * ux + dx * uy, dx * ux + dy * uy)
    small = 1e-6
    if side > 0:
        return min(max(angle, small), np.pi - small)
    angle %= 2.0 * np.pi
    return min(max(angle, np.pi + small), 2.0 * np.pi - small)


@njit(cache=True)
def side_of(xy, v, cut):  # type: ignore[no-untyped-def]
    """Side of a vertex: 1 left of the cut, -1 right, 0 on it (within ``SNAP``); and its signed distance."""
    s = -cut[3] * (xy[v, 0] - cut[0]) + cut[2] * (xy[v, 1] - cut[1])
    if abs(s) <= SNAP:
        return 0, s
    return (1, s) if s > 0.0 else (-1, s)


@njit(cache=True)
def _along(xy, v, cut):  # type: ignore[no-untyped-def]
    return cut[2] * (xy[v, 0] - cut[0]) + cut[3] * (xy[v, 1] - cut[1])


@njit(cache=True)
def find_events(xy, links, first, cut, at, who, kind):  # type: ignore[no-untyped-def]
    """List where the cut enters (kind 1, 3) and leaves (0, 2) a face: at corners (0, 1) or across edges (2, 3)."""
    count = 0
    h = first
    while True:
        a, b = links[h, 0], links[h ^ 1, 0]
        side_a, s_a = side_of(xy, a, cut)
        side_b, s_b = side_of(xy, b, cut)
        if count > EVENTS - 4:
            return -1
        if side_a * side_b < 0:
            t = s_a / (s_a - s_b)
            at[count] = (1.0 - t) * _along(xy, a, cut) + t * _along(xy, b, cut)
            who[count], kind[count] = h, 3 if side_a > 0 else 2
            count += 1
        elif side_a == 0:
            p = links[links[h, 2], 0]
            side_p, _ = side_of(xy, p, cut)
            here = _along(xy, a, cut)
            a_out = _angle(xy, a, b, side_b, _along(xy, b, cut) - here, cut[2], cut[3])
            a_in = _angle(xy, a, p, side_p, _along(xy, p, cut) - here, cut[2], cut[3])
            if _inside_sector(np.pi, a_out, a_in):
                at[count], who[count], kind[count] = here, h, 0
                count += 1
            if _inside_sector(0.0, a_out, a_in):
                at[count], who[count], kind[count] = here, h, 1
                count += 1
        h = links[h, 1]
        if h == first:
            return count
