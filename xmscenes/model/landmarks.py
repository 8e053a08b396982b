"""Heroes in a tile: which stand there, which footprints they stand on, and whose rocks take the terrain's place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.model.heroes.place import Located, place_hero, turned_axes
from xmscenes.records import Mesh, PointClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.records import Box, Feature

_NOTHING = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), dtype=np.int32), surface=np.zeros(0, dtype=np.uint8))
_GROUND = ("terrain", "rock")  # ways are laid on ground that is cut already


@dataclass(frozen=True, slots=True, kw_only=True)
class TileHeroes:
    """What a tile must know of the scene's heroes."""

    standing: tuple[Located, ...] = ()
    near: tuple[Located, ...] = ()  # those whose seats reach into the tile, wherever they stand
    hidden: Mapping[str, str] = field(default_factory=dict)  # id of a footprint owned by the tile → id of its hero


def model_heroes(site: Site, heroes: TileHeroes) -> tuple[Feature, ...]:
    """Put the tile's heroes on its ground."""
    return tuple(place_hero(hero, site.ground.at, _points_of(hero, site)) for hero in heroes.standing)


def _points_of(hero: Located, site: Site) -> NDArray[np.float64] | None:
    """Ground points (N, 3) where a hero is the rock: all that lie in its seats, or none where the window cuts them."""
    far = _reach_m(hero)
    west, south, east, north = site.tile.window_m
    x, y = hero.xy
    if not hero.seats or min(x - west, east - x, y - south, north - y) < far:
        return None
    xyz = site.tile.points.xyz[site.tile.points.point_class == PointClass.GROUND]
    return np.asarray(xyz[np.hypot(xyz[:, 0] - x, xyz[:, 1] - y) < far])


def hide_under_heroes(features: tuple[Feature, ...], heroes: TileHeroes) -> tuple[Feature, ...]:
    """Draw nothing of a building whose place a hero takes, and cut the terrain down where a hero is the rock.

    A hidden building keeps its solids, so CityJSON still has it; the ground's heights stay as they were measured.
    """
    found = []
    for feature in features:
        if feature.id in heroes.hidden:
            feature = replace(feature, mesh=_NOTHING, tags={**feature.tags, "xm:hidden_by": heroes.hidden[feature.id]})
        elif feature.kind in _GROUND and heroes.near:
            feature = replace(feature, mesh=seated(feature.mesh, heroes.near))
        found.append(feature)
    return tuple(found)


def seated(mesh: Mesh, heroes: Iterable[Located]) -> Mesh:
    """Cut ground down to the seats of heroes; what lies lower stays. A function of each vertex, so tiles still meet."""
    return replace(mesh, vertices=_cut_down(mesh.vertices, heroes))


def seated_site(site: Site, heroes: TileHeroes) -> Site:
    """The site whose drawn ground is cut down to the seats: what stands on it, steps and houses, must know."""
    if not heroes.near:
        return site
    return replace(site, tin=replace(site.tin, vertices=_cut_down(site.tin.vertices, heroes.near)))


def _cut_down(whole: NDArray[np.float64], heroes: Iterable[Located]) -> NDArray[np.float64]:
    vertices = np.array(whole)
    for hero in heroes:
        own = (vertices[:, :2] - hero.xy) @ turned_axes(hero.heading_deg)
        for seat in hero.seats:
            c, s = np.cos(np.radians(seat.turn_deg)), np.sin(np.radians(seat.turn_deg))
            inside = (((own - seat.centre_m) @ np.array([[c, -s], [s, c]]) / seat.half_m) ** 2).sum(1) < 1.0
            plane = (hero.z or 0.0) + seat.level_m + own @ seat.slope
            vertices[inside, 2] = np.minimum(vertices[inside, 2], np.round(plane[inside], 4))
    return vertices


def _reach_m(hero: Located) -> float:
    return max((float(np.hypot(*seat.centre_m)) + max(seat.half_m) for seat in hero.seats), default=0.0)


def reaches(hero: Located, bounds_m: Box) -> bool:
    """Whether a seat of a hero may reach into a box."""
    far = _reach_m(hero)
    west, south, east, north = bounds_m
    x, y = hero.xy
    return bool(hero.seats) and west - far < x < east + far and south - far < y < north + far
