"""Does a layer lie where it should: near the frame's zero, and where the other layers lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import PlaceError
from xmscenes.read.crs import Crs, distance_m, implausible, probable_crs, to_lonlat

if TYPE_CHECKING:
    from xmscenes.frame import Frame

# A scene is a place, not a province: a layer farther off than this is in the wrong system. One 3-degree zone at
# Xiamen is 305 km wide.
_FARTHEST_M = 100_000.0


def require_place(where: str, middle: tuple[float, float], crs: Crs, frame: Frame) -> None:
    """Raise ``PlaceError`` when a layer's middle (in its own numbers) cannot be near the frame's zero.

    The message names the probable mistake: swapped axes, degrees for metres, another zone.
    """
    x, y = middle
    odd = implausible(x, y, crs)
    home = (frame.lon_deg, frame.lat_deg)
    if odd:
        raise PlaceError(f"{where}: {odd}{_guess(middle, crs, home, '; probably ')}")
    lonlat = to_lonlat(np.array([middle]), crs.text)[0]
    off_m = distance_m(lonlat, home)
    if off_m > _FARTHEST_M:
        at = f"{lonlat[0]:.4f}, {lonlat[1]:.4f}" if np.isfinite(lonlat).all() else "nowhere on the globe"
        off = f"{off_m / 1000:,.0f} km from the frame's zero" if np.isfinite(off_m) else "x and y do not fit"
        guess = _guess(middle, crs, home, "; probably ") or "; wrong zone, or wrong frame.lon_deg and lat_deg?"
        raise PlaceError(f"{where}: read as {crs.label} it lies at {at}, {off}{guess}")


def _guess(middle: tuple[float, float], crs: Crs, home: tuple[float, float], lead: str) -> str:
    guess = probable_crs(middle, crs, home)
    return f"{lead}{guess}" if guess else ""
