"""Put our picture of a built scene beside three.js' picture of the same file from the same camera.

Usage: beside_three.py SCENE [CAMERA …] [--build DIR] [--out DIR]. Reads build/SCENE/plain, writes
SCENE-CAMERA-beside-three.jpg into docs/pictures and the page docs/beside-three.md, which shows all that are there.
Needs node, chromium and the packages of tests/browser.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from xmscenes.preview.glb import load_scene
from xmscenes.preview.hours import hour_of
from xmscenes.preview.render import renderer
from xmscenes.preview.stage import cameras_of
from xmscenes.preview.written import file_stem, written_file
from xmscenes.scenes import load_spec

if TYPE_CHECKING:
    from xmscenes.preview.camera import Camera

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1280, 720)
PAGE = """# Beside three.js

The same `plain` file from the same camera and sun: above `xmscenes preview` on a software GPU, below three.js with its
usual web set-up (ACES, hemisphere light, sun with one 4096 shadow map). Made by `scripts/beside_three.py`.

What is worse than three.js: speculars are simpler (no environment map, so metal and glass mirror the sky's two colours
only), edges are smoothed by 2x2 samples where a browser may take more, and there is no texture filtering across slopes
beyond what the software GPU offers. What is better: near shadows are sharp and far ones are there (cascades), corners
darken (occlusion), water mirrors what stands on its shore, and the same input gives the same bytes.
"""


def main() -> None:
    """Draw each camera twice and write the pairs and the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene")
    parser.add_argument("cameras", nargs="*", default=["hero"])
    parser.add_argument("--build", type=Path, help="folder of the build [build/SCENE]")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    words = parser.parse_args()
    spec = load_spec(words.scene).spec
    name = Path(words.scene).stem
    file, level = written_file(words.build or ROOT / "build" / name, 0)
    scene = load_scene(file, level)
    hour = hour_of(spec.preview, scene, spec)
    with renderer(scene) as drawer:
        cameras = [c for c in cameras_of(drawer, spec, hour) if c.name in words.cameras]
        ours = [Image.fromarray(drawer.picture(c, hour.light, *SIZE)) for c in cameras]
    words.out.mkdir(parents=True, exist_ok=True)
    for camera, picture in zip(cameras, ours, strict=True):
        pair = Image.new("RGB", (SIZE[0], 2 * SIZE[1]))
        pair.paste(picture, (0, 0))
        pair.paste(by_three(file, camera, hour.light.sun), (0, SIZE[1]))
        out = words.out / f"{name}-{file_stem(camera.name)}-beside-three.jpg"
        pair.resize((SIZE[0] * 3 // 4, SIZE[1] * 3 // 2), Image.Resampling.LANCZOS).save(out, quality=82)
        print(out)
    write_page(words.out)


def by_three(file: Path, camera: Camera, sun: tuple[float, float, float]) -> Image.Image:
    """The picture that three.js makes in a headless browser."""
    view = {"eye_m": camera.eye_m, "target_m": camera.target_m, "fov_deg": camera.fov_deg, "sun": sun}
    view |= dict(zip(("width", "height"), SIZE, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        still = Path(folder) / "three.png"
        script = ROOT / "scripts" / "three" / "still.mjs"
        subprocess.run(["node", str(script), str(file), str(still), json.dumps(view)], check=True)
        with Image.open(still) as picture:
            return picture.convert("RGB")


def write_page(pictures: Path) -> None:
    """The page beside the folder of pictures that shows all pairs in it."""
    pairs = sorted(pictures.glob("*-beside-three.jpg"))
    shown = [f"## {p.stem.removesuffix('-beside-three')}\n\n![{p.stem}]({pictures.name}/{p.name})\n" for p in pairs]
    (pictures.parent / "beside-three.md").write_text("\n".join([PAGE, *shown]), encoding="utf-8")


if __name__ == "__main__":
    main()
