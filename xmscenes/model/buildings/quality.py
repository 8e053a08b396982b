"""How well a model fits its points: the numbers that go with every building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.polygons import polygon_area_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.polygons import Polygon
    from xmscenes.model.buildings.roofed import RoofStory
    from xmscenes.model.buildings.scan import Scan
    from xmscenes.records import Solid


def measure_quality(
    polygons: list[Polygon], scan: Scan, parts: list[RoofStory | None], solids: tuple[Solid, ...]
) -> dict[str, float | int | str]:
    """Residuals across the surface, coverage, density, planes and heights of one building.

    ``rmse_m`` and ``p95_m`` are distances of all roof points (walls left out) to the plane of their roof face;
    ``coverage`` is the share of the outline's area within reach of a point.
    """
    area = sum(polygon_area_m2(p) for p in polygons)
    top = max((float(s.vertices[:, 2].max()) for s in solids), default=0.0)
    ground = scan.ground_m + float(scan.origin[2])
    quality: dict[str, float | int | str] = {
        "ground_m": round(ground, 3),
        "ground_source": scan.ground_source,
        "height_m": round(top - ground, 3),
        "area_m2": round(area, 2),
        "density_per_m2": round(scan.density_per_m2, 3),
    }
    stories = [p for p in parts if p is not None]
    quality["plane_count"] = sum(len(np.unique(s.labels)) for s in stories)
    if not stories:
        return quality
    curves = sorted(s.curve.kind for s in stories if s.curve is not None)
    if curves:
        quality["curve"] = ", ".join(curves)
    distance = np.concatenate([_residuals(s) for s in stories])
    if len(distance):
        quality["rmse_m"] = round(float(np.sqrt(np.mean(distance**2))), 4)
        quality["p95_m"] = round(float(np.percentile(distance, 95.0)), 4)
    quality["noise_m"] = round(max(s.roof.sigma_m for s in stories), 4)
    quality["coverage"] = round(_coverage(scan, area), 3)
    return quality


def _residuals(story: RoofStory) -> NDArray[np.float64]:
    ok = (story.face_of_point >= 0) & (story.roof.labels != -2)
    planes = story.roof.planes[story.labels[story.face_of_point[ok]]]
    distance: NDArray[np.float64] = np.abs((planes[:, :3] * story.xyz[ok]).sum(axis=1) + planes[:, 3])
    return distance


def _coverage(scan: Scan, area: float) -> float:
    """Share of the area in cells (a point's share or 0.5 m wide) that hold a point."""
    cell = max(0.5, 1.5 / np.sqrt(max(scan.density_per_m2, 1e-3)))
    key = np.floor(scan.xyz[:, :2] / cell).astype(np.int64)
    cells = len(np.unique(key[:, 0] * (1 << 32) + key[:, 1]))
    return float(min(1.0, cells * cell * cell / max(area, 1e-9)))
