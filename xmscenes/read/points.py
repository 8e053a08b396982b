"""What every point file gives: facts from its header, and a stream of points in local metres."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.crs import Crs, read_crs
from xmscenes.read.place import require_place
from xmscenes.read.reproject import LocalPlane
from xmscenes.records import Issue, PointCloud

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame

Bounds3 = tuple[float, float, float, float, float, float]  # least x, y, z, greatest x, y, z


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFacts:
    """What a point file says of itself before it is read through."""

    path: Path
    kind: str  # "LAZ 1.4, point format 6"
    point_count: int | None  # None: only reading through tells
    bounds: Bounds3 | None  # in the file's own units
    crs: Crs | None
    classes: tuple[int, ...] | None  # classes met in samples over the whole file; None: the file has no classes
    has_rgb: bool = False
    has_intensity: bool = False
    has_returns: bool = False
    generator: str = ""

    @property
    def has_ground(self) -> bool:
        """Whether samples of the file hold points of the ground class."""
        return self.classes is not None and 2 in self.classes

    @property
    def has_buildings(self) -> bool:
        """Whether samples of the file hold points of the building class."""
        return self.classes is not None and 6 in self.classes

    def corners(self, frame: Frame) -> NDArray[np.float64]:
        """Outline (K, 2) of the extent in local metres; ``FrameError`` without a CRS."""
        if self.crs is None or self.bounds is None:
            raise FrameError(f"{self.path.name}: no CRS in the header; set inputs.points.crs, for example EPSG:4548")
        west, south, _, east, north, _ = self.bounds
        # Straight edges of one system are bent in another, hence points along them.
        steps = np.linspace(0.0, 1.0, 9)
        x, y = west + steps * (east - west), south + steps * (north - south)
        edges = [np.column_stack([x, np.full(9, v)]) for v in (south, north)]
        edges += [np.column_stack([np.full(9, v), y]) for v in (west, east)]
        return frame.to_local(np.concatenate(edges), self.crs.text)

    @property
    def density_per_m2(self) -> float | None:
        """Points a square metre of the bounding box, when the header tells; too low for ragged surveys."""
        if self.bounds is None or self.point_count is None or self.crs is None:
            return None
        west, south, _, east, north, _ = self.bounds
        unit_x = unit_y = self.crs.unit_m
        if self.crs.is_degrees:
            unit_y = 110_600.0
            unit_x = 111_320.0 * float(np.cos(np.radians((south + north) / 2)))
        area_m2 = (east - west) * unit_x * (north - south) * unit_y
        return self.point_count / area_m2 if area_m2 > 0 else None


@dataclass(slots=True, kw_only=True)
class RawPoints:
    """A chunk in the file's own coordinates, all arrays (N,); ``rgb`` is (N, 3)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    point_class: NDArray[np.uint8] | None = None
    rgb: NDArray[np.uint8] | None = None
    intensity: NDArray[np.uint16] | None = None
    return_number: NDArray[np.uint8] | None = None
    return_count: NDArray[np.uint8] | None = None

    def take(self, keep: NDArray[np.bool_]) -> RawPoints:
        """Points where ``keep`` is true."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        kept: dict[str, Any] = {name: None if v is None else v[keep] for name, v in values.items()}
        return RawPoints(**kept)


def joined(parts: Sequence[RawPoints]) -> RawPoints:
    """Chunks of one source as one; at least one."""
    values: dict[str, Any] = {}
    for name in RawPoints.__slots__:
        arrays = [getattr(part, name) for part in parts]
        values[name] = None if arrays[0] is None else np.concatenate(arrays)
    return RawPoints(**values)


class PointSource(ABC):
    """One point file. ``facts`` come from the header; ``chunks`` streams; ``issues`` knows more after streaming.

    A reader of a new format writes ``facts`` in its constructor and ``_records``.
    """

    facts: PointFacts

    def __init__(self) -> None:
        self._found: dict[str, int] = {}

    @abstractmethod
    def _records(self, chunk_size: int) -> Iterator[RawPoints]:
        """Read the file from its start, at most ``chunk_size`` points at a time."""

    def chunks(self, frame: Frame, chunk_size: int = 1_000_000) -> Iterator[PointCloud]:
        """Stream the points in local metres and in file order, every vertex reprojected by itself.

        Points with NaN or infinite coordinates, and points that the reference system cannot place, are dropped and
        counted in ``issues``; ``InputError`` when none is left or the file breaks off.
        """
        where = self.facts.path.name
        plane = self._plane(frame)
        self._found = {}
        kept = 0
        for number, raw in enumerate(_ahead(self._records(chunk_size))):
            if number == 0:
                self._require_place(raw, frame)
            cloud = self._localised(raw, plane)
            kept += len(cloud)
            if len(cloud):
                yield cloud
        if not kept:
            reason = "; ".join(f"{count} {what}" for what, count in self._found.items()) or "the file is empty"
            raise InputError(f"{where}: no usable point ({reason}); export the points again")

    def _plane(self, frame: Frame) -> LocalPlane:
        if self.facts.crs is None:
            raise FrameError(
                f"{self.facts.path.name}: no CRS in the header; set inputs.points.crs, for example EPSG:4548"
            )
        return LocalPlane(frame=frame, crs=self.facts.crs)

    def _require_place(self, first: RawPoints, frame: Frame) -> None:
        finite = np.isfinite(first.x) & np.isfinite(first.y)
        if finite.any() and self.facts.crs is not None:
            # The median of the first chunk: a few stray points must not decide.
            middle = (float(np.median(first.x[finite])), float(np.median(first.y[finite])))
            require_place(self.facts.path.name, middle, self.facts.crs, frame)

    def _localised(self, raw: RawPoints, plane: LocalPlane) -> PointCloud:
        finite = np.isfinite(raw.x + raw.y + raw.z)
        if not finite.all():
            self._count("NaN or infinite coordinates", int((~finite).sum()))
            raw = raw.take(finite)
        xyz = plane.to_local(raw.x, raw.y, raw.z)
        if not np.isfinite(xyz.sum()):
            placed = np.asarray(np.isfinite(xyz).all(axis=1), dtype=np.bool_)
            self._count("out of reach of the CRS", int((~placed).sum()))
            raw, xyz = raw.take(placed), xyz[placed]
        classes = np.zeros(len(xyz), dtype=np.uint8) if raw.point_class is None else raw.point_class
        arrays: dict[str, Any] = {
            "xyz": xyz,
            "point_class": classes,
            "rgb": raw.rgb,
            "intensity": raw.intensity,
            "return_number": raw.return_number,
            "return_count": raw.return_count,
        }
        for values in arrays.values():
            if values is not None:
                values.flags.writeable = False  # spares the record a copy
        return PointCloud(**arrays)

    def _count(self, what: str, number: int) -> None:
        if number:
            self._found[what] = self._found.get(what, 0) + number

    def corners(self, frame: Frame) -> NDArray[np.float64]:
        """Outline (K, 2) of the file's extent in local metres, from the header."""
        return self.facts.corners(frame)

    def sample(self, frame: Frame, count: int = 200_000) -> PointCloud:
        """At most ``count`` points in local metres, for a look at the file; ``InputError`` when there are none."""
        cloud = self._localised(self.raw_sample(count), self._plane(frame))
        self._found = {}
        if not len(cloud):
            raise InputError(f"{self.facts.path.name}: no usable point in a sample of {count}; export the points again")
        return cloud

    def raw_sample(self, count: int = 200_000) -> RawPoints:
        """At most ``count`` points in the file's own coordinates: here the first ones."""
        return next(self._records(count))

    def issues(self) -> tuple[Issue, ...]:
        """What was left out while streaming; complete once ``chunks`` is exhausted."""
        return tuple(
            Issue(
                code="POINTS_DROPPED",
                severity="warning",
                where=self.facts.path.name,
                message=f"{count} points left out: {what}",
                hint="the rest is used; export the points again if that is too many",
            )
            for what, count in self._found.items()
        )


def _ahead(chunks: Iterator[RawPoints]) -> Iterator[RawPoints]:
    """Give the chunks in their order, the next one being decoded while the caller works on this one."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, chunks, None)
        while (raw := coming.result()) is not None:
            coming = reader.submit(next, chunks, None)
            yield raw


def scan_bounds(chunks: Iterator[RawPoints]) -> tuple[int, Bounds3 | None]:
    """Count and extent of a file whose header tells neither, by reading it through once; stray NaN are passed over."""
    count = 0
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for raw in chunks:
        count += len(raw.x)
        for axis, values in enumerate((raw.x, raw.y, raw.z)):
            finite = values[np.isfinite(values)]
            low[axis] = min(low[axis], finite.min(initial=np.inf))
            high[axis] = max(high[axis], finite.max(initial=-np.inf))
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return count, None
    return count, (*(float(v) for v in low), *(float(v) for v in high))  # type: ignore[return-value]


def with_crs(facts: PointFacts, crs: str | None) -> PointFacts:
    """Facts with the spec's reference system, which wins over the header's."""
    if crs is None:
        return facts
    try:
        return replace(facts, crs=read_crs(crs))
    except FrameError as error:
        raise FrameError(f"{facts.path.name}: {error}") from error
