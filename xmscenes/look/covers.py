"""Texture coordinates for covers that repeat both ways: roof tiles, paving, rock and concrete grain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.vectors import cross

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COVER_M: dict[str, float] = {"roof": 6.0, "ground": 6.0, "paving": 6.0}  # metres across one tile of the image


def slope_uv(corners: Floats, material: str) -> Floats:
    """Lay a repeating cover on triangles (F, 3, 3): u runs level along the eave, v straight down the slope.

    Level faces take u east and v south. The scale is ``COVER_M`` on every slope, so courses never stretch.
    """
    normal = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    along = np.column_stack([-normal[:, 1], normal[:, 0], np.zeros(len(normal))])
    flat = np.linalg.norm(along, axis=1) < 0.02
    along[flat] = [1.0, 0.0, 0.0]
    along /= np.linalg.norm(along, axis=1)[:, None]
    down = cross(along, normal)
    return (
        np.stack([np.einsum("fci,fi->fc", corners, along), np.einsum("fci,fi->fc", corners, down)], -1)
        / COVER_M[material]
    )


def unstretched(corners: Floats, uv: Floats, pixels: float) -> Floats:
    """Measure the texel density of triangles: (F, 2) least and greatest pixels a metre; zero-area faces give NaN."""
    edge_1, edge_2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    x = np.linalg.norm(edge_1, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = edge_1 / x[:, None]
        a = np.einsum("fi,fi->f", edge_2, unit)
        b = np.linalg.norm(edge_2 - a[:, None] * unit, axis=1)
        along = (uv[:, 1] - uv[:, 0]) / x[:, None]
        across = (uv[:, 2] - uv[:, 0] - a[:, None] * along) / b[:, None]
    jacobian = np.stack([along, across], axis=-1) * pixels
    finite = np.isfinite(jacobian).all(axis=(1, 2))
    density = np.full((len(corners), 2), np.nan)
    density[finite] = np.linalg.svd(jacobian[finite], compute_uv=False)[:, ::-1]
    return density
