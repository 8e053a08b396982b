"""Building outlines from any vector file, with the height hints that its attributes give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.fields import parse_number, propose
from xmscenes.read.place import require_place
from xmscenes.read.polygons import Findings, Outline, Polyline, feature_ids, outlines
from xmscenes.read.vector import VectorLayer, read_vector
from xmscenes.records import Footprint, Issue, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.spec import Layer

_HINTS = ("height_m", "levels", "ground_m")
_PLAUSIBLE = {"height_m": (0.5, 1000.0), "levels": (0.5, 200.0), "ground_m": (-500.0, 9000.0)}


@dataclass(frozen=True, slots=True)
class LocalLayer:
    """A vector layer with what its readers share: field mapping, findings, and the way into the frame."""

    layer: VectorLayer
    mapping: Mapping[str, str]
    found: Findings
    notes: tuple[Issue, ...]

    def tags(self, row: int) -> dict[str, str]:
        """Attributes of a feature that are not empty; the mapped name comes as ``name``."""
        tags = {name: values[row] for name, values in self.layer.columns.items() if values[row]}
        if "name" in self.mapping and (name := self.layer.columns[self.mapping["name"]][row]):
            tags["name"] = name
        return tags

    def number(self, purpose: str, row: int, feature: str) -> float | None:
        """Height hint of a feature; values beyond all reason are noted and dropped, zero means unknown."""
        if purpose not in self.mapping:
            return None
        text = self.layer.columns[self.mapping[purpose]][row]
        value = parse_number(text)
        field = self.mapping[purpose]
        if value is None:
            if text:
                what = f"values of {field} hold no number and are left out"
                self.found.add(f"FIELD_UNREADABLE_{purpose.upper()}", "warning", f"{feature} ({text[:20]})", what)
            return None
        low, high = _PLAUSIBLE[purpose]
        if not low <= value <= high:
            if value != 0:
                what = f"values of {field} lie outside {low:g} to {high:g} and are left out"
                self.found.add(f"FIELD_IMPLAUSIBLE_{purpose.upper()}", "warning", f"{feature} ({text[:20]})", what)
            return None
        return value

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Everything found so far."""
        return (*self.layer.issues, *self.notes, *self.found.issues())


def read_footprints(path: Path, layer: Layer, frame: Frame) -> tuple[tuple[Footprint, ...], tuple[Issue, ...]]:
    """Read the outlines of buildings, each vertex reprojected, sorted by id; and what was odd about the file.

    Height, storeys, ground and name come from the fields that ``layer`` names; where it names none, from fields whose
    names say so, and an Issue tells. ``InputError`` when nothing in the file can be used, ``FrameError`` when it has
    no CRS or lies elsewhere.
    """
    local = open_layer(path, layer, frame, purposes=("id", "name", *_HINTS))
    found = outlines(local.layer, feature_ids(local.layer, local.mapping.get("id")), local.found)
    if not found:
        raise InputError(f"{path.name}: no usable outline among {len(local.layer.numbers)} features{_why(local)}")
    footprints = [
        Footprint(
            id=outline.id,
            ring=ring,
            holes=holes,
            tags=local.tags(outline.row),
            origin=layer.origin or Origin.MEASURED,
            height_m=local.number("height_m", outline.row, outline.id),
            levels=local.number("levels", outline.row, outline.id),
            ground_m=_lowered(local.number("ground_m", outline.row, outline.id), frame),
        )
        for outline, (ring, *holes_of) in zip(found, localised(found, local.layer, frame), strict=True)
        for holes in [tuple(holes_of)]
    ]
    return tuple(sorted(footprints, key=lambda f: f.id)), local.issues


def _lowered(elevation_m: float | None, frame: Frame) -> float | None:
    return None if elevation_m is None else elevation_m - frame.elevation_m


def _why(local: LocalLayer) -> str:
    found = local.found.issues()
    return f" ({found[0].message[:120]})" if found else ""


def open_layer(path: Path, layer: Layer, frame: Frame, purposes: Sequence[str]) -> LocalLayer:
    """Read a vector file, settle which field means what, and make sure that it lies near the frame."""
    read = read_vector(path, crs=layer.crs, encoding=layer.encoding)
    if read.crs is None:
        raise FrameError(f"{path.name}: no CRS in the file; set crs of this layer in [inputs], for example EPSG:4548")
    mapping, notes = _mapped(read, layer, purposes)
    middle = _middle(read)
    if middle is not None:
        require_place(path.name, middle, read.crs, frame)
    return LocalLayer(read, mapping, Findings(path), notes)


def _mapped(read: VectorLayer, layer: Layer, purposes: Sequence[str]) -> tuple[dict[str, str], tuple[Issue, ...]]:
    mapping: dict[str, str] = {}
    guessed: list[str] = []
    for purpose in purposes:
        wanted = getattr(layer, purpose)
        if wanted is not None and wanted not in read.columns:
            fields = ", ".join(read.fields) or "none"
            raise InputError(f"{read.path.name}: {purpose} = {wanted!r}: no such field; the fields are: {fields}")
        chosen = wanted or propose(purpose, read.fields)
        if chosen is not None:
            mapping[purpose] = chosen
        if wanted is None and chosen is not None:
            guessed.append(f"{purpose} = {chosen!r}")
    if not guessed:
        return mapping, ()
    note = Issue(
        code="FIELDS_GUESSED",
        severity="info",
        where=read.path.name,
        message=f"fields chosen by their names: {', '.join(guessed)}",
        hint="name them in the spec to settle it",
    )
    return mapping, (note,)


def _middle(read: VectorLayer) -> tuple[float, float] | None:
    import shapely

    bounds = shapely.bounds(read.geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return None
    # The median feature, not the middle of the extent: one stray vertex must not move it.
    x, y = np.median((bounds[:, :2] + bounds[:, 2:]) / 2, axis=0)
    return float(x), float(y)


def localised(found: Sequence[Outline | Polyline], read: VectorLayer, frame: Frame) -> list[list[NDArray[np.float64]]]:
    """Local coordinates of every ring or line, every vertex reprojected, in one call to PROJ."""
    if read.crs is None:
        raise ValueError("the layer has no CRS")
    rings = [[o.xy] if isinstance(o, Polyline) else [o.ring, *o.holes] for o in found]
    flat = [ring for group in rings for ring in group]
    xy = frame.to_local(np.concatenate(flat or [np.zeros((0, 2))]), read.crs.text)
    parts = iter(np.split(xy, np.cumsum([len(ring) for ring in flat])[:-1]) if flat else [])
    return [[np.ascontiguousarray(next(parts)) for _ in group] for group in rings]
