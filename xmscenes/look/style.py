"""Building styles: read from TOML, chosen by tags, form, size and mix, seeded by the building's id."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, ValidationError

from xmscenes.errors import SpecError
from xmscenes.options import BuildingLookOptions, Metres, Options, Rgb

if TYPE_CHECKING:
    from collections.abc import Mapping

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Rule(Options):
    """When a style comes into question: every condition that is given must hold."""

    weight: Annotated[float, Field(gt=0)]
    mix: tuple[str, ...]
    tags: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    name: tuple[str, ...] = ()  # any of these words occurs in the building's name
    roof: tuple[Literal["flat", "gable", "hip"], ...] = ()
    area_m2: tuple[float, float] = (0.0, float("inf"))
    storeys: tuple[float, float] = (0.0, float("inf"))


class Style(Options):
    """One style. Strips are names of ``look.atlas.STRIPS``; shares are the part of the buildings that have a thing."""

    title: str
    title_en: str
    storey_m: Annotated[float, Field(gt=1.5, le=10)]
    bay_m: Annotated[float, Field(ge=2.0, le=6.0)]
    plinth_m: Metres
    upper: tuple[str, ...]  # storeys above the ground floor, in turn
    ground: str
    blank: str  # where no window fits
    plinth: str
    door: str
    inside: str = "veranda"  # behind a veranda or an arcade
    wall_rgb: tuple[Rgb, ...]  # tints; one is drawn for each building
    trim_rgb: tuple[Rgb, ...]
    roof_rgb: tuple[Rgb, ...]
    flat_rgb: tuple[Rgb, ...]
    spread: Share  # how far a tint may wander, as a share
    overhang_m: Metres
    ridge: Literal["cap", "swallow", "none"]
    parapet_m: Metres
    parapet: Literal["wall", "baluster", "gabled"]
    veranda: Share = 0.0
    veranda_depth_m: Metres = 1.6
    arcade: bool = False
    arcade_depth_m: Metres = 2.4
    arch: Literal["round", "segment", "flat"] = "flat"
    cornice: bool = False
    balcony: Share = 0.0
    chimney: Share = 0.0
    tank: Share = 0.0
    stair_house: bool = False
    buttress: bool = False
    cross: bool = False
    halls: Annotated[int, Field(ge=0, le=6)] = 0  # most halls, one behind another; 0: the roof as measured
    choose: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the choice of a style looks at."""

    id: str
    tags: Mapping[str, str]
    name: str
    roof: str  # "flat", "gable", "hip"
    area_m2: float
    storeys: float


@cache
def styles() -> Mapping[str, Style]:
    """Read all styles that come with the package, by name."""
    found = {}
    for entry in sorted(resources.files("xmscenes.look.styles").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            try:
                found[entry.name[:-5]] = Style(**tomllib.loads(entry.read_text(encoding="utf-8")))
            except (ValidationError, tomllib.TOMLDecodeError) as error:
                raise SpecError(f"look/styles/{entry.name}: {error}") from error
    return found


def seeded(id_: str, salt: str) -> np.random.Generator:
    """A generator that depends on a building's id alone, so that no neighbour changes it."""
    digest = sha256(f"{salt}:{id_}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def check_style(override: BuildingLookOptions) -> None:
    """Raise ``SpecError`` when the style that a spec asks for does not exist."""
    if override.style is not None and override.style not in styles():
        known = ", ".join(styles())
        raise SpecError(f"building {override.id}: style {override.style!r} is not known; use one of {known}")


def choose_style(facts: Facts, mix: str, override: BuildingLookOptions | None = None) -> str:
    """Name of the style that a building wears.

    An override wins; an unknown one raises ``SpecError``. Else one of the styles whose rules hold is drawn by
    weight; when none holds it is "plain".
    """
    if override is not None and override.style is not None:
        check_style(override)
        return override.style
    weights = {name: _weight(style, facts, mix) for name, style in styles().items()}
    total = sum(weights.values())
    if total <= 0:
        return "plain"
    draw = seeded(facts.id, "style").uniform() * total
    for name, weight in weights.items():
        draw -= weight
        if draw < 0:
            return name
    return "plain"


def _weight(style: Style, facts: Facts, mix: str) -> float:
    return max((rule.weight for rule in style.choose if _holds(rule, facts, mix)), default=0.0)


def _holds(rule: Rule, facts: Facts, mix: str) -> bool:
    return (
        mix in rule.mix
        and rule.area_m2[0] <= facts.area_m2 <= rule.area_m2[1]
        and rule.storeys[0] <= facts.storeys <= rule.storeys[1]
        and (not rule.roof or facts.roof in rule.roof)
        and (not rule.name or any(word in facts.name for word in rule.name))
        and all(facts.tags.get(key) in values for key, values in rule.tags.items())
    )


def drawn_rgb(tints: tuple[Rgb, ...], spread: float, id_: str, salt: str) -> np.ndarray:
    """One of the tints, wandered a little in lightness and hue, as floats in 0..255."""
    rng = seeded(id_, salt)
    tint = np.array(tints[int(rng.integers(len(tints)))], dtype=np.float64)
    factor = 1 + rng.uniform(-spread, spread) + rng.uniform(-spread, spread, 3) * 0.35
    return np.clip(tint * factor, 0, 255)
