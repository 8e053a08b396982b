from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from PIL import Image

from xmscenes.cli import cli
from xmscenes.errors import InputError
from xmscenes.preview.picture import read_about

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """title = "小城"
title_en = "Small Town"
[frame]
lon_deg = 118.06
lat_deg = 24.44
[inputs]
points = "points/*.laz"
[preview]
supersample = 1
cell_width = 96
[[camera]]
name = "湖面"
position_m = [60, -100, 25]
target_m = [10, -20, 5]
"""
COURSE = '{"type": "LineString", "coordinates": [[118.0592, 24.4392], [118.06, 24.4392]]}'


@pytest.fixture(scope="module")
def town(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spec with what a build of it leaves behind."""
    home = tmp_path_factory.mktemp("town")
    (home / "town.toml").write_text(SPEC, encoding="utf-8")
    (home / "路线.geojson").write_text(COURSE, encoding="utf-8")
    (home / "built" / "plain").mkdir(parents=True)
    (home / "built" / "scene.json").write_text("{}", encoding="utf-8")
    shutil.copy(city, home / "built" / "plain" / "town_LOD0.glb")
    return home


def run(town: Path, *words: str) -> list[str]:
    result = CliRunner().invoke(cli, ["preview", str(town / "town.toml"), "--out", str(town / "built"), *words])
    if result.exception is not None:
        raise result.exception
    return [line for line in result.stdout.splitlines() if line]


@pytest.mark.gl
def test_one_camera_on_a_day_and_an_hour_with_thumbnails(town: Path) -> None:
    day = ("--date", "2026-06-21", "--time", "07:30")
    lines = run(town, "--camera", "湖面", "--size", "160x90", "--thumbnails", *day)
    names = [line.rsplit("/", 1)[1] for line in lines]
    assert names == ["湖面.png", "thumb_1200x630.png", "thumb_512x512.png"]
    assert read_about(town / "built" / "preview" / "湖面.png")["xmscenes:light"] == "2026-06-21T07:30:00+08:00 day"


@pytest.mark.gl
def test_a_flight_along_a_drawn_line_and_a_turntable(town: Path) -> None:
    course = ("--flythrough", str(town / "路线.geojson"), "--flight-height", "6")
    for words, name in ((course, "flythrough.webp"), (("--turntable",), "turntable.webp")):
        assert run(town, *words, "--size", "96x54", "--frames", "3") == [str(town / "built" / "preview" / name)]
        with Image.open(town / "built" / "preview" / name) as film:
            assert (film.n_frames, film.size) == (3, (96, 54))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--size", "wide"), "--size wide: want WIDTHxHEIGHT"),
        (("--size", "20000x20000"), "--width 20000: .* see xmscenes preview --help"),
        (("--date", "1. Mai"), "--date 1. Mai: "),
        (("--flythrough", "没有.gpx"), r"没有\.gpx: cannot be read"),
    ],
)
def test_what_makes_no_sense_is_named(town: Path, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(town, *words)


def test_a_scene_that_was_not_built_says_so(town: Path) -> None:
    with pytest.raises(InputError, match="nothing built there; run xmscenes build"):
        run(town, "--out", str(town / "elsewhere"))
