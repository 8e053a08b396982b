"""Buckets: the points of one tile as a flat file, and the index that says what the buckets hold.

A bucket is an array of 20-byte records, little-endian, in the order of the sources; coordinates are whole
millimetres in the local frame. Nothing in it depends on how the pass was chunked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.records import Box, PointCloud, TileKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RECORD = np.dtype(
    [
        ("x", "<i4"),
        ("y", "<i4"),
        ("z", "<i4"),
        ("intensity", "<u2"),
        ("point_class", "u1"),
        ("return_number", "u1"),
        ("return_count", "u1"),
        ("red", "u1"),
        ("green", "u1"),
        ("blue", "u1"),
    ]
)
INDEX_NAME = "index.json"
FORMAT = 1  # of the bucket files and the index; a change makes old folders unreadable, so they are made again
PER_M = 1000.0  # millimetres


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What one tile's file holds."""

    key: TileKey
    count: int
    sha256: str
    low_m: tuple[float, float, float]
    high_m: tuple[float, float, float]
    class_counts: Mapping[int, int]

    @property
    def has_ground(self) -> bool:
        """Whether any point is of the ground class."""
        return 2 in self.class_counts

    @property
    def has_buildings(self) -> bool:
        """Whether any point is of the building class."""
        return 6 in self.class_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketIndex:
    """All buckets of a survey. Small: the points stay on disk until a tile asks for them."""

    folder: Path
    size_m: float
    buckets: Mapping[TileKey, Bucket] = field(default_factory=dict)  # sorted by key
    outside_count: int = 0  # points left out because they lie outside the area
    has_rgb: bool = False  # an attribute counts as there when every source has it
    has_intensity: bool = False
    has_returns: bool = False

    @property
    def point_count(self) -> int:
        """Points in all buckets."""
        return sum(bucket.count for bucket in self.buckets.values())

    @property
    def class_counts(self) -> dict[int, int]:
        """Points per ASPRS class in all buckets, sorted by class."""
        totals: dict[int, int] = {}
        for bucket in self.buckets.values():
            for number, count in bucket.class_counts.items():
                totals[number] = totals.get(number, 0) + count
        return dict(sorted(totals.items()))

    @property
    def extent_m(self) -> Box | None:
        """West, south, east, north of the points; None without points."""
        if not self.buckets:
            return None
        low = np.min([b.low_m for b in self.buckets.values()], axis=0)
        high = np.max([b.high_m for b in self.buckets.values()], axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def in_box(self, box: Box) -> tuple[Bucket, ...]:
        """Buckets with a point in or near a box: their own extents touch it."""
        west, south, east, north = box
        return tuple(
            b
            for b in self.buckets.values()
            if b.low_m[0] <= east and b.high_m[0] >= west and b.low_m[1] <= north and b.high_m[1] >= south
        )

    def read(self, bucket: Bucket) -> NDArray[Any]:
        """Records of one bucket; ``InputError`` when the file is not the one that was indexed."""
        path = self.folder / file_name(bucket.key)
        try:
            records = np.fromfile(path, dtype=RECORD)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); delete the cache and build again") from error
        if len(records) != bucket.count:
            raise InputError(f"{path}: holds {len(records)} of {bucket.count} points; delete the cache and build again")
        return records

    def to_cloud(self, records: NDArray[Any]) -> PointCloud:
        """Records as points in metres, with the attributes that every source has."""
        arrays: dict[str, Any] = {
            "xyz": np.column_stack([records["x"], records["y"], records["z"]]) / PER_M,
            "point_class": records["point_class"].copy(),
        }
        if self.has_rgb:
            arrays["rgb"] = np.column_stack([records["red"], records["green"], records["blue"]])
        if self.has_intensity:
            arrays["intensity"] = records["intensity"].copy()
        if self.has_returns:
            arrays["return_number"] = records["return_number"].copy()
            arrays["return_count"] = records["return_count"].copy()
        for values in arrays.values():
            values.flags.writeable = False  # spares the record a copy
        return PointCloud(**arrays)


def file_name(key: TileKey) -> str:
    """Name of a tile's bucket file."""
    return f"{key}.points"


def write_index(index: BucketIndex, folder: Path) -> None:
    """Write the index beside its buckets; sorted, so that same input gives same bytes."""
    rows = [
        {
            "column": b.key.column,
            "row": b.key.row,
            "count": b.count,
            "sha256": b.sha256,
            "low_m": b.low_m,
            "high_m": b.high_m,
            "class_counts": {str(k): v for k, v in b.class_counts.items()},
        }
        for b in index.buckets.values()
    ]
    facts = {
        "format": FORMAT,
        "size_m": index.size_m,
        "outside_count": index.outside_count,
        "has_rgb": index.has_rgb,
        "has_intensity": index.has_intensity,
        "has_returns": index.has_returns,
        "buckets": rows,
    }
    (folder / INDEX_NAME).write_text(json.dumps(facts, indent=0), encoding="utf-8")


def read_index(folder: Path) -> BucketIndex | None:
    """Open the buckets that an earlier pass left in a folder; None when there are none of this format."""
    path = folder / INDEX_NAME
    if not path.is_file():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    if facts["format"] != FORMAT:
        return None
    buckets = {}
    for row in facts["buckets"]:
        key = TileKey(column=row["column"], row=row["row"])
        buckets[key] = Bucket(
            key=key,
            count=row["count"],
            sha256=row["sha256"],
            low_m=tuple(row["low_m"]),
            high_m=tuple(row["high_m"]),
            class_counts={int(k): v for k, v in row["class_counts"].items()},
        )
    return BucketIndex(
        folder=folder,
        size_m=facts["size_m"],
        buckets=buckets,
        outside_count=facts["outside_count"],
        has_rgb=facts["has_rgb"],
        has_intensity=facts["has_intensity"],
        has_returns=facts["has_returns"],
    )
