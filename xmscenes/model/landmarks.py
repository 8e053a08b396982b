"""Heroes in a tile: which stand there, and which footprints they stand on, wherever those lie."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.model.heroes.place import Located, place_hero
from xmscenes.records import Mesh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xmscenes.model.ground.site import Site
    from xmscenes.records import Feature

_NOTHING = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), dtype=np.int32), surface=np.zeros(0, dtype=np.uint8))


@dataclass(frozen=True, slots=True, kw_only=True)
class TileHeroes:
    """What a tile must know of the scene's heroes."""

    standing: tuple[Located, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)  # id of a footprint owned by the tile → id of its hero


def model_heroes(site: Site, heroes: TileHeroes) -> tuple[Feature, ...]:
    """Put the tile's heroes on its ground."""
    return tuple(place_hero(hero, site.ground.at) for hero in heroes.standing)


def hide_under_heroes(features: tuple[Feature, ...], heroes: TileHeroes) -> tuple[Feature, ...]:
    """Draw nothing of a building whose place a hero takes. It keeps its solids, so CityJSON still has it."""
    return tuple(
        replace(f, mesh=_NOTHING, tags={**f.tags, "xm:hidden_by": heroes.hidden[f.id]}) if f.id in heroes.hidden else f
        for f in features
    )
