"""Model a tile: one entry a feature kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.model.boats import moor_boats
from xmscenes.model.buildings import Explanation
from xmscenes.model.ground.dtm import fit_ground
from xmscenes.model.ground.site import survey_site
from xmscenes.model.houses import explain_house
from xmscenes.model.outlines import with_outlines
from xmscenes.model.surroundings import make_surroundings
from xmscenes.records import TileModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from xmscenes.model.ground.site import Site
    from xmscenes.model.landmarks import TileHeroes
    from xmscenes.records import Feature, Placement, Tile
    from xmscenes.spec import Spec

__all__ = [
    "MODELLERS",
    "Explanation",
    "build_model",
    "explain_house",
    "fit_ground",
    "make_surroundings",
    "moor_boats",
    "survey_site",
    "with_outlines",
]


@dataclass(frozen=True, slots=True)
class Modelled:
    """What a modeller made of a tile."""

    features: tuple[Feature, ...] = ()
    placements: tuple[Placement, ...] = ()


def _terrain(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.terrain import model_terrain

    del spec
    feature = model_terrain(site)
    return Modelled() if feature is None else Modelled((feature,))


def _water(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.water import model_water

    del spec
    return Modelled(model_water(site))


def _buildings(site: Site, spec: Spec) -> Modelled:
    from xmscenes.look.dress import dress_buildings
    from xmscenes.model.houses import model_buildings
    from xmscenes.model.overlaps import stand_back

    bare = model_buildings(site, spec.buildings)
    paths = site.tile.lines.get("paths", ())
    outlines = (*site.tile.footprints, *site.tile.nearby)
    dressed = dress_buildings(
        bare,
        spec.look,
        spec.building,
        paths=paths,
        ground_at=site.drawn_height(),
        highest_at=site.drawn_height(spec.terrain.max_error_m),
        outlines=outlines,
    )
    return Modelled(stand_back(dressed, site.tile.footprints, site.tile.nearby))


def _paths(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.paths import model_paths

    return Modelled(model_paths(site, spec.roads))


def _bridges(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.bridges import model_bridges

    return Modelled(model_bridges(site, spec.roads))


def _vegetation(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.vegetation import model_vegetation

    return Modelled(placements=model_vegetation(site, spec.vegetation))


def _lamps(site: Site, spec: Spec) -> Modelled:
    from xmscenes.model.ground.lamps import model_lamps

    return Modelled(placements=model_lamps(site, spec.roads))


MODELLERS: Mapping[str, Callable[[Site, Spec], Modelled]] = {
    "terrain": _terrain,
    "water": _water,
    "building": _buildings,
    "path": _paths,
    "bridge": _bridges,
    "tree": _vegetation,
    "lamp": _lamps,
}


def build_model(tile: Tile, spec: Spec, heroes: TileHeroes | None = None) -> TileModel:
    """Model everything in one tile: a table of modellers, all on the same surveyed site, then its heroes."""
    from xmscenes.model.ground.site import survey_site
    from xmscenes.model.landmarks import TileHeroes, hide_under_heroes, model_heroes, seated_site

    heroes = heroes or TileHeroes()
    site = seated_site(survey_site(tile, spec), heroes)
    made = [model(site, spec) for model in MODELLERS.values()]
    features = tuple(f for m in made for f in m.features)
    return TileModel(
        key=tile.key,
        bounds_m=tile.bounds_m,
        features=(*hide_under_heroes(features, heroes), *model_heroes(site, heroes)),
        placements=tuple(p for m in made for p in m.placements),
        ground=site.to_record(),
    )
