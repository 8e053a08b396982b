"""Fit the sun's shadow maps to what the picture shows, so that a texel covers as little ground as possible.

Method: Lauritzen, Salvi, Lefohn, Sample Distribution Shadow Maps (I3D 2011): cascades are split and fitted from the
depths that are visible, not from the camera's frustum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

_MOST = 0.2  # quantile of the distances that most points of a cascade lie beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """One shadow map: ``matrix`` leads from the world to x, y in [-1, 1] and depth in [0, 1], 0 at the sun.

    ``near_m`` and ``until_m`` bound the distances of the points that it was fitted for.
    """

    matrix: NDArray[np.float64]
    texel_m: float
    near_m: float = 0.0
    until_m: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadows:
    """What lights a view: its own cascades, then the map of the whole place where they do not reach."""

    cascades: tuple[Cascade, ...]
    whole: Cascade | None  # None: the cascades reach everywhere


def light_axes(sun: Points) -> Points:
    """Rows x, y, z of the light's own axes, z towards the sun, (3, 3)."""
    z = sun / np.linalg.norm(sun)
    hint = np.array([0.0, 1.0, 0.0]) if abs(z[1]) < 0.99 else np.array([0.0, 0.0, 1.0])
    x = np.cross(hint, z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def fit_cascades(
    visible: Points, distance_m: Points, sun: Points, bounds: tuple[Points, Points], *, count: int, size: int
) -> tuple[Cascade, ...]:
    """Shadow maps for visible points (N, 3), nearest part first. ``bounds`` is the scene's low and high corner.

    The last cascade covers every visible point. No visible point gives no cascade.
    """
    if not len(visible):
        return ()
    axes = light_axes(sun)
    corners = np.array(np.meshgrid(*zip(*bounds, strict=True))).reshape(3, -1).T
    top = float((corners @ axes[2]).max())
    edges = _splits(distance_m, count)
    cascades: list[Cascade] = []
    for k in range(count):
        inside = distance_m <= edges[k]
        if inside.any():
            fitted = _fitted(visible[inside] @ axes.T, axes, top, size)
            near = cascades[-1].until_m if cascades else 0.0
            cascades.append(replace(fitted, near_m=near, until_m=edges[k]))
    return tuple(cascades)


def whole_shadow(sun: Points, bounds: tuple[Points, Points], *, size: int) -> Cascade:
    """One shadow map of all that stands within ``bounds``, wherever its shadows fall: it serves every view."""
    axes = light_axes(sun)
    corners = np.array(np.meshgrid(*zip(*bounds, strict=True))).reshape(3, -1).T @ axes.T
    return _fitted(corners, axes, float(corners[:, 2].max()), size)


def needed(cascades: tuple[Cascade, ...], distance_m: Points, sample: float, whole: Cascade) -> tuple[Cascade, ...]:
    """Those cascades that show more than the map of the whole place; ``sample`` is a drawn sample's width at 1 m.

    Where a texel of the whole map is no wider than the samples of most of a cascade's points, and in all cascades
    beyond it, nobody sees the difference.
    """
    kept = list(cascades)
    while kept:
        inside = (distance_m > kept[-1].near_m) & (distance_m <= kept[-1].until_m)
        if inside.any() and float(np.quantile(distance_m[inside], _MOST)) * sample < whole.texel_m:
            break
        kept.pop()
    return tuple(kept)


def _splits(distance_m: Points, count: int) -> list[float]:
    # Between equal shares of pixels and equal ratios of distance: the first starves far views, the second near ones.
    near, far = float(np.quantile(distance_m, 0.01)), float(distance_m.max())
    shares = [(k + 1) / count for k in range(count)]
    ratio = [near * (far / max(near, 1e-3)) ** s for s in shares]
    equal = [float(np.quantile(distance_m, s)) for s in shares]
    return [*(0.5 * (r + e) for r, e in zip(ratio[:-1], equal[:-1], strict=True)), far]


def _fitted(points: Points, axes: Points, top: float, size: int) -> Cascade:
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.maximum(high[:2] - low[:2], 4.0) * 1.06
    # Sizes grow in steps of 9 percent and corners sit on whole texels, so that shadows do not crawl in a fly-through.
    reach = 1.09 ** np.ceil(np.log(reach) / np.log(1.09))
    texel = reach / (size - 8)
    corner = np.floor(((low[:2] + high[:2]) / 2 - reach / 2) / texel) * texel
    reach = reach + 8 * texel
    far, near = low[2] - 2.0 - 0.01 * float(reach.max()), max(top, float(high[2])) + 1.0
    to_clip = np.eye(4)
    to_clip[0, 0], to_clip[1, 1] = 2 / reach
    to_clip[0, 3], to_clip[1, 3] = -1 - 2 * corner / reach
    to_clip[2, 2], to_clip[2, 3] = -1 / (near - far), near / (near - far)
    rotate = np.eye(4)
    rotate[:3, :3] = axes
    return Cascade(matrix=to_clip @ rotate, texel_m=float(texel.max()))
