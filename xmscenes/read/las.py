"""LAS 1.0 to 1.4, LAZ and COPC. laspy and lazrs have their home here."""

from __future__ import annotations

import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.crs import Crs, read_crs
from xmscenes.read.las_header import require_sound_chunks, require_sound_header
from xmscenes.read.points import Bounds3, PointFacts, PointSource, RawPoints, joined, with_crs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import laspy
    from numpy.typing import NDArray

_PROBES = 8
_PROBE_POINTS = 25_000
_WITHHELD = {True: ("classification_flags", 4), False: ("raw_classification", 128)}
_VERTICAL_CRS_KEY, _VERTICAL_UNIT_KEY = 4096, 4099
_FEET_M = {9001: 1.0, 9002: 0.3048, 9003: 1200.0 / 3937.0}


class LasSource(PointSource):
    """A LAS, LAZ or COPC file. Points flagged as withheld are left out, as the standard asks."""

    def __init__(self, path: Path, crs: str | None = None) -> None:
        super().__init__()
        with _translated(path):
            require_sound_header(path)
        with _translated(path), _opened(path, in_parallel=False) as reader:
            header = reader.header
            self._chunks = _require_sound(path, header)
            header_crs = None if crs else _header_crs(path, header)
            seen = _probe(reader, self._chunks)
        names = set(header.point_format.dimension_names)
        packed = "LAZ" if header.are_points_compressed else "LAS"
        if any(vlr.user_id == "copc" for vlr in header.vlrs):
            packed = "COPC"
        facts = PointFacts(
            path=path,
            kind=f"{packed} {header.version}, point format {header.point_format.id}",
            point_count=int(header.point_count),
            bounds=_bounds(header, seen),
            crs=header_crs,
            classes=seen["classes"],
            has_rgb="red" in names,
            has_intensity=bool(seen["intensity"]),
            has_returns=bool(seen["returns"]),
            generator=str(header.generating_software).strip("\0 "),
        )
        self.facts = with_crs(facts, crs)
        self._rgb_shift = 8 if seen["greatest_rgb"] > 255 else 0

    def _records(self, chunk_size: int) -> Iterator[RawPoints]:
        path = self.facts.path
        read = 0
        with _translated(path), _opened(path) as reader:
            scale, offset = np.asarray(reader.header.scales), np.asarray(reader.header.offsets)
            while read < reader.header.point_count:
                points = reader.read_points(chunk_size).array
                if len(points) == 0:
                    raise InputError(
                        f"{path.name}: breaks off after {read} of {reader.header.point_count} points; "
                        "copy or export the file again"
                    )
                read += len(points)
                yield self._unpacked(points, scale, offset, reader.header.point_format.id >= 6)

    def raw_sample(self, count: int = 200_000) -> RawPoints:
        """At most ``count`` points from places spread evenly over the file."""
        path = self.facts.path
        if count >= (self.facts.point_count or 0):
            return super().raw_sample(count)
        parts = []
        with _translated(path), _opened(path, in_parallel=False) as reader:
            scale, offset = np.asarray(reader.header.scales), np.asarray(reader.header.offsets)
            for start in _spread(int(reader.header.point_count), count // _PROBES, self._chunks):
                reader.seek(start)
                points = reader.read_points(count // _PROBES).array
                parts.append(self._unpacked(points, scale, offset, reader.header.point_format.id >= 6))
        self._found = {}
        return joined(parts)

    def _unpacked(self, points: Any, scale: Any, offset: Any, is_modern: bool) -> RawPoints:
        name, bit = _WITHHELD[is_modern]
        withheld = (points[name] & bit) != 0
        if withheld.any():
            self._count("flagged as withheld", int(withheld.sum()))
            points = points[~withheld]
        rgb = None
        if self.facts.has_rgb:
            rgb = np.column_stack([points[c] >> self._rgb_shift for c in ("red", "green", "blue")]).astype(np.uint8)
        bits = points["bit_fields"]
        mask, shift = (15, 4) if is_modern else (7, 3)
        return RawPoints(
            x=points["X"] * scale[0] + offset[0],
            y=points["Y"] * scale[1] + offset[1],
            z=points["Z"] * scale[2] + offset[2],
            point_class=points["classification"].copy() if is_modern else points["raw_classification"] & np.uint8(31),
            rgb=rgb,
            intensity=points["intensity"].copy() if self.facts.has_intensity else None,
            return_number=bits & np.uint8(mask) if self.facts.has_returns else None,
            return_count=(bits >> shift) & np.uint8(mask) if self.facts.has_returns else None,
        )


def _opened(path: Path, *, in_parallel: bool = True) -> laspy.LasReader:
    """Open for reading all of it, or bits of it: in parallel whole chunks are decoded, wanted or not."""
    import laspy
    from laspy.compression import DecompressionSelection as Fields

    # Measured on 10 M points of format 6, 2 cores: all fields 3.9 M points a CPU second, these 4.7 M.
    fields = Fields.base() | Fields.Z | Fields.CLASSIFICATION | Fields.FLAGS | Fields.INTENSITY | Fields.RGB
    backend = laspy.LazBackend.LazrsParallel if in_parallel else laspy.LazBackend.Lazrs
    return laspy.open(path, laz_backend=backend, decompression_selection=fields)


def _require_sound(path: Path, header: laspy.LasHeader) -> NDArray[np.int64]:
    """First points of the chunks of a LAZ file, none of a LAS file, once it is sure that the file can be read."""
    if header.point_count == 0:
        raise InputError(f"{path.name}: holds no points; export the file again")
    scales = np.concatenate([header.scales, header.offsets])
    if not np.isfinite(scales).all() or not (np.asarray(header.scales) != 0).all():
        raise InputError(
            f"{path.name}: scale {[float(v) for v in header.scales]} or offset "
            f"{[float(v) for v in header.offsets]} in the header is no usable number; export the file again"
        )
    if header.are_points_compressed:
        laszip = next((v for v in header.vlrs if type(v).__name__ == "LasZipVlr"), None)
        if laszip is None:
            raise InputError(f"{path.name}: compressed, but without a LASzip record; copy or export the file again")
        start, size = int(header.offset_to_point_data), int(header.point_format.size)
        counts = require_sound_chunks(path, start, int(header.point_count), size, laszip.record_data)
        return np.cumsum([0, *counts[:-1]])
    whole = header.offset_to_point_data + header.point_count * header.point_format.size
    held = path.stat().st_size
    if held < whole:
        raise InputError(f"{path.name}: cut off at {held} of {whole} bytes; copy or export the file again")
    return np.zeros(0, dtype=np.int64)


def _header_crs(path: Path, header: laspy.LasHeader) -> Crs | None:
    try:
        crs = header.parse_crs()
    except (ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[-80:]  # PROJ repeats the whole text first
        raise FrameError(
            f"{path.name}: the CRS in the header is not understood (... {reason}); set inputs.points.crs"
        ) from error
    if crs is None:
        return None
    try:
        found = read_crs(crs.to_wkt())
    except FrameError as error:
        raise FrameError(f"{path.name}: {error}; set inputs.points.crs") from error
    return _with_geokey_heights(found, header)


def _with_geokey_heights(crs: Crs, header: laspy.LasHeader) -> Crs:
    from dataclasses import replace

    keys = {
        key.id: key.value_offset
        for vlr in header.vlrs
        if type(vlr).__name__ == "GeoKeyDirectoryVlr"
        for key in vlr.geo_keys
        if key.tiff_tag_location == 0
    }
    if _VERTICAL_UNIT_KEY in keys and keys[_VERTICAL_UNIT_KEY] in _FEET_M:
        crs = replace(crs, height_unit_m=_FEET_M[keys[_VERTICAL_UNIT_KEY]])
    if _VERTICAL_CRS_KEY in keys and not crs.vertical:
        crs = replace(crs, vertical=f"EPSG:{keys[_VERTICAL_CRS_KEY]}")
    return crs


def _bounds(header: laspy.LasHeader, seen: dict[str, Any]) -> Bounds3:
    """Extent that the header gives, or that of the samples where they contradict it: some programs leave it zero."""
    box = np.array([header.mins, header.maxs])
    samples = np.array([seen["low"], seen["high"]]) * header.scales + header.offsets
    slack = np.abs(header.scales) * 2
    sound = np.isfinite(box).all() and (samples[0] >= box[0] - slack).all() and (samples[1] <= box[1] + slack).all()
    west, south, low, east, north, high = (float(v) for v in (box if sound else samples).ravel())
    return (west, south, low, east, north, high)


def _spread(count: int, length: int, chunks: NDArray[np.int64]) -> list[int]:
    """Where to start reading so that ``_PROBES`` stretches of ``length`` points are spread over ``count``.

    Stretches start where a chunk does, since everything before them in their chunk would have to be decoded, too.
    """
    starts = np.array([int(k * max(0, count - length) / (_PROBES - 1)) for k in range(_PROBES)])
    if len(chunks):
        starts = chunks[np.searchsorted(chunks, starts, side="right") - 1]
    return [int(start) for start in np.unique(starts)]


def _probe(reader: laspy.LasReader, chunks: NDArray[np.int64]) -> dict[str, Any]:
    """Look at samples spread over the file: colours may be 8 or 16 bit wide, fields may be all zero."""
    count = int(reader.header.point_count)
    starts = _spread(count, _PROBE_POINTS, chunks)
    classes: set[int] = set()
    seen: dict[str, Any] = {"greatest_rgb": 0, "intensity": 0, "returns": 0}
    seen |= {"low": np.full(3, np.inf), "high": np.full(3, -np.inf)}
    for start in starts if count > _PROBES * _PROBE_POINTS else [0]:
        reader.seek(start)
        points = reader.read_points(_PROBE_POINTS if count > _PROBES * _PROBE_POINTS else count).array
        if len(points) == 0:
            continue
        is_modern = reader.header.point_format.id >= 6
        xyz = np.array([(points[axis].min(), points[axis].max()) for axis in "XYZ"], dtype=np.float64)
        seen["low"], seen["high"] = np.minimum(seen["low"], xyz[:, 0]), np.maximum(seen["high"], xyz[:, 1])
        bits = points["classification"] if is_modern else points["raw_classification"] & 31
        classes.update(int(c) for c in np.unique(bits))
        if "red" in points.dtype.names:
            seen["greatest_rgb"] = max(seen["greatest_rgb"], *(int(points[c].max()) for c in ("red", "green", "blue")))
        seen["intensity"] = max(seen["intensity"], int(points["intensity"].max()))
        seen["returns"] = max(seen["returns"], int((points["bit_fields"] & (15 if is_modern else 7)).max()))
    seen["classes"] = tuple(sorted(classes))
    return seen


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Say what laspy and lazrs found wrong, in one line."""
    import laspy
    import lazrs

    try:
        yield
    except OSError as error:
        if error.strerror is None:
            raise InputError(f"{path.name}: cut off or damaged ({error}); copy or export the file again") from error
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
    except (laspy.errors.LaspyException, lazrs.LazrsError) as error:
        raise InputError(f"{path.name}: cut off or damaged ({error}); copy or export the file again") from error
    except (struct.error, ValueError, IndexError, KeyError, OverflowError, MemoryError, UnicodeError) as error:
        raise InputError(f"{path.name}: not a sound LAS file ({error}); copy or export the file again") from error
