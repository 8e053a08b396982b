"""Point layers whose points are things: moored boats and the like, with their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import InputError
from xmscenes.read.footprints import open_layer
from xmscenes.read.polygons import feature_ids
from xmscenes.records import Issue, Mark, Origin

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.frame import Frame
    from xmscenes.spec import Layer


def read_marks(path: Path, layer: Layer, frame: Frame) -> tuple[tuple[Mark, ...], tuple[Issue, ...]]:
    """Read the points of a layer with their attributes, sorted by id, and what was odd about them.

    Features that are not single points are left out with an Issue; ``InputError`` when no point is left.
    """
    local = open_layer(path, layer, frame, purposes=("id", "name"))
    ids = feature_ids(local.layer, local.mapping.get("id"))
    rows = [
        i for i, g in enumerate(local.layer.geometries) if g is not None and g.geom_type == "Point" and not g.is_empty
    ]
    if not rows:
        raise InputError(f"{path.name}: no point among {len(local.layer.numbers)} features; wrong file?")
    xy = np.array([(local.layer.geometries[i].x, local.layer.geometries[i].y) for i in rows])
    assert local.layer.crs is not None
    placed = frame.to_local(xy, local.layer.crs.text)
    marks = [
        Mark(id=ids[i], xy=(float(x), float(y)), tags=local.tags(i), origin=layer.origin or Origin.MEASURED)
        for i, (x, y) in zip(rows, placed.tolist(), strict=True)
    ]
    issues = local.issues
    if (lost := len(local.layer.numbers) - len(rows)) > 0:
        message = f"{lost} features are not single points and were left out"
        issues = (*issues, Issue(code="MARKS_DROPPED", severity="warning", where=path.name, message=message))
    return tuple(sorted(marks, key=lambda mark: mark.id)), issues
