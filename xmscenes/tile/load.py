"""Bring one tile into memory: its window's points from the buckets, in an order that depends on nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.records import Box, PointCloud, Tile
from xmscenes.tile.buckets import PER_M, RECORD, BucketIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.tile.plan import TilePlan


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
    west, south, east, north = (round(v * PER_M) for v in window)
    parts = [np.zeros(0, dtype=RECORD)]
    for bucket in index.in_box(window):
        records = index.read(bucket)
        x, y = records["x"], records["y"]
        parts.append(records[(x >= west) & (x <= east) & (y >= south) & (y <= north)])
    return index.to_cloud(_sorted(np.concatenate(parts)))


def _sorted(records: NDArray[Any]) -> NDArray[Any]:
    # One 64-bit key for x and y is twice as fast as two keys; ties beyond x, y, z are rare and settled by the bytes.
    plane = (records["x"].astype(np.int64) << 32) + records["y"]
    order = np.lexsort((records["z"], plane))
    ranked = records[order]
    same = (plane[order][1:] == plane[order][:-1]) & (ranked["z"][1:] == ranked["z"][:-1])
    if same.any():
        names = ("intensity", "point_class", "return_number", "return_count", "red", "green", "blue")
        order = np.lexsort((*(records[name] for name in reversed(names)), records["z"], plane))
        ranked = records[order]
    return ranked


def sample_points(index: BucketIndex, limit: int = 200_000, boxes: tuple[Box, ...] = ()) -> PointCloud:
    """Points from the fullest buckets (those that touch ``boxes``, when given): a look at the survey, not a thinning.

    Whole buckets are read until ``limit`` is reached, then every n-th point kept so that at most ``limit`` remain.
    """
    buckets = [b for box in boxes for b in index.in_box(box)] if boxes else list(index.buckets.values())
    chosen = sorted({b.key: b for b in buckets}.values(), key=lambda b: (-b.count, b.key))
    parts, held = [np.zeros(0, dtype=RECORD)], 0
    for bucket in chosen:
        if held >= limit:
            break
        parts.append(index.read(bucket))
        held += bucket.count
    records = _sorted(np.concatenate(parts))
    return index.to_cloud(records[:: max(1, -(-len(records) // limit))])
