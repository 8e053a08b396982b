"""Is a written CityJSON file sound? Its structure as the official validator judges it, then every solid in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from xmscenes.check.cityjson_read import city_model
from xmscenes.check.solids import check_solids
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TOP = {"type", "version", "transform", "metadata", "CityObjects", "vertices"}
_URL = re.compile(r"https://www\.opengis\.net/def/crs/[^/]+/[^/]+/[^/]+")


def check_cityjson(path: Path, where: str) -> tuple[Issue, ...]:
    """Reopen a CityJSON file: keys, versions, indices, families, semantics, extent, CRS, and the solids of each form.

    ``where`` is how issues name the file. Broken structure is reported before the solids are looked at.
    """
    twins: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            twins.append(sorted(key for key, _ in pairs)[0])
        return out

    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique)
    except (OSError, ValueError) as error:
        return (_issue("CITYJSON_UNREADABLE", where, f"cannot be read as JSON ({error})", "build again"),)
    found = [_issue("CITYJSON_STRUCTURE", where, f"a key stands twice, near {key!r}", "keep one") for key in twins]
    found += [_issue("CITYJSON_STRUCTURE", where, text, "build again") for text in _faults(document)]
    if found:
        return tuple(found)
    model = city_model(document)
    solids = [
        (f"{where}#/{name}/{form.citygml}/{i}", solid)
        for name, building in model.buildings.items()
        for form, members in building.solids.items()
        for i, solid in enumerate(members)
    ]
    return check_solids([solid for _, solid in solids], [place for place, _ in solids])


def _issue(code: str, where: str, message: str, hint: str) -> Issue:
    return Issue(code=code, severity="error", where=where, message=message, hint=hint)


def _faults(document: Any) -> Iterator[str]:
    """Name what is wrong with the structure, roughest first."""
    if not isinstance(document, dict) or document.get("type") != "CityJSON" or document.get("version") != "2.0":
        yield "is no CityJSON 2.0"
        return
    if missing := _TOP - document.keys():
        yield f"lacks {sorted(missing)[0]!r}"
        return
    if extra := document.keys() - _TOP:
        yield f"has the unknown key {sorted(extra)[0]!r}"
    yield from _metadata_faults(document)
    yield from _vertex_faults(document)
    for name, item in document["CityObjects"].items():
        yield from (f"{name}: {text}" for text in _object_faults(name, item, document["CityObjects"]))


def _metadata_faults(document: dict[str, Any]) -> Iterator[str]:
    metadata = document["metadata"]
    if not _URL.fullmatch(metadata.get("referenceSystem", "https://www.opengis.net/def/crs/EPSG/0/0")):
        yield "metadata.referenceSystem is no OGC address"
    extent = metadata.get("geographicalExtent")
    if extent is not None and not (
        len(extent) == 6 and all(a <= b for a, b in zip(extent[:3], extent[3:], strict=True))
    ):
        yield "metadata.geographicalExtent is no box"


def _vertex_faults(document: dict[str, Any]) -> Iterator[str]:
    vertices = document["vertices"]
    if any(len(v) != 3 or not all(type(c) is int for c in v) for v in vertices):
        yield "vertices are not triples of whole numbers"
        return
    if len({tuple(v) for v in vertices}) != len(vertices):
        yield "a vertex stands twice"
    used = {
        v
        for item in document["CityObjects"].values()
        for geometry in item.get("geometry", ())
        for v in _flat(geometry["boundaries"])
    }
    if used != set(range(len(vertices))):
        strays = [v for v in used if not 0 <= v < len(vertices)]
        yield f"index {strays[0]} has no vertex" if strays else "a vertex is never used"


def _object_faults(name: str, item: dict[str, Any], objects: dict[str, Any]) -> Iterator[str]:
    if item.get("type") not in {"Building", "BuildingPart"}:
        yield f"type is {item.get('type')!r}"
        return
    if (item["type"] == "BuildingPart") != bool(item.get("parents")):
        yield "a BuildingPart has parents, a Building has none"
    for one, other in (("children", "parents"), ("parents", "children")):
        for relative in item.get(one, ()):
            if name not in objects.get(relative, {}).get(other, ()):
                yield f"{one} names {relative!r}, which does not name it back"
    for geometry in item.get("geometry", ()):
        yield from _geometry_faults(geometry)


def _geometry_faults(geometry: dict[str, Any]) -> Iterator[str]:
    if geometry.get("type") != "Solid" or not re.fullmatch(r"[0-3](\.[0-3])?", str(geometry.get("lod", ""))):
        yield "geometry is no Solid with an lod"
        return
    surfaces = geometry["semantics"]["surfaces"]
    for shell, values in zip(geometry["boundaries"], geometry["semantics"]["values"], strict=False):
        if len(shell) != len(values) or any(v is not None and not 0 <= v < len(surfaces) for v in values):
            yield f"semantics of lod {geometry['lod']} do not fit its faces"


def _flat(nested: Any) -> Iterator[int]:
    if isinstance(nested, int):
        yield nested
        return
    for part in nested:
        yield from _flat(part)
