"""Render the contact sheet of a build: every camera at every level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.preview.captions import THEME_WORDS, camera_caption, origins_caption
from xmscenes.preview.copies import load_level
from xmscenes.preview.picture import tool_version, write_png
from xmscenes.preview.quality import quality_of
from xmscenes.preview.render import Renderer, renderer
from xmscenes.preview.sheet import Cell, make_sheet
from xmscenes.preview.written import LEVELS, has_level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from xmscenes.options import PreviewOptions
    from xmscenes.preview.camera import Camera
    from xmscenes.preview.glb import Known
    from xmscenes.preview.hours import Hour
    from xmscenes.preview.scene import RenderScene
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What all pictures of one sheet share."""

    build_dir: Path
    spec: Spec | None
    cameras: tuple[Camera, ...]
    hour: Hour
    options: PreviewOptions

    def cells(self, drawer: Renderer, level: int) -> list[Cell]:
        """Draw every camera at the size of a cell."""
        width, height = self.options.cell_width, round(self.options.cell_width * 9 / 16)
        return [
            Cell(
                pixels=drawer.picture(camera, self.hour.light, width, height),
                caption=f"{camera_caption(camera.name)} · LOD{level}",
                detail=f"{drawer.scene.triangle_count:,} 三角形",
            )
            for camera in self.cameras
        ]

    def others(self, level: int) -> tuple[int, ...]:
        """Levels besides one that have a file of their own."""
        return tuple(k for k in LEVELS if k != level and has_level(self.build_dir, k))

    def column(self, level: int, known: Known | None = None) -> list[Cell]:
        """Draw the cells of a written level by itself."""
        with renderer(load_level(self.build_dir, level, known), quality_of(self.options)) as drawer:
            return self.cells(drawer, level)

    def page(self, scene: RenderScene, level: int, drawn: list[Cell]) -> Page:
        """Begin the page with one level."""
        title = f"{self.spec.title}　{self.spec.title_en}".strip() if self.spec else scene.name
        light = f"{THEME_WORDS[self.hour.theme]} {self.hour.moment:%Y-%m-%d %H:%M}"
        footer = [f"{light}　数据来源：{origins_caption(scene.origins)}　xmscenes {tool_version()}", scene.copyright]
        return Page(contact=self, title=title, footer=tuple(line for line in footer if line), columns={level: drawn})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A contact sheet before it is set: columns of cells by level, with what stands above and below them."""

    contact: Contact
    title: str
    footer: tuple[str, ...]
    columns: Mapping[int, list[Cell]]

    def write(self, path: Path, others: Mapping[int, list[Cell]]) -> Path:
        """Set the page with the columns of the other levels, and write it."""
        columns = {**self.columns, **others}
        rows = [list(row) for row in zip(*(columns[k] for k in sorted(columns)), strict=True)]
        pixels = make_sheet(self.title, rows, list(self.footer))
        about = {"Title": f"{self.title} · contact sheet", "Software": f"xmscenes {tool_version()}"}
        return write_png(path, pixels, about)
