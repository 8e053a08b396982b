"""What lies around a scene in a picture: open sea where its border is water, plain ground otherwise, never a void.

The backdrop is drawn by the preview only and is no part of any delivered file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.preview.scene import Draw, RenderScene

NONE, SEA, GROUND = range(3)
_RIM = 0.03  # share of the scene's width that counts as its border


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """An endless plane. ``code`` is ``NONE``, ``SEA`` or ``GROUND``; ``rgb`` is linear."""

    code: int = NONE
    level_m: float = 0.0
    rgb: tuple[float, float, float] = (0.0, 0.0, 0.0)


def backdrop_of(scene: RenderScene) -> Backdrop:
    """Judge the border of a scene: sea when half of it is water, else the ground's own height and mean colour."""
    low, high = scene.bounds(water=True)
    rim: dict[bool, list[tuple[NDArray[np.float64], NDArray[np.float64]]]] = {True: [], False: []}
    for draw in scene.draws:
        material = scene.material_of(draw)
        if material.alpha_mode != "MASK" and not draw.kind.startswith("building"):
            points, rgb = _rim_points(scene, draw, low, high)
            rim[material.is_water].append((points, rgb))
    water, ground = (_stacked(rim[k]) for k in (True, False))
    if _reach(water[0], low, high) >= max(0.5, _reach(ground[0], low, high) * 0.8):
        heights, rgb = water
        return Backdrop(code=SEA, level_m=float(np.median(heights[:, 1])), rgb=_mean(rgb))
    if len(ground[0]):
        return Backdrop(code=GROUND, level_m=float(np.quantile(ground[0][:, 1], 0.1)) - 0.3, rgb=_mean(ground[1]))
    return Backdrop(code=GROUND, level_m=float(low[1]) - 0.05, rgb=(0.23, 0.23, 0.21))


def _rim_points(
    scene: RenderScene, draw: Draw, low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    geometry = scene.geometries[draw.geometry]
    base = np.array(scene.material_of(draw).base[:3])
    matrix = draw.matrices[0].astype("f8")
    points = geometry.positions @ matrix[:3, :3].T + matrix[:3, 3]
    margin = np.maximum((high - low) * _RIM, 1.0)
    near = ((points < low + margin) | (points > high - margin))[:, (0, 2)].any(axis=1)
    colors = np.broadcast_to(base, (int(near.sum()), 3))
    if geometry.colors is not None:
        scale = 1.0 if geometry.colors.dtype.kind == "f" else float(np.iinfo(geometry.colors.dtype).max)
        colors = colors * (geometry.colors[near, :3] / scale)
    return points[near], colors


def _stacked(
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not parts:
        return np.zeros((0, 3)), np.zeros((0, 3))
    return np.concatenate([p for p, _ in parts]), np.concatenate([c for _, c in parts])


def _reach(points: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Share of the four sides that the points touch, each side counted by how much of it they span."""
    if not len(points):
        return 0.0
    spans, size = [], np.maximum(high - low, 1e-6)
    for axis, other in ((0, 2), (2, 0)):
        for border, sign in ((low, 1), (high, -1)):
            at = points[sign * (points[:, axis] - border[axis]) < _RIM * size[axis]]
            spans.append(float(np.ptp(at[:, other]) / size[other]) if len(at) else 0.0)
    return float(np.mean(spans))


def _mean(rgb: NDArray[np.float64]) -> tuple[float, float, float]:
    r, g, b = rgb.mean(axis=0).tolist()
    return r, g, b
