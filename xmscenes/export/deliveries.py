"""Write the deliveries that a spec asks for, each into its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.export.cityjson import write_cityjson
from xmscenes.export.plain import write_plain
from xmscenes.export.tiles import write_tiles
from xmscenes.export.xr import write_xr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xmscenes.options import ExportOptions
    from xmscenes.records import Feature, Scene


def write_profile(
    profile: str, scene: Scene, features: Sequence[Feature], options: ExportOptions, folder: Path, assets: Path | None
) -> None:
    """Write one delivery under ``folder``; "cityjson" is made of the features, the others of the scene's tiles.

    ``assets`` is the folder with ``look/``; without it materials have colours only.
    """
    target = folder / profile
    target.mkdir(parents=True)
    if profile == "plain":
        write_plain(scene, target, assets)
    elif profile == "xr":
        write_xr(scene, target / "scene.glb", assets)
    elif profile == "tiles":
        write_tiles(scene, target, assets, georeference=options.georeference)
    else:
        write_cityjson(
            target / f"{scene.name}.city.json",
            features,
            frame=scene.frame,
            crs=options.cityjson_crs or scene.survey_crs or utm_zone(scene.frame.lon_deg, scene.frame.lat_deg),
            title=scene.title,
            sources=scene.sources,
        )


def utm_zone(lon_deg: float, lat_deg: float) -> str:
    """EPSG code of the WGS 84 UTM zone of a place: what CityJSON is written in when no survey names a CRS."""
    zone = int((lon_deg + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat_deg >= 0 else 32700) + zone}"
