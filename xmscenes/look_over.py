"""What is done with a written delivery, in any process: it is checked, and pictures are taken of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.kernels import watch_compiler
from xmscenes.meter import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xmscenes.preview.contact import Page
    from xmscenes.records import Issue
    from xmscenes.spec import Spec


CHECKS = ("files", "ground")


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a folder of deliveries.

    ``what`` is "files" or "ground", which are checked, or "preview", or a half of that: "finest", "coarser".
    """

    what: str
    folder: Path
    scene: str
    spec: Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found and drew, and the seconds it took."""

    what: str
    seconds: Mapping[str, float]
    issues: tuple[Issue, ...] = ()
    page: Page | None = None  # of the contact sheet
    columns: Mapping[int, Any] = field(default_factory=dict)


def looks_at(folder: Path, scene: str, spec: Spec, *, jobs: int, preview: bool) -> list[Look]:
    """All looks at a build, the longest first. Drawing keeps one core busy, so two halves are drawn side by side."""
    # The second half needs the cameras, too: 6 s of CPU more for 鼓浪屿.
    is_split = jobs > 1 and len(list((folder / "plain").glob("*_LOD*.glb"))) > 1
    pictures = ("finest", "coarser") if is_split else ("preview",)
    return [Look(what, folder, scene, spec) for what in (*(pictures if preview else ()), *CHECKS)]


def look_over(look: Look) -> Seen:
    """Do it."""
    watch_compiler()
    clock = Clock()
    found: dict[str, Any] = {}
    if look.what in CHECKS:
        from xmscenes.check import check_files, check_ground

        if look.what == "files":
            found["issues"] = tuple(check_files(look.folder, look.scene, look.spec))
        else:
            found["issues"] = tuple(check_ground(look.folder, look.scene))
    else:
        from xmscenes.preview import begin_previews, draw_coarse_levels, preview_build

        if look.what == "preview":
            preview_build(look.folder, look.spec)
        elif look.what == "finest":
            found["page"] = begin_previews(look.folder, look.spec)
        else:
            found["columns"] = draw_coarse_levels(look.folder, look.spec)
    clock.lap("check" if look.what in CHECKS else "preview")
    return Seen(what=look.what, seconds=clock.seconds, **found)


def put_together(folder: Path, seen: Sequence[Seen]) -> list[Issue]:
    """Write the contact sheet when its halves were drawn apart; gives all that was found."""
    columns = {level: cells for look in seen for level, cells in look.columns.items()}
    for page in (look.page for look in seen if look.page is not None):
        page.write(folder / "preview" / "sheet.png", columns)
    return [issue for what in CHECKS for look in seen if look.what == what for issue in look.issues]
