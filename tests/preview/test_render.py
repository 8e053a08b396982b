from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from villages import coloured, ground, village

from xmscenes.bench.city import GlbBuilder, flat_shaded
from xmscenes.errors import RenderError
from xmscenes.preview.camera import Camera
from xmscenes.preview.glb import load_scene
from xmscenes.preview.quality import Quality, check_size
from xmscenes.preview.render import renderer
from xmscenes.preview.style import light_at

pytestmark = pytest.mark.gl

DAY = light_at(215.0, 45.0, "day")
FRONT = Camera(name="front", eye_m=(6, -45, 16), target_m=(0, 0, 4), fov_deg=42)


def picture(path: Path, camera: Camera = FRONT, size: int = 256, **quality: object) -> np.ndarray:
    with renderer(load_scene(path), Quality(**quality)) as drawer:  # type: ignore[arg-type]
        return drawer.picture(camera, DAY, size, size * 9 // 16)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return picture(village(tmp_path_factory.mktemp("v") / "村.glb"))


def mean_rgb(pixels: np.ndarray, row: float, column: float, reach: int = 3) -> np.ndarray:
    h, w = pixels.shape[:2]
    r, c = int(row * h), int(column * w)
    return pixels[r - reach : r + reach + 1, c - reach : c + reach + 1].reshape(-1, 3).mean(axis=0)


def test_vertex_colours_are_seen(shown: np.ndarray) -> None:
    red, blue = mean_rgb(shown, 0.42, 0.2), mean_rgb(shown, 0.42, 0.72)
    assert red[0] > 1.5 * red[2]
    assert blue[2] > 1.2 * blue[0]


def test_the_sky_is_blue_and_the_meadow_green(shown: np.ndarray) -> None:
    sky, meadow = mean_rgb(shown, 0.05, 0.5), mean_rgb(shown, 0.9, 0.5)
    assert sky[2] > sky[0]
    assert meadow[1] > max(meadow[0], meadow[2])
    assert shown.min() < 60 < 200 < shown.max()


def test_leaves_are_holes_where_their_alpha_is_low(tmp_path: Path, shown: np.ndarray) -> None:
    bare = picture(village(tmp_path / "kahl.glb", no_trees=True))
    changed = np.abs(shown.astype(int) - bare).max(axis=2) > 40
    assert 0.004 < changed.mean() < 0.1
    # behind the transparent corners of a card the picture is the one without the card
    rows, columns = np.nonzero(changed)
    box = changed[rows.min() : rows.max(), columns.min() : columns.max()]
    assert box.mean() < 0.6


def test_a_house_throws_a_shadow_that_follows_the_sun(tmp_path: Path) -> None:
    top = Camera(name="top", eye_m=(0, 0, 150), target_m=(0, 0, 0), fov_deg=30)
    path = village(tmp_path / "v.glb", no_trees=True)
    with renderer(load_scene(path), Quality()) as drawer:
        east, west = (drawer.picture(top, light_at(a, 40.0, "day"), 200, 200).astype(int) for a in (90.0, 270.0))
    darker = (west - east).sum(axis=2) > 60  # sun in the east: shadows to the west
    lighter = (east - west).sum(axis=2) > 60
    assert np.nonzero(darker)[1].mean() < np.nonzero(lighter)[1].mean()


def test_a_face_seen_from_behind_is_not_drawn_unless_double_sided(tmp_path: Path) -> None:
    shots = []
    for double in (False, True):
        builder = GlbBuilder()
        mesh = builder.mesh(
            coloured(ground(30)[:, ::-1], (0.8, 0.1, 0.1)), builder.material("plain", doubleSided=double)
        )
        builder.node("terrain/0", mesh)
        shots.append(picture(builder.write(tmp_path / f"{double}.glb"), size=128, backdrop=False))
    assert mean_rgb(shots[1], 0.62, 0.5)[0] > mean_rgb(shots[0], 0.62, 0.5)[0] + 30


def test_glass_shows_what_is_behind_it(tmp_path: Path) -> None:
    builder = GlbBuilder()
    builder.node("terrain/0", builder.mesh(coloured(ground(60), (0.4, 0.03, 0.03)), builder.material("plain")))
    pane = np.array([[[-15, 0, 0], [15, 0, 0], [15, 20, 0]], [[-15, 0, 0], [15, 20, 0], [-15, 20, 0]]], dtype="f8")
    glass = builder.material("glass", base=(0.1, 0.9, 0.2, 0.5), alphaMode="BLEND", doubleSided=True)
    builder.node("glass/0", builder.mesh(flat_shaded(pane), glass))
    pixels = picture(builder.write(tmp_path / "g.glb"), size=128)
    seen, open_ground = mean_rgb(pixels, 0.62, 0.5), mean_rgb(pixels, 0.92, 0.5)
    assert seen[1] > open_ground[1] + 30
    assert seen[0] > 0.5 * open_ground[0]


def test_blended_and_opaque_water_both_reflect_the_sky(tmp_path: Path) -> None:
    for alpha, mode in ((1.0, "OPAQUE"), (0.7, "BLEND")):
        builder = GlbBuilder()
        water = builder.material("water", base=(0.02, 0.05, 0.05, alpha), alphaMode=mode)
        builder.node("water/0", builder.mesh(flat_shaded(ground(400)), water))
        low = Camera(name="low", eye_m=(0, -60, 2), target_m=(0, 0, 1), fov_deg=50)
        pixels = picture(builder.write(tmp_path / f"{mode}.glb"), low, 128)
        far, near = mean_rgb(pixels, 0.6, 0.5), mean_rgb(pixels, 0.95, 0.5)
        assert far.sum() > 1.15 * near.sum()  # Fresnel: a flat look mirrors more
        assert near[2] > near[0]


def test_faces_without_area_and_without_normals_draw_without_fuss(tmp_path: Path) -> None:
    triangles = np.concatenate([ground(40), np.zeros((2, 3, 3))])
    arrays = coloured(triangles, (0.2, 0.4, 0.1))
    del arrays["NORMAL"]
    builder = GlbBuilder()
    builder.node("terrain/0", builder.mesh(arrays, builder.material("plain")))
    pixels = picture(builder.write(tmp_path / "z.glb"), size=128)
    assert mean_rgb(pixels, 0.8, 0.5)[1] > mean_rgb(pixels, 0.8, 0.5)[2]


def test_outlines_darken_edges_only(tmp_path: Path, shown: np.ndarray) -> None:
    drawn = picture(village(tmp_path / "v.glb"), outline=0.8)
    darker = (shown.astype(int) - drawn).max(axis=2) > 25
    assert 0.003 < darker.mean() < 0.15


def test_the_night_has_lit_windows(tmp_path: Path) -> None:
    path = village(tmp_path / "v.glb", no_trees=True)
    with renderer(load_scene(path), Quality()) as drawer:
        night = drawer.picture(FRONT, light_at(280, -20, "night"), 256, 144)
        day = drawer.picture(FRONT, DAY, 256, 144)
    assert night.mean() < 0.5 * day.mean()
    assert (night.max(axis=2) > 140).sum() > 20


def test_the_same_file_gives_the_same_bytes_in_two_processes(city: Path) -> None:
    assert _digest(city) == _digest(city)


def test_another_machine_setting_stays_within_the_tolerance(city: Path, tmp_path: Path) -> None:
    from PIL import Image

    from xmscenes.preview.compare import compare_pictures

    _digest(city, tmp_path / "a.png")
    # A cache of its own: Mesa 22 does not key compiled shaders by vector width and crashes on the other kind.
    cache = str(tmp_path / "shaders")
    _digest(city, tmp_path / "b.png", LP_NUM_THREADS="1", LP_NATIVE_VECTOR_WIDTH="128", MESA_SHADER_CACHE_DIR=cache)
    a, b = (np.asarray(Image.open(tmp_path / f"{k}.png")) for k in "ab")
    assert compare_pictures("city", a, b).problem == ""


def _digest(path: Path, out: Path | None = None, **environment: str) -> str:
    code = (
        "import sys, hashlib; from pathlib import Path; from PIL import Image\n"
        "from xmscenes.preview.glb import load_scene; from xmscenes.preview.render import renderer\n"
        "from xmscenes.preview.camera import Camera; from xmscenes.preview.style import light_at\n"
        "camera = Camera(name='c', eye_m=(-60, -150, 45), target_m=(10, 0, 5), fov_deg=45)\n"
        "with renderer(load_scene(Path(sys.argv[1]))) as drawer:\n"
        "    pixels = drawer.picture(camera, light_at(215, 45, 'day'), 256, 144)\n"
        "if len(sys.argv) > 2: Image.fromarray(pixels).save(sys.argv[2])\n"
        "print(hashlib.sha256(pixels.tobytes()).hexdigest())"
    )
    command = [sys.executable, "-c", code, str(path), *([str(out)] if out else [])]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | environment)
    return run.stdout.strip()


def test_two_hundred_pictures_do_not_grow_the_process(tmp_path: Path) -> None:
    scene = load_scene(village(tmp_path / "v.glb"))

    def usage() -> tuple[int, int]:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        resident_kb = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
        return resident_kb, len(list(Path("/proc/self/fd").iterdir()))

    with renderer(scene, Quality(supersample=1, shadow_px=512)) as drawer:
        digests = set()
        for k in range(200):
            if k == 20:
                before = usage()
            pixels = drawer.picture(FRONT, DAY, 64 + 16 * (k % 2), 48)
            digests.add((k % 2, hashlib.sha256(pixels.tobytes()).hexdigest()))
        after = usage()
    assert len(digests) == 2  # each size draws the same picture every time
    assert after[0] - before[0] < 8_000
    assert after[1] <= before[1]


def test_contexts_are_released_so_that_the_next_one_works(tmp_path: Path) -> None:
    path = village(tmp_path / "v.glb")
    first = picture(path, size=64)
    with pytest.raises(RenderError, match="at least one pixel"), renderer(load_scene(path)) as drawer:
        drawer.picture(FRONT, DAY, 0, 64)
    assert (picture(path, size=64) == first).all()


def test_a_second_renderer_in_the_same_process_is_refused(tmp_path: Path) -> None:
    scene = load_scene(village(tmp_path / "v.glb"))
    with renderer(scene), pytest.raises(RenderError, match="use one renderer for all views"), renderer(scene):
        pass


def test_a_huge_picture_is_refused_with_the_memory_it_would_need() -> None:
    with pytest.raises(RenderError, match=r"size 16000x16000: would need 32\.8 GB, the limit is 1\.5 GB"):
        check_size(16000, 16000, Quality())
    check_size(1920, 1080, Quality())
