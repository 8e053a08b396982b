"""The local frame of a scene: a transverse Mercator plane centred on the place, x true east, y true north.

Grid axes are never used as east and north: in EPSG:4548 the convergence at Xiamen is 0.443 degrees, 7.7 m sideways
a kilometre. So every vertex is reprojected. Axes swap once, in ``to_gltf``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from xmscenes.errors import FrameError
from xmscenes.geometry.chinese_datums import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

_Real = TypeVar("_Real", np.float32, np.float64)
_OBFUSCATED = {
    "GCJ-02": (gcj02_to_wgs84, wgs84_to_gcj02),
    "BD-09": (bd09_to_wgs84, wgs84_to_bd09),
}
_WGS84 = "EPSG:4326"


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    import pyproj
    from pyproj.exceptions import CRSError, ProjError

    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except (CRSError, ProjError) as error:
        raise FrameError(
            f"crs {source[:80]!r}: not understood ({error}); give EPSG:<code>, WKT, GCJ-02 or BD-09"
        ) from error


def horizontal_to(xy: NDArray[np.float64], source: str, target: str) -> NDArray[np.float64]:
    """Reproject (N, 2) x/y or lon/lat coordinates, vertex by vertex. Sources and targets may be GCJ-02 or BD-09."""
    if source == target or not len(xy):
        return np.array(xy, dtype=np.float64)
    out = np.asarray(xy, dtype=np.float64)
    if source in _OBFUSCATED:
        out, source = _OBFUSCATED[source][0](out), _WGS84
    obfuscate = None
    if target in _OBFUSCATED:
        obfuscate, target = _OBFUSCATED[target][1], _WGS84
    if source != target:
        out = np.column_stack(_transformer(source, target).transform(out[:, 0], out[:, 1]))
    return obfuscate(out) if obfuscate else out


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the local zero lies, and the way in and out of it.

    ``elevation_m`` of the local zero is above the survey's height datum; ``undulation_m`` leads from there to the
    ellipsoid and is used for globe viewers only.
    """

    lon_deg: float
    lat_deg: float
    elevation_m: float = 0.0
    undulation_m: float = 0.0

    @property
    def crs(self) -> str:
        """PROJ string of the local plane."""
        return (
            f"+proj=tmerc +lat_0={self.lat_deg!r} +lon_0={self.lon_deg!r} +k=1 +x_0=0 +y_0=0 "
            "+ellps=GRS80 +units=m +no_defs"
        )

    def to_local(self, xyz: NDArray[np.float64], from_crs: str) -> NDArray[np.float64]:
        """Bring (N, 2) or (N, 3) coordinates into the local plane; every vertex is reprojected."""
        xyz = np.asarray(xyz, dtype=np.float64)
        xy = horizontal_to(xyz[:, :2], from_crs, self.crs)
        return xy if xyz.shape[1] == 2 else np.column_stack([xy, xyz[:, 2] - self.elevation_m])

    def to_crs(self, xyz: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
        """Bring local (N, 2) or (N, 3) coordinates into another CRS."""
        xyz = np.asarray(xyz, dtype=np.float64)
        xy = horizontal_to(xyz[:, :2], self.crs, crs)
        return xy if xyz.shape[1] == 2 else np.column_stack([xy, xyz[:, 2] + self.elevation_m])

    @staticmethod
    def to_gltf(xyz: NDArray[_Real]) -> NDArray[_Real]:
        """Local (x east, y north, z up) to glTF (x east, y up, z south)."""
        return np.stack([xyz[..., 0], xyz[..., 2], -xyz[..., 1]], axis=-1)

    @staticmethod
    def from_gltf(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Undo ``to_gltf``."""
        return np.stack([xyz[..., 0], -xyz[..., 2], xyz[..., 1]], axis=-1)
