"""One streaming pass from surveys of any size into small squares of work."""

from xmscenes.tile.buckets import BucketIndex, read_index
from xmscenes.tile.load import load_tile, sample_points
from xmscenes.tile.pass_points import bucket_points
from xmscenes.tile.plan import TilePlan, needed_box, plan_tiles

__all__ = [
    "BucketIndex",
    "TilePlan",
    "bucket_points",
    "load_tile",
    "needed_box",
    "plan_tiles",
    "read_index",
    "sample_points",
]
