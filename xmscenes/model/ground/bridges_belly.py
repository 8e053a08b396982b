"""Fish-belly girders on elliptical piers: one smooth hull from parapet to parapet, as 演武大桥 has it.

Tags of a bridge ask for them: ``girder = fish_belly`` and ``pier = ellipse``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.meshes import merge_meshes
from xmscenes.look.materials import INDEX
from xmscenes.model.ground.blocks import bar, mitres
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WHITE, _GLOW, _MARK = (230, 230, 224), (252, 244, 224), (226, 224, 214)
_EDGE_M = 0.35  # of the deck's rim, above the hull
_SIDES = 14
_LANE_M = 3.5
_MARK_M = 0.03  # over the deck: farther than any depth buffer errs
_DASH_M, _DASH_EVERY_M = 9.0, 24.0


def belly_profile(width_m: float, depth_m: float) -> Floats:
    """Section (P, 2) of the girder as (to the left, up): a flat deck over a hull that is fullest in its middle."""
    half = width_m / 2.0
    t = np.linspace(0.0, np.pi, 11)
    # The power makes the hull fuller than an ellipse, like the published section.
    hull = np.column_stack(
        [np.cos(t) * (half - 0.05 * width_m), -_EDGE_M - 0.1 - np.sin(t) ** 0.8 * (depth_m - _EDGE_M - 0.1)]
    )
    return np.vstack([(half, 0.0), (half, -_EDGE_M), hull, (-half, -_EDGE_M), (-half, 0.0)])


def fish_belly(stations: Floats, width_m: float, depth_m: float) -> Mesh:
    """The girder along ``stations`` (S, 3) on the deck's axis; its hull is shaded smooth, its deck is the last side."""
    profile = belly_profile(width_m, depth_m)
    mesh = bar(stations, profile, WHITE, Surface.DETAIL)
    sides = len(profile)
    side = np.arange(len(mesh.faces)) // 2 % sides
    wall = np.arange(len(mesh.faces)) < (len(stations) - 1) * sides * 2
    return replace(mesh, smooth=wall & (side >= 1) & (side < sides - 2))


def lamps_in_parapets(stations: Floats, width_m: float) -> list[Mesh]:
    """Strips of light along the inside of both parapets, in place of lamp posts."""
    left = mitres(stations[:, :2])
    found = []
    for side in (1.0, -1.0):
        line = stations.copy()
        line[:, :2] += left * side * (width_m / 2.0 - 0.27)
        mesh = bar(
            line + np.array([0.0, 0.0, 0.62]),
            np.array([(0.03, 0.08), (0.03, 0.0), (-0.03, 0.0), (-0.03, 0.08)]),
            _GLOW,
            Surface.DETAIL,
        )
        found.append(replace(mesh, material=np.full(len(mesh.faces), INDEX["glow"], dtype=np.uint8)))
    return found


def lane_marks(stations: Floats, lanes: int) -> list[Mesh]:
    """A low wall between the two directions and dashes between the lanes of each."""
    if lanes < 4:
        return []
    divider = bar(stations, np.array([(0.2, 0.6), (0.3, -0.02), (-0.3, -0.02), (-0.2, 0.6)]), WHITE, Surface.DETAIL)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stations[:, :2], axis=0).T))])
    left = mitres(stations[:, :2])
    starts = np.arange(0.5 * _DASH_EVERY_M, along[-1] - _DASH_M, _DASH_EVERY_M)
    offsets = [side * (0.6 + _LANE_M * k) for k in range(1, lanes // 2) for side in (1.0, -1.0)]
    quads = []
    for offset in offsets:
        line = stations[:, :2] + left * offset
        for ends in zip(starts, starts + _DASH_M, strict=True):
            at = np.column_stack([np.interp(ends, along, v) for v in (*line.T, stations[:, 2] + _MARK_M)])
            turn = at[1, :2] - at[0, :2]
            aside = 0.08 * np.array([-turn[1], turn[0], 0.0]) / max(float(np.hypot(*turn)), 1e-9)
            quads.append([at[0] - aside, at[1] - aside, at[1] + aside, at[0] + aside])
    return [divider, _quads(np.array(quads))] if quads else [divider]


def _quads(corners: Floats) -> Mesh:
    first = np.arange(len(corners), dtype=np.int32)[:, None] * 4
    faces = np.vstack([first + np.array([0, 1, 2]), first + np.array([0, 2, 3])]).astype(np.int32)
    return Mesh(
        vertices=corners.reshape(-1, 3),
        faces=faces,
        surface=np.full(len(faces), int(Surface.ROAD), dtype=np.uint8),
        rgb=np.tile(np.array(_MARK, dtype=np.uint8), (len(faces), 3, 1)),
    )


def elliptical_pier(centre: Floats, along: Floats, width_m: float, foot_m: float, soffit_m: float) -> Mesh:
    """A pair of elliptical piers that flare under the hull; ``along`` is the bridge's unit direction there."""
    across = np.array([-along[1], along[0]])
    turn = np.arange(_SIDES) * 2.0 * np.pi / _SIDES
    round_ = np.outer(np.cos(turn), along), np.outer(np.sin(turn), across)
    long, slim = 0.08 * width_m, 0.042 * width_m
    flare_m = min(0.6 * slim + 0.6, max(soffit_m - foot_m - 0.2, 0.1))
    parts = []
    for shift in (-0.16 * width_m, 0.16 * width_m):
        at = centre + across * shift
        rings = [
            np.column_stack([at + round_[0] * slim * k + round_[1] * long * k, np.full(_SIDES, z)])
            for k, z in ((1.0, foot_m), (1.0, soffit_m - flare_m), (1.28, soffit_m + 0.25))
        ]
        parts.append(_tube(np.array(rings)))
    return merge_meshes(parts)[0]


def _tube(rings: Floats) -> Mesh:
    """Walls through rings (R, P, 3) from below to above, without caps: both ends lie hidden."""
    count, sides = rings.shape[:2]
    a = np.arange((count - 1) * sides).reshape(count - 1, sides)
    b = np.roll(a, -1, axis=1)
    faces = np.vstack(
        [np.stack([a, b, b + sides], -1).reshape(-1, 3), np.stack([a, b + sides, a + sides], -1).reshape(-1, 3)]
    )
    return Mesh(
        vertices=rings.reshape(-1, 3),
        faces=faces.astype(np.int32),
        surface=np.full(len(faces), int(Surface.DETAIL), dtype=np.uint8),
        rgb=np.tile(np.array(WHITE, dtype=np.uint8), (len(faces), 3, 1)),
        smooth=np.ones(len(faces), dtype=np.bool_),
    )
