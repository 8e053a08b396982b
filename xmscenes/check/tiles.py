"""Check a 3D Tiles tileset: uris resolve inside the folder, boxes contain what is in them, errors fall."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np

from xmscenes.check.gltf import check_glb
from xmscenes.errors import InputError
from xmscenes.frame import Frame
from xmscenes.gltf_drawn import drawn_of
from xmscenes.gltf_read import load_glb
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Json = dict[str, Any]
HINT = "build again; if it stays, report it with the folder"
TILE_BYTES = 2_000_000
SLACK_M = 1e-3


def check_tileset(folder: Path, where: str = "tiles") -> list[Issue]:
    """Check ``tileset.json`` in a folder and every content it names."""
    path = folder / "tileset.json"
    here = f"{where}/tileset.json"
    try:
        body = json.loads(path.read_bytes())
        if body["asset"]["version"] != "1.1":
            return [_error("TILES_VERSION", here, f"version {body['asset']['version']!r}, want 1.1")]
        return list(_tile(folder, body["root"], f"{here}#/root", body["geometricError"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [_error("TILES_UNREADABLE", here, f"not a tileset ({type(error).__name__}: {error})")]


def _tile(folder: Path, tile: Json, here: str, above_m: float) -> Iterator[Issue]:
    error_m = tile["geometricError"]
    if error_m < 0 or error_m > above_m or (error_m == above_m and not here.endswith("/root")):
        yield _error("TILES_ERROR_ORDER", here, f"geometricError {error_m} does not fall below {above_m}")
    box = _corners(tile["boundingVolume"]["box"])
    if "content" in tile:
        yield from _content(folder, tile["content"]["uri"], box, here)
    children = tile.get("children", [])
    if not children and "content" in tile and error_m:
        yield _error("TILES_LEAF_ERROR", here, f"a leaf shows everything, yet its geometricError is {error_m}")
    for k, child in enumerate(children):
        outside = _outside_m(box, _corners(child["boundingVolume"]["box"]))
        if outside > SLACK_M:
            yield _error("TILES_BOX_CHILD", f"{here}/children/{k}", f"box reaches {outside:.3f} m out of its parent's")
        yield from _tile(folder, child, f"{here}/children/{k}", error_m)


def _content(folder: Path, uri: str, box: NDArray[np.float64], here: str) -> Iterator[Issue]:
    path = (folder / unquote(uri)).resolve()
    if not path.is_relative_to(folder.resolve()):
        yield _error("TILES_URI_OUTSIDE", here, f"{uri} leaves the folder")
        return
    if not path.is_file():
        yield _error("TILES_URI_MISSING", here, f"{uri} does not exist")
        return
    yield from check_glb(path, f"{here} {uri}")
    if path.stat().st_size > TILE_BYTES:
        message = f"{uri} has {path.stat().st_size / 1e6:.2f} MB, {TILE_BYTES / 1e6:.0f} are allowed"
        hint = "make [tile] size_m smaller, or max_error_m of level 1 larger"
        yield Issue(code="BUDGET_TILE_BYTES", severity="error", where=here, message=message, hint=hint)
    try:
        yield from _inside(path, uri, box, here)
    except InputError as error:
        yield _error("TILES_CONTENT", here, str(error))


def _inside(path: Path, uri: str, box: NDArray[np.float64], here: str) -> Iterator[Issue]:
    glb = load_glb(path)
    for image in glb.items("images"):
        shared = image.get("uri")
        if shared is not None and not (path.parent / unquote(shared)).is_file():
            yield _error("TILES_URI_MISSING", here, f"{uri}: picture {shared} does not exist")
    tables = glb.json.get("extensions", {}).get("EXT_structural_metadata", {}).get("propertyTables", [{}])
    known = tables[0].get("count", 0)
    for drawn in drawn_of(glb, looks=()):
        corners = np.array([drawn.vertices.min(axis=0), drawn.vertices.max(axis=0)], dtype=np.float64)
        low, high = _swept(corners, drawn.instances)
        outside = _outside_m(box, np.array([low, high]))
        if outside > SLACK_M:
            yield _error("TILES_BOX_CONTENT", here, f"{uri}: {drawn.name} reaches {outside:.3f} m out of the box")
        if drawn.feature is not None and len(drawn.feature) and int(drawn.feature.max()) >= known:
            yield _error("TILES_FEATURE_RANGE", here, f"{uri}: feature {drawn.feature.max()} of {known}")


def _swept(corners: NDArray[np.float64], instances: NDArray[np.float64]) -> tuple[Any, Any]:
    """Lowest and highest local coordinates of a box under all its instances."""
    all_corners = np.array([[corners[i >> k & 1][k] for k in range(3)] for i in range(8)])
    moved = np.einsum("nij,cj->nci", instances[:, :3, :3], all_corners) + instances[:, None, :3, 3]
    local = Frame.from_gltf(moved.reshape(-1, 3))
    return local.min(axis=0), local.max(axis=0)


def _corners(box: list[float]) -> NDArray[np.float64]:
    """Lowest and highest corner of an upright box."""
    values = np.array(box, dtype=np.float64)
    half = np.abs(values[3:].reshape(3, 3)).sum(axis=0)
    return np.array([values[:3] - half, values[:3] + half])


def _outside_m(box: NDArray[np.float64], inner: NDArray[np.float64]) -> float:
    return float(np.maximum(box[0] - inner[0], inner[1] - box[1]).max())


def _error(code: str, where: str, message: str) -> Issue:
    return Issue(code=code, severity="error", where=where, message=message, hint=HINT)
