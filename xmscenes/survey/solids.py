"""Closed solids of the truth scene as triangles: prisms under roof patches, boxes, domes, boulders, decks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mapbox_earcut
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry import Polygon

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A closed triangle mesh of one material. ``is_top`` marks the faces that are seen from above."""

    triangles: NDArray[np.float64]  # (T, 3, 3) local metres
    is_top: NDArray[np.bool_]  # (T,)
    point_class: int
    top_rgb: Rgb
    side_rgb: Rgb
    owner: str = ""


def prism(
    polygon: Polygon,
    base_m: float,
    top: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    **look: Any,
) -> Solid:
    """Solid between a flat base and a surface over the polygon, given at its vertices by ``top``."""
    rings = [np.asarray(r.coords)[:-1, :2] for r in (polygon.exterior, *polygon.interiors)]
    flat = np.concatenate(rings)
    ends = np.cumsum([len(r) for r in rings]).astype(np.uint32)
    index = mapbox_earcut.triangulate_float64(flat, ends).reshape(-1, 3).astype(np.int64)
    a, b, c = (flat[index[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    index[area < 0] = index[area < 0][:, ::-1]
    height = np.maximum(top(flat), base_m)
    upper, lower = np.column_stack([flat, height]), np.column_stack([flat, np.full(len(flat), base_m)])
    walls = [_walls(ring, upper, lower, start) for ring, start in zip(rings, [0, *ends[:-1]], strict=True)]
    triangles = np.concatenate([upper[index], lower[index[:, ::-1]], *walls])
    is_top = np.zeros(len(triangles), dtype=bool)
    is_top[: len(index)] = True
    return Solid(triangles=triangles, is_top=is_top, **look)


def _walls(ring: NDArray[np.float64], upper: Any, lower: Any, start: int) -> NDArray[np.float64]:
    i = np.arange(len(ring)) + int(start)
    j = np.roll(i, -1)
    first = np.stack([lower[i], lower[j], upper[j]], axis=1)
    second = np.stack([lower[i], upper[j], upper[i]], axis=1)
    quads: NDArray[np.float64] = np.concatenate([first, second])
    following = np.roll(ring, -1, axis=0)
    turned = (ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum()
    is_hole = start > 0
    return quads if (turned > 0) != is_hole else quads[:, ::-1]


def slab(polygon: Polygon, base_m: float, top_m: float, **look: Any) -> Solid:
    """Prism with a flat top."""
    return prism(polygon, base_m, lambda xy: np.full(len(xy), top_m), **look)


def deck(
    centre: NDArray[np.float64], top_m: NDArray[np.float64], width_m: float, thickness_m: float, **look: Any
) -> list[Solid]:
    """Bridge deck along a centreline (N, 2) with a top height a vertex; one solid a segment, mitred."""
    along = np.diff(centre, axis=0)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    joint = np.concatenate([normal[:1], normal[:-1] + normal[1:], normal[-1:]])
    joint /= np.hypot(*joint.T)[:, None]
    cos = np.concatenate([[1.0], np.einsum("ij,ij->i", joint[1:-1], normal[1:]), [1.0]])
    side = joint * (width_m / 2 / np.maximum(cos, 0.5))[:, None]
    left, right = centre + side, centre - side
    solids = []
    for i in range(len(centre) - 1):
        ring = np.array([right[i], right[i + 1], left[i + 1], left[i]])
        high = np.array([top_m[i], top_m[i + 1], top_m[i + 1], top_m[i]])
        upper, lower = np.column_stack([ring, high]), np.column_stack([ring, high - thickness_m])
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        triangles = np.concatenate([upper[faces], lower[faces[:, ::-1]], _walls(ring, upper, lower, 0)])
        is_top = np.arange(len(triangles)) < 2
        solids.append(Solid(triangles=triangles, is_top=is_top, **look))
    return solids


def ellipsoid(
    centre: Sequence[float],
    radii: Sequence[float],
    *,
    rings: int = 12,
    sectors: int = 24,
    lowest: float = -1.0,
    bumps: NDArray[np.float64] | None = None,
    power: float = 1.0,
    **look: Any,
) -> Solid:
    """Ellipsoid, or its part above ``lowest`` (in radii). ``bumps`` (rings + 1, sectors) scale the radius.

    ``power`` below 1 makes it boxier (a superellipsoid).
    """
    polar = np.linspace(np.arccos(np.clip(lowest, -1, 1)), 0.0, rings + 1)
    around = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    scale = np.ones((rings + 1, sectors)) if bumps is None else bumps
    out, up = np.sin(polar)[:, None] ** power * scale, np.cos(polar)[:, None] * scale
    up = np.sign(up) * np.abs(up) ** power
    grid = np.stack([out * np.cos(around) * radii[0], out * np.sin(around) * radii[1], up * radii[2]], axis=-1)
    grid = grid + np.asarray(centre)
    grid[-1] = grid[-1].mean(axis=0)
    nxt = np.roll(grid, -1, axis=1)
    first = np.stack([grid[:-1], nxt[:-1], nxt[1:]], axis=2).reshape(-1, 3, 3)
    second = np.stack([grid[:-1], nxt[1:], grid[1:]], axis=2).reshape(-1, 3, 3)
    foot = grid[0].mean(axis=0)
    bottom = np.stack([np.broadcast_to(foot, (sectors, 3)), nxt[0], grid[0]], axis=1)
    triangles = np.concatenate([first, second, bottom])
    return Solid(triangles=triangles, is_top=np.arange(len(triangles)) < 2 * len(first), **look)
