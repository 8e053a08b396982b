"""Vector layers: GeoJSON, GeoPackage, FlatGeobuf and Shapefile. pyogrio has its home here."""

from __future__ import annotations

import unicodedata
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.crs import Crs, read_crs
from xmscenes.read.encoding import Encoding, python_codec, shapefile_encoding
from xmscenes.records import Issue

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SUFFIXES = (".geojson", ".json", ".gpkg", ".fgb", ".shp")
_BYTES_AS_TEXT = "ISO-8859-1"  # maps every byte to one character and back


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorLayer:
    """A layer as it stands in the file: geometries in its own coordinates, attributes as text, empty when missing."""

    path: Path
    layer: str
    kind: str  # "GeoJSON", "ESRI Shapefile" …
    crs: Crs | None
    geometry_type: str
    geometries: NDArray[Any]  # shapely geometries, None where a feature has none
    columns: dict[str, tuple[str, ...]]
    numbers: tuple[int, ...]  # feature ids as the format counts them
    encoding: Encoding
    issues: tuple[Issue, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the attributes in the order of the file."""
        return tuple(self.columns)


def read_vector(path: Path, crs: str | None = None, encoding: str | None = None) -> VectorLayer:
    """Read one vector file whole. ``crs`` and ``encoding`` win over what the file says.

    The first layer with geometry counts when there are several. ``InputError`` when the file is missing, of an
    unknown kind, unreadable or without features.
    """
    import shapely
    from pyogrio import raw

    _require_file(path)
    chosen = _encoding_of(path, encoding)
    layer, issues = _layer_of(path)
    is_shapefile = path.suffix.lower() == ".shp"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        meta, numbers, geometry, values = _translated(
            path, raw.read, path, layer=layer, encoding=_BYTES_AS_TEXT if is_shapefile else None, return_fids=True
        )
    if geometry is None or len(geometry) == 0:
        raise InputError(f"{path.name}: holds no features; export the layer again")
    issues += [_said(path, warning) for warning in said]
    columns, unsound = _texts(meta["fields"], values, chosen if is_shapefile else None)
    if unsound:
        issues.append(_garbled(path, unsound, chosen))
    if is_shapefile:
        issues.append(_chosen(path, chosen))
    return VectorLayer(
        path=path,
        layer=layer or path.stem,
        kind=_kind(path),
        crs=_crs_of(path, meta["crs"], crs),
        geometry_type=str(meta["geometry_type"]),
        # A line of one point is no geometry to GEOS: it becomes None here, and is said like any feature without one.
        geometries=_translated(path, shapely.from_wkb, geometry, on_invalid="ignore"),
        columns=columns,
        numbers=tuple(int(n) for n in numbers),
        encoding=chosen,
        issues=tuple(issues),
    )


def require_readable(path: Path) -> None:
    """Raise ``InputError`` unless ``path`` is a file that can be opened."""
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if path.is_dir():
        raise InputError(f"{path}: a folder; name a file in it")
    try:
        with path.open("rb") as stream:
            if not stream.read(1):
                raise InputError(f"{path.name}: the file is empty; copy or export it again")
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error


def _require_file(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path.name}: {path.suffix or 'no suffix'} is no vector format known here; use {', '.join(SUFFIXES)}"
        )
    require_readable(path)


def _translated(path: Path, call: Any, *args: Any, **options: Any) -> Any:
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
    from shapely.errors import GEOSException

    try:
        return call(*args, **options)
    except (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, GEOSException) as error:
        text = " ".join(str(error).split())
        raise InputError(f"{path.name}: cannot be read as {_kind(path)} ({text[:160]}); export it again") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{path.name}: not a sound {_kind(path)} file ({error}); export it again") from error


def _kind(path: Path) -> str:
    kinds = {".gpkg": "GeoPackage", ".fgb": "FlatGeobuf", ".shp": "Shapefile"}
    return kinds.get(path.suffix.lower(), "GeoJSON")


def _layer_of(path: Path) -> tuple[str | None, list[Issue]]:
    from pyogrio import list_layers

    layers = [(str(name), kind) for name, kind in _translated(path, list_layers, path)]
    shaped = [name for name, kind in layers if kind is not None]
    if not shaped:
        raise InputError(f"{path.name}: holds no layer with geometry; export the layer again")
    if len(shaped) == 1:
        return shaped[0], []
    message = f"{len(shaped)} layers ({', '.join(shaped)}); {shaped[0]} is used"
    return shaped[0], [_issue("LAYER_CHOSEN", "info", path, message, "put the layer you mean into a file of its own")]


def _encoding_of(path: Path, encoding: str | None) -> Encoding:
    if path.suffix.lower() != ".shp":
        return Encoding(name="utf-8", reason="the format is UTF-8")
    if encoding is None:
        return shapefile_encoding(path)
    codec = python_codec(encoding)
    if codec is None:
        raise InputError(f"{path.name}: encoding = {encoding!r} is unknown; use UTF-8, GBK, GB18030 or Big5")
    return Encoding(name=codec, reason="the spec says so")


def _crs_of(path: Path, found: str | None, wanted: str | None) -> Crs | None:
    text = wanted or found
    if text is None:
        return None
    try:
        return read_crs(text)
    except FrameError as error:
        raise FrameError(f"{path.name}: {error}") from error


def _texts(names: Any, values: Any, encoding: Encoding | None) -> tuple[dict[str, tuple[str, ...]], int]:
    """Attributes as NFC text by field name, and how many could not be decoded soundly."""
    unsound = 0

    def decoded(text: str) -> str:
        nonlocal unsound
        if encoding is not None and not text.isascii():
            text, sound = encoding.decode(text.encode(_BYTES_AS_TEXT))
            unsound += not sound
        return unicodedata.normalize("NFC", text)

    columns: dict[str, tuple[str, ...]] = {}
    for name, column in zip(names, values, strict=True):
        columns[decoded(str(name))] = tuple(decoded(_text(value)) for value in column.tolist())
    return columns, unsound


def _text(value: Any) -> str:
    if value is None or value != value:  # NaN and NaT differ from themselves
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, np.ndarray | list):
        return ";".join(_text(v) for v in value)
    return str(value).strip()


def _issue(code: str, severity: str, path: Path, message: str, hint: str = "") -> Issue:
    return Issue(code=code, severity=severity, where=path.name, message=message, hint=hint)


def _said(path: Path, warning: warnings.WarningMessage) -> Issue:
    return _issue("READER_NOTE", "info", path, " ".join(str(warning.message).split()))


def _chosen(path: Path, encoding: Encoding) -> Issue:
    message = f"attributes read as {encoding.name.upper()} ({encoding.reason})"
    return _issue("ENCODING_CHOSEN", "info", path, message, "set encoding in the spec if names look wrong")


def _garbled(path: Path, count: int, encoding: Encoding) -> Issue:
    message = f"{count} attribute values are not sound {encoding.name.upper()}; their bad bytes show as \ufffd"
    return _issue("ENCODING_UNSOUND", "warning", path, message, "set encoding in the spec, for example GBK or UTF-8")
