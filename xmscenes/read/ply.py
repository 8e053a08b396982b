"""PLY point clouds: ASCII and binary of both byte orders, streamed.

A reader of its own, because trimesh and open3d load a file whole, and both drop properties they do not know.
Format: Greg Turk, "The PLY Polygon File Format", 1994.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.read.points import PointFacts, PointSource, RawPoints, scan_bounds, with_crs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

_TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_COLOURS = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))
_CLASSES = ("classification", "class", "scalar_classification", "scalar_class", "label")
_INTENSITIES = ("intensity", "scalar_intensity", "reflectance")
_LONGEST_HEADER = 1000
_PROBE_POINTS = 20_000
_SCAN_POINTS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlyHeader:
    """What the header says: byte order ("" for ASCII), points, the layout of one, and where they start."""

    order: str
    count: int
    layout: np.dtype[Any]
    start: int
    comments: tuple[str, ...]


def read_header(path: Path) -> PlyHeader:
    """Read the header of a PLY file whose first element is ``vertex``."""
    try:
        with path.open("rb") as stream:
            return _header(path, stream)
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error


def _header(path: Path, stream: BinaryIO) -> PlyHeader:
    if stream.readline(100).strip() != b"ply":
        raise InputError(f"{path.name}: not a PLY file; check the suffix")
    order: str | None = None
    comments: list[str] = []
    elements: list[tuple[str, int]] = []
    layout: list[tuple[str, str]] = []
    for _ in range(_LONGEST_HEADER):
        words = stream.readline(2000).decode("utf-8", errors="replace").split()
        match words:
            case ["end_header"]:
                return _sound_header(path, order, elements, layout, stream.tell(), comments)
            case ["format", name, _]:
                order = _ORDERS.get(name)
            case ["comment" | "obj_info", *rest]:
                comments.append(" ".join(rest))
            case ["element", name, count] if count.isdigit():
                elements.append((name, int(count)))
            case ["property", kind, name] if len(elements) == 1 and kind in _TYPES:
                layout.append((name.lower(), _TYPES[kind]))
            case ["property", *_] if len(elements) > 1:
                continue
            case _:
                raise InputError(
                    f"{path.name}: header line {' '.join(words)[:60]!r} is not understood; export it again"
                )
    raise InputError(f"{path.name}: the header has no end; export the file again")


def _sound_header(
    path: Path,
    order: str | None,
    elements: list[tuple[str, int]],
    layout: list[tuple[str, str]],
    start: int,
    comments: list[str],
) -> PlyHeader:
    names = [name for name, _ in layout]
    if order is None or not elements or elements[0][0] != "vertex" or not {"x", "y", "z"} <= set(names):
        raise InputError(f"{path.name}: the header names no vertices with x, y, z first; export a point cloud")
    if len(set(names)) != len(names):
        raise InputError(f"{path.name}: the header names a property twice; export the file again")
    if elements[0][1] == 0:
        raise InputError(f"{path.name}: holds no points; export the file again")
    dtype = np.dtype([(name, order + kind) for name, kind in layout])
    return PlyHeader(order=order, count=elements[0][1], layout=dtype, start=start, comments=tuple(comments))


class PlySource(PointSource):
    """A PLY point cloud. The format knows no CRS, so the spec must name one; a ``comment crs`` line counts too."""

    def __init__(self, path: Path, crs: str | None = None) -> None:
        super().__init__()
        self.header = header = read_header(path)
        names = header.layout.names or ()
        self._colours = next((c for c in _COLOURS if set(c) <= set(names)), None)
        self._class = next((name for name in _CLASSES if name in names), None)
        self._intensity = next((name for name in _INTENSITIES if name in names), None)
        written = {"": "ASCII", "<": "binary little-endian", ">": "binary big-endian"}[header.order]
        said = next((c[4:].strip(" :=") for c in header.comments if c.lower().startswith("crs")), None)
        facts = PointFacts(
            path=path,
            kind=f"PLY, {written}",
            point_count=header.count,
            bounds=None,
            crs=None,
            classes=None if self._class is None else (),
            has_rgb=self._colours is not None,
            has_intensity=self._intensity is not None,
        )
        self.facts = with_crs(facts, crs or said)
        self._colour_factor, self._intensity_factor = self._probe()
        self.facts = replace(self.facts, bounds=scan_bounds(self._records(_SCAN_POINTS))[1])

    def _records(self, chunk_size: int) -> Iterator[RawPoints]:
        path = self.facts.path
        read = 0
        try:
            with path.open("rb") as stream:
                stream.seek(self.header.start)
                while read < self.header.count:
                    points = self._read(stream, min(chunk_size, self.header.count - read), read)
                    read += len(points)
                    yield self._unpacked(points)
        except OSError as error:
            raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error

    def _read(self, stream: BinaryIO, count: int, before: int) -> NDArray[Any]:
        path, layout = self.facts.path, self.header.layout
        if self.header.order:
            raw = stream.read(count * layout.itemsize)
            points: NDArray[Any] = np.frombuffer(raw[: len(raw) // layout.itemsize * layout.itemsize], dtype=layout)
        else:
            lines = [line for _, line in zip(range(count), stream, strict=False)]
            try:
                points = np.loadtxt(lines, dtype=layout, ndmin=1) if lines else np.zeros(0, dtype=layout)
            except ValueError as error:
                text = " ".join(str(error).split())
                raise InputError(f"{path.name}: after point {before}: {text}; export the file again") from error
        if len(points) < count:
            raise InputError(
                f"{path.name}: breaks off after {before + len(points)} of {self.header.count} points; "
                "copy or export the file again"
            )
        return points

    def _unpacked(self, points: NDArray[Any]) -> RawPoints:
        x, y, z = (points[name].astype(np.float64) for name in "xyz")
        colours = None
        if self._colours is not None:
            colours = np.column_stack([_whole(points[c], self._colour_factor, 255) for c in self._colours])
        intensity = None if self._intensity is None else _whole(points[self._intensity], self._intensity_factor, 65535)
        return RawPoints(
            x=x,
            y=y,
            z=z,
            point_class=None if self._class is None else _whole(points[self._class], 1.0, 255).astype(np.uint8),
            rgb=None if colours is None else colours.astype(np.uint8),
            intensity=None if intensity is None else intensity.astype(np.uint16),
        )

    def _probe(self) -> tuple[float, float]:
        """Factors that bring colours to 0..255 and intensity to 0..65535: floats may run to 1, integers to 65535.

        Decided once from the first points, so that it cannot differ between chunks.
        """
        with self.facts.path.open("rb") as stream:
            stream.seek(self.header.start)
            points = self._read(stream, min(_PROBE_POINTS, self.header.count), 0)
        greatest = max((_greatest(points[c]) for c in self._colours or ()), default=0.0)
        is_unit = bool(self._colours) and points.dtype[str((self._colours or "x")[0])].kind == "f" and greatest <= 1.0
        colour = 255.0 if is_unit else 1.0 / 257.0 if greatest > 255 else 1.0
        if self._intensity is None or points.dtype[self._intensity].kind != "f":
            return colour, 1.0
        return colour, 65535.0 if _greatest(points[self._intensity]) <= 1.0 else 1.0


def _greatest(values: NDArray[Any]) -> float:
    return float(np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0).max(initial=0.0))


def _whole(values: NDArray[Any], factor: float, most: int) -> NDArray[np.float64]:
    scaled = np.nan_to_num(values.astype(np.float64) * factor)
    return np.asarray(np.clip(np.floor(scaled + 0.5), 0, most))
