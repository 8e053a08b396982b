"""How far a result is from the truth of its simulated survey: terrain, roofs, crowns and water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import Polygon

from xmscenes.survey.canvas import distance_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from xmscenes.survey.truth import Truth

    Heights = Callable[[NDArray[np.float64]], NDArray[np.float64]]

WALL_MARGIN_M = 2.5
SHORE_MARGIN_M = 3.0
TREE_FROM_M = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Result minus truth over a set of positions, in metres. Positions without a result are ``missing``."""

    count: int
    missing: int
    rmse_m: float
    mae_m: float
    bias_m: float
    p95_m: float

    @classmethod
    def of(cls, result: NDArray[np.float64], truth: NDArray[np.float64]) -> Difference:
        """Sum up two arrays of heights; NaN where the result has none."""
        known = np.isfinite(result) & np.isfinite(truth)
        error = (result - truth)[known]
        if not len(error):
            return cls(count=0, missing=len(result), **dict.fromkeys(("rmse_m", "mae_m", "bias_m", "p95_m"), np.nan))
        return cls(
            count=len(error),
            missing=len(result) - len(error),
            rmse_m=float(np.sqrt((error**2).mean())),
            mae_m=float(np.abs(error).mean()),
            bias_m=float(error.mean()),
            p95_m=float(np.percentile(np.abs(error), 95)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrownScore:
    """Trees found again: recall over true trees, precision over found ones, and the errors of the pairs."""

    recall: float
    precision: float
    true_count: int
    found_count: int
    height_mae_m: float
    position_mae_m: float


def open_ground(truth: Truth) -> NDArray[np.bool_]:
    """Cells of the truth's canvas that are open ground: off walls, rocks, bridges and shores, not under a crown."""
    canvas = truth.ground.canvas
    taken = np.zeros(canvas.shape, dtype=np.uint8)
    triangles = np.concatenate([truth.roof, truth.others])[..., :2]
    canvas.burn(taken, (Polygon(t) for t in triangles), 1)
    clear = distance_m(taken > 0, canvas.cell_m) > WALL_MARGIN_M
    clear &= distance_m(~np.isnan(truth.ground.level_m), canvas.cell_m) > SHORE_MARGIN_M
    crowns = np.zeros(canvas.shape, dtype=np.uint8)
    circle = np.column_stack([f(np.linspace(0, 2 * np.pi, 12, endpoint=False)) for f in (np.cos, np.sin)])
    canvas.burn(
        crowns, (Polygon(f[:2] + circle * r) for f, r in zip(truth.tree_foot, truth.tree_radius_m, strict=True)), 1
    )
    return np.asarray(clear & (crowns == 0))


def judge_terrain(truth: Truth, heights: Heights, *, step_m: float = 3.0, area: Polygon | None = None) -> Difference:
    """Compare a terrain with the truth on open ground, on a grid of positions ``step_m`` apart.

    ``heights`` gives the result's elevation at (N, 2) local positions, NaN where it has none.
    """
    canvas = truth.ground.canvas
    stride = max(round(step_m / canvas.cell_m), 1)
    mask = np.zeros(canvas.shape, dtype=bool)
    mask[stride // 2 :: stride, stride // 2 :: stride] = True
    row, column = np.nonzero(mask & open_ground(truth))
    xy = np.column_stack([canvas.x[column], canvas.y[row]])
    if area is not None:
        import shapely

        xy = xy[shapely.contains_xy(area, xy)]
    return Difference.of(heights(xy), truth.ground.height(xy))


def judge_roof(truth: Truth, building_id: str, heights: Heights, *, step_m: float = 0.5) -> Difference:
    """Compare one building's roof with the truth on a grid of positions at least 0.3 m inside its true roof.

    An unknown id raises ``KeyError``.
    """
    found = np.flatnonzero(truth.building_id == building_id)
    if not len(found):
        raise KeyError(building_id)
    building = int(found[0])
    corners = truth.roof[truth.roof_building == building][..., :2].reshape(-1, 2)
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    x, y = np.meshgrid(np.arange(west + step_m / 2, east, step_m), np.arange(south + step_m / 2, north, step_m))
    xy = np.column_stack([x.ravel(), y.ravel()])
    inner = ~np.isnan(truth.roof_height(building, xy))
    for dx, dy in ((0.3, 0.0), (-0.3, 0.0), (0.0, 0.3), (0.0, -0.3)):
        inner &= ~np.isnan(truth.roof_height(building, xy + np.array([dx, dy])))
    xy = xy[inner]
    return Difference.of(heights(xy), truth.roof_height(building, xy))


def judge_crowns(
    truth: Truth, xy: NDArray[np.float64], height_m: NDArray[np.float64], *, taller_than_m: float = TREE_FROM_M
) -> CrownScore:
    """Match found trees (position and height above ground) with true ones, one to one, nearest first.

    A pair lies within the larger of 2 m and 0.7 crown radii. A found tree that matches a slightly lower true one is
    not held against precision, nor a true tree against recall that was found a little too low: the limit is relaxed
    by 1 m on the other side.
    """
    from scipy.spatial import cKDTree

    true_xy, found = truth.tree_foot[:, :2], np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    reach = np.maximum(0.7 * truth.tree_radius_m, 2.0)
    pairs = []
    if len(found) and len(true_xy):
        near = cKDTree(true_xy).query_ball_point(found, float(reach.max()))
        for k, candidates in enumerate(near):
            for t in candidates:
                gap = float(np.hypot(*(true_xy[t] - found[k])))
                if gap <= reach[t]:
                    pairs.append((gap, k, t))
    of_found, of_true = np.full(len(found), -1), np.full(len(true_xy), -1)
    for _, k, t in sorted(pairs):
        if of_found[k] < 0 and of_true[t] < 0:
            of_found[k], of_true[t] = t, k
    tall = truth.tree_height_m > taller_than_m
    claimed = np.asarray(height_m) > taller_than_m
    good_found = (of_found >= 0) & (truth.tree_height_m[of_found] > taller_than_m - 1.0)
    good_true = (of_true >= 0) & (np.append(height_m, 0.0)[of_true] > taller_than_m - 1.0)
    both = np.flatnonzero(claimed & good_found)
    mate = of_found[both]
    return CrownScore(
        recall=float(good_true[tall].mean()) if tall.any() else np.nan,
        precision=float(good_found[claimed].mean()) if claimed.any() else np.nan,
        true_count=int(tall.sum()),
        found_count=int(claimed.sum()),
        height_mae_m=float(np.abs(np.asarray(height_m)[both] - truth.tree_height_m[mate]).mean())
        if len(both)
        else np.nan,
        position_mae_m=float(np.hypot(*(found[both] - true_xy[mate]).T).mean()) if len(both) else np.nan,
    )


def judge_water(truth: Truth, xyz: NDArray[np.float64]) -> Difference:
    """Compare elevations of modelled water with the true level at their positions; dry positions are left out."""
    row, column = truth.ground.canvas.cells(xyz)
    level = truth.ground.level_m[row, column].astype(np.float64)
    wet = ~np.isnan(level)
    return Difference.of(np.asarray(xyz)[wet, 2], level[wet])
