from __future__ import annotations

from collections import Counter

import pytest

from xmscenes.errors import SpecError
from xmscenes.look.atlas import STRIPS
from xmscenes.look.style import Facts, choose_style, drawn_rgb, styles
from xmscenes.options import BuildingLookOptions


def facts(**change: object) -> Facts:
    base = {"id": "way/1", "tags": {}, "name": "", "roof": "hip", "area_m2": 180.0, "storeys": 2.0}
    return Facts(**{**base, **change})  # type: ignore[arg-type]


def test_all_styles_name_strips_that_exist() -> None:
    assert len(styles()) >= 9
    for style in styles().values():
        assert {style.ground, style.blank, style.plinth, style.door, style.inside, *style.upper} <= set(STRIPS)


def test_a_church_wears_the_church_style_whatever_its_size() -> None:
    assert choose_style(facts(tags={"building": "church"}), "villas") == "church"


def test_a_school_wears_the_school_style() -> None:
    assert choose_style(facts(tags={"building": "school"}, name="毓德楼"), "villas") == "school"


def test_shops_of_the_island_are_arcade_houses() -> None:
    assert choose_style(facts(tags={"building": "retail"}, roof="flat"), "villas") == "qilou"


def test_a_tower_of_thirty_storeys_wears_glass() -> None:
    assert choose_style(facts(roof="flat", storeys=30.0, area_m2=900.0), "city") == "curtain_wall"


def test_houses_of_a_place_without_a_mix_stay_plain() -> None:
    assert {choose_style(facts(id=f"way/{k}"), "plain") for k in range(50)} == {"plain"}


def test_the_choice_depends_on_the_id_alone_and_gives_a_mix() -> None:
    names = [choose_style(facts(id=f"way/{k}"), "villas") for k in range(200)]
    assert names == [choose_style(facts(id=f"way/{k}"), "villas") for k in range(200)]
    count = Counter(names)
    assert count["amoy_villa"] > 60
    assert len(count) >= 3


def test_an_override_wins() -> None:
    override = BuildingLookOptions(id="way/1", style="dacuo")
    assert choose_style(facts(tags={"building": "church"}), "villas", override) == "dacuo"


def test_an_unknown_style_is_named_with_the_known_ones() -> None:
    with pytest.raises(SpecError, match=r"building way/1: style '红楼' is not known; use one of amoy_villa"):
        choose_style(facts(), "villas", BuildingLookOptions(id="way/1", style="红楼"))


def test_reds_of_the_island_are_not_one_red() -> None:
    style = styles()["amoy_villa"]
    tints = {tuple(drawn_rgb(style.wall_rgb, style.spread, f"way/{k}", "wall").round().tolist()) for k in range(40)}
    assert len(tints) > 30
