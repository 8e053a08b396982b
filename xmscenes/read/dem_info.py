"""What a raster file is: the part of ``xmscenes info`` for elevation models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import FrameError
from xmscenes.read.crs import read_crs
from xmscenes.read.dem import translated
from xmscenes.read.info import crs_problems, place, problem
from xmscenes.read.vector import require_readable

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_CELLS = 1024  # a side: larger rasters are looked at in steps


def describe_raster(path: Path, crs: str | None = None) -> dict[str, Any]:
    """Say what a raster is; see ``info.describe``."""
    import rasterio

    require_readable(path)
    with translated(path), rasterio.open(path) as raster:
        text = crs or (raster.crs.to_wkt() if raster.crs else None)
        try:
            system = read_crs(text) if text else None
        except FrameError as error:
            raise FrameError(f"{path.name}: {error}") from error
        bounds = tuple(float(v) for v in raster.bounds)
        shape = (min(_LOOK_CELLS, raster.height), min(_LOOK_CELLS, raster.width))
        band = raster.read(1, out_shape=shape, masked=True).astype(np.float64).filled(np.nan)
        voids = float(np.isnan(band).mean())
        problems = crs_problems(bounds, system)  # type: ignore[arg-type]
        if voids > 0:
            problems.append(problem("VOIDS", "info", f"{voids:.1%} of the cells are void", "they stay unknown"))
        if raster.count > 1:
            hint = "a picture is no elevation model; use it as inputs.ortho"
            problems.append(problem("SEVERAL_BANDS", "info", f"{raster.count} bands; the first holds heights", hint))
        return {
            "path": str(path),
            "kind": "raster",
            "format": f"{raster.driver}, {raster.dtypes[0]}",
            "bytes": path.stat().st_size,
            **place(bounds, system),  # type: ignore[arg-type]
            "raster": {
                "columns": raster.width,
                "rows": raster.height,
                "bands": raster.count,
                "cell": tuple(float(v) for v in raster.res),
                "nodata": None if raster.nodata is None else float(raster.nodata),
                "unit": raster.units[0] or "",
                "range": None if voids == 1 else (float(np.nanmin(band)), float(np.nanmax(band))),
                "void_share": round(voids, 6),
            },
            "problems": problems,
        }
