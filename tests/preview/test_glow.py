from __future__ import annotations

from pathlib import Path

import pytest

from xmscenes.look.materials import INDEX, MATERIALS
from xmscenes.preview import glow
from xmscenes.preview.glow import emissive_file, emissive_texture, glow_of
from xmscenes.preview.scene import RenderMaterial


def test_a_material_that_shines_in_the_file_shines_always() -> None:
    found = glow_of(RenderMaterial(name="glow", emissive=(0.5, 0.4, 0.3)))
    assert (found.factor, found.by_hour) == ((0.5, 0.4, 0.3), False)


def test_lamps_are_lit_by_the_hour() -> None:
    found = glow_of(RenderMaterial(name="glow"))
    assert found.by_hour
    assert found.factor == MATERIALS[INDEX["glow"]].emissive_rgb


def test_facades_take_their_windows_from_the_atlas_when_the_file_has_none() -> None:
    found = glow_of(RenderMaterial(name="facade", texture=0))
    assert (found.by_hour, found.atlas) == (True, "facade")
    path = emissive_file("facade")
    assert path is not None
    assert path.name == "facade_emissive.jpg"
    assert emissive_texture("facade").pixels.shape[2] == 4


def test_without_a_picture_of_its_windows_a_wall_stays_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glow, "_SOURCE", Path("/nowhere/xmscenes"))
    assert glow_of(RenderMaterial(name="facade", texture=0)).factor == (0, 0, 0)
    assert glow_of(RenderMaterial(name="facade")).factor == (0, 0, 0)  # no texture in the file at all


def test_an_unknown_material_has_no_light_of_its_own() -> None:
    assert glow_of(RenderMaterial(name="stranger")).factor == (0.0, 0.0, 0.0)
