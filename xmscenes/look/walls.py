"""Closed shells whose walls wear storeys of the facade sheet: towers, halls, the bodies of landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import BAY_M, STRIPS, band_uv, strip_uv
from xmscenes.look.parts import Bench, triangulated
from xmscenes.records import Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

Storey = tuple[float, float, str]  # floor, ceiling, strip of the facade sheet


def split_edges(ring: Floats, bay_m: float, longest: int) -> tuple[Floats, list[tuple[int, int, int]]]:
    """Cut the edges of a ring into runs of whole bays.

    Gives the new ring and for each of its edges the old edge, the first bay and the count of bays (at most
    ``longest``). Windows stay whole, because a run ends only between two bays.
    """
    points: list[Floats] = []
    runs: list[tuple[int, int, int]] = []
    for i, (a, b) in enumerate(zip(ring, np.roll(ring, -1, axis=0), strict=True)):
        bays = max(1, round(float(np.linalg.norm(b - a)) / bay_m))
        for first in range(0, bays, longest):
            points.append(a + (b - a) * (first / bays))
            runs.append((i, first, min(longest, bays - first)))
    return np.array(points), runs


def cap(ring: Floats, split: Floats, runs: Sequence[tuple[int, int, int]]) -> tuple[Floats, Integers]:
    """Triangles of a ring that was split along its edges; a centre point is added where splits need it."""
    owner = np.array([run[0] for run in runs])
    on_edge = [np.flatnonzero(owner == i) for i in range(len(ring))]
    corner = np.array([edge[0] for edge in on_edge])
    extra: list[Floats] = []
    faces: list[tuple[int, int, int]] = []
    for triangle in triangulated(ring):
        loop: list[int] = []
        for i, j in zip(triangle, np.roll(triangle, -1), strict=True):
            loop += list(on_edge[i]) if (i + 1) % len(ring) == j else [int(corner[i])]
        if len(loop) == 3:
            faces.append((loop[0], loop[1], loop[2]))
            continue
        centre = len(split) + len(extra)
        extra.append(split[loop].mean(0))
        faces += [(int(a), int(b), centre) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)]
    return np.array(extra).reshape(-1, ring.shape[1]), np.array(faces, dtype=np.int64)


def add_storeyed(
    bench: Bench,
    ring: ArrayLike,
    storeys: Sequence[Storey],
    *,
    wall_rgb: ArrayLike = (255, 255, 255),
    top_rgb: ArrayLike = (150, 146, 138),
    bay_m: float = BAY_M,
    outline_at: Callable[[float], ArrayLike] | None = None,
    smooth: bool = False,
) -> None:
    """Put a closed shell on the bench: a CCW outline, its storeys stacked from the ground, whole bays on every side.

    ``outline_at`` bends the shell: it gives the outline at a height, of as many points as ``ring``, the lowest one.
    """
    low = np.asarray(ring, dtype=np.float64)
    longest = min(STRIPS[strip][2] for _, _, strip in storeys)
    split_low, runs = split_edges(low, bay_m, longest)
    levels = [storeys[0][0]] + [storey[1] for storey in storeys]
    outlines = [low if outline_at is None else np.asarray(outline_at(z), dtype=np.float64) for z in levels]
    high = outlines[-1]
    rings = [
        np.column_stack([_follow(low, outline, split_low, runs), np.full(len(split_low), z)])
        for outline, z in zip(outlines, levels, strict=True)
    ]
    n = len(split_low)
    here, after = np.arange(n), (np.arange(n) + 1) % n
    first, count = (np.array([run[k] for run in runs]) for k in (1, 2))
    faces, uv = [], []
    for k, (_, _, strip) in enumerate(storeys):
        cells = STRIPS[strip][2]
        start = np.where(count < cells, (first // max(longest, 1) + k) % (cells - count + 1), 0).astype(np.float64)
        base, roof = k * n, (k + 1) * n
        faces += [np.column_stack([base + here, base + after, roof + after]),
                  np.column_stack([base + here, roof + after, roof + here])]  # fmt: skip
        left_low, right_low = strip_uv(strip, start, np.ones(n)), strip_uv(strip, start + count, np.ones(n))
        left_top, right_top = strip_uv(strip, start, np.zeros(n)), strip_uv(strip, start + count, np.zeros(n))
        uv += [np.stack([left_low, right_low, right_top], 1), np.stack([left_low, right_top, left_top], 1)]
    walls = sum(len(f) for f in faces)
    vertices = np.concatenate(rings)
    ends = []
    for z_ring, flat, offset, turn in ((rings[0], low, 0, True), (rings[-1], high, len(storeys) * n, False)):
        extra, triangles = cap(flat, z_ring[:, :2], runs)
        own = np.where(triangles < n, triangles + offset, triangles - n + len(vertices))
        vertices = np.concatenate([vertices, np.column_stack([extra, np.full(len(extra), z_ring[0, 2])])])
        ends.append(own[:, ::-1] if turn else own)
    all_faces = np.concatenate([*faces, *ends])
    blank = np.broadcast_to(band_uv("white", np.zeros(1), np.full(1, 0.5)), (len(all_faces) - walls, 3, 2))
    colour = np.concatenate(
        [np.broadcast_to(wall_rgb, (walls, 3)), np.broadcast_to(top_rgb, (len(all_faces) - walls, 3))]
    )
    bench.add(
        (vertices, all_faces),
        colour,
        material="facade",
        uv=np.concatenate([*uv, blank]),
        surface=Surface.WALL,
        smooth=smooth,
    )


def _follow(low: Floats, high: Floats, split: Floats, runs: Sequence[tuple[int, int, int]]) -> Floats:
    """The points of ``high`` that correspond to the split points of ``low``."""
    nxt_low, nxt_high = np.roll(low, -1, axis=0), np.roll(high, -1, axis=0)
    out = []
    for point, (i, _, _) in zip(split, runs, strict=True):
        t = np.linalg.norm(point - low[i]) / max(float(np.linalg.norm(nxt_low[i] - low[i])), 1e-9)
        out.append(high[i] + (nxt_high[i] - high[i]) * t)
    return np.array(out)


def stack(z0: float, heights: Sequence[float], strips: Sequence[str]) -> list[Storey]:
    """Storeys one above the other from ``z0``."""
    levels = z0 + np.concatenate([[0.0], np.cumsum(heights)])
    return [(float(a), float(b), strip) for a, b, strip in zip(levels[:-1], levels[1:], strips, strict=True)]
