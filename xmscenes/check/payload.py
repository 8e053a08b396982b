"""Check that a compressed file shows what the plain files show: every vertex within the quantisation step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import InputError
from xmscenes.geometry.meshes import face_crosses
from xmscenes.gltf_drawn import drawn_of, grid_step_m, read_glb
from xmscenes.gltf_read import Glb, load_glb
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.gltf_drawn import Drawn

STEP_AT_MOST_M = 0.005
FLOAT_M = 1e-3  # float32 of the plain file


def check_payload(packed: Path, plain: Sequence[Path], where: str = "") -> list[Issue]:
    """Decode each level of ``packed`` and compare it with the plain file of that level, copies left out.

    Water is compared at LOD0 only: ``xr`` shows that level of it from everywhere.
    """
    where = where or packed.name
    issues = []
    glb: Glb | None = None
    for level, path in enumerate(plain):
        try:
            glb = glb or load_glb(packed)
            copies_from = glb.item("scenes", 0).get("extras", {}).get("copies_from", np.inf)
            drawn = _without_baked(drawn_of(glb, level, copies=False, looks=()), copies_from)
            reference = read_glb(path, copies=False, looks=())
            if level:
                drawn, reference = _dry(drawn), _dry(reference)
            issues += _level(drawn, reference, f"{where} LOD{level}")
        except InputError as error:
            issues.append(_error("PAYLOAD_UNREADABLE", where, str(error)))
    return issues


def _level(drawn: list[Drawn], reference: list[Drawn], where: str) -> list[Issue]:
    from scipy.spatial import cKDTree

    here, there = _cloud(drawn), _cloud(reference)
    if not len(there) or not len(here):
        return [] if len(here) == len(there) else [_error("PAYLOAD_EMPTY", where, "one of the two shows nothing")]
    issues = []
    step = max(grid_step_m(item) for item in drawn)
    apart = float(cKDTree(there).query(here)[0].max())
    reach = step / 2 * 3**0.5 + FLOAT_M  # half a step an axis
    if apart > reach:
        issues.append(_error("PAYLOAD_MOVED", where, f"a vertex lies {apart:.4f} m off the plain file (step {step} m)"))
    kept, wanted = (sum(len(item.faces) for item in side) for side in (drawn, reference))
    thin = sum(_count_thin(item, 2 * reach) for item in reference)
    if not wanted - thin <= kept <= wanted:
        issues.append(
            _error(
                "PAYLOAD_TRIANGLES",
                where,
                f"{kept} triangles, the plain file has {wanted}, {thin} of them thinner than the grid",
            )
        )
    if where.endswith("LOD0") and step > STEP_AT_MOST_M + 1e-9:
        issues.append(
            Issue(code="PAYLOAD_STEP", severity="warning", where=where, message=f"grid step is {step:.4f} m",
                  hint="things longer than 327 m get a coarser grid; use smaller tiles")
        )  # fmt: skip
    return issues


def _dry(drawn: list[Drawn]) -> list[Drawn]:
    return [item for item in drawn if item.material.get("name") != "water"]


def _without_baked(drawn: list[Drawn], copies_from: float) -> list[Drawn]:
    """Leave out the faces of copies that were baked into merged meshes: their features come last."""
    found = []
    for item in drawn:
        if item.feature is not None and len(item.feature) and item.feature.max() >= copies_from:
            faces = item.faces[item.feature[item.faces[:, 0]] < copies_from]
            if not len(faces):
                continue
            used, renumbered = np.unique(faces, return_inverse=True)
            vertices, faces = item.vertices[used], renumbered.reshape(-1, 3).astype(np.uint32)
            item = replace(item, vertices=vertices, faces=faces)
        found.append(item)
    return found


def _cloud(drawn: list[Drawn]) -> NDArray[np.float64]:
    if not drawn:
        return np.zeros((0, 3))
    return np.concatenate([item.vertices @ item.instances[0][:3, :3].T + item.instances[0][:3, 3] for item in drawn])


def _count_thin(item: Drawn, height_m: float) -> int:
    """Triangles that may vanish on the grid: their corners may move so far that no height is left."""
    vertices = (item.vertices @ item.instances[0][:3, :3].T).astype(np.float64)
    corners = vertices[item.faces]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    area2 = np.linalg.norm(face_crosses(vertices, item.faces.astype(np.int32)), axis=1)
    return int((area2 < height_m * longest).sum())


def _error(code: str, where: str, message: str) -> Issue:
    hint = "build again; if it stays, report it with the file"
    return Issue(code=code, severity="error", where=where, message=message, hint=hint)
