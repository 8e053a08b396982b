"""Which faces would flicker? Pairs that face the same way, overlap, and lie closer than a depth buffer can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.gltf_parts import Part

Array = Any
CLOSER_M = 0.02
_PARALLEL = 0.98  # cosine between normals
_CELL_M = 3.0
_LARGEST_M = 120.0  # wider faces (open water, far land) are met by samples of others only
_SAMPLES = 60_000
_LEAST_M2 = 0.05  # smaller faces are not seen to flicker
_SAME_RGB = 0.01  # faces of one material and colour do not show it


def check_fighting(parts: Sequence[Part], where: str) -> list[Issue]:
    """Sample the middles of faces, the same ones every time, and look for other faces right above or below them."""
    solid = [part for part in parts if part.material not in ("foliage", "")]
    if not solid:
        return []
    tri = np.concatenate([part.tri for part in solid])
    owner = np.repeat(np.arange(len(solid)), [len(part.tri) for part in solid])
    rgb = np.concatenate([np.ones((len(p.tri), 3), np.float32) if p.rgb is None else p.rgb for p in solid])
    normal = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
    twice = np.linalg.norm(normal, axis=1)
    normal /= np.maximum(twice, 1e-12)[:, None]
    large = np.flatnonzero((twice > 2 * _LEAST_M2) & (np.ptp(tri, axis=1).max(axis=1) < _LARGEST_M))
    chosen = large[:: max(1, len(large) // _SAMPLES)]
    at = tri[chosen].mean(axis=1)
    cell = np.floor(at / _CELL_M).astype(np.int64)
    low = cell.min(axis=0) if len(cell) else np.zeros(3, np.int64)
    size = (cell.max(axis=0) - low + 1) if len(cell) else np.ones(3, np.int64)
    key = ((cell - low) @ np.array([size[1] * size[2], size[2], 1])).astype(np.int64)
    order = np.argsort(key, kind="stable")
    pairs = _pairs(
        np.ascontiguousarray(tri), normal, np.flatnonzero(twice > 1e-6), at[order], chosen[order], key[order], low, size
    )
    return _said(pairs, solid, owner, rgb, tri, where)


@njit(cache=True)
def _pairs(
    tri: Array, normal: Array, tested: Array, at: Array, face: Array, key: Array, low: Array, size: Array
) -> Array:
    """Pairs (sampled face, other face): the sample lies within 2 cm over or under the other, both facing one way."""
    found = []
    for t in tested:
        first, last = np.zeros(3, np.int64), np.zeros(3, np.int64)
        for axis in range(3):
            a = int(np.floor((tri[t, :, axis].min() - CLOSER_M) / _CELL_M)) - low[axis]
            b = int(np.floor((tri[t, :, axis].max() + CLOSER_M) / _CELL_M)) - low[axis]
            first[axis], last[axis] = max(a, 0), min(b, size[axis] - 1)
        for i in range(first[0], last[0] + 1):
            for j in range(first[1], last[1] + 1):
                row = (i * size[1] + j) * size[2]
                s = np.searchsorted(key, row + first[2])
                while s < len(key) and key[s] <= row + last[2]:
                    if face[s] != t and _meets(tri, normal, t, face[s], at[s]):
                        found.append((face[s], t))
                    s += 1
    out = np.zeros((len(found), 2), np.int64)
    for k in range(len(found)):
        out[k, 0], out[k, 1] = found[k]
    return out


@njit(cache=True)
def _meets(tri: Array, normal: Array, t: int, other: int, p: Array) -> bool:
    n = normal[t]
    if n[0] * normal[other, 0] + n[1] * normal[other, 1] + n[2] * normal[other, 2] < _PARALLEL:
        return False
    gap = (p[0] - tri[t, 0, 0]) * n[0] + (p[1] - tri[t, 0, 1]) * n[1] + (p[2] - tri[t, 0, 2]) * n[2]
    if abs(gap) >= CLOSER_M:
        return False
    for k in range(3):
        a, b = tri[t, k], tri[t, (k + 1) % 3]
        e0, e1, e2 = b[0] - a[0], b[1] - a[1], b[2] - a[2]
        q0, q1, q2 = p[0] - a[0], p[1] - a[1], p[2] - a[2]
        inside = (e1 * q2 - e2 * q1) * n[0] + (e2 * q0 - e0 * q2) * n[1] + (e0 * q1 - e1 * q0) * n[2]
        if inside < 0.01 * np.sqrt(e0 * e0 + e1 * e1 + e2 * e2):  # a centimetre inside: neighbours do not overlap
            return False
    return True


def _said(
    pairs: NDArray[np.int64],
    parts: Sequence[Part],
    owner: NDArray[np.int64],
    rgb: NDArray[np.float32],
    tri: NDArray[np.float64],
    where: str,
) -> list[Issue]:
    groups: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for a, b in pairs.tolist():
        one, two = parts[owner[a]], parts[owner[b]]
        if one.material == two.material and np.abs(rgb[a] - rgb[b]).max() < _SAME_RGB and one.material == "plain":
            continue
        first, second = sorted((one.kind, two.kind))
        groups.setdefault((first, second, "one" if one.id == two.id else "two"), []).append((a, b))
    issues = []
    for (first, second, number), members in sorted(groups.items()):
        a, b = members[0]
        x, y, z = tri[a].mean(axis=0)
        who = f"{first} and {second}" + (" of one feature" if number == "one" else "")
        message = (
            f"{len(members)} sampled faces of {who} lie closer than {CLOSER_M * 100:.0f} cm over each other, "
            f"e.g. {parts[owner[a]].id} and {parts[owner[b]].id} at x {x:.1f}, y {y:.1f}, z {z:.2f}"
        )
        hint = "keep surfaces 2 cm apart or cut one out of the other; overlapping outlines are the usual cause"
        issues.append(Issue(code="Z_FIGHTING", severity="warning", where=where, message=message, hint=hint))
    return issues
