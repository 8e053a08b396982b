"""Check MSFT_lod: indices, order of coverage, triangles and errors. No validator looks at them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from xmscenes.errors import InputError
from xmscenes.gltf_drawn import INSTANCING, lod_ids
from xmscenes.gltf_read import Glb, load_glb, trusting
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HINT = "build again; if it stays, report it with the file"


def check_lods(path: Path, where: str = "") -> list[Issue]:
    """Check every node that has coarser levels. ``where`` names the file in the issues."""
    where = where or path.name
    try:
        glb = load_glb(path, where)
        with trusting(glb):
            roots = {root for scene in glb.items("scenes") for root in scene.get("nodes", [])}
            placed = roots | {child for node in glb.items("nodes") for child in node.get("children", [])}
            return [issue for index in range(len(glb.items("nodes"))) for issue in _node(glb, index, placed, where)]
    except InputError as error:
        return [_error("LOD_UNREADABLE", where, str(error))]


def _node(glb: Glb, index: int, placed: set[int], where: str) -> Iterator[Issue]:
    nodes = glb.items("nodes")
    node = nodes[index]
    ids = lod_ids(node)
    if not ids:
        return
    here = f"{where}#/nodes/{index}"
    bad = [i for i in ids if not isinstance(i, int) or not 0 <= i < len(nodes)]
    if bad:
        yield _error("LOD_ID_RANGE", here, f"levels {bad} do not exist (there are {len(nodes)} nodes)")
        return
    if len(set(ids)) < len(ids) or _reaches(nodes, ids, index):
        yield _error("LOD_CYCLE", here, f"levels {ids} lead back to the node or repeat")
        return
    if drawn := sorted(placed.intersection(ids)):
        yield _error("LOD_IS_PLACED", here, f"levels {drawn} are roots or children, so they are always drawn")
    yield from _figures(node, ids, here)
    triangles = [_triangles(glb, i) for i in (index, *ids)]
    if any(b >= a for a, b in pairwise(triangles)):
        yield _error("LOD_TRIANGLES", here, f"triangles do not fall from level to level: {triangles}")


def _figures(node: dict[str, Any], ids: list[int], here: str) -> Iterator[Issue]:
    extras = node.get("extras", {})
    coverage = extras.get("MSFT_screencoverage", [])
    if len(coverage) != len(ids) + 1:
        yield _error("LOD_COVERAGE_COUNT", here, f"{len(coverage)} coverage values for {len(ids) + 1} levels")
    elif any(b >= a for a, b in pairwise(coverage)):
        yield _error("LOD_COVERAGE_ORDER", here, f"coverage does not fall strictly: {coverage}")
    errors = extras.get("levels_error_m", [])
    if len(errors) != len(ids) + 1 or any(b < a for a, b in pairwise(errors)):
        yield _error("LOD_ERROR_ORDER", here, f"errors of {len(ids) + 1} levels must not fall: {errors}")


def _reaches(nodes: list[dict[str, Any]], start: list[int], goal: int) -> bool:
    """Whether a walk over children and levels from ``start`` comes to ``goal``."""
    seen: set[int] = set()
    stack = list(start)
    while stack:
        index = stack.pop()
        if index == goal:
            return True
        if index in seen or not 0 <= index < len(nodes):
            continue
        seen.add(index)
        stack += [*nodes[index].get("children", []), *lod_ids(nodes[index])]
    return False


def _triangles(glb: Glb, index: int) -> int:
    """Triangles of a node and its children at their finest."""
    total, stack, seen = 0, [index], set()
    while stack:
        current = stack.pop()
        if current in seen:
            raise glb.fault(f"nodes/{current} lies in a loop")
        seen.add(current)
        node = glb.item("nodes", current)
        stack += node.get("children", [])
        if "mesh" in node:
            total += copies(glb, node) * sum(
                glb.item("accessors", primitive["indices"])["count"] // 3
                for primitive in glb.item("meshes", node["mesh"])["primitives"]
            )
    return total


def copies(glb: Glb, node: dict[str, Any]) -> int:
    """How often a node is drawn: once, or as often as EXT_mesh_gpu_instancing says."""
    attributes = node.get("extensions", {}).get(INSTANCING, {}).get("attributes", {})
    return int(glb.item("accessors", next(iter(attributes.values())))["count"]) if attributes else 1


def _error(code: str, where: str, message: str) -> Issue:
    return Issue(code=code, severity="error", where=where, message=message, hint=HINT)
