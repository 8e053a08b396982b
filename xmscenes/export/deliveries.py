"""Write the deliveries that a spec asks for, each into its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.export.cityjson import write_cityjson
from xmscenes.export.plain import write_plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xmscenes.records import Feature, Scene
    from xmscenes.spec import Spec


def write_deliveries(scene: Scene, features: Sequence[Feature], spec: Spec, folder: Path) -> None:
    """Write ``plain/``, ``xr/``, ``tiles/`` and ``cityjson/`` under ``folder`` as ``[export] profiles`` asks."""
    profiles = spec.export.profiles
    if "plain" in profiles:
        target = folder / "plain"
        target.mkdir(parents=True)
        write_plain(scene, target)
    if "cityjson" in profiles:
        target = folder / "cityjson"
        target.mkdir(parents=True)
        write_cityjson(
            target / f"{scene.name}.city.json",
            features,
            frame=scene.frame,
            crs=spec.export.cityjson_crs or scene.survey_crs or utm_zone(scene.frame.lon_deg, scene.frame.lat_deg),
            title=scene.title,
            sources=scene.sources,
        )


def utm_zone(lon_deg: float, lat_deg: float) -> str:
    """EPSG code of the WGS 84 UTM zone of a place: what CityJSON is written in when no survey names a CRS."""
    zone = int((lon_deg + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat_deg >= 0 else 32700) + zone}"
