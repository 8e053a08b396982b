"""Check what was written against the limits of a headset, both eyes counted. Nothing is lowered silently."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.check.views import DrawCounter, View
from xmscenes.errors import InputError
from xmscenes.gltf_drawn import read_glb
from xmscenes.gltf_read import Glb, load_glb
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xmscenes.frame import Frame
    from xmscenes.options import CameraOptions

FILE_BYTES = 25_000_000
TEXTURE_BYTES = 128_000_000
EYE_HEIGHT_M = 1.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Limits of a headset: per picture of both eyes, and the field of view of one eye."""

    name: str
    draw_calls: int
    triangles: int
    vertical_deg: float
    horizontal_deg: float


# Limits: DESIGN of the deliveries, below what the vendors allow. Fields of view: vendors' data sheets.
DEVICES = {
    "quest3": Device(name="Quest 3", draw_calls=200, triangles=800_000, vertical_deg=96.0, horizontal_deg=110.0),
    "quest2": Device(name="Quest 2", draw_calls=120, triangles=500_000, vertical_deg=93.0, horizontal_deg=97.0),
    "pico4": Device(name="PICO 4", draw_calls=120, triangles=500_000, vertical_deg=105.0, horizontal_deg=105.0),
}


def check_budgets(
    path: Path, cameras: Sequence[CameraOptions], frame: Frame, device: str, where: str = ""
) -> list[Issue]:
    """Check ``scene.glb`` from every camera of the spec on a device ("none" checks nothing)."""
    where = where or path.name
    if device == "none":
        return []
    try:
        glb = load_glb(path, where)
        limits = DEVICES[device]
        issues = [*_file_size(path, where), *_textures(glb, where)]
        counter = DrawCounter(glb)
        for view in camera_views(cameras, frame, path, limits):
            issues += _view(*counter.count(view), view, limits, where)
    except InputError as error:
        return [Issue(code="BUDGET_UNREADABLE", severity="error", where=where, message=str(error))]
    return issues


def camera_views(cameras: Sequence[CameraOptions], frame: Frame, path: Path, device: Device) -> list[View]:
    """Stand a headset at every camera and look the same way. Heights above the ground use the written terrain."""
    views = []
    ground: np.ndarray | None = None
    for camera in cameras:
        if camera.position_m is not None:
            eye = camera.position_m
        else:
            if ground is None:
                ground = _ground(path)
            lonlat = np.array([[camera.lon_deg or 0.0, camera.lat_deg or 0.0]])
            x, y = frame.to_local(lonlat, "EPSG:4326")[0].tolist()
            below = ground[np.argmin(((ground[:, :2] - [x, y]) ** 2).sum(axis=1)), 2] if len(ground) else 0.0
            eye = (x, y, float(below) + (EYE_HEIGHT_M if camera.height_m is None else camera.height_m))
        target = camera.target_m
        if target is None:
            h, p = np.deg2rad([camera.heading_deg, camera.pitch_deg])
            step = [np.sin(h) * np.cos(p), np.cos(h) * np.cos(p), np.sin(p)]
            x, y, z = np.add(eye, step).tolist()
            target = (x, y, z)
        views.append(
            View(
                name=camera.name,
                eye_m=eye,
                target_m=target,
                vertical_deg=device.vertical_deg,
                horizontal_deg=device.horizontal_deg,
            )
        )
    return views


def _ground(path: Path) -> np.ndarray:
    from xmscenes.frame import Frame

    clouds = [
        item.vertices @ item.instances[0][:3, :3].T + item.instances[0][:3, 3]
        for item in read_glb(path, looks=())
        if item.name.startswith("terrain/")
    ]
    return Frame.from_gltf(np.concatenate(clouds)) if clouds else np.zeros((0, 3))


def _view(calls: int, triangles: int, view: View, device: Device, where: str) -> list[Issue]:
    issues = []
    for code, what, found, limit, hint in (
        (
            "BUDGET_DRAW_CALLS",
            "draw calls",
            2 * calls,
            device.draw_calls,
            "larger tiles, fewer materials or prototypes",
        ),
        (
            "BUDGET_TRIANGLES",
            "triangles",
            2 * triangles,
            device.triangles,
            "larger lod.max_error_m, fewer trees nearby",
        ),
    ):
        if found > limit:
            message = f"camera {view.name!r}: {found:,} {what} for both eyes, {device.name} allows {limit:,}"
            issues.append(Issue(code=code, severity="error", where=where, message=message, hint=hint))
    return issues


def _file_size(path: Path, where: str) -> list[Issue]:
    size = path.stat().st_size
    if size <= FILE_BYTES:
        return []
    message = f"{size / 1e6:.1f} MB, {FILE_BYTES / 1e6:.0f} MB are allowed"
    hint = "raise lod.max_error_m, shrink [area], or deliver tiles"
    return [Issue(code="BUDGET_FILE_BYTES", severity="error", where=where, message=message, hint=hint)]


def texture_bytes(glb: Glb) -> int:
    """Bytes that the file's pictures take on a GPU: RGBA8 with mipmaps."""
    from PIL import Image, UnidentifiedImageError

    total = 0
    for index, image in enumerate(glb.items("images")):
        if "bufferView" not in image:
            continue
        try:
            with Image.open(BytesIO(glb.view_bytes(image["bufferView"]))) as picture:
                total += picture.width * picture.height * 4 * 4 // 3
        except (UnidentifiedImageError, OSError) as error:
            raise glb.fault(f"images/{index} does not decode") from error
    return total


def _textures(glb: Glb, where: str) -> list[Issue]:
    size = texture_bytes(glb)
    if size <= TEXTURE_BYTES:
        return []
    message = f"pictures take {size / 1e6:.0f} MB on the GPU, {TEXTURE_BYTES / 1e6:.0f} MB are allowed"
    return [Issue(code="BUDGET_TEXTURES", severity="error", where=where, message=message, hint="use smaller atlases")]
