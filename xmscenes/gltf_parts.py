"""The things of a written GLB as triangles in local metres, each with the feature that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.gltf_drawn import drawn_of
from xmscenes.gltf_read import load_glb

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.gltf_drawn import Drawn
    from xmscenes.gltf_read import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The faces of one feature in one primitive."""

    node: str
    id: str
    kind: str
    material: str
    tri: NDArray[np.float64]  # (F, 3, 3) local metres: x east, y north, z up
    rgb: NDArray[np.float32] | None  # (F, 3) linear light, of the first corner
    row: Json  # what the feature table says of it


def read_parts(path: Path, level: int = 0) -> list[Part]:
    """Read every feature of a GLB at a level, copies left out.

    ``scene.glb`` tells of every face whose it is; a ``plain`` file tells of every node only.
    """
    glb = load_glb(path)
    shared = _rows_of_scene(glb.item("scenes", 0).get("extras", {}).get("features", {}))
    found = drawn_of(glb, level, copies=False, looks=("COLOR_0",))
    return [part for drawn in found for part in _parts(drawn, shared)]


def joined(parts: Iterable[Part], *kinds: str) -> NDArray[np.float64]:
    """All triangles (F, 3, 3) of the given kinds, or of all kinds."""
    chosen = [part.tri for part in parts if not kinds or part.kind in kinds]
    return np.concatenate(chosen) if chosen else np.zeros((0, 3, 3))


def _parts(drawn: Drawn, shared: list[Json]) -> Iterable[Part]:
    rows = drawn.extras.get("features") or shared
    matrix = drawn.instances[0]
    xyz = drawn.vertices.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    tri = np.stack([xyz[:, 0], -xyz[:, 2], xyz[:, 1]], axis=1)[drawn.faces]
    first = drawn.faces[:, 0]
    whole = _pooled(drawn, rows) if drawn.feature is None else None
    owner = np.zeros(len(first), dtype=np.int64) if drawn.feature is None else drawn.feature[first]
    for row in np.unique(owner).tolist():
        mine = owner == row
        about = whole if whole is not None else rows[row] if row < len(rows) else {}
        yield Part(
            node=drawn.name,
            id=str(about.get("id", drawn.name)),
            kind=str(about.get("kind", drawn.extras.get("kind", ""))),
            material=str(drawn.material.get("name", "")),
            tri=tri[mine],
            rgb=None if drawn.rgb is None else drawn.rgb[first[mine]],
            row=about,
        )


def _pooled(drawn: Drawn, rows: list[Json]) -> Json:
    """What is known of faces that do not tell whose they are: the only feature, or the node with what all share."""
    if len(rows) == 1:
        return rows[0]
    kind = "water" if drawn.material.get("name") == "water" else str(drawn.extras.get("kind", ""))
    return {"id": drawn.name, "kind": kind}


def _rows_of_scene(columns: Json) -> list[Json]:
    """The feature table of ``scene.glb``, which holds one list a column, as rows."""
    count = len(next(iter(columns.values()), []))
    return [{name: values[k] for name, values in columns.items() if values[k] is not None} for k in range(count)]
