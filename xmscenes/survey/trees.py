"""Trees of the truth scene: planted at random where there is room, so that crowns touch but seldom overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from xmscenes.survey.plan import SurveyPlan, TreePlan, rng_for

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from xmscenes.survey.ground import Ground
    from xmscenes.survey.layers import Shape

# kind: (height low, high), crown radius as a share of height (low, high), crown depth as a share of height
KINDS: dict[str, tuple[tuple[float, float], tuple[float, float], float]] = {
    "banyan": ((9.0, 15.0), (0.40, 0.50), 0.62),
    "broadleaf": ((6.5, 12.0), (0.30, 0.40), 0.66),
    "flame": ((6.5, 10.0), (0.45, 0.55), 0.45),
    "palm": ((7.0, 12.0), (0.18, 0.24), 0.30),
    "shrub": ((1.0, 2.6), (0.50, 0.70), 0.90),
}
KIND_NAMES = tuple(sorted(KINDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Trees by row: foot (N, 3), height, crown radius and depth in metres, kind as an index into ``KIND_NAMES``."""

    foot: NDArray[np.float64]
    height_m: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    depth_m: NDArray[np.float64]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        """Count the trees."""
        return len(self.height_m)


def plant(plan: SurveyPlan, layers: dict[str, list[Shape]], ground: Ground, free_m: NDArray[np.float32]) -> Trees:
    """Plant every rule of the plan in turn; earlier trees keep their room.

    ``free_m`` is the clear distance around each cell of the ground's canvas: to walls, path centres and shores.
    """
    spots = [_candidates(rule, layers[rule.layer], plan.seed, i) for i, rule in enumerate(plan.trees)]
    if not any(len(s) for s in spots):
        return Trees(
            foot=np.zeros((0, 3)),
            **dict.fromkeys(("height_m", "radius_m", "depth_m"), np.zeros(0)),
            kind=np.zeros(0, np.uint8),
        )
    rows = np.concatenate([s for s in spots if len(s)])  # x, y, height, radius, depth, kind, gap
    row, column = ground.canvas.cells(rows[:, :2])
    clear = free_m[row, column] > np.minimum(rows[:, 3] * 0.8, 3.0) + 0.3
    rows = rows[clear & ground.is_land(rows[:, :2])]
    kept = rows[_keep(np.ascontiguousarray(rows), 8.0)]
    foot = np.column_stack([kept[:, :2], ground.height(kept[:, :2])])
    return Trees(
        foot=foot, height_m=kept[:, 2], radius_m=kept[:, 3], depth_m=kept[:, 4], kind=kept[:, 5].astype(np.uint8)
    )


def _candidates(rule: TreePlan, shapes: list[Shape], seed: int, index: int) -> NDArray[np.float64]:
    parts = []
    for number, shape in enumerate(shapes):
        if not rule.match.items() <= shape.tags.items():
            continue
        rng = rng_for(seed, "trees", index, shape.id, number)
        xy = _inside(shape, rule, rng) if rule.where == "inside" else _along(shape, rule, rng)
        if len(xy):
            parts.append(_grown(xy, rule, rng))
    return np.concatenate(parts) if parts else np.zeros((0, 7))


def _inside(shape: Shape, rule: TreePlan, rng: np.random.Generator) -> NDArray[np.float64]:
    import shapely

    if shape.geometry.geom_type != "Polygon":
        return np.zeros((0, 2))
    west, south, east, north = shape.geometry.bounds
    tries = int((east - west) * (north - south) * 0.25 * rule.share) + 1  # four darts a tree's room: close to packed
    xy = rng.uniform((west, south), (east, north), (tries, 2))
    return np.asarray(xy[shapely.contains_xy(shape.geometry, xy)])


def _along(shape: Shape, rule: TreePlan, rng: np.random.Generator) -> NDArray[np.float64]:
    line = shape.geometry if shape.geometry.geom_type == "LineString" else shape.geometry.exterior
    xy = []
    for side in (rule.offset_m, -rule.offset_m):
        row = line.offset_curve(side)
        for part in getattr(row, "geoms", [row]):
            at = np.arange(rule.every_m / 2, part.length, rule.every_m)
            at = at[rng.random(len(at)) < rule.share] + rng.uniform(-0.4, 0.4, 1)
            xy += [part.interpolate(d).coords[0] for d in at]
    return np.array(xy).reshape(-1, 2)


def _grown(xy: NDArray[np.float64], rule: TreePlan, rng: np.random.Generator) -> NDArray[np.float64]:
    names = sorted(rule.kinds)
    shares = np.array([rule.kinds[n] for n in names])
    drawn = rng.choice(len(names), size=len(xy), p=shares / shares.sum())
    out = np.zeros((len(xy), 7))
    out[:, :2], out[:, 6] = xy, rule.gap
    for k, name in enumerate(names):
        (low, high), (slim, wide), depth = KINDS[name]
        at = drawn == k
        out[at, 2] = rng.uniform(low, high, int(at.sum()))
        out[at, 3] = out[at, 2] * rng.uniform(slim, wide, int(at.sum()))
        out[at, 4] = out[at, 2] * depth
        out[at, 5] = KIND_NAMES.index(name)
    return out


@njit(cache=True)
def _keep(rows: Any, cell: float) -> Any:
    """Dart throwing: keep a tree when no kept one is nearer than the gap; order decides (Bridson's grid)."""
    kept = np.zeros(len(rows), dtype=np.bool_)
    if len(rows) == 0:
        return kept
    west, south = rows[:, 0].min(), rows[:, 1].min()
    columns = int((rows[:, 0].max() - west) / cell) + 1
    lines = int((rows[:, 1].max() - south) / cell) + 1
    head = np.full((lines, columns), -1, dtype=np.int64)
    following = np.full(len(rows), -1, dtype=np.int64)
    for k in range(len(rows)):
        j, i = int((rows[k, 0] - west) / cell), int((rows[k, 1] - south) / cell)
        good = True
        for a in range(max(i - 2, 0), min(i + 3, lines)):
            for b in range(max(j - 2, 0), min(j + 3, columns)):
                other = head[a, b]
                while other >= 0 and good:
                    need = (rows[k, 3] + rows[other, 3]) * rows[k, 6]
                    if (rows[k, 0] - rows[other, 0]) ** 2 + (rows[k, 1] - rows[other, 1]) ** 2 < need * need:
                        good = False
                    other = following[other]
        if good:
            kept[k] = True
            following[k] = head[i, j]
            head[i, j] = k
    return kept
