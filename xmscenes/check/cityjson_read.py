"""Read buildings back from a CityJSON file: their solids by form, as written, in the file's CRS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.records import Form, Solid, Surface

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FORMS = {form.citygml: form for form in Form}
_KINDS = {"RoofSurface": Surface.ROOF, "WallSurface": Surface.WALL, "GroundSurface": Surface.FLOOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class CityBuilding:
    """One building of a file: attributes and solids per form, those of its parts pooled."""

    id: str
    attributes: Mapping[str, Any]
    solids: Mapping[Form, tuple[Solid, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CityModel:
    """What a CityJSON file holds; vertices are in metres of its CRS, shifted by nothing."""

    title: str
    reference_system: str
    buildings: Mapping[str, CityBuilding]


def read_cityjson(path: Path) -> CityModel:
    """Read the solids of every building of a CityJSON file, in the order of the file.

    BuildingParts count to their parents. Geometries that are not Solids, and LoDs other than 1.2, 1.3 and 2.2, are left
    out. A file that is no CityJSON raises ``InputError``.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}); write it again") from error
    if not isinstance(document, dict) or document.get("type") != "CityJSON":
        raise InputError(f"{path}: is no CityJSON file; write it again")
    return city_model(document)


def city_model(document: dict[str, Any]) -> CityModel:
    """Take the solids of every building out of a CityJSON document, as ``read_cityjson`` does."""
    transform = document["transform"]
    xyz = np.array(document["vertices"], dtype=np.float64).reshape(-1, 3) * transform["scale"] + transform["translate"]
    objects = document["CityObjects"]
    buildings = {
        name: CityBuilding(id=name, attributes=item.get("attributes", {}), solids=_solids(item, objects, xyz))
        for name, item in objects.items()
        if item["type"] == "Building"
    }
    metadata = document.get("metadata", {})
    return CityModel(
        title=metadata.get("title", ""), reference_system=metadata.get("referenceSystem", ""), buildings=buildings
    )


def _solids(item: dict[str, Any], objects: dict[str, Any], xyz: Any) -> dict[Form, tuple[Solid, ...]]:
    found: dict[Form, tuple[Solid, ...]] = {}
    for member in [item, *(objects[child] for child in item.get("children", []))]:
        for geometry in member.get("geometry", []):
            form = _FORMS.get(str(geometry.get("lod")))
            if geometry["type"] == "Solid" and form is not None:
                found[form] = (*found.get(form, ()), _solid(geometry, xyz))
    return found


def _solid(geometry: dict[str, Any], xyz: Any) -> Solid:
    """One geometry on its own vertices, numbered in order of first use; inner shells are left out."""
    index: dict[int, int] = {}
    shell = geometry["boundaries"][0]
    faces = tuple(tuple(tuple(index.setdefault(v, len(index)) for v in ring) for ring in face) for face in shell)
    semantics = geometry.get("semantics", {"surfaces": [], "values": [[None] * len(faces)]})
    kinds = [_KINDS.get(surface["type"], Surface.OTHER) for surface in semantics["surfaces"]]
    surface = [Surface.OTHER if value is None else kinds[value] for value in semantics["values"][0]]
    return Solid(vertices=xyz[list(index)], faces=faces, surface=np.array(surface, dtype=np.uint8))
