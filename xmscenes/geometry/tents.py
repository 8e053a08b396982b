"""Tents: facets that rise from every side of a polygon to one apex, at one height of the eaves. Four numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.curved import Facets

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = (5, 12)  # four planes are found as planes; more sides than twelve are a circle
STRAIGHT = 0.14  # radians: a corner that turns by less is none
OPPOSITE = 0.02  # radians: two ribs that are one line
FLATTEST = 0.15  # less slope has no apex to speak of


def tent_sides(ring: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Corners (K, 2) of a convex outline of five to twelve sides, counter-clockwise; None for any other."""
    way = np.roll(ring, -1, axis=0) - ring
    before = np.roll(way, 1, axis=0)
    turn = np.arctan2(before[:, 0] * way[:, 1] - before[:, 1] * way[:, 0], (before * way).sum(axis=1))
    corners = ring[np.abs(turn) > STRAIGHT]
    return corners if turn.min() > -STRAIGHT and SIDES[0] <= len(corners) <= SIDES[1] else None


def fit_tent(xyz: NDArray[np.float64], corners: NDArray[np.float64]) -> Facets | None:
    """Fit a tent over ``corners`` (K, 2, counter-clockwise) to (N, 3) points by Gauss-Newton from their middle.

    Unknown are the apex (three numbers) and the rise. None where it does not converge or is next to flat.
    """
    way = np.roll(corners, -1, axis=0) - corners
    normal = np.stack([way[:, 1], -way[:, 0]], axis=-1) / np.hypot(way[:, 0], way[:, 1])[:, None]
    apex = corners.mean(axis=0)
    away = ((corners - apex) * normal).sum(axis=1)
    if away.min() < 0.5:
        return None
    top, rise = float(xyz[:, 2].max()), float(np.ptp(xyz[:, 2]))
    for _ in range(20):
        gauge = (xyz[:, :2] - apex) @ (normal / away[:, None]).T
        side = np.argmax(gauge, axis=1)
        share = gauge[np.arange(len(xyz)), side]
        tilt = rise * normal[side] / away[side, None]
        residual = xyz[:, 2] - (top - rise * share)
        step, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(xyz)), -share, tilt]), residual, rcond=None)
        top, rise, apex = top + float(step[0]), rise + float(step[1]), apex + step[2:]
        if not np.isfinite(step).all() or np.hypot(*(apex - corners.mean(axis=0))) > away.min():
            return None
        if np.abs(step).max() < 1e-4:
            break
    if rise < FLATTEST * away.mean():
        return None
    slope = rise / away
    planes = np.column_stack([slope[:, None] * normal, np.ones(len(slope)), -top - slope * (normal @ apex)])
    planes /= np.sqrt(1.0 + slope**2)[:, None]
    rms = float(np.sqrt(np.mean((residual / np.sqrt(1.0 + slope[side] ** 2)) ** 2)))
    return Facets("tent", planes, _ribs(corners, apex), rms, apex, np.array([1e6]), np.array([1.0, 0.0]))


def _ribs(corners: NDArray[np.float64], apex: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cuts from the apex to every corner; two that are one line in one piece."""
    out = corners - apex
    length = np.hypot(out[:, 0], out[:, 1])
    unit = out / length[:, None]
    rows, done = [], set()
    for k in range(len(out)):
        if k in done:
            continue
        facing = [j for j in range(k + 1, len(out)) if j not in done and unit[k] @ unit[j] < -np.cos(OPPOSITE)]
        done.update(facing[:1])
        t = apex @ unit[k]
        start = -0.9 * length[facing[0]] if facing else 0.0
        rows.append(np.array([*(apex - t * unit[k]), *unit[k], t + start, t + 0.9 * length[k]]))
    return np.array(rows)
