"""Judge reconstructed roofs: reads the written CityJSON, the points, the footprints and, if known, the true roofs.

The measures (2026):

- rate: footprints with a solid that has a roof surface; fallbacks to simpler forms are counted besides.
- P2R: distance of every class-6 point in the footprint to the nearest roof triangle of its building.
- DSM: the same for the highest point of each 0.5 m cell, footprint eroded by 0.5 m: ignores hits on walls.
- GT: |z model - z truth| of the topmost roof at cell centres, footprint eroded by 0.25 m. Misplaced step edges rule the
  RMSE, so MAE and in20 (share under 0.2 m) are given too.
- block: height of LoD1.2 against the 70th percentile of the true roof at those cells; the share within 0.5 m.
- planes: distinct roof planes over 1 m2, against the true number: exact (share) and mae.
- scanned: GT and planes once more, of buildings with class-6 points only: where a peer gives no model, ours is a guess.
- valid, manifold, watertight, planarity, shortest edge, volume; triangles a building.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.roof_kernels import distances_m, highest_of_cells, topmost_z
from xmscenes.bench.roof_planes import count_planes, roof_faces
from xmscenes.bench.roof_sets import PointsByCell, RoofSet, read_roof_set
from xmscenes.bench.roof_solids import judge_solids
from xmscenes.check.cityjson_read import read_cityjson
from xmscenes.records import Form

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.check.cityjson_read import CityModel

NEAR_M = 0.2
BLOCK_PERCENTILE, BLOCK_NEAR_M = 70.0, 0.5
LEAST_POINTS = 5  # with fewer class-6 points a building counts as not scanned
DSM_CELL_M, DSM_ERODE_M = 0.5, 0.5
GT_CELL_M, GT_COARSE_CELL_M, GT_ERODE_M, GT_LARGE_M2, GT_LEAST_CELLS = 0.25, 0.5, 0.25, 600.0, 4


@dataclass(slots=True, kw_only=True)
class RoofVerdict:
    """What was measured on one building; arrays hold one error a point or cell."""

    id: str
    form: str = ""
    fallback: str = ""
    has_model: bool = False
    planes: int = 0
    true_planes: int | None = None
    p2r_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    dsm_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    gt_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # |error| of covered cells
    gt_known: int = 0
    block_off_m: float = float("nan")
    triangles: int = 0

    @property
    def gt_rmse_m(self) -> float:
        """RMSE of the building against the truth; NaN when it is not known at four cells."""
        return _rmse(self.gt_m) if self.gt_known >= GT_LEAST_CELLS and len(self.gt_m) else float("nan")


def run_roofs(
    cityjson: Path, points: Path, footprints: Path, truth: Path | None = None, *, form: Form = Form.ROOFED
) -> dict[str, Any]:
    """Judge one CityJSON file against its points, footprints and truth; gives every measure by name."""
    verdicts, model = judge_roofs(cityjson, points, footprints, truth, form=form)
    return summarize(verdicts) | {"solids": judge_solids(model)}


def judge_roofs(
    cityjson: Path, points: Path, footprints: Path, truth: Path | None = None, *, form: Form = Form.ROOFED
) -> tuple[list[RoofVerdict], CityModel]:
    """Measure every building of a footprint layer; gives one verdict a footprint, in its order."""
    model, roofs = read_cityjson(cityjson), read_roof_set(points, footprints, truth)
    cells = PointsByCell(roofs.points)
    return [_judge(b, roofs, cells, model, form) for b in range(len(roofs.ids))], model


def _judge(b: int, roofs: RoofSet, cells: PointsByCell, model: CityModel, form: Form) -> RoofVerdict:
    verdict = RoofVerdict(id=roofs.ids[b])
    if "nplanes" in roofs.fields:
        verdict.true_planes = int(roofs.fields["nplanes"][b])
    building = model.buildings.get(roofs.ids[b])
    if building is None:
        return verdict
    verdict.form = str(building.attributes.get("form", ""))
    verdict.fallback = str(building.attributes.get("fallback", ""))
    faces = roof_faces(building.solids.get(form, ()))
    if not faces:
        return verdict
    tri = np.concatenate(faces) - roofs.origin
    verdict.has_model = True
    verdict.planes = count_planes(faces)
    polygon = roofs.polygons[b]
    verdict.p2r_m = distances_m(cells.within(polygon), tri)
    inner = cells.within(polygon.buffer(-DSM_ERODE_M))
    highest = highest_of_cells(inner, DSM_CELL_M, roofs.origin[0], roofs.origin[1])
    verdict.dsm_m = distances_m(inner[highest], tri)
    if roofs.truth is not None:
        xy = true_cells(polygon)
        z_true, z_model = topmost_z(xy, roofs.truth[b]), topmost_z(xy, tri)
        known = np.isfinite(z_true)
        verdict.gt_known = int(known.sum())
        verdict.gt_m = np.abs(z_model - z_true)[known & np.isfinite(z_model)]
        tops = [face[:, :, 2].max() for face in roof_faces(building.solids.get(Form.BLOCK, ()))]
        if tops and known.any():
            verdict.block_off_m = float(max(tops) - roofs.origin[2] - np.percentile(z_true[known], BLOCK_PERCENTILE))
    return verdict


def true_cells(polygon: Any) -> NDArray[np.float64]:
    """Cell centres (N, 2) at which a building is compared with the truth."""
    import shapely

    cell = GT_COARSE_CELL_M if polygon.area > GT_LARGE_M2 else GT_CELL_M
    west, south, east, north = polygon.bounds
    x, y = (np.arange(low + cell / 2, high, cell) for low, high in ((west, east), (south, north)))
    grid = np.column_stack([a.ravel() for a in np.meshgrid(x, y)])
    return grid[shapely.contains_xy(polygon.buffer(-GT_ERODE_M), grid[:, 0], grid[:, 1])]


def summarize(verdicts: Sequence[RoofVerdict]) -> dict[str, Any]:
    """Pool the verdicts of a set: rate, errors, planes, fallbacks by reason."""
    modelled = [v for v in verdicts if v.has_model]
    scanned = [v for v in modelled if len(v.p2r_m) >= LEAST_POINTS]
    forms, reasons = [v.form for v in verdicts], [v.fallback for v in verdicts if v.fallback]
    return {
        "buildings": len(verdicts),
        "rate": len(modelled) / len(verdicts) if verdicts else float("nan"),
        "forms": {name: forms.count(name) for name in sorted(set(forms))},
        "fallbacks": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "p2r": _errors([v.p2r_m for v in modelled])
        | {"building_median_m": _median([_rmse(v.p2r_m) for v in modelled])},
        "dsm": _errors([v.dsm_m for v in modelled]),
        **_against_truth(modelled),
        "scanned": {"buildings": len(scanned), **_against_truth(scanned)},
    }


def _against_truth(modelled: Sequence[RoofVerdict]) -> dict[str, dict[str, float]]:
    scored = [v for v in modelled if np.isfinite(v.gt_rmse_m)]
    counted = [v for v in scored if v.true_planes is not None]
    off = np.array([v.planes - (v.true_planes or 0) for v in counted])
    each = np.array([v.gt_rmse_m for v in scored])
    blocks = np.array([v.block_off_m for v in scored])
    return {
        "block": {"within": _share(np.abs(blocks) <= BLOCK_NEAR_M), "median_m": _median(blocks)},
        "gt": _errors([v.gt_m for v in scored])
        | {
            "building_median_m": _median(each),
            "building_p95_m": float(np.percentile(each, 95)) if len(each) else float("nan"),
            "cover": float(np.mean([len(v.gt_m) / v.gt_known for v in scored])) if scored else float("nan"),
        },
        "planes": {
            "found": sum(v.planes for v in modelled),
            "true": sum(v.true_planes or 0 for v in counted),
            "exact": _share(off == 0),
            "mae": float(np.abs(off).mean()) if len(off) else float("nan"),
            "too_few": _share(off < 0),
            "too_many": _share(off > 0),
        },
    }


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _rmse(errors: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(errors**2))) if len(errors) else float("nan")


def _median(values: Any) -> float:
    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if len(finite) else float("nan")


def _errors(parts: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    pooled = np.concatenate([np.zeros(0), *parts])
    if not len(pooled):
        return dict.fromkeys(("rmse_m", "mae_m", "median_m", "p95_m", "in20"), float("nan"))
    return {
        "rmse_m": _rmse(pooled),
        "mae_m": float(pooled.mean()),
        "median_m": float(np.median(pooled)),
        "p95_m": float(np.percentile(pooled, 95)),
        "in20": float((pooled < NEAR_M).mean()),
    }
