"""The one pass over all points: every point goes to the bucket of the tile that holds it.

Memory is bounded by one chunk and the write buffer, however large the survey. The folder appears by a rename when
it is complete, so an interrupted pass leaves nothing that looks finished.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from xmscenes.errors import ExportError, InputError
from xmscenes.records import Box, PointCloud, TileKey
from xmscenes.tile.buckets import PER_M, Bucket, BucketIndex, file_name, write_index
from xmscenes.tile.sort import measure, split_by_tile, to_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.options import TileOptions

_BUFFER_BYTES = 64_000_000
_CHUNK_POINTS = 500_000
_REACH_M = 2_000_000.0  # int32 millimetres


class Points(Protocol):
    """What the pass needs of a source: a stream of points in the local frame."""

    def chunks(self, frame: Frame, chunk_size: int = ...) -> Iterator[PointCloud]:
        """Stream the points."""
        ...


def bucket_points(
    sources: Sequence[Points],
    frame: Frame,
    options: TileOptions,
    folder: Path,
    area_box: Box | None = None,
    progress: Callable[[float], None] | None = None,
    *,
    chunk_size: int = _CHUNK_POINTS,
) -> BucketIndex:
    """Sort the points of all sources into one bucket file a tile, in one pass.

    ``area_box`` bounds the area and the footprints to be modelled; points beyond it by more than
    ``options.buffer_m`` are left out and counted. ``progress`` is called with the number of points done.
    ``InputError`` when no point is left, ``ExportError`` when the folder cannot be written.
    """
    partial = folder.with_name(folder.name + ".partial")
    with _writing(folder, partial):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        sorter = _Sorter(partial, options.size_m)
        limits = _limits_mm(area_box, options.buffer_m)
        has = {"rgb": True, "intensity": True, "return_number": True}
        seen = _Extent()
        for source in sources:
            for cloud in source.chunks(frame, chunk_size):
                has = {name: there and getattr(cloud, name) is not None for name, there in has.items()}
                seen.add(cloud)
                sorter.add(cloud, limits)
                if progress is not None:
                    progress(len(cloud))
        sorter.flush()
        if not sorter.facts:
            raise InputError(_nothing_left(seen, area_box, frame))
        index = BucketIndex(
            folder=folder,
            size_m=options.size_m,
            buckets={key: sorter.facts[key].to_bucket(key) for key in sorted(sorter.facts)},
            outside_count=sorter.outside,
            has_rgb=has["rgb"],
            has_intensity=has["intensity"],
            has_returns=has["return_number"],
        )
        write_index(index, partial)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    return index


@contextmanager
def _writing(folder: Path, partial: Path) -> Iterator[None]:
    done = False
    try:
        yield
        done = True
    except OSError as error:
        raise ExportError(
            f"{folder}: cannot be written ({error.strerror}); free space or choose another cache"
        ) from error
    finally:
        if not done:
            shutil.rmtree(partial, ignore_errors=True)


def _limits_mm(box: Box | None, buffer_m: float) -> NDArray[np.float64]:
    west, south, east, north = box or (-np.inf, -np.inf, np.inf, np.inf)
    reach = np.array([-_REACH_M, -_REACH_M, _REACH_M, _REACH_M])
    grown = np.array([west - buffer_m, south - buffer_m, east + buffer_m, north + buffer_m])
    return np.asarray(np.clip(grown, reach[0], reach[2]) * PER_M)


@dataclass(slots=True)
class _Extent:
    """Where the points lie, kept for the message when none of them is in the area."""

    count: int = 0
    low: NDArray[np.float64] = field(default_factory=lambda: np.full(3, np.inf))
    high: NDArray[np.float64] = field(default_factory=lambda: np.full(3, -np.inf))

    def add(self, cloud: PointCloud) -> None:
        """Grow by a chunk, which is never empty."""
        self.count += len(cloud)
        self.low = np.minimum(self.low, cloud.xyz.min(axis=0))
        self.high = np.maximum(self.high, cloud.xyz.max(axis=0))


def _nothing_left(seen: _Extent, box: Box | None, frame: Frame) -> str:
    if not seen.count or box is None:
        return "inputs.points: no point could be used; check the files with 'xmscenes info'"
    middle = (seen.low[:2] + seen.high[:2]) / 2
    lon, lat = frame.to_crs(middle[None], "EPSG:4326")[0]
    off_km = float(np.hypot(*(middle - [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]))) / 1000.0
    return (
        f"inputs.points: all {seen.count:,} points lie outside the area: they are around {lon:.5f}, {lat:.5f}, "
        f"{off_km:,.1f} km from its middle; check inputs.points.crs and area.bounds_deg"
    )


@dataclass(slots=True)
class _Facts:
    """What is known of one bucket while it grows."""

    count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    low: NDArray[np.int64] = field(default_factory=lambda: np.full(3, np.iinfo(np.int64).max))
    high: NDArray[np.int64] = field(default_factory=lambda: np.full(3, np.iinfo(np.int64).min))
    classes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, dtype=np.int64))

    def to_bucket(self, key: TileKey) -> Bucket:
        """Freeze the facts."""
        low, high = (tuple(float(v) for v in limits / PER_M) for limits in (self.low, self.high))
        return Bucket(
            key=key,
            count=self.count,
            sha256=self.digest.hexdigest(),
            low_m=low,  # type: ignore[arg-type]
            high_m=high,  # type: ignore[arg-type]
            class_counts={int(c): int(self.classes[c]) for c in np.flatnonzero(self.classes)},
        )


class _Sorter:
    """Collects sorted pieces and appends them to the bucket files when the buffer is full."""

    def __init__(self, folder: Path, size_m: float) -> None:
        self.facts: dict[TileKey, _Facts] = {}
        self.outside = 0
        self._folder = folder
        self._size_mm = round(size_m * PER_M)
        self._pieces: dict[TileKey, list[NDArray[Any]]] = {}
        self._held_bytes = 0

    def add(self, cloud: PointCloud, limits: NDArray[np.float64]) -> None:
        """Sort a chunk by tile; points outside ``limits`` (mm) are counted and left out."""
        records, tile = to_records(cloud, limits, self._size_mm)
        self.outside += len(cloud) - len(records)
        for key, piece in split_by_tile(records, tile):
            facts = self.facts.setdefault(key, _Facts())
            facts.count += len(piece)
            measure(piece, facts.low, facts.high, facts.classes)
            self._pieces.setdefault(key, []).append(piece)
            self._held_bytes += piece.nbytes
        if self._held_bytes > _BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Append what is held to the files, tile by tile."""
        for key in sorted(self._pieces):
            with (self._folder / file_name(key)).open("ab") as stream:
                for piece in self._pieces[key]:
                    data = piece.view(np.uint8).data
                    self.facts[key].digest.update(data)
                    stream.write(data)
        self._pieces, self._held_bytes = {}, 0
