"""Everything that is neither points nor buildings: polygons of land and water, centrelines, spot heights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.fields import parse_number, propose
from xmscenes.read.footprints import localised, open_layer
from xmscenes.read.place import require_place
from xmscenes.read.polygons import feature_ids, outlines, polylines
from xmscenes.read.vector import SUFFIXES, VectorLayer, read_vector
from xmscenes.records import Area, Issue, Line, Origin

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.read.crs import Crs
    from xmscenes.spec import Layer


def read_areas(path: Path, layer: Layer, frame: Frame) -> tuple[tuple[Area, ...], tuple[Issue, ...]]:
    """Read the polygons of a layer such as coastline, water or greens, sorted by id, and what was odd about them.

    Closed lines count as polygons. ``InputError`` when nothing can be used.
    """
    local = open_layer(path, layer, frame, purposes=("id", "name"))
    found = outlines(local.layer, feature_ids(local.layer, local.mapping.get("id")), local.found)
    if not found:
        raise InputError(f"{path.name}: no polygon among {len(local.layer.numbers)} features; wrong file?")
    areas = [
        Area(
            id=outline.id,
            ring=ring,
            holes=tuple(holes),
            tags=local.tags(outline.row),
            origin=layer.origin or Origin.MEASURED,
        )
        for outline, (ring, *holes) in zip(found, localised(found, local.layer, frame), strict=True)
    ]
    return tuple(sorted(areas, key=lambda a: a.id)), local.issues


def read_lines(path: Path, layer: Layer, frame: Frame) -> tuple[tuple[Line, ...], tuple[Issue, ...]]:
    """Read the centrelines of a layer such as paths or bridges, sorted by id, and what was odd about them.

    Multi-lines are split; polygons give their outer ring as a closed line. ``InputError`` when nothing can be used.
    """
    local = open_layer(path, layer, frame, purposes=("id", "name"))
    found = polylines(local.layer, feature_ids(local.layer, local.mapping.get("id")), local.found)
    if not found:
        raise InputError(f"{path.name}: no line among {len(local.layer.numbers)} features; wrong file?")
    lines = [
        Line(id=line.id, xy=xy, tags=local.tags(line.row), origin=layer.origin or Origin.MEASURED)
        for line, (xy,) in zip(found, localised(found, local.layer, frame), strict=True)
    ]
    return tuple(sorted(lines, key=lambda item: item.id)), local.issues


def read_spots(path: Path, layer: Layer, frame: Frame) -> tuple[NDArray[np.float64], tuple[Issue, ...]]:
    """Read spot heights as local (K, 3), sorted: a table with lon, lat, elevation, or a point layer.

    A point layer's heights come from its elevation field, else from its z. Rows that are not finite are left out
    with an Issue; ``InputError`` when none is left.
    """
    if path.suffix.lower() in SUFFIXES:
        xyz, crs, issues = _spots_of_layer(read_vector(path, crs=layer.crs, encoding=layer.encoding), layer)
    else:
        from xmscenes.read.table import read_table

        table = read_table(path, layer.crs)
        xyz, crs, issues = np.column_stack([table.x, table.y, table.z]), table.crs, table.issues
    if crs is None:
        raise FrameError(f"{path.name}: no CRS; set crs of this layer in [inputs], for example EPSG:4326")
    finite = np.isfinite(xyz).all(axis=1)
    if not finite.any():
        raise InputError(f"{path.name}: no spot height with finite x, y and elevation; export the table again")
    if not finite.all():
        message = f"{int((~finite).sum())} spot heights without finite coordinates left out"
        issues = (*issues, Issue(code="SPOTS_DROPPED", severity="warning", where=path.name, message=message))
    middle = np.median(xyz[finite, :2], axis=0)
    require_place(path.name, (float(middle[0]), float(middle[1])), crs, frame)
    local = frame.to_local(xyz[finite] * [1.0, 1.0, crs.height_unit_m], crs.text)
    return np.ascontiguousarray(local[np.lexsort(local.T[::-1])]), issues


def _spots_of_layer(read: VectorLayer, layer: Layer) -> tuple[NDArray[np.float64], Crs | None, tuple[Issue, ...]]:
    import shapely

    points = [g if g is not None and g.geom_type == "Point" else shapely.Point() for g in read.geometries]
    xyz = np.array([(p.x, p.y, p.z if p.has_z else np.nan) if not p.is_empty else [np.nan] * 3 for p in points])
    field = layer.ground_m or propose("elevation_m", read.fields)
    if field is not None and field not in read.columns:
        raise InputError(f"{read.path.name}: ground_m = {field!r}: no such field; fields: {', '.join(read.fields)}")
    if field is None:
        return xyz, read.crs, read.issues
    values = [parse_number(text) for text in read.columns[field]]
    xyz[:, 2] = [np.nan if v is None else v for v in values]
    return xyz, read.crs, read.issues
