from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from villages import village

from xmscenes.errors import RenderError
from xmscenes.preview.camera import Camera
from xmscenes.preview.compare import Tolerance, compare, compare_pictures
from xmscenes.preview.glb import load_scene
from xmscenes.preview.render import renderer
from xmscenes.preview.style import light_at

if TYPE_CHECKING:
    from pathlib import Path

FRONT = Camera(name="front", eye_m=(6, -45, 16), target_m=(0, 0, 4), fov_deg=42)


def drawn(path: Path, camera: Camera = FRONT) -> np.ndarray:
    with renderer(load_scene(path)) as drawer:
        return drawer.picture(camera, light_at(215.0, 45.0, "day"), 256, 144)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    return drawn(village(tmp_path_factory.mktemp("r") / "v.glb"))


@pytest.mark.gl
@pytest.mark.parametrize(
    "change", [{"moved_m": 1.5}, {"material": True}, {"flipped": True}, {"no_trees": True}], ids=str
)
def test_a_real_change_of_the_scene_is_found(change: dict[str, object], reference: np.ndarray, tmp_path: Path) -> None:
    found = compare_pictures("front", reference, drawn(village(tmp_path / "v.glb", **change)))
    assert found.problem, (found.mean, found.worst_block, found.worst_color)


@pytest.mark.gl
def test_a_shifted_camera_is_found(reference: np.ndarray, tmp_path: Path) -> None:
    shifted = Camera(name="front", eye_m=(7, -45, 16), target_m=(1, 0, 4), fov_deg=42)
    assert compare_pictures("front", reference, drawn(village(tmp_path / "v.glb"), shifted)).problem


@pytest.mark.gl
def test_encoding_again_and_noise_are_no_change(
    reference: np.ndarray, tmp_path: Path, rng: np.random.Generator
) -> None:
    Image.fromarray(reference).save(tmp_path / "q.jpg", quality=92, subsampling=0)
    again = np.asarray(Image.open(tmp_path / "q.jpg"))
    one_pixel = np.clip(reference.astype(int) + rng.integers(-3, 4, reference.shape), 0, 255).astype("u1")
    assert compare_pictures("front", reference, again).problem == ""
    assert compare_pictures("front", reference, one_pixel).problem == ""
    sparse = reference.copy()
    sparse[70, 100] = 255
    assert compare_pictures("front", reference, sparse).problem == ""


def pattern(rng: np.random.Generator) -> np.ndarray:
    tiles = rng.integers(30, 220, (9, 16, 3)).astype("u1")
    return tiles.repeat(16, axis=0).repeat(16, axis=1)


def test_a_picture_equals_itself(rng: np.random.Generator) -> None:
    pixels = pattern(rng)
    found = compare_pictures("a", pixels, pixels)
    assert (found.mean, found.worst_block, found.worst_color, found.problem) == (1.0, 1.0, 0.0, "")


def test_one_block_of_another_colour_is_found_in_a_large_picture(rng: np.random.Generator) -> None:
    pixels = pattern(rng)
    changed = pixels.copy()
    changed[32:48, 64:80] = 255 - changed[32:48, 64:80]
    found = compare_pictures("a", pixels, changed)
    assert "colour of a part" in found.problem
    assert found.heat is not None
    assert found.heat[40, 72] > 0.5 > found.heat[100, 200]


def test_another_size_is_a_change(rng: np.random.Generator) -> None:
    assert compare_pictures("a", pattern(rng), pattern(rng)[:-1]).problem == "size 256x143 instead of 256x144"


def save(folder: Path, **pictures: np.ndarray) -> Path:
    folder.mkdir(exist_ok=True)
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


def test_folders_are_compared_by_name_and_the_page_shows_what_changed(tmp_path: Path, rng: np.random.Generator) -> None:
    pixels = pattern(rng)
    ref = save(tmp_path / "ref", hero=pixels, top=pixels, 湖面=pixels)
    new = save(tmp_path / "new", hero=pixels, top=255 - pixels, street=pixels)
    result = compare(ref, new, page=tmp_path / "report" / "index.html")
    assert not result.ok
    assert [line.split(":")[0] for line in result.lines] == ["street", "top", "湖面"]
    text = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "3 of 4 pictures changed" in text
    assert "heat/top.png" in text
    assert (tmp_path / "report" / "heat" / "top.png").is_file()


def test_a_camera_may_have_its_own_tolerance(tmp_path: Path, rng: np.random.Generator) -> None:
    pixels = pattern(rng)
    ref = save(tmp_path / "ref", hero=pixels)
    new = save(tmp_path / "new", hero=np.clip(pixels.astype(int) + 14, 0, 255).astype("u1"))
    assert not compare(ref, new).ok
    loose = Tolerance(mean=0.5, block=0.3, color=0.2)
    assert compare(ref, new, {"hero": loose}).ok
    assert compare(ref, new, {"*": loose}).ok


def test_a_folder_without_references_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"no reference pictures; write them first with --update"):
        compare(tmp_path / "none", tmp_path)


def test_a_damaged_picture_is_named(tmp_path: Path, rng: np.random.Generator) -> None:
    ref, new = save(tmp_path / "ref", hero=pattern(rng)), save(tmp_path / "new", hero=pattern(rng))
    (new / "hero.png").write_bytes(b"no picture")
    with pytest.raises(RenderError, match=r"hero\.png: cannot be read as a picture"):
        compare(ref, new)
