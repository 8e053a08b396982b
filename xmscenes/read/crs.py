"""Coordinate reference systems by name: what a text means, and which one was probably meant.

Axes are always x = east, y = north here, whatever the authority says: EPSG:4548 puts northing first on paper, and
files never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import FrameError
from xmscenes.frame import horizontal_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyproj

WGS84 = "EPSG:4326"
_OBFUSCATED = {
    "GCJ-02": ("GCJ-02", "gcj-02", "gcj02", "gcj_02", "火星坐标", "火星坐标系", "高德坐标"),
    "BD-09": ("BD-09", "bd-09", "bd09", "bd_09", "bd09ll", "百度坐标", "百度坐标系"),
}
_ALIASES = {alias.lower(): name for name, aliases in _OBFUSCATED.items() for alias in aliases}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crs:
    """A horizontal reference system, and what its text says about heights."""

    text: str  # what ``Frame.to_local`` takes: "EPSG:4548", WKT, "GCJ-02"
    name: str
    vertical: str = ""  # name of the height system; empty when the text has none
    height_unit_m: float = 1.0  # metres in one unit of height
    unit_m: float = 1.0  # metres in one unit of x and y; 1 for degrees
    is_degrees: bool = False

    @property
    def label(self) -> str:
        """Short text for people, e.g. ``"EPSG:4548 (CGCS2000 / 3-degree Gauss-Kruger CM 117E)"``."""
        short = self.text if self.text.startswith("EPSG:") else ""
        return f"{short} ({self.name})" if short and short != self.name else self.name


@lru_cache(maxsize=256)
def read_crs(text: str) -> Crs:
    """Say what a text like ``EPSG:4548``, a bare code, WKT, a PROJ string, ``GCJ-02`` or ``BD-09`` means.

    Of a compound system the horizontal part counts and the vertical one is reported. Earth-centred and purely
    local systems, and texts that PROJ does not know, give ``FrameError``.
    """
    import pyproj
    from pyproj.exceptions import CRSError, ProjError

    bare = text.strip()
    if bare.lower() in _ALIASES:
        name = _ALIASES[bare.lower()]
        return Crs(text=name, name=name, is_degrees=True)
    try:
        crs = pyproj.CRS.from_user_input(bare)
    except CRSError as error:
        raise FrameError(f"crs = {_short(bare)!r}: not understood; give EPSG:<code>, WKT, GCJ-02 or BD-09") from error
    facts = _facts(crs, bare)
    try:
        pyproj.Transformer.from_crs(facts.text, WGS84)
    except ProjError as error:  # another celestial body, a damaged parameter
        raise FrameError(
            f"crs = {_short(bare)!r}: no way from there to WGS 84; give EPSG:<code>, WKT, GCJ-02 or BD-09"
        ) from error
    return facts


def _facts(crs: pyproj.CRS, text: str) -> Crs:
    vertical, height_unit_m = "", None
    if crs.is_compound:
        crs, upright = crs.sub_crs_list[0], crs.sub_crs_list[1]
        vertical, height_unit_m = upright.name, upright.axis_info[0].unit_conversion_factor
    elif len(crs.axis_info) == 3 and not crs.is_geocentric:
        vertical, height_unit_m = "ellipsoidal height", crs.axis_info[2].unit_conversion_factor
        crs = crs.to_2d()
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if not (crs.is_projected or crs.is_geographic):
        raise FrameError(
            f"crs = {_short(text)!r}: a {crs.type_name}, which has no place on the map; "
            "give the projected or geographic system, for example EPSG:4548"
        )
    unit_m = 1.0 if crs.is_geographic else float(crs.axis_info[0].unit_conversion_factor or 1.0)
    code = crs.to_epsg(min_confidence=100)
    return Crs(
        text=f"EPSG:{code}" if code else crs.to_wkt(),
        name=crs.name,
        vertical=vertical,
        # A projected system in feet without a word on heights: LAS takes x, y and z in one unit.
        height_unit_m=float(unit_m if height_unit_m is None else height_unit_m),
        unit_m=unit_m,
        is_degrees=bool(crs.is_geographic),
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def to_lonlat(xy: np.ndarray, crs: str) -> np.ndarray:
    """Positions (N, 2) in ``crs`` as WGS 84 degrees; (N, 2) infinite where the system does not reach."""
    return np.asarray(horizontal_to(np.asarray(xy, dtype=np.float64), crs, WGS84))


def implausible(x: float, y: float, crs: Crs) -> str:
    """Say what is odd about the position of a layer in its system, or nothing.

    Looks at the size of the numbers alone: degrees under a projected system, metres under a geographic one, a zone
    number in front of the easting, axes in the wrong order.
    """
    if crs.is_degrees:
        if abs(x) <= 180 and abs(y) <= 90:
            return ""
        if abs(y) <= 180 and abs(x) <= 90:
            return f"x = {x:.5g}, y = {y:.5g} look like latitude, longitude: the axes are swapped"
        return f"x = {x:.10g}, y = {y:.10g} are no degrees, but {crs.label} wants degrees"
    if abs(x) <= 180 and abs(y) <= 90 and (abs(x) > 1e-9 or abs(y) > 1e-9):
        return f"x = {x:.7g}, y = {y:.7g} look like degrees, but {crs.label} wants metres"
    zone = int(max(abs(x), abs(y)) // 1e6)
    if 13 <= zone <= 45 and _is_gauss_kruger_without_zone(crs):
        return (
            f"x = {x:.10g}, y = {y:.10g} carry the zone number {zone}; use the zone-prefixed system, "
            f"for CGCS2000 {_zone_system(zone)}"
        )
    return ""


def _is_gauss_kruger_without_zone(crs: Crs) -> bool:
    import pyproj

    operation = pyproj.CRS.from_user_input(crs.text).coordinate_operation
    if operation is None or not operation.method_name.startswith("Transverse Mercator"):
        return False
    return all(float(p.value) < 1e6 for p in operation.params if p.name == "False easting")


def _zone_system(zone: int) -> str:
    return f"EPSG:{4513 + zone - 25}" if zone >= 25 else f"EPSG:{4491 + min(zone, 23) - 13}"


def candidates(lon_deg: float) -> Iterator[tuple[str, str]]:
    """Systems that data near a longitude may be in, with a name for people: text, name."""
    yield WGS84, "WGS 84 degrees"
    middle_3 = round(lon_deg / 3.0)
    for zone in (middle_3, middle_3 - 1, middle_3 + 1):
        if 25 <= zone <= 45:
            yield f"EPSG:{4534 + zone - 25}", f"CGCS2000 3-degree, central meridian {zone * 3}E"
            yield f"EPSG:{4513 + zone - 25}", f"CGCS2000 3-degree zone {zone}, zone-prefixed"
            yield f"EPSG:{2370 + zone - 25}", f"Xi'an 1980 3-degree, central meridian {zone * 3}E"
            yield f"EPSG:{2422 + zone - 25}", f"Beijing 1954 3-degree, central meridian {zone * 3}E"
    middle_6 = int(lon_deg // 6) + 1
    for zone in (middle_6, middle_6 - 1, middle_6 + 1):
        if 13 <= zone <= 23:
            yield f"EPSG:{4502 + zone - 13}", f"CGCS2000 6-degree, central meridian {zone * 6 - 3}E"
            yield f"EPSG:{4491 + zone - 13}", f"CGCS2000 6-degree zone {zone}, zone-prefixed"
    for zone in range(int((lon_deg + 180) // 6), int((lon_deg + 180) // 6) + 3):
        if 1 <= zone <= 60:
            yield f"EPSG:{32600 + zone}", f"WGS 84 / UTM zone {zone}N"
    yield "EPSG:3857", "Web Mercator"


def probable_crs(
    xy: tuple[float, float], declared: Crs, lonlat: tuple[float, float], within_m: float = 20_000.0
) -> str:
    """Name the system that brings a position near where the other layer lies, or nothing when none does.

    ``xy`` is the middle of the layer in its own numbers, ``lonlat`` the middle of the other. Tries swapped axes and
    the systems in use around there; the nearest within ``within_m`` wins, and the order of trial breaks ties.
    """
    best: tuple[float, str] | None = None
    tries = [(declared.text, (xy[1], xy[0]), f"x and y are swapped (in {declared.label}): export again with x = east")]
    for text, name in candidates(lonlat[0]):
        tries += [(text, xy, f"the data are in {text} ({name}): set crs to that")]
        tries += [(text, (xy[1], xy[0]), f"the data are in {text} ({name}) with x and y swapped: export again")]
    for text, position, words in tries:
        off_m = distance_m(to_lonlat(np.array([position]), text)[0], lonlat)
        # A kilometre of advantage before a later guess displaces an earlier, plainer one.
        if off_m <= within_m and (best is None or off_m < best[0] - 1000.0):
            best = (off_m, words)
    return best[1] if best else ""


def distance_m(a: tuple[float, float] | np.ndarray, b: tuple[float, float] | np.ndarray) -> float:
    """Great-circle distance between two lon/lat positions; infinite when one is not on the globe."""
    (lon_a, lat_a), (lon_b, lat_b) = np.radians(np.asarray(a, float)), np.radians(np.asarray(b, float))
    if not np.isfinite([lon_a, lat_a, lon_b, lat_b]).all():
        return float("inf")
    haversine = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return float(2 * 6_371_000.0 * np.arcsin(np.sqrt(np.clip(haversine, 0.0, 1.0))))
