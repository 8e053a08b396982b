from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from xmscenes.errors import RenderError
from xmscenes.options import PreviewOptions
from xmscenes.preview import (
    Camera,
    begin_previews,
    preview_scene,
    render_views,
)
from xmscenes.preview.glb import load_scene
from xmscenes.preview.hours import hour_of
from xmscenes.preview.picture import read_about
from xmscenes.preview.written import file_stem, written_file
from xmscenes.spec import Spec

if TYPE_CHECKING:
    from pathlib import Path

SMALL = PreviewOptions(width=160, height=90, cell_width=96, supersample=1)


def spec(**preview: object) -> Spec:
    camera = {"name": "湖面", "position_m": [60, -100, 25], "target_m": [10, -20, 5]}
    return Spec.model_validate(
        {
            "title": "小城",
            "title_en": "Small Town",
            "frame": {"lon_deg": 118.06, "lat_deg": 24.44},
            "inputs": {"points": "x.laz"},
            "camera": [camera],
            "preview": {**SMALL.model_dump(), **preview},
        }
    )


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


@pytest.fixture(scope="module")
def build(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    (folder / "plain").mkdir()
    for level in (0, 1):
        shutil.copy(city, folder / "plain" / f"town_LOD{level}.glb")
    return folder


@pytest.mark.gl
def test_a_build_gets_its_hero_thumbnails_and_sheet(build: Path) -> None:
    result = preview_scene(build, spec(), stills=("hero",), sheet=True, thumbnails=True)
    assert [p.name for p in result.pictures] == ["hero.png", "thumb_1200x630.png", "thumb_512x512.png", "sheet.png"]
    assert result.cameras[:2] == ("湖面", "hero")
    assert [size_of(p) for p in result.pictures[:3]] == [(160, 90), (1200, 630), (512, 512)]
    assert not list((build / "preview").glob(".*"))


@pytest.mark.gl
def test_a_sheet_drawn_column_by_column_is_that_drawn_in_one(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("captions", "contact"):  # a commit between the two would be written into the pictures
        monkeypatch.setattr(f"xmscenes.preview.{module}.tool_version", lambda: "1.2.3")
    whole, parts = (tmp_path / name for name in ("whole", "parts"))
    for folder in (whole, parts):
        shutil.copytree(build / "plain", folder / "plain")
    preview_scene(whole, spec(), stills=("hero",), sheet=True, thumbnails=True)
    page = begin_previews(parts, spec())
    assert page.contact.others(0) == (1,)
    page.write(parts / "preview" / "sheet.png", {1: page.contact.column(1)})
    written = [{f.name: f.read_bytes() for f in (folder / "preview").iterdir()} for folder in (whole, parts)]
    assert len(written[0]) == 4
    assert written[0] == written[1]


@pytest.mark.gl
def test_a_picture_says_what_it_shows(build: Path, tmp_path: Path) -> None:
    result = preview_scene(build, spec(), stills=["湖面"], level=1, out=tmp_path, options=SMALL)
    about = read_about(result.pictures[0])
    assert about["Title"] == "小城 · 湖面"
    assert about["Software"].startswith("xmscenes ")
    assert about["xmscenes:level"] == "1"
    assert json.loads(about["xmscenes:camera"])["eye_m"] == [60, -100, 25]
    assert about["xmscenes:light"] == "2026-10-01T15:40:00+08:00 day"


@pytest.mark.gl
def test_views_in_two_processes_equal_views_in_one(city: Path, tmp_path: Path) -> None:
    cameras = [
        Camera(name=name, eye_m=(x, -150.0, 40.0), target_m=(0.0, 0.0, 5.0)) for name, x in (("a", -60.0), ("b", 60.0))
    ]
    one = render_views(city, cameras, tmp_path / "one", SMALL)
    two = render_views(city, cameras, tmp_path / "two", SMALL, jobs=2)
    assert [p.name for p in one] == [p.name for p in two] == ["a.png", "b.png"]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


@pytest.mark.gl
def test_an_unknown_camera_is_refused_with_the_known_ones(build: Path, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"camera 'heroo': not known; there are 湖面, hero, top, ne, se, sw, nw"):
        preview_scene(build, spec(), stills=["heroo"], out=tmp_path / "p", options=SMALL)
    assert not (tmp_path / "p").exists()


def test_a_missing_level_names_the_files_there_are(build: Path) -> None:
    with pytest.raises(RenderError, match=r"no file of level 3 to preview \(found: town_LOD0.glb, town_LOD1.glb\)"):
        written_file(build, 3)


def test_the_light_follows_time_and_theme(city: Path) -> None:
    scene = load_scene(city)
    themes = [
        hour_of(PreviewOptions(time=time, theme=theme), scene, spec()).theme
        for time, theme in ((None, None), ("12:00", None), ("17:50", None), ("21:00", None), ("12:00", "night"))
    ]
    assert themes == ["day", "day", "dusk", "night", "night"]


def test_a_time_that_does_not_exist_is_refused(city: Path) -> None:
    with pytest.raises(RenderError, match=r"time 2026-10-01 25:99.*give YYYY-MM-DD and HH:MM"):
        hour_of(PreviewOptions(time="25:99"), load_scene(city), spec())


def test_camera_names_become_file_names() -> None:
    assert file_stem("北/../岸 view") == "北-..-岸-view"
    assert file_stem("..") == "camera"


@pytest.mark.gl
def test_a_picture_too_large_leaves_nothing_behind(build: Path, tmp_path: Path) -> None:
    huge = PreviewOptions(width=8192, height=8192)
    with pytest.raises(RenderError, match=r"would need 8\.6 GB"):
        preview_scene(build, spec(), out=tmp_path / "p", options=huge)
    assert not (tmp_path / "p").exists()
