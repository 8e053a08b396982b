"""Check a whole output folder: reopen every file that was written and say what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.check.budgets import check_budgets
from xmscenes.check.cityjson import check_cityjson
from xmscenes.check.contact import check_contact
from xmscenes.check.fighting import check_fighting
from xmscenes.check.gltf import check_glb
from xmscenes.check.lod import check_lods
from xmscenes.check.payload import check_payload
from xmscenes.check.seams import check_seams
from xmscenes.check.tiles import check_tileset
from xmscenes.errors import InputError
from xmscenes.gltf_parts import read_parts

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.records import Issue
    from xmscenes.spec import Spec


def check_delivery(folder: Path, name: str, spec: Spec) -> list[Issue]:
    """Issues of every file of a build, in a fixed order. Deliveries that are not there are not missed."""
    return [*check_files(folder, name, spec), *check_ground(folder, name)]


def check_files(folder: Path, name: str, spec: Spec) -> list[Issue]:
    """Issues of every file by itself and against its budgets."""
    issues: list[Issue] = []
    plain = sorted((folder / "plain").glob(f"{name}_LOD*.glb"))
    for path in plain:
        issues += check_glb(path, path.relative_to(folder).as_posix())
    scene = folder / "xr" / "scene.glb"
    if scene.is_file():
        issues += check_glb(scene, "xr/scene.glb")
        issues += check_lods(scene, "xr/scene.glb")
        issues += check_payload(scene, plain, "xr/scene.glb")
        issues += check_budgets(scene, spec.camera, spec.to_frame(), spec.budget.device, "xr/scene.glb")
    if (folder / "tiles").is_dir():
        issues += check_tileset(folder / "tiles")
    for path in sorted((folder / "cityjson").glob("*.json")):
        issues += check_cityjson(path, path.relative_to(folder).as_posix())
    return issues


def check_ground(folder: Path, name: str) -> list[Issue]:
    """Issues of how things stand on the ground and to each other, at the finest level.

    ``scene.glb`` tells whose every face is, so it goes before the plain files.
    """
    for path in (folder / "xr" / "scene.glb", folder / "plain" / f"{name}_LOD0.glb"):
        if path.is_file():
            try:
                parts = read_parts(path)
            except InputError:  # said by the check of the file itself
                return []
            where = path.relative_to(folder).as_posix()
            return [*check_contact(parts, where), *check_seams(parts, where), *check_fighting(parts, where)]
    return []
