from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from villages import coloured, ground, village

from xmscenes.bench.city import GlbBuilder
from xmscenes.preview.backdrop import GROUND, SEA, backdrop_of
from xmscenes.preview.glb import load_scene

if TYPE_CHECKING:
    from pathlib import Path


def test_an_island_lies_in_a_sea_of_its_own_colour(tmp_path: Path) -> None:
    builder = GlbBuilder()
    builder.node("terrain/0", builder.mesh(coloured(ground(60, 4.0), (0.2, 0.3, 0.1)), builder.material("plain")))
    sea = builder.material("water", base=(0.04, 0.1, 0.12, 1))
    builder.node("water/0", builder.mesh(coloured(ground(200, 0.5), (1, 1, 1)), sea))
    backdrop = backdrop_of(load_scene(builder.write(tmp_path / "i.glb")))
    assert backdrop.code == SEA
    assert backdrop.level_m == pytest.approx(0.5)
    assert backdrop.rgb == pytest.approx((0.04, 0.1, 0.12))


def test_an_inland_place_lies_on_its_own_ground(tmp_path: Path) -> None:
    backdrop = backdrop_of(load_scene(village(tmp_path / "v.glb")))
    assert backdrop.code == GROUND
    assert backdrop.level_m == pytest.approx(-0.3)
    assert backdrop.rgb == pytest.approx((0.12, 0.2, 0.06), abs=1e-3)
