"""Geometries of a layer as plain rings: one outer ring counter-clockwise, holes clockwise, not closed, 2D."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely

from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.read.vector import VectorLayer

_NAMED = 8  # ids named in a message before "and n more"


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with the features of one layer, one Issue a kind, with the ids it concerns."""

    path: Path
    ids: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def add(self, code: str, severity: str, feature: str, what: str, hint: str = "") -> None:
        """Note that ``what`` is true of a feature."""
        self.texts.setdefault(code, (severity, what, hint))
        self.ids.setdefault(code, []).append(feature)

    def issues(self) -> tuple[Issue, ...]:
        """One Issue a code, sorted by code."""
        return tuple(self._issue(code) for code in sorted(self.ids))

    def _issue(self, code: str) -> Issue:
        severity, what, hint = self.texts[code]
        ids = self.ids[code]
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        message = f"{len(ids)} {what}: {', '.join(ids[:_NAMED])}{more}"
        return Issue(code=code, severity=severity, where=self.path.name, message=message, hint=hint)


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon of the file, in its own coordinates: which feature, under what id."""

    row: int
    id: str
    ring: NDArray[np.float64]
    holes: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line of the file, in its own coordinates."""

    row: int
    id: str
    xy: NDArray[np.float64]


_Item = TypeVar("_Item", Outline, Polyline)


def feature_ids(layer: VectorLayer, id_field: str | None) -> list[str]:
    """Id of each feature: the field's value, or file name and feature number where there is none."""
    values = layer.columns[id_field] if id_field else ("",) * len(layer.numbers)
    return [value or f"{layer.path.stem}/{number}" for value, number in zip(values, layer.numbers, strict=True)]


def outlines(layer: VectorLayer, ids: list[str], found: Findings) -> list[Outline]:
    """All polygons of a layer, multi-polygons split, and notes on what was odd about them.

    Parts of a multi-polygon get ``-1``, ``-2`` … behind the id. Closed lines count as outlines: CAD programs export
    buildings that way. Self-intersections are noted and left for the model stage to repair.
    """
    result: list[Outline] = []
    for row, geometry in enumerate(layer.geometries):
        name = ids[row]
        parts = list(_polygons(geometry, name, found))
        for number, polygon in enumerate(parts, 1):
            part = name if len(parts) == 1 else f"{name}-{number}"
            outline = _outline(row, part, polygon, found)
            if outline is not None:
                result.append(outline)
    return unique(result, found)


def polylines(layer: VectorLayer, ids: list[str], found: Findings) -> list[Polyline]:
    """All lines of a layer, multi-lines split; the outer rings of polygons count as closed lines."""
    result: list[Polyline] = []
    for row, geometry in enumerate(layer.geometries):
        name = ids[row]
        parts = [p for p in _parts(geometry) if p.geom_type in ("LineString", "LinearRing", "Polygon")]
        if not parts:
            found.add("LINE_EMPTY", "warning", name, "features without a line left out")
        for number, part in enumerate(parts, 1):
            if part.geom_type == "Polygon":
                found.add("LINE_FROM_POLYGON", "info", name, "polygons read as closed lines")
                part = part.exterior
            xy = shapely.get_coordinates(part)
            if not np.isfinite(xy).all() or len(xy) < 2:
                found.add("LINE_NOT_FINITE", "warning", name, "lines with NaN or infinite coordinates left out")
                continue
            result.append(Polyline(row, name if len(parts) == 1 else f"{name}-{number}", xy))
    return unique(result, found)


def unique(items: list[_Item], found: Findings) -> list[_Item]:
    """Give the second and later bearers of an id ``#2``, ``#3`` … and note it."""
    count = Counter(item.id for item in items)
    taken = set(count)
    met: Counter[str] = Counter()
    result = []
    for item in items:
        met[item.id] += 1
        name = item.id
        if met[item.id] > 1:
            number = met[item.id]
            while (name := f"{item.id}#{number}") in taken:
                number += 1
            taken.add(name)
            found.add("DUPLICATE_ID", "warning", item.id, "features repeat an id and get #2, #3 behind it")
        result.append(replace(item, id=name))
    return result


def _parts(geometry: Any) -> list[Any]:
    if geometry is None or geometry.is_empty:
        return []
    if hasattr(geometry, "geoms"):
        return [part for child in geometry.geoms for part in _parts(child)]
    return [geometry]


def _polygons(geometry: Any, name: str, found: Findings) -> Iterator[shapely.Polygon]:
    parts = _parts(geometry)
    if not parts:
        found.add("GEOMETRY_EMPTY", "warning", name, "features without geometry left out")
        return
    if any(part.has_z for part in parts):
        found.add("GEOMETRY_3D", "info", name, "features in 3D; their heights are dropped, the outline is used")
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    closed = [p for p in parts if p.geom_type in ("LineString", "LinearRing") and p.is_closed and len(p.coords) > 3]
    if closed:
        found.add("OUTLINE_FROM_LINE", "info", name, "closed lines read as outlines")
        polygons += [shapely.Polygon(line.coords) for line in closed]
    if not polygons:
        hint = "the layer must hold polygons or closed lines"
        found.add("GEOMETRY_NOT_POLYGON", "warning", name, f"{parts[0].geom_type} features left out", hint)
    if len(polygons) > 1:
        found.add("MULTI_POLYGON", "info", name, "multi-polygons split into parts with -1, -2 behind the id")
    yield from polygons


def _outline(row: int, name: str, polygon: shapely.Polygon, found: Findings) -> Outline | None:
    rings = [shapely.get_coordinates(ring)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
    if not all(np.isfinite(ring).all() for ring in rings):
        found.add("GEOMETRY_NOT_FINITE", "warning", name, "outlines with NaN or infinite coordinates left out")
        return None
    if len(np.unique(rings[0], axis=0)) < 3 or (_area(rings[0]) == 0.0 and polygon.is_valid):
        found.add("GEOMETRY_EMPTY", "warning", name, "features without geometry left out")
        return None
    if not shapely.is_valid(polygon):
        hint = "repaired when the building is modelled; correct it in the GIS if the result looks wrong"
        what = f"outlines are not valid ({shapely.is_valid_reason(polygon).split('[')[0].strip().lower()} and the like)"
        found.add("GEOMETRY_INVALID", "warning", name, what, hint)
    ring = rings[0] if _area(rings[0]) >= 0 else rings[0][::-1]
    holes = tuple(h if _area(h) <= 0 else h[::-1] for h in rings[1:] if len(h) >= 3)
    return Outline(row, name, np.ascontiguousarray(ring), tuple(np.ascontiguousarray(h) for h in holes))


def _area(ring: NDArray[np.float64]) -> float:
    """Twice the signed area, positive when counter-clockwise; taken about the ring's middle to keep its digits."""
    x, y = (ring - ring.mean(axis=0)).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
