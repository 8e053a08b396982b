"""``survey.toml``: the truth scene that is flown over, and the flight. Data of a place, validated key by key."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from xmscenes.errors import InputError, SpecError
from xmscenes.options import Metres, Options

Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Rgb = tuple[int, int, int]
VARIANTS = ("airborne", "image_matching")
RoofName = Literal["hip", "gable", "flat"]
TreeName = Literal["banyan", "palm", "flame", "broadleaf", "shrub"]


def _flat_roofs() -> dict[RoofName, float]:
    return {"flat": 1.0}


def _broadleaf() -> dict[TreeName, float]:
    return {"broadleaf": 1.0}


class FlightPlan(Options):
    """``[flight]``: strips, beam and noise of the airborne scanner. Strips overlap by half: two looks everywhere."""

    density_per_m2: Positive = 8.8  # pulses on land, both looks together
    altitude_m: Positive = 900.0  # above the highest ground
    half_angle_deg: Annotated[float, Field(gt=1, le=35)] = 18.0
    along: Literal["north", "east"] = "north"
    range_noise_m: Metres = 0.02
    pointing_noise_m: Metres = 0.05  # sideways, at the ground
    strip_bias_m: Metres = 0.015  # height error common to a strip
    water_return_share: Share = 0.004  # near nadir only
    crown_extinction_per_m: Positive = 0.9


class GroundPlan(Options):
    """``[ground]``: what the terrain is interpolated from."""

    spots: str | None = None
    footprint_ground: bool = False  # use the footprints' ground_m
    shore_m: float = 2.0  # crest of the shore wall above sea level
    relief_m: Metres = 0.25  # amplitude of small relief in woods
    smooth_m: Positive = 40.0  # how far a spot's height is carried
    lowest_m: float = 1.5  # dry land lies no deeper
    beach_bank: Metres = 0.0  # rise a metre of the ground behind a beach; 0 leaves it as steep as it falls out
    pads: bool = True  # level the ground around buildings


class WaterPlan(Options):
    """``[[water]]``: an inland water with its level."""

    layer: str
    level_m: float
    shore_m: float = 1.0  # crest of its wall above the level


class KindPlan(Options):
    """``[[kind]]``: what buildings with such tags look like; the first kind whose tags all match counts."""

    match: dict[str, str] = Field(default_factory=dict)
    storeys: tuple[Positive, Positive] = (2.0, 4.0)
    storey_m: Positive = 3.6
    plinth_m: Metres = 0.4
    roofs: dict[RoofName, Positive] = Field(default_factory=_flat_roofs)
    pitch_deg: tuple[Positive, Positive] = (22.0, 32.0)
    largest_pitched_m2: Positive = 900.0
    roof_rgb: tuple[Rgb, ...] = ((150, 74, 56),)
    flat_rgb: tuple[Rgb, ...] = ((142, 136, 128),)
    wall_rgb: tuple[Rgb, ...] = ((196, 178, 156),)
    parapet_m: Metres = 0.9
    stair_heads: Share = 0.35  # of the flat roofs over 120 m2


class BuildingPlan(Options):
    """``[[building]]``: one building by id; what is given overrides its kind."""

    id: str
    height_m: Positive | None = None  # eaves above ground
    roof: RoofName | None = None
    pitch_deg: Positive | None = None
    roof_rgb: Rgb | None = None


class TreePlan(Options):
    """``[[trees]]``: what grows in the areas of a layer, along lines, or in gardens."""

    layer: str
    match: dict[str, str] = Field(default_factory=dict)
    where: Literal["inside", "along"] = "inside"
    share: Share = 1.0  # of the places where a tree would fit
    gap: Positive = 0.95  # spacing as a share of the two crown radii together
    offset_m: Metres = 4.0  # along: distance from the line
    every_m: Positive = 9.0  # along: spacing
    kinds: dict[TreeName, Positive] = Field(default_factory=_broadleaf)


class SolidPlan(Options):
    """``[[solid]]``: a rough solid that stands for a landmark in the truth scene."""

    id: str
    kind: Literal["boulder", "dome", "spire", "tower", "block", "figure"]
    lon_deg: float
    lat_deg: float
    size_m: tuple[Positive, Positive]  # east-west, north-south, before turning
    top_m: float | None = None  # elevation of the top
    height_m: Positive | None = None  # or height above the ground
    base_m: float | None = None  # elevation of the foot; None: 1 m under the ground
    heading_deg: float = 0.0
    point_class: Annotated[int, Field(ge=1, le=17)] = 6
    rgb: Rgb = (170, 165, 158)


class SurveyPlan(Options):
    """A whole ``survey.toml``. Layers are files beside it."""

    seed: int = 1
    sea_level_m: float = 0.0
    coastline: str | None = None
    footprints: tuple[str, ...] = ()
    bridges: str | None = None
    boats: str | None = None
    flight: FlightPlan = FlightPlan()
    ground: GroundPlan = GroundPlan()
    water: tuple[WaterPlan, ...] = ()
    cover: dict[str, Literal["paving", "asphalt", "grass", "wood", "sand", "rock"]] = Field(default_factory=dict)
    paths: str | None = None
    greens: str | None = None
    kind: tuple[KindPlan, ...] = ()
    building: tuple[BuildingPlan, ...] = ()
    trees: tuple[TreePlan, ...] = ()
    solid: tuple[SolidPlan, ...] = ()


def read_plan(path: Path) -> SurveyPlan:
    """Read and validate a ``survey.toml``."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); set survey.plan or put points there") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path.name}: not valid TOML: {error}") from error
    try:
        return SurveyPlan.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SpecError(f"{path.name}: {key} = {_short(first['input'])}: {first['msg']}") from error


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"


def rng_for(seed: int, *names: str | int) -> np.random.Generator:
    """Random numbers that belong to a thing by its name, whatever else is in the scene."""
    text = "\x1f".join([str(seed), *map(str, names)])
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())))
