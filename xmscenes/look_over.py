"""What is done with a written delivery, in any process: it is checked, and pictures are taken of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.kernels import watch_compiler
from xmscenes.meter import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xmscenes.preview.contact import Contact, Page
    from xmscenes.records import Issue
    from xmscenes.spec import Spec


CHECKS = ("files", "ground")


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a folder of deliveries: its "files" or how things stand on the "ground" are checked, or "pictures"
    are taken of its finest level.
    """

    what: str
    folder: Path
    scene: str
    spec: Spec


@dataclass(frozen=True, slots=True)
class Column:
    """A coarser level of a contact sheet, drawn from the cameras that were found in the finest one."""

    contact: Contact
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look found and drew, and the seconds it took."""

    what: str
    seconds: Mapping[str, float]
    issues: tuple[Issue, ...] = ()
    page: Page | None = None  # of the contact sheet
    columns: Mapping[int, Any] = field(default_factory=dict)


def looks_at(folder: Path, scene: str, spec: Spec, *, preview: bool) -> list[Look]:
    """All looks at a build, the longest first."""
    return [Look(what, folder, scene, spec) for what in (*(("pictures",) if preview else ()), *CHECKS)]


def look_over(look: Look) -> Seen:
    """Do it."""
    watch_compiler()
    clock = Clock()
    found: dict[str, Any] = {}
    if look.what == "pictures":
        from xmscenes.preview import begin_previews

        found["page"] = begin_previews(look.folder, look.spec)
    else:
        from xmscenes.check import check_files, check_ground

        found["issues"] = tuple(
            check_files(look.folder, look.scene, look.spec)
            if look.what == "files"
            else check_ground(look.folder, look.scene)
        )
    clock.lap("preview" if look.what == "pictures" else "check")
    return Seen(what=look.what, seconds=clock.seconds, **found)


def columns_left(seen: Sequence[Seen]) -> list[Column]:
    """Columns that the begun contact sheet lacks, the longest to draw first."""
    return [Column(page.contact, level) for page in _pages(seen) for level in page.contact.others(0)]


def draw_column(column: Column) -> Seen:
    """Draw one: software rendering keeps one core busy, so several are drawn side by side."""
    clock = Clock()
    cells = column.contact.column(column.level)
    clock.lap("preview")
    return Seen(what=f"LOD{column.level}", seconds=clock.seconds, columns={column.level: cells})


def put_together(folder: Path, seen: Sequence[Seen]) -> list[Issue]:
    """Write the contact sheet; gives all that was found, in a fixed order."""
    columns = {level: cells for look in seen for level, cells in look.columns.items()}
    for page in _pages(seen):
        page.write(folder / "preview" / "sheet.png", columns)
    return [issue for what in CHECKS for look in seen if look.what == what for issue in look.issues]


def _pages(seen: Sequence[Seen]) -> list[Page]:
    return [look.page for look in seen if look.page is not None]
