"""Moving pictures: a turntable round a scene and a flight along a path, as animated WebP, MP4 or WebM."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.preview.camera import Camera

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.preview.overview import Overview

    Ground = Callable[[float, float], float | None]

FRAMES_PER_S = 12
_CODECS = {
    ".mp4": ["-c:v", "libx264", "-crf", "22", "-pix_fmt", "yuv420p", "-movflags", "+faststart"],
    ".webm": ["-c:v", "libvpx-vp9", "-crf", "32", "-b:v", "0", "-pix_fmt", "yuv420p", "-row-mt", "1"],
}


def turntable_cameras(overview: Overview, frames: int, *, elevation_deg: float = 24.0) -> tuple[Camera, ...]:
    """Cameras once round the scene, clockwise from the south."""
    x, y, z = overview.centre_m
    reach = overview.reach_m * 2.1
    up = float(np.radians(elevation_deg))
    cameras = []
    for k in range(frames):
        turn = np.pi + 2 * np.pi * k / frames
        eye = (
            x + reach * float(np.sin(turn) * np.cos(up)),
            y + reach * float(np.cos(turn) * np.cos(up)),
            z + reach * float(np.sin(up)),
        )
        cameras.append(Camera(name=f"turn{k:03d}", eye_m=eye, target_m=(x, y, z), fov_deg=36.0))
    return tuple(cameras)


def flight_cameras(
    path: NDArray[np.float64], ground: Ground, frames: int, *, height_m: float = 2.0, ahead_m: float = 14.0
) -> tuple[Camera, ...]:
    """Cameras along a path (N, 2) of local metres, ``height_m`` above the ground, looking ahead along it.

    Position and view are smoothed over a few metres, so that corners and steps do not jerk.
    """
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if len(path) < 2 or along[-1] <= 0:
        raise RenderError(f"flight: the path has {len(path)} points and no length; give at least two places")
    fine = np.linspace(0.0, along[-1], max(int(along[-1]), 16))
    line = np.column_stack([np.interp(fine, along, path[:, k]) for k in (0, 1)])
    heights = np.array([np.nan if (z := ground(x, y)) is None else z for x, y in line.tolist()])
    known = np.isfinite(heights)
    heights = np.interp(fine, fine[known], heights[known]) if known.any() else np.zeros_like(fine)
    track = _smooth(np.column_stack([line, heights + height_m]))
    cameras = []
    for k, s in enumerate(np.linspace(0.0, along[-1], frames).tolist()):
        eye = _at(track, fine, s)
        target = _at(track, fine, min(s + ahead_m, float(along[-1])))
        if s + ahead_m > along[-1]:  # near the end: keep looking the way the path ends
            end = _at(track, fine, float(along[-1]) - ahead_m)
            target = eye + (_at(track, fine, float(along[-1])) - end)
        x, y, z = eye.tolist()
        tx, ty, tz = target.tolist()
        cameras.append(Camera(name=f"flight{k:03d}", eye_m=(x, y, z), target_m=(tx, ty, tz), fov_deg=60.0))
    return tuple(cameras)


def _at(track: NDArray[np.float64], along: NDArray[np.float64], s: float) -> NDArray[np.float64]:
    return np.array([np.interp(s, along, track[:, k]) for k in range(3)])


def _smooth(track: NDArray[np.float64], reach: int = 6) -> NDArray[np.float64]:
    padded = np.pad(track, ((reach, reach), (0, 0)), mode="edge")
    kernel = np.hanning(2 * reach + 3)[1:-1]
    columns = [np.convolve(padded[:, k], kernel / kernel.sum(), mode="valid") for k in range(3)]
    return np.column_stack(columns)


def write_film(path: Path, frames: Iterable[NDArray[np.uint8]]) -> Path:
    """Write frames u1 (H, W, 3) as ``.webp``, ``.mp4`` or ``.webm``; the file appears whole or not at all.

    MP4 and WebM need the extra ``xmscenes[video]``: its ffmpeg carries the GPL and so runs as a process of its own.
    """
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.suffix == ".webp":
            _write_webp(partial, frames)
        elif path.suffix in _CODECS:
            _write_with_ffmpeg(partial, frames)
        else:
            raise RenderError(f"{path.name}: unknown kind of film; name it .webp, .mp4 or .webm")
        partial.replace(path)
    except OSError as error:
        raise RenderError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _write_webp(path: Path, frames: Iterable[NDArray[np.uint8]]) -> None:
    from PIL import Image

    pictures = [Image.fromarray(f) for f in frames]
    if not pictures:
        raise RenderError(f"{path.name}: a film needs at least one frame")
    duration_ms = round(1000 / FRAMES_PER_S)
    pictures[0].save(
        path, "WEBP", save_all=True, append_images=pictures[1:], duration=duration_ms, loop=0, quality=82, method=4
    )


def _write_with_ffmpeg(path: Path, frames: Iterable[NDArray[np.uint8]]) -> None:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        message = f"{path.suffix[1:].upper()} needs ffmpeg; pip install 'xmscenes[video]', or ask for .webp"
        raise RenderError(f"film: {message}") from error
    process: subprocess.Popen[bytes] | None = None
    try:
        for frame in frames:
            h, w = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2  # both codecs want even sizes
            if process is None:
                head = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "rawvideo"]
                raw = ["-pix_fmt", "rgb24", "-s", f"{w}x{h}", "-r", str(FRAMES_PER_S), "-i", "-"]
                command = [*head, *raw, *_CODECS[path.suffix], str(path)]
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            assert process.stdin is not None
            process.stdin.write(np.ascontiguousarray(frame[:h, :w]).tobytes())
    finally:
        message = process.communicate()[1].decode(errors="replace").strip() if process else ""
    if process is None or process.returncode:
        raise RenderError(f"film: ffmpeg failed ({message[:200] or 'no frames'}); ask for .webp")
