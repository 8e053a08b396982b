from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pytest

from xmscenes.errors import RenderError
from xmscenes.preview.camera import Camera
from xmscenes.preview.filament import chosen_renderer, environment_pixels, filament
from xmscenes.preview.style import light_at

if TYPE_CHECKING:
    from pathlib import Path

HAS_FILLY = importlib.util.find_spec("filly") is not None


def test_the_renderer_is_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XMSCENES_RENDERER", raising=False)
    assert chosen_renderer() == "pyrender"
    monkeypatch.setenv("XMSCENES_RENDERER", "filly")
    assert chosen_renderer() == "filly"
    monkeypatch.setenv("XMSCENES_RENDERER", "povray")
    with pytest.raises(RenderError, match="'povray': not known; set pyrender or filly, or unset it"):
        chosen_renderer()


@pytest.mark.skipif(HAS_FILLY, reason="the extra is installed")
def test_without_the_extra_it_says_what_to_install(city: Path) -> None:
    with pytest.raises(RenderError, match=r"pip install 'xmscenes\[hq\]'"), filament(city, 1):
        pass


@pytest.mark.skipif(not HAS_FILLY, reason="needs xmscenes[hq]")
@pytest.mark.gl
def test_filament_draws_the_same_view(city: Path) -> None:
    camera = Camera(name="c", eye_m=(-60, -150, 45), target_m=(10, 0, 5), fov_deg=45)
    with filament(city, 1) as drawer:
        pixels = drawer.picture(camera, light_at(215, 45, "day"), 256, 144)
    assert pixels.shape == (144, 256, 3)
    assert pixels.std() > 20


def test_the_surroundings_are_brighter_above_than_below() -> None:
    pixels = environment_pixels(light_at(215, 45, "day"))
    assert pixels.shape == (32, 64, 3)
    assert pixels[0, 0, 2] > pixels[0, 0, 0]
    assert np.isfinite(pixels).all()
