"""Flights of steps as steps: a block a tread, draped over the terrain beneath."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.model.ground.blocks import bar
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.records import Box

RISER_M = 0.16
_LONGEST_TREAD_M = 1.6
_SAMPLE_M = 0.2
_ABOVE_M = 0.03  # a tread over the highest ground at its two edges
_INTO_M = 0.3
_CHEEK_M, _CHEEK_UP_M = 0.18, 0.28  # a riser and a hand's breadth over the ground
_TREADS_A_CHEEK = 4
_CHEEK = (158, 150, 138)
_TREAD, _RISER = (176, 168, 156), (142, 134, 122)


def steps_mesh(xy: NDArray[np.float64], width_m: float, ground: Ground, box: Box) -> Mesh | None:
    """The steps of one flight whose middles lie in a box; None when there are none.

    ``xy`` (M, 2) is the centreline. A tread ends where the ground has risen or fallen by a riser, at the latest
    after 1.6 m. It is level along the flight and follows the ground across it, so that it never floats. Low granite
    cheeks hold the flight on both sides.
    """
    stations = _stations(xy, ground)
    left, right = _rails(xy, stations, width_m)
    corners = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=1)  # (T, 4, 2)
    middle = corners.mean(axis=1)
    inside = (middle[:, 0] >= box[0]) & (middle[:, 0] < box[2]) & (middle[:, 1] >= box[1]) & (middle[:, 1] < box[3])
    corners = corners[inside]
    if not len(corners):
        return None
    z = ground.at(corners.reshape(-1, 2)).reshape(-1, 4)
    left_z, right_z = z[:, [0, 3]].max(axis=1), z[:, [1, 2]].max(axis=1)
    top = np.stack([left_z, right_z, right_z, left_z], axis=1) + _ABOVE_M
    treads = _blocks(corners, top, z.min(axis=1) - _INTO_M)
    return merge_meshes([treads, *_cheeks(left, right, ground, box)])[0]


def _cheeks(left: NDArray[np.float64], right: NDArray[np.float64], ground: Ground, box: Box) -> list[Mesh]:
    """Bars along the edges of a flight, a few treads each; those whose middles lie in the box."""
    number = len(left) - 1
    ends = np.unique(np.append(np.arange(0, number, _TREADS_A_CHEEK), number))
    across = (left - right) / np.maximum(np.hypot(*(left - right).T), 1e-9)[:, None]
    section = np.array([[-_CHEEK_M / 2, -_INTO_M], [-_CHEEK_M / 2, _CHEEK_UP_M],
                        [_CHEEK_M / 2, _CHEEK_UP_M], [_CHEEK_M / 2, -_INTO_M]])[::-1]  # fmt: skip
    out = []
    for edge in (left + across * _CHEEK_M / 2, right - across * _CHEEK_M / 2):
        z = ground.at(edge)
        for a, b in pairwise(ends):
            x, y = edge[[a, b]].mean(axis=0)
            if box[0] <= x < box[2] and box[1] <= y < box[3] and np.hypot(*(edge[b] - edge[a])) > 0.05:
                slack = float(np.max(z[a : b + 1] - np.interp(np.arange(a, b + 1), [a, b], z[[a, b]])))
                line = np.column_stack([edge[[a, b]], z[[a, b]] + max(slack, 0.0)])
                out.append(bar(line, section, _CHEEK, Surface.ROAD))
    return out


def _stations(xy: NDArray[np.float64], ground: Ground) -> NDArray[np.float64]:
    """Distances along the line at which a tread ends."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    s = np.linspace(0.0, length[-1], max(int(np.ceil(length[-1] / _SAMPLE_M)), 1) + 1)
    at = np.column_stack([np.interp(s, length, xy[:, 0]), np.interp(s, length, xy[:, 1])])
    z = ground.at(at)
    out, last = [0], 0
    for i in range(1, len(s)):
        if abs(z[i] - z[last]) >= RISER_M or s[i] - s[last] >= _LONGEST_TREAD_M:
            out.append(i)
            last = i
    if out[-1] != len(s) - 1:
        out.append(len(s) - 1)
    return np.asarray(s[out], dtype=np.float64)


def _rails(
    xy: NDArray[np.float64], stations: NDArray[np.float64], width_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Left and right edge of the flight at the stations; at bends the edges turn with the mean direction."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = np.column_stack([np.interp(stations, length, xy[:, k]) for k in (0, 1)])
    ahead = np.column_stack([np.interp(stations + 0.4, length, xy[:, k]) for k in (0, 1)])
    behind = np.column_stack([np.interp(stations - 0.4, length, xy[:, k]) for k in (0, 1)])
    along = ahead - behind
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]]) * width_m / 2.0
    return at + across, at - across


def _blocks(corners: NDArray[np.float64], top: NDArray[np.float64], foot: NDArray[np.float64]) -> Mesh:
    """Blocks without undersides: corners (T, 4, 2) left-back, right-back, right-front, left-front."""
    number = len(corners)
    upper = np.concatenate([corners, top[..., None]], axis=2)
    lower = np.concatenate([corners, np.repeat(foot[:, None, None], 4, axis=1)], axis=2)
    vertices = np.concatenate([upper, lower], axis=1).reshape(-1, 3)
    one = [(0, 1, 2), (0, 2, 3)]
    for a in range(4):
        b = (a + 1) % 4
        one += [(a, 4 + a, 4 + b), (a, 4 + b, b)]
    faces = (np.arange(number)[:, None, None] * 8 + np.array(one)[None]).reshape(-1, 3)
    rgb = np.zeros((number, len(one), 3, 3), dtype=np.uint8)
    rgb[:, :2], rgb[:, 2:] = _TREAD, _RISER
    return Mesh(
        vertices=vertices,
        faces=faces.astype(np.int32),
        surface=np.full(len(faces), int(Surface.ROAD), dtype=np.uint8),
        rgb=rgb.reshape(-1, 3, 3),
    )
