"""Flights of steps as steps: treads and risers between low cheeks, laid on the terrain as it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.model.ground.dtm import Ground
    from xmscenes.records import Box

    Floats = NDArray[np.float64]
    Heights = Callable[[Floats], Floats]

RISER_M = 0.16
_LONGEST_TREAD_M = 1.6
_SAMPLE_M = 0.2
_ABOVE_M = 0.05  # a tread over the highest ground beneath it
_INTO_M = 0.3  # how far risers and cheeks go into the ground
_CHEEK_M, _CHEEK_UP_M = 0.18, 0.2  # a riser and a tread's edge over the ground
_TREADS_A_CHEEK = 2
_CLIFF_M = 0.28  # a piece that would stand higher over the ground hangs off a cliff: there is none
_CHEEK, _TREAD, _RISER = (158, 150, 138), (176, 168, 156), (142, 134, 122)
_FEW = np.linspace(0.0, 1.0, 5)


def steps_mesh(xy: Floats, width_m: float, ground: Ground, box: Box, drawn: Heights | None = None) -> Mesh | None:
    """The steps of one flight whose middles lie in a box; None when there are none.

    ``xy`` (M, 2) is the centreline. A tread ends where the ground has risen or fallen by a riser, at the latest
    after 1.6 m. It is level along the flight and follows the ground across it, so that it never floats. Low granite
    cheeks hold the flight on both sides. ``drawn`` gives the height of the terrain as it is drawn at (N, 2), by
    default the ground's own. Where the terrain breaks off as a cliff a piece is left out: it would hang in the air.
    """
    height = drawn or ground.at
    stations = _stations(xy, ground)
    left, right = _rails(xy, stations, width_m)
    across = (left - right) / np.maximum(np.hypot(*(left - right).T), 1e-9)[:, None]
    out = across * _CHEEK_M
    parts = [
        _treads(left, right, height, box),
        _cheek(left + out, left, height, box),
        _cheek(right, right - out, height, box),
    ]
    found = [part for part in parts if part is not None]
    return merge_meshes(found)[0] if found else None


def _within(at: Floats, box: Box) -> NDArray[np.bool_]:
    return np.asarray((at[:, 0] >= box[0]) & (at[:, 0] < box[2]) & (at[:, 1] >= box[1]) & (at[:, 1] < box[3]))


def _treads(left: Floats, right: Floats, height: Heights, box: Box) -> Mesh | None:
    """Treads with the risers at both ends: corners left-back, right-back, right-front, left-front."""
    corners = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=1)  # (T, 4, 2)
    number = np.flatnonzero(_within(corners.mean(axis=1), box))
    corners = corners[number]
    if not len(corners):
        return None
    ground, share = _under(corners, height)
    edges = ground.max(axis=1)  # (T, 5) highest along the flight, from left to right
    over = edges[:, :1] + (edges[:, -1:] - edges[:, :1]) * share
    lift = np.maximum((edges - over).max(axis=1), 0.0) + _ABOVE_M
    top = (edges[:, [0, -1, -1, 0]] + lift[:, None])[..., None]
    gap = over[:, None] + lift[:, None, None] - ground
    kept = np.percentile(gap.reshape(len(gap), -1), 75, axis=1) < _CLIFF_M
    kept &= ~_folded(corners) & ~_hangs(corners, top[..., 0], height)
    if not kept.any():
        return None
    foot = np.repeat(ground.min(axis=(1, 2))[:, None, None] - _INTO_M, 4, axis=1)
    body = np.concatenate([np.dstack([corners, top]), np.dstack([corners, foot])], axis=1)[kept]
    faces = [(0, 1, 2), (0, 2, 3), (0, 4, 5), (0, 5, 1), (2, 6, 7), (2, 7, 3)]
    shown = np.ones((len(body), len(faces)), dtype=np.bool_)
    meet = np.diff(number[kept]) == 1
    z = body[:, :4, 2]
    shown[:-1, 4:] = ~(meet & (z[1:, 0] >= z[:-1, 3]) & (z[1:, 1] >= z[:-1, 2]))[:, None]  # inside the next tread
    shown[1:, 2:4] = ~(meet & (z[1:, 0] < z[:-1, 3]) & (z[1:, 1] < z[:-1, 2]))[:, None]
    return _bodies(body, faces, [_TREAD] * 2 + [_RISER] * 4, shown)


def _cheek(left: Floats, right: Floats, height: Heights, box: Box) -> Mesh | None:
    """A low wall between two lines, a few treads a piece: a top and two sides."""
    ends = np.unique(np.append(np.arange(0, len(left) - 1, _TREADS_A_CHEEK), len(left) - 1))
    left, right = left[ends], right[ends]
    corners = np.stack([left[:-1], right[:-1], right[1:], left[1:]], axis=1)
    shortest = np.minimum(np.hypot(*(left[1:] - left[:-1]).T), np.hypot(*(right[1:] - right[:-1]).T))
    corners = corners[_within(corners.mean(axis=1), box) & (shortest > 0.05)]
    if not len(corners):
        return None
    ground, _ = _under(corners, height)
    ends_z = ground[:, [0, -1]].max(axis=2)  # level across
    line = ends_z[:, :1] + (ends_z[:, 1:] - ends_z[:, :1]) * _FEW
    lift = np.maximum((ground.max(axis=2) - line).max(axis=1) - 0.5 * _CHEEK_UP_M, 0.0) + _CHEEK_UP_M
    top = (ends_z[:, [0, 0, 1, 1]] + lift[:, None])[..., None]
    gap = line[..., None] + lift[:, None, None] - ground
    kept = (gap[:, 1:-1].max(axis=(1, 2)) < _CLIFF_M) & ~_hangs(corners, top[..., 0], height)
    if not kept.any():
        return None
    foot = np.repeat(ground.min(axis=(1, 2))[:, None, None] - _INTO_M, 4, axis=1)
    body = np.concatenate([np.dstack([corners, top]), np.dstack([corners, foot])], axis=1)[kept]
    faces = [
        (0, 1, 2),
        (0, 2, 3),
        (1, 5, 6),
        (1, 6, 2),
        (3, 7, 4),
        (3, 4, 0),
        (0, 4, 5),
        (0, 5, 1),
        (2, 6, 7),
        (2, 7, 3),
    ]
    return _bodies(body, faces, [_CHEEK] * len(faces))


def _hangs(corners: Floats, top: Floats, height: Heights) -> NDArray[np.bool_]:
    """Which tops, quads (T, 4, 2) with heights (T, 4), stand off the ground in the middle of one of their triangles."""
    found = np.zeros(len(corners), dtype=np.bool_)
    for triangle in ([0, 1, 2], [0, 2, 3]):
        middle = corners[:, triangle].mean(axis=1)
        found |= top[:, triangle].mean(axis=1) - height(middle) >= _CLIFF_M
    return found


def _folded(corners: Floats) -> NDArray[np.bool_]:
    """Which quads (T, 4, 2) turn over somewhere: a flight that turns back within one tread."""
    x, y = np.moveaxis(corners - corners[:, :1], 2, 0)
    return np.asarray((x[:, 1] * y[:, 2] < x[:, 2] * y[:, 1]) | (x[:, 2] * y[:, 3] < x[:, 3] * y[:, 2]))


def _under(corners: Floats, height: Heights) -> tuple[Floats, Floats]:
    """Heights (T, 5, 5) of the ground under quads, along the flight and across it, and the shares across (5,)."""
    back = corners[:, None, 0] + (corners[:, None, 1] - corners[:, None, 0]) * _FEW[:, None]
    front = corners[:, None, 3] + (corners[:, None, 2] - corners[:, None, 3]) * _FEW[:, None]
    spots = back[:, None] + (front - back)[:, None] * _FEW[:, None, None]
    return height(spots.reshape(-1, 2)).reshape(len(corners), 5, 5), _FEW


def _stations(xy: Floats, ground: Ground) -> Floats:
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


def _rails(xy: Floats, stations: Floats, width_m: float) -> tuple[Floats, Floats]:
    """Left and right edge of the flight at the stations; at bends the edges turn with the mean direction.

    On the inside of a sharp bend an edge waits until the flight has come round: treads never fold over.
    """
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = np.column_stack([np.interp(stations, length, xy[:, k]) for k in (0, 1)])
    ahead = np.column_stack([np.interp(stations + 0.4, length, xy[:, k]) for k in (0, 1)])
    behind = np.column_stack([np.interp(stations - 0.4, length, xy[:, k]) for k in (0, 1)])
    along = ahead - behind
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]]) * width_m / 2.0
    edges = at + across, at - across
    for edge in edges:
        for i in range(1, len(edge)):
            if (edge[i] - edge[i - 1]) @ (along[i] + along[i - 1]) <= 0.0:
                edge[i] = edge[i - 1]
    return edges


def _bodies(
    corners: Floats,
    faces: list[tuple[int, int, int]],
    rgb: list[tuple[int, int, int]],
    shown: NDArray[np.bool_] | None = None,
) -> Mesh:
    """One body for every eight corners (B, 8, 3); faces of no area or not ``shown`` (B, F) are left out."""
    index = (np.arange(len(corners))[:, None, None] * 8 + np.array(faces)[None]).reshape(-1, 3)
    vertices = corners.reshape(-1, 3)
    a, b, c = np.moveaxis(vertices[index], 1, 0)
    sound = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-6
    sound &= True if shown is None else shown.ravel()
    colour = np.tile(np.array(rgb, dtype=np.uint8)[:, None], (len(corners), 3, 1))
    used, index = np.unique(index[sound], return_inverse=True)
    return Mesh(
        vertices=vertices[used],
        faces=index.reshape(-1, 3).astype(np.int32),
        surface=np.full(int(sound.sum()), int(Surface.ROAD), dtype=np.uint8),
        rgb=colour[sound],
    )
