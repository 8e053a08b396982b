"""What is done with a written delivery, in any process: it is checked, and pictures are taken of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xmscenes.kernels import watch_compiler
from xmscenes.meter import Clock

if TYPE_CHECKING:
    from xmscenes.records import Issue
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a folder of deliveries: its ``stage`` is "check" or "preview"."""

    stage: str
    folder: Path
    scene: str
    spec: Spec


def look_over(look: Look) -> tuple[tuple[Issue, ...], dict[str, float]]:
    """Do it; gives what was found and the seconds it took."""
    watch_compiler()
    clock = Clock()
    issues: tuple[Issue, ...] = ()
    if look.stage == "check":
        from xmscenes.check import check_delivery

        issues = tuple(check_delivery(look.folder, look.scene, look.spec))
    else:
        from xmscenes.preview import preview_build

        preview_build(look.folder, look.spec)
    clock.lap(look.stage)
    return issues, clock.seconds
