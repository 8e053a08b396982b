"""The high-quality extra: the same views drawn by Google Filament (``filly``), with its own materials and shadows.

It reads the delivered file itself, compressed or not, and so is an outside judge of it. Set XMSCENES_RENDERER=filly.
"""

from __future__ import annotations

import json
import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import RenderError
from xmscenes.frame import Frame
from xmscenes.gltf_read import load_glb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.preview.camera import Camera
    from xmscenes.preview.style import Light

RENDERERS = ("pyrender", "filly")
_SUN_LUX = 75_000.0  # for a sun of strength 1: brings a white wall to where our own renderer has it
_SKY_LUX = 52_000.0


def chosen_renderer() -> str:
    """Which renderer XMSCENES_RENDERER asks for; a name that is not known raises ``RenderError``."""
    name = os.environ.get("XMSCENES_RENDERER") or "pyrender"
    if name not in RENDERERS:
        raise RenderError(f"XMSCENES_RENDERER={name!r}: not known; set {' or '.join(RENDERERS)}, or unset it")
    return name


@contextmanager
def filament(path: Path, supersample: int) -> Iterator[FilamentRenderer]:
    """Open Filament on one file; everything is released at the end."""
    try:
        import filly
    except ImportError as error:
        raise RenderError("XMSCENES_RENDERER=filly: not installed; pip install 'xmscenes[hq]'") from error
    try:
        with filly.Renderer() as renderer:
            yield FilamentRenderer(renderer, path, supersample)
    except filly.FillyError as error:
        raise RenderError(f"{path}: Filament cannot draw it ({error}); use the default renderer") from error


class FilamentRenderer:
    """Draws views of one file. Made by ``filament``."""

    def __init__(self, renderer: Any, path: Path, supersample: int) -> None:
        self.renderer, self.supersample = renderer, supersample
        self.scene = renderer.create_scene()
        self.scene.load(without_custom_attributes(path))
        self.scene.shadows = self.scene.ssao = True
        self.scene.tone_mapping = "aces"
        self.scene.environment_visible = True
        self.sun: Any = None

    def picture(self, camera: Camera, light: Light, width: int, height: int) -> NDArray[np.uint8]:
        """One view as u1 (H, W, 3), sRGB."""
        scene, scale = self.scene, self.supersample
        strength = max(light.sun_rgb)
        direction = (-Frame.to_gltf(np.array(light.sun))).tolist()
        if self.sun is None:
            self.sun = scene.add_directional_light(direction=direction)
        self.sun.direction, self.sun.intensity = direction, strength * _SUN_LUX
        self.sun.color = [c / strength for c in light.sun_rgb]
        self.sun.casts_shadows, self.sun.shadow_map_size = True, 4096
        scene.environment = self.renderer.create_environment(environment_pixels(light))
        scene.environment_intensity = _SKY_LUX
        scene.camera = self._camera(camera, width / height)
        target = self.renderer.create_render_target(width=width * scale, height=height * scale)
        self.renderer.render(scene, target)
        drawn = np.asarray(target.read())[..., :3].reshape(height, scale, width, scale, 3)
        target.close()
        return np.asarray(drawn.astype("f4").mean(axis=(1, 3)) + 0.5, dtype="u1")

    def _camera(self, camera: Camera, aspect: float) -> Any:
        shown = self.renderer.create_camera()
        distance = float(np.linalg.norm(np.subtract(camera.eye_m, camera.target_m)))
        shown.set_perspective(fov_y_deg=camera.fov_deg, aspect=aspect, near=0.3, far=max(20.0 * distance, 8000.0))
        shown.position = camera.eye_gltf().tolist()
        shown.look_at(Frame.to_gltf(np.array(camera.target_m)).tolist(), up=camera.axes()[1].tolist())
        return shown


def without_custom_attributes(path: Path) -> bytes:
    """Give a GLB without the vertex attributes whose names start with an underscore: Filament refuses such files."""
    glb = load_glb(path, str(path))
    for mesh in glb.items("meshes"):
        for primitive in mesh.get("primitives", []):
            kept = {key: index for key, index in primitive["attributes"].items() if key[0] != "_"}
            primitive["attributes"] = kept
    text = json.dumps(glb.json).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(glb.bin), len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(glb.bin), 0x004E4942) + glb.bin


def environment_pixels(light: Light, height: int = 32) -> NDArray[np.float32]:
    """Sky and ground of a light as an equirectangular picture f4 (H, 2H, 3), linear."""
    up = np.sin((0.5 - (np.arange(height) + 0.5) / height) * np.pi)[:, None]
    sky = np.array(light.horizon_rgb) + (np.array(light.zenith_rgb) - light.horizon_rgb) * (
        1 - np.clip(1 - up, 0, 1) ** 3.2
    )
    rows = np.where(up >= 0, sky, 0.6 * np.array(light.horizon_rgb))
    return np.ascontiguousarray(np.repeat(rows[:, None], 2 * height, axis=1), dtype="f4")
