"""Put our picture of a built scene beside three.js' picture of the same file from the same camera.

Usage: beside_three.py SCENE [CAMERA …]. Reads build/SCENE/plain, writes docs/pictures/SCENE-CAMERA-beside-three.jpg.
Needs node, chromium and the packages of tests/browser.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from xmscenes.preview.glb import load_scene
from xmscenes.preview.hours import hour_of
from xmscenes.preview.render import renderer
from xmscenes.preview.stage import cameras_of
from xmscenes.preview.written import file_stem, written_file
from xmscenes.scenes import load_spec

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1280, 720)


def main() -> None:
    """Draw each camera twice and write the pairs."""
    name, wanted = sys.argv[1], sys.argv[2:] or ["hero"]
    spec = load_spec(name).spec
    file, level = written_file(ROOT / "build" / name, 0)
    scene = load_scene(file, level)
    hour = hour_of(spec.preview, scene, spec)
    with renderer(scene) as drawer:
        cameras = [c for c in cameras_of(drawer, spec, hour) if c.name in wanted]
        ours = [Image.fromarray(drawer.picture(c, hour.light, *SIZE)) for c in cameras]
    for camera, picture in zip(cameras, ours, strict=True):
        view = {"eye_m": camera.eye_m, "target_m": camera.target_m, "fov_deg": camera.fov_deg, "sun": hour.light.sun}
        view |= dict(zip(("width", "height"), SIZE, strict=True))
        with tempfile.TemporaryDirectory() as folder:
            still = Path(folder) / "three.png"
            script = ROOT / "scripts" / "three" / "still.mjs"
            subprocess.run(["node", str(script), str(file), str(still), json.dumps(view)], check=True)
            page = Image.new("RGB", (SIZE[0], 2 * SIZE[1]))
            page.paste(picture, (0, 0))
            with Image.open(still) as theirs:
                page.paste(theirs.convert("RGB"), (0, SIZE[1]))
        out = ROOT / "docs" / "pictures" / f"{name}-{file_stem(camera.name)}-beside-three.jpg"
        out.parent.mkdir(parents=True, exist_ok=True)
        page.resize((SIZE[0] * 3 // 4, SIZE[1] * 3 // 2), Image.Resampling.LANCZOS).save(out, quality=82)
        print(out.relative_to(ROOT))


if __name__ == "__main__":
    main()
