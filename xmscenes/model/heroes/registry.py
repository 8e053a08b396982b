"""The landmarks that come with the package, by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.model.heroes import (
    bagua_mansion,
    churches,
    egret_goddess,
    fishing_harbour,
    koxinga_statue,
    shimao_towers,
    shuzhuang_garden,
    sunlight_rock,
    west_dike_gate,
    xiamen_international_centre,
    xmu_songen,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xmscenes.model.heroes.hero import Hero

HEROES: Mapping[str, Hero] = {
    hero.id: hero
    for hero in (
        sunlight_rock.HERO,
        bagua_mansion.HERO,
        koxinga_statue.HERO,
        *shuzhuang_garden.HEROES,
        *churches.HEROES,
        shimao_towers.HERO,
        xmu_songen.HERO,
        fishing_harbour.HERO,
        egret_goddess.HERO,
        west_dike_gate.HERO,
        xiamen_international_centre.HERO,
    )
}
