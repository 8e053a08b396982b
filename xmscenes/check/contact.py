"""Does everything stand on the ground? Buildings that float or are buried, steps off the terrain, in a written GLB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.under import Surface
from xmscenes.gltf_parts import joined
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from xmscenes.gltf_parts import Part

    Floats = NDArray[np.float64]

FLOATS_FROM_M = 0.10  # gap under a wall that shows
BURIED_FROM_M, BURIED_SHARE = 1.5, 0.4  # ground over the foot all round, and the share of the height that it hides
PATH_LOW_M, PATH_HIGH_M = -0.10, 0.30  # of a way's surface against the terrain
_FOOT_M = 0.15  # vertices this close to a building's lowest are its foot
_STEP_M = 1.0  # along the foot of walls
_NAMED = 5  # ids named in a message


def check_contact(parts: Sequence[Part], where: str) -> list[Issue]:
    """Compare feet of buildings and surfaces of ways with the terrain of the same file. Nothing without terrain."""
    land = upward(joined(parts, "terrain"))
    if not len(land):
        return []
    ground = Surface(land)
    return [*_buildings(parts, ground, where), *_paths(parts, ground, where)]


def upward(tri: Floats, least: float = 0.05) -> Floats:
    """Triangles whose normals point up by at least that share."""
    normal = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
    return np.asarray(tri[normal[:, 2] > least * np.linalg.norm(normal, axis=1)])


def _buildings(parts: Sequence[Part], ground: Surface, where: str) -> list[Issue]:
    faces: dict[str, list[Floats]] = {}
    for part in parts:
        if part.kind == "building":
            faces.setdefault(part.id, []).append(part.tri)
    floating: list[tuple[float, str]] = []
    buried: list[tuple[float, str]] = []
    for id_, tri in sorted(faces.items()):
        whole = np.concatenate(tri)
        foot = _foot(whole)
        over = foot[:, 2] - ground.nearest(foot[:, :2], foot[:, 2])
        if not np.isfinite(over).any():  # it stands where the area was cut
            continue
        highest, height = float(np.nanmax(over)), float(np.ptp(whole[:, :, 2]))
        if highest > FLOATS_FROM_M:
            floating.append((highest, id_))
        elif -highest > max(BURIED_FROM_M, BURIED_SHARE * height):
            buried.append((-highest, id_))
    return [
        *_said("BUILDING_FLOATS", floating, "stand up to {:.2f} m over the terrain", "terrain.max_error_m", where),
        *_said("BUILDING_BURIED", buried, "lie up to {:.2f} m under the terrain all round", "ground classes", where),
    ]


def _foot(tri: Floats) -> Floats:
    """Places (N, 3) along the lowest edges of a building, at most a metre apart."""
    low = tri[:, :, 2] < tri[:, :, 2].min() + _FOOT_M
    ends = [tri[low[:, k] & low[:, (k + 1) % 3]][:, (k, (k + 1) % 3)] for k in range(3)]
    edges = np.concatenate(ends)
    if not len(edges):
        return np.asarray(tri[low])
    count = np.maximum(np.ceil(np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1) / _STEP_M).astype(int), 1)
    which = np.repeat(np.arange(len(edges)), count + 1)
    number = np.arange(len(which)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    share = (number / count[which])[:, None]
    return np.asarray(edges[which, 0] + share * (edges[which, 1] - edges[which, 0]))


def path_offsets(parts: Iterable[Part], ground: Surface) -> dict[str, tuple[float, float]]:
    """Lowest and highest height of every way's own surfaces over the terrain, in metres, tunnels left out."""
    found: dict[str, tuple[float, float]] = {}
    for part in parts:
        if part.kind != "path" or part.row.get("source") == "tunnel":  # its mouth stands in the slope
            continue
        tread = upward(part.tri, 0.5).mean(axis=1)
        over = tread[:, 2] - ground.nearest(tread[:, :2], tread[:, 2])
        over = over[np.isfinite(over)]
        if len(over):
            low, high = found.get(part.id, (np.inf, -np.inf))
            found[part.id] = (min(low, float(over.min())), max(high, float(over.max())))
    return found


def _paths(parts: Iterable[Part], ground: Surface, where: str) -> list[Issue]:
    off = [
        (max(-low, high), id_)
        for id_, (low, high) in path_offsets(parts, ground).items()
        if low < PATH_LOW_M or high > PATH_HIGH_M
    ]
    return _said("PATH_OFF_GROUND", off, "lie up to {:.2f} m off the terrain", "roads", where)


_HINTS = {
    "terrain.max_error_m": "lower terrain.max_error_m; if a wall stands there, give the ground more points",
    "ground classes": "look at the ground class of the points around it: a court or a terrace may be missing",
    "roads": "look at the ground along them: a cliff beside a way needs more points; roads.steps = false drapes them",
}


def _said(code: str, found: list[tuple[float, str]], text: str, hint: str, where: str) -> list[Issue]:
    if not found:
        return []
    worst = sorted(found, key=lambda item: (-item[0], item[1]))
    names = ", ".join(f"{id_} ({metres:.2f} m)" for metres, id_ in worst[:_NAMED])
    message = f"{len(found)} {text.format(worst[0][0])}: {names}"
    return [Issue(code=code, severity="warning", where=where, message=message, hint=_HINTS[hint])]
