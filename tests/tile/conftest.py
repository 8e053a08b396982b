"""A small survey in local metres, handed to the pass as any reader would."""

from __future__ import annotations

import numpy as np
import pytest

from xmscenes.frame import Frame
from xmscenes.records import PointCloud


class MemorySource:
    """Points in memory that stream like a file."""

    def __init__(self, cloud):
        self.cloud = cloud

    def chunks(self, _frame, chunk_size=1_000_000):
        for start in range(0, len(self.cloud), chunk_size):
            yield self.cloud.take(np.arange(start, min(len(self.cloud), start + chunk_size)))


@pytest.fixture
def frame():
    return Frame(lon_deg=118.0625, lat_deg=24.4472)


@pytest.fixture
def make_source():
    """Source of random points over a box (west, south, east, north), classes 2 and 6; attributes on request."""

    def make(count=5000, box=(-300.0, -300.0, 300.0, 300.0), seed=1, **attributes):
        rng = np.random.default_rng(seed)
        xy = rng.uniform(box[:2], box[2:], (count, 2))
        xyz = np.column_stack([xy, rng.uniform(0, 30, count)])
        classes = rng.choice(np.array([2, 6], dtype=np.uint8), count)
        return MemorySource(PointCloud(xyz=xyz, point_class=classes, **attributes))

    return make
