"""Read what surveyors and GIS departments deliver; every vertex arrives in the local frame.

A new point format is one file with a ``PointSource`` and one line in ``READERS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.errors import FrameError, InputError
from xmscenes.read.dem import read_dem, read_ortho
from xmscenes.read.footprints import read_footprints
from xmscenes.read.layers import read_areas, read_lines, read_spots
from xmscenes.read.marks import read_marks
from xmscenes.read.meet import check_layers_meet
from xmscenes.read.points import PointFacts, PointSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _las(path: Path, crs: str | None) -> PointSource:
    from xmscenes.read.las import LasSource

    return LasSource(path, crs)


def _ply(path: Path, crs: str | None) -> PointSource:
    from xmscenes.read.ply import PlySource

    return PlySource(path, crs)


def _text(path: Path, crs: str | None) -> PointSource:
    from xmscenes.read.text import TextSource

    return TextSource(path, crs)


READERS: dict[str, Callable[[Path, str | None], PointSource]] = {
    ".las": _las,
    ".laz": _las,
    ".copc.laz": _las,
    ".ply": _ply,
    ".xyz": _text,
    ".csv": _text,
    ".txt": _text,
}


def open_points(path: Path, crs: str | None = None, *, require_crs: bool = True) -> PointSource:
    """Open a point file and read its header; points are streamed later.

    ``crs`` wins over the header's. ``InputError`` when the file is missing, empty, damaged or of an unknown kind;
    ``FrameError`` when there is no CRS and ``require_crs`` is set.
    """
    from xmscenes.read.vector import require_readable

    name = path.name.lower()
    suffix = max((s for s in READERS if name.endswith(s)), key=len, default=None)
    if suffix is None:
        raise InputError(
            f"{path.name}: {path.suffix or 'no suffix'} is no point format known here; use {', '.join(READERS)}"
        )
    require_readable(path)
    source = READERS[suffix](path, crs)
    if require_crs and source.facts.crs is None:
        raise FrameError(f"{path.name}: no CRS in the header; set inputs.points.crs, for example EPSG:4548")
    return source


__all__ = [
    "READERS",
    "PointFacts",
    "PointSource",
    "check_layers_meet",
    "open_points",
    "read_areas",
    "read_dem",
    "read_footprints",
    "read_lines",
    "read_marks",
    "read_ortho",
    "read_spots",
]
