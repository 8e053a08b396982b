"""The light of a picture: sun by date, time and place, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from xmscenes.errors import RenderError
from xmscenes.preview.style import THEME_TIMES, Light, light_at, theme_of
from xmscenes.preview.sun import local_moment, sun_position

if TYPE_CHECKING:
    from xmscenes.options import PreviewOptions
    from xmscenes.preview.scene import RenderScene
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The light of a picture and the words for it."""

    light: Light
    theme: str
    moment: datetime


def hour_of(options: PreviewOptions, scene: RenderScene, spec: Spec | None) -> Hour:
    """Light of the options: sun by date, time and place; the theme by name, or by what the time makes it."""
    lon, lat = (spec.frame.lon_deg, spec.frame.lat_deg) if spec else _place(scene)
    theme = options.theme or (None if options.time else "day")
    clock = options.time or THEME_TIMES[theme or "day"]
    try:
        moment = local_moment(options.date, clock, lon, options.utc_offset_h)
    except ValueError as error:
        raise RenderError(f"preview: time {options.date} {clock}: {error}; give YYYY-MM-DD and HH:MM") from error
    azimuth, elevation = sun_position(lon, lat, moment)
    return Hour(light=light_at(azimuth, elevation, theme), theme=theme or theme_of(elevation), moment=moment)


def _place(scene: RenderScene) -> tuple[float, float]:
    frame = scene.extras.get("frame", {})
    lon, lat = frame.get("lon_deg"), frame.get("lat_deg")
    return (float(lon), float(lat)) if lon is not None and lat is not None else (118.1, 24.5)
