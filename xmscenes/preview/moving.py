"""Films of a built scene: once round it, or along a path through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.options import PreviewOptions
from xmscenes.preview.copies import load_level
from xmscenes.preview.film import flight_cameras, turntable_cameras, write_film
from xmscenes.preview.hours import hour_of
from xmscenes.preview.quality import check_size, quality_of
from xmscenes.preview.render import renderer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from xmscenes.preview.camera import Camera
    from xmscenes.preview.overview import Overview
    from xmscenes.spec import Spec

FILM_OPTIONS = PreviewOptions(width=640, height=360)


def make_turntable(
    build_dir: Path, out: Path, spec: Spec | None = None, *, options: PreviewOptions | None = None, level: int = 0
) -> Path:
    """Film a scene once round, ``options.frames`` frames, into ``.webp`` (or ``.mp4``, ``.webm`` with the extra)."""
    options = options or FILM_OPTIONS
    return _film(build_dir, out, spec, options, level, lambda overview: turntable_cameras(overview, options.frames))


def make_flythrough(
    build_dir: Path,
    path: NDArray[np.float64],
    out: Path,
    spec: Spec | None = None,
    *,
    options: PreviewOptions | None = None,
    level: int = 0,
    height_m: float = 2.0,
) -> Path:
    """Film a flight along a path (N, 2) in local metres, ``height_m`` above the ground, looking ahead."""
    options = options or FILM_OPTIONS

    def cameras(overview: Overview) -> tuple[Camera, ...]:
        return flight_cameras(path, overview.ground_at, options.frames, height_m=height_m)

    return _film(build_dir, out, spec, options, level, cameras)


def _film(
    build_dir: Path,
    out: Path,
    spec: Spec | None,
    options: PreviewOptions,
    level: int,
    cameras: Callable[[Overview], tuple[Camera, ...]],
) -> Path:
    quality = quality_of(options)
    check_size(options.width, options.height, quality)
    scene = load_level(build_dir, level)
    light = hour_of(options, scene, spec).light
    with renderer(scene, quality) as drawer:
        views = cameras(drawer.overview())
        return write_film(out, (drawer.picture(view, light, options.width, options.height) for view in views))
