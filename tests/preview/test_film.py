from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from xmscenes.errors import RenderError
from xmscenes.options import PreviewOptions
from xmscenes.preview import make_flythrough, make_turntable
from xmscenes.preview.film import flight_cameras, turntable_cameras, write_film
from xmscenes.preview.overview import BUILDING, Overview

if TYPE_CHECKING:
    from pathlib import Path


def hill() -> Overview:
    grid = np.full((40, 40), 10.0)
    return Overview(
        corner_m=(-100, -100), cell_m=(5, 5), top_m=grid, ground_m=grid, kind=np.full((40, 40), BUILDING, "u1")
    )


def frames(count: int) -> list[np.ndarray]:
    return [np.full((36, 64, 3), 20 + 30 * k, "u1") for k in range(count)]


def test_a_turntable_goes_once_round_at_one_distance() -> None:
    cameras = turntable_cameras(hill(), 12)
    eyes = np.array([c.eye_m for c in cameras]) - cameras[0].target_m
    assert np.linalg.norm(eyes, axis=1) == pytest.approx(np.full(12, np.linalg.norm(eyes[0])))
    turns = np.diff(np.unwrap(np.arctan2(eyes[:, 0], eyes[:, 1])))
    assert turns == pytest.approx(np.full(11, np.pi / 6))


def test_a_flight_follows_the_path_above_the_ground_and_looks_ahead() -> None:
    path = np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 60.0]])
    cameras = flight_cameras(path, lambda x, _y: 0.1 * x, 25)
    eyes = np.array([c.eye_m for c in cameras])
    assert eyes[0, :2] == pytest.approx([0, 0], abs=2.5)
    assert eyes[-1, :2] == pytest.approx([60, 60], abs=2.5)
    assert eyes[:, 2] - 0.1 * eyes[:, 0] == pytest.approx(np.full(25, 2.0), abs=0.4)
    looks = np.array([np.subtract(c.target_m, c.eye_m)[:2] for c in cameras])
    assert looks[0, 0] > 5 > abs(looks[0, 1])
    assert looks[-1, 1] > 5 > abs(looks[-1, 0])


def test_a_path_without_length_is_refused() -> None:
    with pytest.raises(RenderError, match="no length; give at least two places"):
        flight_cameras(np.zeros((2, 2)), lambda _x, _y: 0.0, 5)


def test_frames_become_an_animated_webp(tmp_path: Path) -> None:
    path = write_film(tmp_path / "转台.webp", frames(4))
    with Image.open(path) as film:
        assert film.n_frames == 4
        assert film.info["loop"] == 0
    assert [p.name for p in tmp_path.iterdir()] == ["转台.webp"]


def test_the_same_frames_give_the_same_film(tmp_path: Path) -> None:
    first, second = (write_film(tmp_path / name, frames(3)).read_bytes() for name in ("a.webp", "b.webp"))
    assert first == second


def test_an_unknown_kind_of_film_and_one_without_frames_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"name it \.webp, \.mp4 or \.webm"):
        write_film(tmp_path / "x.gif", frames(2))
    with pytest.raises(RenderError, match="at least one frame"):
        write_film(tmp_path / "x.webp", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(importlib.util.find_spec("imageio_ffmpeg") is not None, reason="the extra is installed")
def test_video_without_the_extra_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"MP4 needs ffmpeg; pip install 'xmscenes\[video\]'"):
        write_film(tmp_path / "x.mp4", frames(2))


@pytest.mark.skipif(importlib.util.find_spec("imageio_ffmpeg") is None, reason="needs xmscenes[video]")
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_video_is_written_by_a_process_of_its_own(tmp_path: Path, suffix: str) -> None:
    assert write_film(tmp_path / f"x{suffix}", frames(6)).stat().st_size > 500


@pytest.mark.gl
def test_a_built_scene_turns_and_is_flown_through(city: Path, tmp_path: Path) -> None:
    options = PreviewOptions(width=96, height=54, frames=3, supersample=1)
    turn = make_turntable(city, tmp_path / "turn.webp", options=options)
    flight = make_flythrough(city, np.array([[-90.0, -90.0], [0.0, -90.0]]), tmp_path / "f.webp", options=options)
    for path in (turn, flight):
        with Image.open(path) as film:
            assert (film.n_frames, film.size) == (3, (96, 54))
