"""What a picture costs: ours, stock pyrender and f3d on the same generated city, each in a process of its own.

CPU seconds are user + system of that process, memory its largest resident set. The three do different work: ours draws
shadows, occlusion, water and sky at four samples a pixel; stock pyrender with shadows at four samples has none of the
rest and loses the colours of vertices; f3d draws no shadows.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xmscenes.bench.city import write_city

if TYPE_CHECKING:
    from collections.abc import Iterator

CITIES = {
    "city200k": {"size_m": 1200.0, "terrain_cells": 230, "houses": 4600, "trees": 5000, "copies": False},
    "city2m": {"size_m": 2400.0, "terrain_cells": 800, "houses": 36000, "trees": 40000, "copies": False},
}

JOBS = [  # city, size, further pictures
    ("city200k", 640, 360, 0),
    ("city200k", 640, 360, 1),
    ("city200k", 1280, 720, 0),
    ("city2m", 640, 360, 0),
    ("city200k", 640, 360, 35),  # as many as a turntable
]
_LIMIT_S = 300  # CPU seconds, after which a renderer has failed

# Each program prints the CPU seconds of its last picture and, by this, its largest memory in kB: the kernel's own count
# for a child starts from the memory of the process that made it.
_MEMORY = """
print(next(row.split()[1] for row in open("/proc/self/status") if row.startswith("VmHWM")))
"""
_OURS = """
import sys, time
from pathlib import Path
from typing import TYPE_CHECKING
from xmscenes.preview.camera import Camera
from xmscenes.preview.glb import load_scene
from xmscenes.preview.picture import write_png
from xmscenes.preview.quality import Quality
from xmscenes.preview.render import renderer
from xmscenes.preview.style import light_at
path, w, h, more, s = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
camera = Camera(name="bench", eye_m=(-0.35 * s, -0.52 * s, 0.2 * s), target_m=(0.02 * s, 0.02 * s, 0), fov_deg=42)
with renderer(load_scene(Path(path)), Quality()) as drawer:
    for k in range(1 + more):
        start = time.process_time()
        pixels = drawer.picture(camera, light_at(235, 40, "day"), w, h)
        write_png(Path(path).with_suffix(".ours.png"), pixels, {})
        last = time.process_time() - start
print(last)
"""
_STOCK = """
import os, sys, time
os.environ["PYOPENGL_PLATFORM"] = "egl"
import numpy as np, pyrender, trimesh
from PIL import Image
path, w, h, more, s = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
scene = pyrender.Scene.from_trimesh_scene(trimesh.load(path), ambient_light=[0.3, 0.3, 0.3])
eye, target = np.array([-0.35 * s, 0.2 * s, 0.52 * s]), np.array([0.02 * s, 0, -0.02 * s])
z = (eye - target) / np.linalg.norm(eye - target)
x = np.cross([0, 1, 0], z); x /= np.linalg.norm(x)
pose = np.eye(4); pose[:3, :3] = np.column_stack([x, np.cross(z, x), z]); pose[:3, 3] = eye
scene.add(pyrender.PerspectiveCamera(yfov=np.radians(42), znear=1.0, zfar=4 * s), pose=pose)
scene.add(pyrender.DirectionalLight(intensity=4.0), pose=pose)
drawer = pyrender.OffscreenRenderer(w, h)
for k in range(1 + more):
    start = time.process_time()
    pixels, _ = drawer.render(scene, pyrender.RenderFlags.SHADOWS_DIRECTIONAL)
    Image.fromarray(pixels).save(path + ".stock.png")
    last = time.process_time() - start
drawer.delete()
print(last)
"""
_F3D = """
import sys, time
import f3d
path, w, h, more, s = sys.argv[1], *map(int, sys.argv[2:5]), float(sys.argv[5])
f3d.Log.set_verbose_level(f3d.Log.QUIET)
f3d.Engine.autoload_plugins()
engine = f3d.Engine.create_egl()
engine.window.size = w, h
engine.scene.add(path)
camera = engine.window.camera
camera.position, camera.focal_point = (-0.35 * s, 0.2 * s, 0.52 * s), (0.02 * s, 0.0, -0.02 * s)
camera.view_up, camera.view_angle = (0.0, 1.0, 0.0), 42.0
for k in range(1 + more):
    start = time.process_time()
    engine.window.render_to_image().save(path + ".f3d.png")
    last = time.process_time() - start
print(last)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewCost:
    """One run: a whole process up to its last picture, and one further picture in it."""

    renderer: str
    scene: str
    size: str
    pictures: int
    cpu_s: float
    further_cpu_s: float
    memory_mb: float


def run_preview(folder: Path, *, f3d_python: str = "", repeats: int = 1) -> Iterator[PreviewCost]:
    """Measure every job, the best of ``repeats``, row by row. ``f3d_python`` is an interpreter with f3d, if any."""
    cities = {name: write_city(folder / f"{name}.glb", **shape) for name, shape in CITIES.items()}  # type: ignore[arg-type]
    programs = {"xmscenes": (sys.executable, _OURS), "pyrender": (sys.executable, _STOCK)}
    if f3d_python:
        programs["f3d"] = (f3d_python, _F3D)
    for name, width, height, more in JOBS:
        for label, (python, program) in programs.items():
            if more > 1 and label != "xmscenes":
                continue
            arguments = [str(cities[name]), str(width), str(height), str(more), str(CITIES[name]["size_m"])]
            cpu_s, further, memory = min(
                _measure([python, "-c", program + _MEMORY, *arguments]) for _ in range(repeats)
            )
            yield PreviewCost(
                renderer=label,
                scene=name,
                size=f"{width}x{height}",
                pictures=1 + more,
                cpu_s=round(cpu_s, 2),
                further_cpu_s=round(further, 2) if more else 0.0,
                memory_mb=round(memory, 0),
            )


def _measure(command: list[str]) -> tuple[float, float, float]:
    """CPU seconds of the process, of its last picture, and its largest memory in MB; infinite when it failed."""
    with tempfile.TemporaryFile("w+") as answer:
        limited = ["prlimit", f"--cpu={_LIMIT_S}", *command]
        process = subprocess.Popen(limited, stdout=answer, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        words = answer.read().split()
    if process.returncode or len(words) < 2:
        return math.inf, math.inf, math.inf
    return usage.ru_utime + usage.ru_stime, float(words[-2]), int(words[-1]) / 1024


def main() -> None:
    """Print one JSON object a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the generated cities and their pictures go")
    parser.add_argument("--f3d-python", default="", help="interpreter with f3d")
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for row in run_preview(options.folder, f3d_python=options.f3d_python, repeats=options.repeats):
        sys.stdout.write(json.dumps(asdict(row)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
