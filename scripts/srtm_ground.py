"""Spot heights from the coarse SRTM surface model: roofs and trees taken off by a low percentile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

CANOPY_M = 4.0  # SRTM's radar sees about half of a wood's height


def ground_from_srtm(path: Path, bounds_deg: tuple[float, float, float, float], lowest_m: float) -> np.ndarray:
    """(N, 3) lon, lat, elevation of the cells inside a box.

    Low city cells (under 25 m) take the 25th percentile of their 3 x 3 neighbourhood: streets and yards, not roofs.
    Hills (over 45 m) keep their height less half a wood; in between, a blend. Values at sea (nodata) are left out.
    """
    import rasterio
    from scipy import ndimage

    with rasterio.open(path) as raster:
        z = raster.read(1).astype(float)
        transform = raster.transform
    z[z < -100] = np.nan
    low = ndimage.generic_filter(z, lambda v: np.nanpercentile(v, 25) if np.isfinite(v).any() else np.nan, size=3)
    share = np.clip((z - 25.0) / 20.0, 0.0, 1.0)
    ground = np.maximum(low * (1 - share) + (z - CANOPY_M) * share, lowest_m)
    row, column = np.nonzero(np.isfinite(ground))
    lon = transform.c + (column + 0.5) * transform.a
    lat = transform.f + (row + 0.5) * transform.e
    west, south, east, north = bounds_deg
    margin = 0.002
    inside = (lon > west - margin) & (lon < east + margin) & (lat > south - margin) & (lat < north + margin)
    return np.column_stack([lon, lat, ground[row, column]])[inside]
