"""Preview a built scene: read what was written, place cameras, light it, and write pictures."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from xmscenes.errors import RenderError
from xmscenes.options import PreviewOptions
from xmscenes.preview.camera import Camera, spec_cameras
from xmscenes.preview.captions import about_picture
from xmscenes.preview.contact import Contact, Page
from xmscenes.preview.copies import load_level
from xmscenes.preview.filament import chosen_renderer, filament
from xmscenes.preview.glb import Known, load_scene
from xmscenes.preview.hours import Hour, hour_of
from xmscenes.preview.picture import THUMBNAILS, cropped, write_png
from xmscenes.preview.quality import check_size, quality_of
from xmscenes.preview.render import Renderer, renderer
from xmscenes.preview.standing import free_camera
from xmscenes.preview.viewpoints import automatic_cameras, path_spots
from xmscenes.preview.written import file_stem, written_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from xmscenes.preview.style import Light
    from xmscenes.spec import Spec


class Drawer(Protocol):
    """Whatever makes a picture of a view."""

    def picture(self, camera: Camera, light: Light, width: int, height: int) -> NDArray[np.uint8]:
        """One view as u1 (H, W, 3), sRGB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """What was written, which cameras there are, and what the user should know: cameras that were moved."""

    pictures: tuple[Path, ...]
    cameras: tuple[str, ...]
    notes: tuple[str, ...] = ()
    page: Page | None = None  # the contact sheet, as far as it is drawn


def begin_previews(build_dir: Path, spec: Spec) -> Page:
    """Write what every build gets, hero still and two thumbnails, and begin its contact sheet with the finest level."""
    page = preview_scene(build_dir, spec, stills=("hero",), begin_sheet=True, thumbnails=True).page
    assert page is not None
    return page


def preview_scene(
    build_dir: Path,
    spec: Spec | None = None,
    *,
    stills: Sequence[str] | None = None,
    level: int = 0,
    out: Path | None = None,
    options: PreviewOptions | None = None,
    sheet: bool = False,
    begin_sheet: bool = False,
    thumbnails: bool = False,
) -> PreviewResult:
    """Render pictures of a built scene into ``out`` (``preview/`` beside the files by default).

    ``build_dir`` is a build folder or one GLB. ``stills`` names cameras, None takes all of them: those of the spec and
    the automatic ones. ``begin_sheet`` draws this level's column of the sheet only. Raises ``RenderError`` for an
    unknown camera or level, a missing file, a picture too large.
    """
    options = options or (spec.preview if spec else PreviewOptions())
    folder = out or (build_dir.parent if build_dir.is_file() else build_dir) / "preview"
    quality, drawn_by = quality_of(options), chosen_renderer()
    check_size(options.width, options.height, quality)
    file = written_file(build_dir, level)[0]
    known: Known = {}
    scene = load_level(build_dir, level, known)
    hour = hour_of(options, scene, spec)
    written: list[Path] = []
    with renderer(scene, quality) as own:
        cameras = cameras_of(own, spec, hour)
        chosen = [_named(cameras, name) for name in stills] if stills is not None else list(cameras)
        contact = Contact(build_dir=build_dir, spec=spec, cameras=cameras, hour=hour, options=options)
        cells = contact.cells(own, level) if sheet or begin_sheet else []
        with _drawer(own, drawn_by, file, options) as drawer:
            for camera in chosen:
                pixels = drawer.picture(camera, hour.light, options.width, options.height)
                about = about_picture(scene, spec, camera, hour, level)
                written.append(write_png(folder / f"{file_stem(camera.name)}.png", pixels, about))
                if thumbnails and camera is chosen[0]:
                    shots = {stem: cropped(pixels, *size) for stem, size in THUMBNAILS.items()}
                    written += [write_png(folder / f"{stem}.png", shot, about) for stem, shot in shots.items()]
    page = contact.page(scene, level, cells) if sheet or begin_sheet else None
    if page is not None and sheet:
        columns = {other: contact.column(other, known) for other in contact.others(level)}
        written.append(page.write(folder / "sheet.png", columns))
    notes = tuple(c.note for c in cameras if c.note)
    return PreviewResult(pictures=tuple(written), cameras=tuple(c.name for c in cameras), notes=notes, page=page)


@contextmanager
def _drawer(own: Renderer, name: str, file: Path, options: PreviewOptions) -> Iterator[Drawer]:
    if name == "pyrender":
        yield own
        return
    with filament(file, options.supersample) as other:
        yield other


def render_views(
    glb: Path, cameras: Sequence[Camera], out: Path, options: PreviewOptions | None = None, *, jobs: int = 1
) -> list[Path]:
    """Render one picture a camera into the folder ``out``; ``jobs`` above 1 spreads them over processes.

    Processes are spawned, never forked: a fork after the first picture hangs in the driver.
    """
    options = options or PreviewOptions()
    if jobs > 1 and len(cameras) > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        parts = [cameras[k::jobs] for k in range(min(jobs, len(cameras)))]
        with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
            done = pool.map(render_views, *zip(*((glb, part, out, options) for part in parts), strict=True))
            return sorted(path for paths in done for path in paths)
    scene = load_scene(glb)
    hour = hour_of(options, scene, None)
    written = []
    with renderer(scene, quality_of(options)) as drawer:
        for camera in cameras:
            standing = free_camera(scene, camera)
            pixels = drawer.picture(standing, hour.light, options.width, options.height)
            about = about_picture(scene, None, standing, hour, 0)
            written.append(write_png(out / f"{file_stem(camera.name)}.png", pixels, about))
    return sorted(written)


def cameras_of(drawer: Renderer, spec: Spec | None, hour: Hour) -> tuple[Camera, ...]:
    """Cameras of the spec, then the automatic ones that it does not name; each stands in the open."""
    overview = drawer.overview()
    own = spec_cameras(spec.camera, spec.to_frame(), overview.ground_at) if spec else ()
    taken = {camera.name for camera in own}
    spots = path_spots(drawer.scene)
    automatic = [c for c in automatic_cameras(overview, spots, hour.light.sun) if c.name not in taken]
    return tuple(free_camera(drawer.scene, camera) for camera in (*own, *automatic))


def _named(cameras: Sequence[Camera], name: str) -> Camera:
    for camera in cameras:
        if camera.name == name:
            return camera
    raise RenderError(f"camera {name!r}: not known; there are {', '.join(c.name for c in cameras)}")
