"""Check a whole output folder: reopen every file that was written and say what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.check.gltf import check_glb

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.records import Issue
    from xmscenes.spec import Spec


def check_delivery(folder: Path, name: str, spec: Spec) -> list[Issue]:
    """Issues of every file of a build, in a fixed order."""
    issues: list[Issue] = []
    for path in sorted(folder.rglob("*.glb")):
        issues += check_glb(path, path.relative_to(folder).as_posix())
    return issues
