"""Is the ground closed? Open edges of terrain and water, and what lies beyond them, in a written GLB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.check.contact import upward
from xmscenes.geometry.under import Surface
from xmscenes.gltf_parts import joined
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.gltf_parts import Part

    Floats = NDArray[np.float64]

AROUND = "water/sea/apron"
SEAM_M = 0.03  # surfaces on both sides of an open edge may differ by this much, and by what their slope makes of it
_WELD_M = 0.002
_BESIDE_M = 0.015  # how far beyond an edge one looks
_STEEP = 0.2  # share of the normal that points up: below that a face is a wall, whose foot may be open
_BANK = 0.01  # but it is ground that water may meet; only rounding leans an upright wall as much as a tenth of that
_SHORTEST_M = 0.05
_ON_M = 0.004  # an edge that lies so close on other edges all along is closed; a file keeps whole 5 mm


def check_seams(parts: Sequence[Part], where: str) -> list[Issue]:
    """Look beyond every open edge of terrain and water: there must be ground or water at its height, or the scene ends.

    Edges along the border of the area are its end: what lies around is tucked under it.
    """
    terrain, sea = joined(parts, "terrain"), joined([p for p in parts if p.id == AROUND], "water")
    water = joined([p for p in parts if p.id != AROUND], "water")
    if not len(terrain):
        return []
    own = np.concatenate([terrain, water])
    land, wet = Surface(upward(terrain, _BANK)), Surface(np.concatenate([water, sea]))
    border = own[:, :, :2].min(axis=(0, 1)), own[:, :, :2].max(axis=(0, 1))
    edges = _open_edges(terrain)
    cracks = _faults(edges, land, wet, border)
    cracks = cracks[~_lies_on(cracks, edges[0])]
    gaps = _faults(_open_edges(water), land, wet, border, is_water=True)
    return [*_said("TERRAIN_CRACK", cracks, "the terrain", where), *_said("SHORE_GAP", gaps, "the water", where)]


def _open_edges(tri: Floats) -> tuple[Floats, Floats, Floats]:
    """Edges (E, 2, 3) that belong to one face alone, walls' feet left out, where that face lies (E, 3), its slope."""
    if not len(tri):
        return np.zeros((0, 2, 3)), np.zeros((0, 3)), np.zeros(0)
    key = np.rint(tri.reshape(-1, 3) / _WELD_M).astype(np.int64)
    _, index = np.unique(key, axis=0, return_inverse=True)
    index = index.reshape(-1, 3)
    a, b = index.ravel(), np.roll(index, -1, axis=1).ravel()
    pair = np.minimum(a, b) * (index.max() + 1) + np.maximum(a, b)
    _, place, count = np.unique(pair, return_inverse=True, return_counts=True)
    normal = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
    flat = normal[:, 2] > _STEEP * np.linalg.norm(normal, axis=1)
    alone = (count[place] == 1) & np.repeat(flat, 3) & (a != b)
    face, corner = np.divmod(np.flatnonzero(alone), 3)
    edges = np.stack([tri[face, corner], tri[face, (corner + 1) % 3]], axis=1)
    rise = np.hypot(normal[face, 0], normal[face, 1]) / normal[face, 2]
    return edges, tri[face].mean(axis=1), rise


def _faults(
    found: tuple[Floats, Floats, Floats],
    land: Surface,
    wet: Surface,
    border: tuple[Floats, Floats],
    *,
    is_water: bool = False,
) -> Floats:
    """Rows (x, y, z, length, step) of open edges that do not meet what lies beyond; step is NaN over a hole."""
    edges, inside, rise = found
    middle, along = edges.mean(axis=1), edges[:, 1] - edges[:, 0]
    length = np.linalg.norm(along[:, :2], axis=1)
    out = np.column_stack([along[:, 1], -along[:, 0]]) / np.maximum(length, 1e-9)[:, None]
    out *= np.sign(((middle - inside)[:, :2] * out).sum(axis=1))[:, None]
    beyond = middle[:, :2] + out * _BESIDE_M
    low, high = border
    ends = ((beyond < low + 0.02) | (beyond > high - 0.02)).any(axis=1) | (length < _SHORTEST_M)
    ground, water = land.nearest(beyond, middle[:, 2]), wet.top(beyond)
    # Land may rise from the water as a bank or wall; land that ends over lower water lacks its wall.
    on_land = np.where(is_water & (ground > middle[:, 2]), 0.0, np.abs(ground - middle[:, 2]))
    step = np.fmin(on_land, np.abs(water - middle[:, 2]))
    bad = ~ends & ~(step <= SEAM_M + 2.0 * _BESIDE_M * rise)
    return np.asarray(np.column_stack([middle, length, step])[bad])


def _lies_on(faults: Floats, edges: Floats) -> NDArray[np.bool_]:
    """Which faults lie on open edges that others share with them: a vertex in the middle of an edge tears nothing.

    Slivers beside such a place are tilted by rounding, so that what lies beyond seems to step.
    """
    import shapely

    if not len(faults):
        return np.zeros(0, dtype=np.bool_)
    middle = edges.mean(axis=1)
    own = np.argmin(((middle[None] - faults[:, None, :3]) ** 2).sum(axis=2), axis=1)
    lines = np.asarray(shapely.linestrings(edges[:, :, :2]))
    tree = shapely.STRtree(lines)
    found = np.zeros(len(faults), dtype=np.bool_)
    for k, edge in enumerate(own.tolist()):
        near = [n for n in tree.query(lines[edge], predicate="dwithin", distance=_ON_M).tolist() if n != edge]
        probes = edges[edge, 0] + np.linspace(0.02, 0.98, 5)[:, None] * (edges[edge, 1] - edges[edge, 0])
        found[k] = len(near) > 0 and bool((_to_segments(probes, edges[near]) < _ON_M).all())
    return found


def _to_segments(xyz: Floats, segments: Floats) -> Floats:
    """Distance (N,) of places (N, 3) to the nearest of segments (S, 2, 3)."""
    start, along = segments[None, :, 0], (segments[:, 1] - segments[:, 0])[None]
    square = np.maximum((along**2).sum(axis=2), 1e-12)
    t = np.clip(((xyz[:, None] - start) * along).sum(axis=2) / square, 0.0, 1.0)
    away = np.linalg.norm(xyz[:, None] - start - t[..., None] * along, axis=2)
    return np.asarray(away.min(axis=1))


def _said(code: str, faults: Floats, what: str, where: str) -> list[Issue]:
    if not len(faults):
        return []
    holes = int(np.isnan(faults[:, 4]).sum())
    worst = faults[np.argmax(faults[:, 3] * np.nan_to_num(faults[:, 4], nan=100.0))]
    message = (
        f"{what} ends without meeting what lies beyond along {faults[:, 3].sum():.1f} m in {len(faults)} places "
        f"({holes} over a hole), the worst at x {worst[0]:.1f}, y {worst[1]:.1f}, z {worst[2]:.2f}"
    )
    hint = "look there with a [[camera]]; if it is a tile's border, report it with the spec"
    return [Issue(code=code, severity="warning", where=where, message=message, hint=hint)]
