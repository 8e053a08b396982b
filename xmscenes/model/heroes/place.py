"""Heroes at their places in a scene: from the spec's ``[[hero]]`` entries to features in the local frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import SpecError
from xmscenes.model.heroes.hero import LEVELS, Seat
from xmscenes.model.heroes.registry import HEROES
from xmscenes.model.heroes.user_glb import read_hero_glb
from xmscenes.records import Feature, Mesh, Origin, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.options import HeroOptions

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A hero of a scene, found and placed in plan; its height waits for the ground of its tile."""

    options: HeroOptions
    xy: tuple[float, float]  # local metres
    heading_deg: float
    z: float | None  # local height of the foot; None: on the terrain
    name: str
    name_en: str
    hides: tuple[str, ...]
    model: str | None  # path of a user's GLB
    origin: Origin
    source: str
    seats: tuple[Seat, ...] = ()  # terrain that it takes the place of


def locate_heroes(options: Sequence[HeroOptions], frame: Frame, seek: Callable[[str], Path]) -> tuple[Located, ...]:
    """Find every hero of a spec and bring its place into the local frame, in the order of the spec.

    ``seek`` resolves the path of a user's model. An id that is neither built in nor has a model raises ``SpecError``.
    """
    found = []
    for entry in options:
        hero = HEROES.get(entry.id)
        if hero is None and entry.model is None:
            known = ", ".join(HEROES)
            raise SpecError(f'hero {entry.id!r}: no such landmark; give model = "….glb" or use one of {known}')
        x, y = frame.to_local(np.array([[entry.lon_deg, entry.lat_deg]]), "EPSG:4326")[0]
        own = hero.heading_deg if hero is not None else 0.0
        elevation = entry.elevation_m
        if elevation is None and hero is not None:
            elevation = hero.elevation_m
        found.append(
            Located(
                options=entry,
                xy=(float(x), float(y)),
                heading_deg=own if entry.heading_deg is None else entry.heading_deg,
                z=None if elevation is None else elevation - frame.elevation_m,
                name=entry.name or (hero.name if hero is not None else entry.id),
                name_en=hero.name_en if hero is not None else "",
                hides=tuple(
                    dict.fromkeys(
                        (*(hero.replaces if hero is not None else ()), *entry.hides, *_own_footprint(entry.id))
                    )
                ),
                model=None if entry.model is None else str(seek(entry.model)),
                origin=Origin.DIGITISED if hero is None else hero.position_origin,
                source=f"user's model {Path(entry.model).name}"
                if entry.model
                else (hero.source if hero is not None else ""),
                seats=hero.seats if hero is not None and entry.model is None else (),
            )
        )
    return tuple(found)


def _own_footprint(id_: str) -> tuple[str, ...]:
    return (id_,) if "/" in id_ else ()


def hidden_footprints(heroes: Sequence[Located]) -> frozenset[str]:
    """Ids of the footprints on which heroes stand: their buildings are not modelled."""
    return frozenset(id_ for hero in heroes for id_ in hero.hides)


def place_hero(hero: Located, ground_at: Callable[[Floats], Floats], points: Floats | None = None) -> Feature:
    """Make a hero with its coarser versions and put it at its place.

    ``ground_at`` gives ground heights for points (N, 2). Without a height of its own the foot stands on the lowest
    ground under a fifth of its extent, so that it does not float on a slope. ``points`` (N, 3) are what a survey saw of
    it: a boulder takes its form from them.
    """
    seen = None
    if hero.model is not None:
        meshes = [read_hero_glb(hero.model, hero.options)]
    else:
        seen = _seen_form(hero, points)
        make = seen or HEROES[hero.options.id].make
        meshes = [make(level) for level in range(LEVELS)]
        meshes = [replace(mesh, vertices=mesh.vertices * hero.options.scale) for mesh in meshes]
    meshes = [replace(mesh, vertices=_turned(mesh, hero.heading_deg)) for mesh in meshes]
    turned = meshes[0].vertices
    z = hero.z
    if z is None:
        low, high = turned[:, :2].min(0), turned[:, :2].max(0)
        middle, half = (low + high) / 2, (high - low) / 2 * 0.45
        spots = np.array(hero.xy) + middle + half * np.array([[0, 0], [-1, -1], [1, -1], [1, 1], [-1, 1]])
        heights = np.asarray(ground_at(spots), dtype=np.float64)
        z = float(np.nanmin(heights)) if np.isfinite(heights).any() else 0.0
    foot = np.array([*hero.xy, z])
    finest, *coarser = (replace(mesh, vertices=mesh.vertices + foot) for mesh in meshes)
    tags = {"name:en": hero.name_en, "hides": " ".join(hero.hides), "licence": hero.options.licence or ""}
    return Feature(
        id=hero.options.id,
        kind="hero",
        name=hero.name,
        mesh=finest,
        outcome=Outcome(
            origin=hero.origin,
            source=hero.source if seen is None else f"{hero.source}; its rock is a Poisson surface of survey points",
            point_count=0 if seen is None or points is None else len(points),
        ),
        tags={key: value for key, value in tags.items() if value},
        coarser=tuple(coarser),
    )


def _seen_form(hero: Located, points: Floats | None) -> Callable[[int], Mesh] | None:
    """How to make a hero from survey points; None where it has no such form or they do not tell."""
    from_points = HEROES[hero.options.id].from_points
    if points is None or from_points is None or hero.z is None:
        return None
    own = np.column_stack([(points[:, :2] - hero.xy) @ turned_axes(hero.heading_deg), points[:, 2] - hero.z])
    return from_points(own / hero.options.scale)


def turned_axes(heading_deg: float) -> Floats:
    """Axes of a hero in columns (2, 2), right and ahead, for a heading clockwise from north."""
    c, s = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    return np.array([[c, s], [-s, c]])


def _turned(mesh: Mesh, heading_deg: float) -> Floats:
    """Vertices turned so that the front (+y) looks along the heading, clockwise from north."""
    return np.column_stack([mesh.vertices[:, :2] @ turned_axes(heading_deg).T, mesh.vertices[:, 2]])
