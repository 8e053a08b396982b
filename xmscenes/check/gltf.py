"""Check a GLB as a file: it opens, its accessors lie inside it, its triangles are finite and stay in range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.gltf_read import Glb, load_glb, trusting
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITE_AGAIN = "build again; if it stays, report it with the file"


def check_glb(path: Path, where: str = "") -> list[Issue]:
    """Reopen a GLB and look at every primitive. ``where`` names the file in the issues ("xr/scene.glb")."""
    where = where or path.name
    try:
        glb = load_glb(path, where)
        with trusting(glb):
            return _file(glb, where)
    except InputError as error:
        return [_error("GLTF_UNREADABLE", where, str(error))]


def _file(glb: Glb, where: str) -> list[Issue]:
    issues = []
    for name in sorted(set(glb.json.get("extensionsRequired", [])) - set(glb.json.get("extensionsUsed", []))):
        issues.append(_error("GLTF_EXTENSION_UNDECLARED", where, f"{name} is required but not listed as used"))
    if not glb.json.get("asset", {}).get("copyright"):
        issues.append(
            Issue(code="GLTF_NO_LICENCE", severity="warning", where=f"{where}#/asset", message="no copyright line",
                  hint="give every input a licence and an attribution in SOURCES.toml")
        )  # fmt: skip
    for m, mesh in enumerate(glb.items("meshes")):
        for p, primitive in enumerate(mesh.get("primitives", [])):
            issues += _primitive(glb, primitive, f"{where}#/meshes/{m}/primitives/{p}")
    return issues


def _primitive(glb: Glb, primitive: dict[str, Any], where: str) -> Iterator[Issue]:
    try:
        with trusting(glb):
            columns = {name: glb.accessor(index) for name, index in sorted(primitive["attributes"].items())}
            indices = glb.accessor(primitive["indices"])
            bounds = glb.item("accessors", primitive["attributes"]["POSITION"])
    except InputError as error:
        yield _error("GLTF_ACCESSOR", where, f"cannot be decoded: {error}")
        return
    count = len(columns["POSITION"])
    for name, values in columns.items():
        if len(values) != count:
            yield _error("GLTF_COUNT", where, f"{name} has {len(values)} rows, POSITION {count}")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            yield _error("GLTF_NOT_FINITE", where, f"{name} holds NaN or infinity")
    if len(indices) % 3 or (len(indices) and int(indices.max()) >= count):
        yield _error("GLTF_INDEX_RANGE", where, f"{len(indices)} indices up to {indices.max()} for {count} vertices")
    xyz = columns["POSITION"]
    if count and (xyz.min(0).tolist() != bounds.get("min") or xyz.max(0).tolist() != bounds.get("max")):
        yield _error("GLTF_BOUNDS", where, "min and max of POSITION are not those of its values")


def _error(code: str, where: str, message: str) -> Issue:
    return Issue(code=code, severity="error", where=where, message=message, hint=WRITE_AGAIN)
