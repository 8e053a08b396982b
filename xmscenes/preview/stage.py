"""Preview a built scene: read what was written, place cameras, light it, and write pictures."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.options import PreviewOptions
from xmscenes.preview.camera import Camera, spec_cameras
from xmscenes.preview.glb import load_scene
from xmscenes.preview.picture import THUMBNAILS, cropped, tool_version, write_png
from xmscenes.preview.quality import Quality, check_size
from xmscenes.preview.render import Renderer, renderer
from xmscenes.preview.sheet import THEME_WORDS, Cell, camera_caption, make_sheet, origins_caption
from xmscenes.preview.standing import free_camera
from xmscenes.preview.style import THEME_TIMES, Light, light_at, theme_of
from xmscenes.preview.sun import local_moment, sun_position
from xmscenes.preview.viewpoints import automatic_cameras, path_spots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.preview.scene import RenderScene
    from xmscenes.spec import Spec

LEVELS = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """What was written, and what the user should know: cameras that were moved, levels that do not exist."""

    pictures: tuple[Path, ...]
    cameras: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The light of a picture and the words for it."""

    light: Light
    theme: str
    moment: datetime


def preview_build(build_dir: Path, spec: Spec) -> PreviewResult:
    """Write what every build gets: hero still, two thumbnails and the contact sheet of all cameras and levels."""
    return preview_scene(build_dir, spec, stills=("hero",), sheet=True, thumbnails=True)


def preview_scene(
    build_dir: Path,
    spec: Spec | None = None,
    *,
    stills: Sequence[str] | None = None,
    level: int = 0,
    out: Path | None = None,
    options: PreviewOptions | None = None,
    sheet: bool = False,
    thumbnails: bool = False,
) -> PreviewResult:
    """Render pictures of a built scene into ``out`` (``preview/`` beside the files by default).

    ``build_dir`` is a build folder or one GLB. ``stills`` names cameras, None takes all of them: those of the spec and
    the automatic ones. Raises ``RenderError`` for an unknown camera or level, a missing file, a picture too large.
    """
    options = options or (spec.preview if spec else PreviewOptions())
    folder = out or (build_dir.parent if build_dir.is_file() else build_dir) / "preview"
    quality = quality_of(options)
    check_size(options.width, options.height, quality)
    scene = load_scene(*written_file(build_dir, level))
    hour = hour_of(options, scene, spec)
    written: list[Path] = []
    with renderer(scene, quality) as drawer:
        cameras = cameras_of(drawer, spec, hour)
        chosen = [_named(cameras, name) for name in stills] if stills is not None else list(cameras)
        for camera in chosen:
            pixels = drawer.picture(camera, hour.light, options.width, options.height)
            about = about_picture(scene, spec, camera, hour, level)
            written.append(write_png(folder / f"{file_stem(camera.name)}.png", pixels, about))
            if thumbnails and camera is chosen[0]:
                for stem, size in THUMBNAILS.items():
                    written.append(write_png(folder / f"{stem}.png", cropped(pixels, *size), about))
        cells = _cells(drawer, cameras, hour, options, level) if sheet else []
    if sheet:
        written.append(_write_sheet(folder, build_dir, spec, scene, cameras, hour, options, (level, cells)))
    notes = tuple(c.note for c in cameras if c.note)
    return PreviewResult(pictures=tuple(written), cameras=tuple(c.name for c in cameras), notes=notes)


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
    return written


def written_file(build_dir: Path, level: int) -> tuple[Path, int]:
    """The file that holds a level, and the level to read from it: ``plain`` first, else ``xr``; or a GLB itself."""
    if build_dir.is_file():
        return build_dir, level
    plain = sorted((build_dir / "plain").glob(f"*_LOD{level}.glb"))
    if plain:
        return plain[0], 0
    compact = build_dir / "xr" / "scene.glb"
    if compact.is_file():
        return compact, level
    found = ", ".join(p.name for p in sorted((build_dir / "plain").glob("*.glb"))) or "none"
    raise RenderError(f"{build_dir}: no file of level {level} to preview (found: {found}); build the scene first")


def quality_of(options: PreviewOptions) -> Quality:
    """Renderer settings of the options."""
    return Quality(
        supersample=options.supersample,
        outline=options.outline,
        backdrop=options.backdrop,
        largest_bytes=options.memory_mb * 1_000_000,
    )


def hour_of(options: PreviewOptions, scene: RenderScene, spec: Spec | None) -> Hour:
    """Light of the options: sun by date, time and place; the theme by name, or by what the time makes it."""
    lon, lat = (spec.frame.lon_deg, spec.frame.lat_deg) if spec else _place(scene)
    theme = options.theme or (None if options.time else "day")
    clock = options.time or THEME_TIMES[theme or "day"]
    try:
        moment = local_moment(options.date, clock, lon, options.utc_offset_h)
    except ValueError as error:
        raise RenderError(f"preview: time {options.date} {clock}: {error}; give YYYY-MM-DD and HH:MM") from error
    azimuth, elevation = sun_position(lon, lat, moment)
    return Hour(light=light_at(azimuth, elevation, theme), theme=theme or theme_of(elevation), moment=moment)


def _place(scene: RenderScene) -> tuple[float, float]:
    frame = scene.extras.get("frame", {})
    lon, lat = frame.get("lon_deg"), frame.get("lat_deg")
    return (float(lon), float(lat)) if lon is not None and lat is not None else (118.1, 24.5)


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


def file_stem(name: str) -> str:
    """Camera name as a file name: separators become dashes."""
    return "".join("-" if c in '/\\:*?"<>| ' else c for c in name).strip(".") or "camera"


def about_picture(scene: RenderScene, spec: Spec | None, camera: Camera, hour: Hour, level: int) -> dict[str, str]:
    """What a PNG says about itself."""
    title = spec.title if spec else scene.name
    view = {"eye_m": camera.eye_m, "target_m": camera.target_m, "fov_deg": camera.fov_deg}
    about = {
        "Title": f"{title} · {camera_caption(camera.name)}",
        "Software": f"xmscenes {tool_version()}",
        "Copyright": scene.copyright,
        "xmscenes:scene": scene.name,
        "xmscenes:level": str(level),
        "xmscenes:camera": json.dumps({"name": camera.name, **view}, ensure_ascii=False),
        "xmscenes:light": f"{hour.moment.isoformat()} {hour.theme}",
        "xmscenes:origins": ",".join(scene.origins),
        "Comment": camera.note,
    }
    return {key: value for key, value in about.items() if value}


def _cells(drawer: Renderer, cameras: Sequence[Camera], hour: Hour, options: PreviewOptions, level: int) -> list[Cell]:
    width, height = options.cell_width, round(options.cell_width * 9 / 16)
    count = drawer.scene.triangle_count
    return [
        Cell(
            pixels=drawer.picture(camera, hour.light, width, height),
            caption=f"{camera_caption(camera.name)} · LOD{level}",
            detail=f"{count:,} 三角形",
        )
        for camera in cameras
    ]


def _write_sheet(
    folder: Path,
    build_dir: Path,
    spec: Spec | None,
    scene: RenderScene,
    cameras: Sequence[Camera],
    hour: Hour,
    options: PreviewOptions,
    drawn: tuple[int, list[Cell]],
) -> Path:
    columns = {drawn[0]: drawn[1]}
    if build_dir.is_dir():
        for level in LEVELS:
            if level not in columns and _has_level(build_dir, level):
                with renderer(load_scene(*written_file(build_dir, level)), quality_of(options)) as drawer:
                    columns[level] = _cells(drawer, cameras, hour, options, level)
    rows = [list(row) for row in zip(*(columns[k] for k in sorted(columns)), strict=True)]
    title = f"{spec.title}　{spec.title_en}".strip() if spec else scene.name
    footer = [
        f"{THEME_WORDS[hour.theme]} {hour.moment:%Y-%m-%d %H:%M}　数据来源：{origins_caption(scene.origins)}"
        f"　xmscenes {tool_version()}",
        scene.copyright,
    ]
    pixels = make_sheet(title, rows, [line for line in footer if line])
    about = {"Title": f"{title} · contact sheet", "Software": f"xmscenes {tool_version()}"}
    return write_png(folder / "sheet.png", np.ascontiguousarray(pixels), about)


def _has_level(build_dir: Path, level: int) -> bool:
    return any((build_dir / "plain").glob(f"*_LOD{level}.glb"))


def require_known_renderer() -> None:
    """Refuse an XMSCENES_RENDERER that does not exist."""
    name = os.environ.get("XMSCENES_RENDERER", "pyrender")
    if name not in ("pyrender", "filly"):
        raise RenderError(f"XMSCENES_RENDERER={name!r}: not known; set pyrender or filly, or unset it")
