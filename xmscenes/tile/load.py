"""Bring one tile into memory: its window's points from the buckets, in an order that depends on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.records import Box, PointCloud, Tile
from xmscenes.tile.buckets import PER_M, RECORD, BucketIndex
from xmscenes.tile.order import cut, in_order

if TYPE_CHECKING:
    from xmscenes.tile.plan import TilePlan

_NONE = np.zeros(0, dtype=RECORD)


def load_tile(index: BucketIndex | None, plan: TilePlan) -> Tile:
    """Read everything that the later stages may see of a tile.

    Points are those in the window, its border included, sorted by x, y, z and then by the rest of the record.
    Without an index (a scene without points) the cloud is empty.
    """
    return Tile(
        key=plan.key,
        bounds_m=plan.bounds_m,
        window_m=plan.window_m,
        points=_window_points(index, plan.window_m),
        footprints=plan.footprints,
        nearby=plan.nearby,
        lines=plan.lines,
        areas=plan.areas,
        dem=plan.dem,
        ortho=plan.ortho,
        heroes=plan.heroes,
        points_origin=plan.points_origin,
    )


def _window_points(index: BucketIndex | None, window: Box) -> PointCloud:
    if index is None:
        return PointCloud(xyz=np.zeros((0, 3)), point_class=np.zeros(0, dtype=np.uint8))
    limits = np.array([round(v * PER_M) for v in window], dtype=np.int64)
    return index.to_cloud(
        in_order(np.concatenate([_NONE, *(cut(index.read(b), limits) for b in index.in_box(window))]))
    )


def sample_points(index: BucketIndex, limit: int = 200_000, boxes: tuple[Box, ...] = ()) -> PointCloud:
    """Points from the fullest buckets (those that touch ``boxes``, when given): a look at the survey, not a thinning.

    Whole buckets are read until ``limit`` is reached, then every n-th point kept so that at most ``limit`` remain.
    """
    buckets = [b for box in boxes for b in index.in_box(box)] if boxes else list(index.buckets.values())
    chosen = sorted({b.key: b for b in buckets}.values(), key=lambda b: (-b.count, b.key))
    parts, held = [_NONE], 0
    for bucket in chosen:
        if held >= limit:
            break
        parts.append(index.read(bucket))
        held += bucket.count
    records = in_order(np.concatenate(parts))
    return index.to_cloud(records[:: max(1, -(-len(records) // limit))])
