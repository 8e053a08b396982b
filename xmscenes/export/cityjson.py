"""CityJSON 2.0: the buildings as solids in three forms, for GIS people and validators.

Vertices are reprojected one by one and stored on a grid of 0.1 mm: on one of 1 mm rounding alone bends roofs out of
plane. Same features, same bytes.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import ExportError
from xmscenes.export.files import write_atomic
from xmscenes.records import Form, Surface

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from xmscenes.frame import Frame
    from xmscenes.records import Feature, Solid, Source

SCALE_M = 0.0001
_SURFACES = {Surface.ROOF: "RoofSurface", Surface.WALL: "WallSurface", Surface.FLOOR: "GroundSurface"}
_SCALE_ERROR = 0.01  # national grids stretch by under 0.1 %, Web Mercator at Xiamen by 10 %


def write_cityjson(
    path: Path,
    features: Iterable[Feature],
    *,
    frame: Frame,
    crs: str,
    title: str,
    sources: Sequence[Source] = (),
) -> None:
    """Write buildings as a CityJSON file in a projected CRS, each with its LoD1.2, 1.3 and 2.2 solids.

    Features that are not buildings are left out; a building without solids keeps its attributes. Several solids of one
    footprint become BuildingParts. The file appears whole or not at all. ``crs`` must be a plane in metres that keeps
    lengths within 1 %; otherwise ``ExportError``. A CRS without an EPSG code gets no ``referenceSystem``.
    """
    require_metric_plane(frame, crs)
    buildings = sorted((f for f in features if f.kind == "building"), key=lambda f: f.id)
    if twin := next((a.id for a, b in pairwise(buildings) if a.id == b.id), None):
        raise ExportError(f"{path.name}: two buildings have the id {twin!r}; give every footprint its own")
    pool = _VertexPool(frame, crs, buildings)
    objects: dict[str, Any] = {}
    credit = "; ".join(dict.fromkeys(s.attribution for s in sources if s.attribution))
    taken = {feature.id for feature in buildings}
    for feature in buildings:
        objects.update(_city_objects(feature, pool, taken, credit))
    metadata: dict[str, Any] = {"title": title}
    if url := reference_system(crs):
        metadata["referenceSystem"] = url
    if pool.vertices:
        metadata["geographicalExtent"] = pool.extent()
    document = {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [SCALE_M] * 3, "translate": pool.translate},
        "metadata": metadata,
        "CityObjects": objects,
        "vertices": pool.vertices,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    write_atomic(path, text.encode())


def reference_system(crs: str) -> str:
    """OGC address of an EPSG code, or an empty string: ``"EPSG:4548"`` or the code at the end of a WKT 2 text."""
    found = re.fullmatch(r"EPSG:(\d+)(?:\+\d+)?", crs.strip(), re.IGNORECASE) or re.search(
        r'ID\["EPSG",\s*(\d+)\]\s*\]\s*$', crs
    )
    return f"https://www.opengis.net/def/crs/EPSG/0/{found[1]}" if found else ""


def require_metric_plane(frame: Frame, crs: str) -> None:
    """Raise ``ExportError`` unless 100 m in the local plane are 100 m, to 1 %, in the CRS."""
    corner = frame.to_crs(np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]]), crs)
    lengths = np.hypot(*(corner[1:] - corner[0]).T)
    if not np.all(np.abs(lengths / 100.0 - 1.0) <= _SCALE_ERROR):
        raise ExportError(
            f"cityjson: crs {crs[:60]!r}: 100 m are {lengths[0]:.6g} of its units; "
            "set export.cityjson_crs to a projected CRS in metres"
        )


class _VertexPool:
    """The vertices of a file: whole numbers on the 0.1 mm grid, each place once, in order of first use."""

    def __init__(self, frame: Frame, crs: str, buildings: Sequence[Feature]) -> None:
        self._frame, self._crs = frame, crs
        blocks = [s.vertices for f in buildings for solids in f.solids.values() for s in solids if len(s.vertices)]
        low = frame.to_crs(np.array([b.min(axis=0) for b in blocks]), crs).min(axis=0) if blocks else np.zeros(3)
        self.translate = [float(v) for v in np.floor(low) - 1.0]
        self.vertices: list[list[int]] = []
        self._index: dict[tuple[int, int, int], int] = {}

    def add(self, xyz: Any) -> list[int]:
        """Take local vertices (V, 3) in; gives the index of each in the file."""
        placed = self._frame.to_crs(xyz, self._crs)
        whole = np.rint((placed - self.translate) / SCALE_M).astype(np.int64).tolist()
        out = []
        for x, y, z in whole:
            i = self._index.setdefault((x, y, z), len(self.vertices))
            if i == len(self.vertices):
                self.vertices.append([x, y, z])
            out.append(i)
        return out

    def extent(self) -> list[float]:
        """Box of all vertices in the CRS: three minima, three maxima."""
        whole = np.array(self.vertices, dtype=np.int64)
        box = [whole.min(axis=0) * SCALE_M + self.translate, whole.max(axis=0) * SCALE_M + self.translate]
        return [round(float(v), 4) for v in np.concatenate(box)]


def _city_objects(feature: Feature, pool: _VertexPool, taken: set[str], credit: str) -> dict[str, Any]:
    """One Building, and its BuildingParts if it has several solids."""
    building: dict[str, Any] = {"type": "Building", "attributes": building_attributes(feature, credit)}
    forms = [form for form in Form if feature.solids.get(form)]
    parts = max((len(feature.solids[form]) for form in forms), default=0)
    if parts <= 1:
        building["geometry"] = [_geometry(feature.solids[form][0], form, pool) for form in forms]
        return {feature.id: building}
    ids = [_free_id(f"{feature.id}-{i + 1}", taken) for i in range(parts)]
    building |= {"children": ids, "geometry": []}
    objects: dict[str, Any] = {feature.id: building}
    for i, part in enumerate(ids):
        geometry = [_geometry(feature.solids[f][i], f, pool) for f in forms if i < len(feature.solids[f])]
        objects[part] = {"type": "BuildingPart", "parents": [feature.id], "geometry": geometry}
    return objects


def _free_id(wish: str, taken: set[str]) -> str:
    while wish in taken:
        wish += "-"
    taken.add(wish)
    return wish


def _geometry(solid: Solid, form: Form, pool: _VertexPool) -> dict[str, Any]:
    index = pool.add(solid.vertices)
    kinds = [kind for kind in _SURFACES if kind in solid.surface]
    position = {int(kind): i for i, kind in enumerate(kinds)}
    return {
        "type": "Solid",
        "lod": form.citygml,
        "boundaries": [[[[index[v] for v in ring] for ring in face] for face in solid.faces]],
        "semantics": {
            "surfaces": [{"type": _SURFACES[kind]} for kind in kinds],
            "values": [[position.get(kind) for kind in solid.surface.tolist()]],
        },
    }


def building_attributes(feature: Feature, credit: str = "") -> dict[str, Any]:
    """What is known of a building: name, form, origin, how well it fits, why it fell back; nothing empty."""
    outcome = feature.outcome
    best = feature.solids.get(feature.form) if feature.form else None
    levels = [s.vertices[:, 2] for s in best or () if len(s.vertices)]
    height = max(z.max() for z in levels) - min(z.min() for z in levels) if levels else None
    known: dict[str, Any] = {
        "name": feature.name,
        "form": str(feature.form) if feature.form else "",
        "lod": feature.form.citygml if feature.form else "",
        "origin": str(outcome.origin),
        "source": outcome.source,
        "fallback": outcome.fallback,
        "point_count": outcome.point_count,
        "rmse_m": outcome.rmse_m,
        "measuredHeight": None if height is None else float(height),
        **{key: outcome.quality[key] for key in sorted(outcome.quality)},
        "attribution": credit,
        **{f"tag_{key}": feature.tags[key] for key in sorted(feature.tags)},
    }
    return {key: _plain(value) for key, value in known.items() if value is not None and value != ""}


def _plain(value: Any) -> Any:
    """Numbers as Python's, rounded to a tenth of a millimetre; what JSON cannot hold (NaN, infinity) as null."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    number = round(float(value), 4)
    return number if np.isfinite(number) else None
