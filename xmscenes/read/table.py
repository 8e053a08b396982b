"""Tables of points as text: how they are written, and their numbers, row by row.

With or without a header, Chinese or English, any separator, UTF-8 or GB18030.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.read.crs import Crs, read_crs
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from numpy.typing import NDArray

# Column names without case and punctuation. Latitude, northing and Chinese 纵坐标 are y here, whatever their letter.
_COLUMNS = {
    "x": (
        "x",
        "lon",
        "lng",
        "long",
        "longitude",
        "londeg",
        "easting",
        "east",
        "e",
        "经度",
        "横坐标",
        "东坐标",
        "x坐标",
    ),
    "y": ("y", "lat", "latitude", "latdeg", "northing", "north", "n", "纬度", "纵坐标", "北坐标", "y坐标"),
    "z": ("z", "elevation", "elevationm", "height", "alt", "altitude", "h", "ele", "高程", "标高", "大地高", "z坐标"),
    "red": ("r", "red", "红"),
    "green": ("g", "green", "绿"),
    "blue": ("b", "blue", "蓝"),
    "intensity": ("intensity", "i", "强度", "reflectance"),
    "point_class": ("classification", "class", "scalarclassification", "label", "类别", "分类"),
}
_DEGREE_NAMES = ("lon", "lng", "long", "longitude", "londeg", "经度")
_SEPARATORS = (",", ";", "\t", "，")
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a table is written: separator (None: blanks), lines before the numbers, column of each value."""

    separator: str | None
    skip: int
    columns: dict[str, int]
    names: tuple[str, ...]
    encoding: str

    @property
    def is_degrees(self) -> bool:
        """Whether the header calls the first coordinate a longitude."""
        return bool(self.names) and _plain(self.names[self.columns["x"]]) in _DEGREE_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A whole small table: spot heights, control points."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    crs: Crs | None
    issues: tuple[Issue, ...]


def read_dialect(path: Path) -> Dialect:
    """Find out how a table is written from its first lines.

    Lines before the first one that holds numbers only are header; comments (``#``, ``//``) and the point count that
    some programs put first are passed over. Without names the columns are x, y, z.
    """
    head, encoding = _head(path)
    names: tuple[str, ...] = ()
    separator: str | None = None
    for number, line in enumerate(head):
        text = line.strip().lstrip("#/ ")
        separator = next((s for s in _SEPARATORS if s in text), None)
        cells = [c.strip().strip('"') for c in text.split(separator)]
        if len(cells) < 3:
            continue
        columns = None if line.lstrip().startswith(("#", "//")) else _columns(names, len(cells))
        if columns is not None and _are_numbers([cells[columns[axis]] for axis in "xyz"]):
            return Dialect(separator=separator, skip=number, columns=columns, names=names, encoding=encoding)
        names = names if _are_numbers(cells) else tuple(cells)
    _require_names(path, names)
    raise InputError(f"{path.name}: no line with three numbers in the first {len(head)}; want x, y, z in columns")


def _head(path: Path) -> tuple[list[str], str]:
    with _translated(path), path.open("rb") as stream:
        raw = stream.read(65536)
    if b"\0" in raw:
        raise InputError(f"{path.name}: a binary file, not a table; check the suffix")
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(raw) - 4:
                continue
            text = raw[: error.start].decode(encoding)
        lines = text.split("\n")
        return (lines[:-1] if len(raw) == 65536 else lines)[:200], encoding
    raise InputError(f"{path.name}: neither UTF-8 nor GB18030; save the table as UTF-8")


def _are_numbers(cells: list[str]) -> bool:
    return all(re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|nan|[-+]?inf", c.lower()) for c in cells)


def _plain(name: str) -> str:
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", name)).lower()


def _found(names: tuple[str, ...]) -> dict[str, int]:
    """Column of each value that the header names."""
    plain = [re.sub(r"(?<=[xyz])[m北东米]$|\(.*\)", "", _plain(name)) for name in names]
    found = {
        purpose: next((plain.index(a) for a in aliases if a in plain), None) for purpose, aliases in _COLUMNS.items()
    }
    return {purpose: column for purpose, column in found.items() if column is not None}


def _columns(names: tuple[str, ...], count: int) -> dict[str, int] | None:
    """Columns by the header's names, else the first three; None when the header names some but not all of x, y, z."""
    found = _found(names) if len(names) == count else {}
    missing = [axis for axis in "xyz" if axis not in found]
    if missing and len(missing) < 3:
        return None
    return found if not missing else {"x": 0, "y": 1, "z": 2}


def _require_names(path: Path, names: tuple[str, ...]) -> None:
    missing = [axis for axis in "xyz" if axis not in _found(names)]
    if 0 < len(missing) < 3:
        raise InputError(
            f"{path.name}: no column for {' and '.join(missing)} among {', '.join(names)}; "
            "call the columns x, y, z or lon, lat, elevation"
        )


def number_chunks(path: Path, dialect: Dialect, chunk_size: int) -> Iterator[NDArray[np.float64]]:
    """Rows of the wanted columns, in the order of ``dialect.columns``."""
    with _translated(path), path.open(encoding=dialect.encoding) as stream:
        for _ in range(dialect.skip):
            next(stream)
        first = dialect.skip
        while True:
            rows = _rows(path, stream, dialect, chunk_size, first)
            if len(rows) == 0:
                return
            first += len(rows)
            yield rows


def _rows(path: Path, stream: TextIO, dialect: Dialect, count: int, first: int) -> NDArray[np.float64]:
    lines = [line for _, line in zip(range(count), stream, strict=False)]
    if not lines:
        return np.zeros((0, len(dialect.columns)))
    options: dict[str, Any] = {"delimiter": dialect.separator, "usecols": list(dialect.columns.values()), "ndmin": 2}
    try:
        rows = np.loadtxt([line for line in lines if line.strip()] or ["nan nan nan"], **options)
    except (ValueError, IndexError) as error:
        raise InputError(
            f"{path.name}: after line {first + 1}: {' '.join(str(error).split())}; correct the line or cut it out"
        ) from error
    return np.asarray(rows, dtype=np.float64)


def read_table(path: Path, crs: str | None) -> Table:
    """Read a small table of points whole; the CRS is the spec's, or WGS 84 when a column is called longitude."""
    from xmscenes.read.vector import require_readable

    require_readable(path)
    dialect = read_dialect(path)
    parts = list(number_chunks(path, dialect, 1_000_000))
    rows = np.concatenate(parts) if parts else np.zeros((0, len(dialect.columns)))
    named = dict(zip(dialect.columns, rows.T, strict=True))
    system = read_crs(crs) if crs else read_crs("EPSG:4326") if dialect.is_degrees else None
    return Table(x=named["x"], y=named["y"], z=named["z"], crs=system, issues=())


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: not sound {error.encoding} ({error.reason}); save the table as UTF-8"
        ) from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
