from __future__ import annotations

from pathlib import Path

import pytest

from xmscenes.export.plain import write_plain
from xmscenes.frame import Frame
from xmscenes.look.dress import dress_building
from xmscenes.look.materials import INDEX, MATERIALS
from xmscenes.look.samples import sample
from xmscenes.options import LookOptions
from xmscenes.preview import glow
from xmscenes.preview.glb import load_scene
from xmscenes.preview.glow import emissive_file, emissive_texture, glow_of
from xmscenes.preview.scene import RenderMaterial
from xmscenes.records import LodChain, LodLevel, Scene, TileKey, TileLods


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


def test_lit_windows_come_from_the_night_variant_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feature = dress_building(sample("qilou"), LookOptions(mix="harbour"))
    chain = LodChain(id="buildings/0", kind="building", levels=(LodLevel(index=0, mesh=feature.mesh, error_m=0.0),))
    tile = TileLods(key=TileKey(column=0, row=0), bounds_m=(-50.0, -50.0, 50.0, 50.0), chains=(chain,))
    frame = Frame(lon_deg=118.07, lat_deg=24.45)
    scene = Scene(name="a", title="a", title_en="a", licence="CC0-1.0", frame=frame, tiles=(tile,))
    loaded = load_scene(write_plain(scene, tmp_path, Path(__file__).parents[2] / "assets")[0])
    monkeypatch.setattr(glow, "_SOURCE", Path("/nowhere/xmscenes"))
    facade = next(m for m in loaded.materials if m.name == "facade")
    assert facade.emissive == (0.0, 0.0, 0.0)
    found = glow_of(facade)
    assert (found.by_hour, found.atlas) == (True, "")
    assert facade.emissive_texture is not None
    assert 0.001 < (loaded.textures[facade.emissive_texture].pixels[..., :3] > 60).mean() < 0.3
