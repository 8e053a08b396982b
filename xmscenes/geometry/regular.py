"""Regular outlines: a ragged ring drawn straight along its main directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SNAP_RAD = 0.4  # an edge within 23 degrees of a main direction takes it


def main_angle(ring: NDArray[np.float64]) -> float:
    """Direction (radians, 0 to pi / 2) to which the edges of a ring are most parallel or perpendicular.

    The mean of four times the edge angles, weighted by squared length: long walls decide, short ones hardly count.
    """
    edges = np.roll(ring, -1, axis=0) - ring
    weight = (edges**2).sum(axis=1)
    turned = 4.0 * np.arctan2(edges[:, 1], edges[:, 0])
    return float(np.arctan2((weight * np.sin(turned)).sum(), (weight * np.cos(turned)).sum()) / 4.0 % (np.pi / 2))


def straightened(ring: NDArray[np.float64], angle: float, merge_m: float) -> NDArray[np.float64]:
    """Turn the edges of a ring to ``angle`` and its perpendicular where they nearly run that way.

    An edge so long that turning moves its ends by more than 0.6 ``merge_m`` keeps its own direction. Neighbouring
    parallel edges less than ``merge_m`` apart become one, farther ones get a step between them. Returns
    (M, 2); the result may cross itself when the ring is hardly larger than ``merge_m``: check it.
    """
    n = len(ring)
    following = np.roll(ring, -1, axis=0)
    edges = following - ring
    length = np.hypot(edges[:, 0], edges[:, 1])
    own = np.arctan2(edges[:, 1], edges[:, 0])
    quarter = np.round((own - angle) / (np.pi / 2))
    turned = angle + quarter * (np.pi / 2)
    away = np.abs((own - turned + np.pi) % (2 * np.pi) - np.pi)
    near = (away < SNAP_RAD) & (np.sin(away) * length / 2.0 < 0.6 * merge_m)
    direction = np.where(near, turned, own)
    middle = (ring + following) / 2.0
    kept = (length > 0) & (near | (length > 1.5 * merge_m))  # short slanting edges are corners that a raster cut off
    kept = kept if kept.sum() >= 4 else length > 0
    lines = [(float(direction[i]), middle[i], float(length[i])) for i in range(n) if kept[i]]
    return _corners(_joined(lines, merge_m), merge_m)


Line = tuple[float, "NDArray[np.float64]", float]  # angle, a point, length


def _parallel(a: Line, b: Line) -> bool:
    return abs(float(np.sin(a[0] - b[0]))) < 0.02


def _joined(lines: list[Line], merge_m: float) -> list[Line]:
    """Make one line of neighbours that run the same way less than ``merge_m`` apart."""
    changed = True
    while changed and len(lines) > 4:
        changed = False
        for i in range(len(lines)):
            a, b = lines[i], lines[(i + 1) % len(lines)]
            apart = abs(-np.sin(a[0]) * (b[1] - a[1])[0] + np.cos(a[0]) * (b[1] - a[1])[1])
            if not _parallel(a, b) or np.cos(a[0] - b[0]) < 0 or apart >= merge_m:
                continue
            total = a[2] + b[2]
            longer = a if a[2] >= b[2] else b
            lines[i] = (longer[0], (a[1] * a[2] + b[1] * b[2]) / total, total)
            del lines[(i + 1) % len(lines)]
            changed = True
            break
    return lines


def _corners(lines: list[Line], merge_m: float) -> NDArray[np.float64]:
    corners: list[NDArray[np.float64]] = []
    for a, b in zip(lines, [*lines[1:], lines[0]], strict=True):
        if _parallel(a, b):  # a step: leave a where b's middle side begins
            u = np.array([np.cos(a[0]), np.sin(a[0])])
            reach = u @ a[1] + a[2] / 2.0 if np.cos(a[0] - b[0]) > 0 else u @ a[1] + max(a[2] / 2.0, merge_m)
            corners += [a[1] + u * (reach - u @ a[1]), b[1] + u * (reach - u @ b[1])]
            continue
        u, v = (np.array([np.cos(line[0]), np.sin(line[0])]) for line in (a, b))
        cross = u[0] * v[1] - u[1] * v[0]
        w = b[1] - a[1]
        corners.append(a[1] + u * ((w[0] * v[1] - w[1] * v[0]) / cross))
    return np.array(corners).reshape(-1, 2)
