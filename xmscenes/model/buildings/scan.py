"""What the survey says about one building: its roof points, its ground, its density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.polygons import points_in_polygon, polygon_area_m2
from xmscenes.records import PointClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.polygons import Polygon
    from xmscenes.records import Footprint, PointCloud

LEAST_FOR_FLOOR = 8  # roof points
MAX_POINTS = 60_000  # more are thinned to a grid: cost stays bounded, planes gain nothing
BELOW_ROOF_M = 0.3  # ground that lies above the roof (stepped or steep ground) is not believed: the roof was measured
LEAST_HEIGHT_M = 2.0  # unclassified points lower than this above ground are not roof
NOISE = (PointClass.LOW_NOISE, PointClass.HIGH_NOISE)


@dataclass(frozen=True, slots=True)
class Scan:
    """Points of one roof, relative to ``origin`` (whole metres), and the ground below."""

    xyz: NDArray[np.float64]  # (N, 3) roof points
    origin: NDArray[np.float64]  # (3,)
    ground_m: float  # relative to origin
    floor_m: float  # underside of the solids, relative to origin: the ground, or lower where the roof is
    ground_source: str
    point_count: int  # before thinning
    density_per_m2: float


def scan_building(footprint: Footprint, polygons: list[Polygon], points: PointCloud, ground_z: float | None) -> Scan:
    """Pick the roof points of a building and find its ground.

    Building-class points count; where the survey has no classes at all, everything 2 m above ground counts.
    ``polygons`` is the repaired outline. Points that are not finite are passed over.
    """
    low = np.min([ring.min(axis=0) for ring, _ in polygons], axis=0)
    corner = np.floor(low)
    xyz, kind = points.xyz, points.point_class
    fine = np.isfinite(xyz).all(axis=1) & ~np.isin(kind, NOISE) & (np.abs(xyz) < 1e8).all(axis=1)
    if not fine.all():
        xyz, kind = xyz[fine], kind[fine]
    inside = np.zeros(len(xyz), dtype=np.bool_)
    for polygon in polygons:
        inside |= points_in_polygon(xyz[:, :2], polygon)
    ground, source = _ground(footprint, xyz, kind, inside, ground_z)
    roof = inside & (kind == PointClass.BUILDING)
    if not roof.any() and not np.isin(kind, range(2, 7)).any():
        roof = inside & (xyz[:, 2] > ground + LEAST_HEIGHT_M)
    chosen = xyz[roof]
    area = sum(polygon_area_m2(p) for p in polygons)
    origin = np.array([corner[0], corner[1], np.floor(ground)])
    count = len(chosen)
    lowest = float(np.percentile(chosen[:, 2], 2.0)) if count >= LEAST_FOR_FLOOR else np.inf
    return Scan(
        xyz=thinned(chosen - origin, MAX_POINTS),
        origin=origin,
        ground_m=ground - origin[2],
        floor_m=min(ground, lowest - BELOW_ROOF_M) - origin[2],
        ground_source=source,
        point_count=count,
        density_per_m2=count / area if area > 0 else 0.0,
    )


def thinned(xyz: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """Keep at most about ``limit`` points, one a grid cell (the first in the given order), order kept."""
    if len(xyz) <= limit:
        return np.ascontiguousarray(xyz)
    low, high = xyz.min(axis=0), xyz.max(axis=0)
    area = max(float((high[0] - low[0]) * (high[1] - low[1])), 1e-6)
    cell = float(np.sqrt(area / limit))
    columns = int((high[0] - low[0]) / cell) + 1
    key = ((xyz[:, 1] - low[1]) / cell).astype(np.int64) * columns + ((xyz[:, 0] - low[0]) / cell).astype(np.int64)
    _, first = np.unique(key, return_index=True)
    return np.ascontiguousarray(xyz[np.sort(first)])


def _ground(
    footprint: Footprint, xyz: NDArray[np.float64], kind: NDArray[Any], inside: NDArray[np.bool_], given: float | None
) -> tuple[float, str]:
    if given is not None and np.isfinite(given):
        return float(given), "terrain"
    ground = xyz[(kind == PointClass.GROUND) & ~inside, 2]
    if len(ground) < 3:
        ground = xyz[kind == PointClass.GROUND, 2]
    if len(ground):
        return float(np.percentile(ground, 20.0)), "ground points"
    if footprint.ground_m is not None and np.isfinite(footprint.ground_m):
        return float(footprint.ground_m), "layer"
    around = xyz[~inside, 2] if (~inside).sum() >= 20 else xyz[:, 2]
    if len(around):
        return float(np.percentile(around, 2.0)), "lowest points"
    return 0.0, "none"
