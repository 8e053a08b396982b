"""The options of every stage, as they stand in a scene spec. One model a section; every key is validated.

Suffixes carry units. A stage gets its own section and nothing else; the hash of that section is part of the key
under which the stage's result is cached.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from xmscenes.records import Form

Metres = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Rgb = tuple[
    Annotated[int, Field(ge=0, le=255)], Annotated[int, Field(ge=0, le=255)], Annotated[int, Field(ge=0, le=255)]
]
Degrees = Annotated[float, Field(ge=-360.0, le=360.0, allow_inf_nan=False)]


class Options(BaseModel):
    """Base of all sections: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TileOptions(Options):
    """``[tile]``: the square of work."""

    size_m: Annotated[float, Field(ge=25.0, le=5000.0)] = 250.0  # side of a tile
    buffer_m: Annotated[float, Field(ge=0.0, le=500.0)] = 60.0  # seen around a tile; at least the widest filter


class CleanOptions(Options):
    """``[clean]``: outliers and classes."""

    ground: Literal["auto", "keep", "classify"] = "auto"  # auto: classify when the file has no ground class
    buildings: Literal["auto", "keep", "classify"] = "auto"
    vegetation: Literal["auto", "keep", "classify"] = "auto"
    outlier_neighbours: Annotated[int, Field(ge=0, le=100)] = 8  # 0 keeps every point
    outlier_sigma: Annotated[float, Field(gt=0)] = 6.0  # spreads above what the neighbours have
    ground_cell_m: Annotated[float, Field(gt=0)] = 0.5
    ground_slope: Annotated[float, Field(ge=0, le=3)] = 0.25  # rise per metre that a hillside may have and stay ground
    ground_tolerance_m: Metres = 0.08  # a ground point may lie this far off the bare surface, more in noisy clouds
    largest_building_m: Metres = 60.0  # nothing wider is taken off the ground; the tile's buffer should be as wide
    building_height_m: Metres = 2.0  # a building's points lie at least this high above the ground
    smallest_building_m2: Annotated[float, Field(ge=0)] = 10.0
    roof_roughness_m: Annotated[float, Field(gt=0)] = 0.12  # spread about a plane that still counts as a roof
    plant_height_m: Metres = 0.3


class TerrainOptions(Options):
    """``[terrain]``: the ground as an error-bounded TIN."""

    max_error_m: Annotated[float, Field(gt=0)] = 0.15  # between the triangles and the grid of ground heights
    cell_m: Annotated[float, Field(ge=0.1, le=10)] = 0.5  # of that grid
    colour: Literal["auto", "cover", "points", "ortho"] = "auto"  # auto: orthophoto, else measured points, else cover


class WaterOptions(Options):
    """``[water]``: sea, lakes and docks."""

    sea_level_m: float = 0.0  # mean water, in local metres; lakes carry a level_m tag of their own
    apron_m: Annotated[float, Field(ge=0, le=100_000)] = 4000.0  # how far sea and quiet land reach beyond the area


class RoadOptions(Options):
    """``[roads]``: paths, streets, steps and squares, cut into the terrain."""

    width_m: dict[str, Annotated[float, Field(gt=0, le=60)]] = {}  # by kind of way; overrides the built-in widths
    snap_m: Annotated[float, Field(ge=0, le=10)] = 1.0  # an end this close to another way is joined to it
    steps: bool = True  # flights of steps as steps
    railings: bool = True  # beside ways, where the ground or the water lies 1.1 m lower
    kerb_m: Annotated[float, Field(ge=0, le=0.5)] = 0.13  # height of the sidewalks beside streets; 0: no sidewalks
    marks: bool = True  # lane marks and crossings on streets
    lamps_m: Annotated[float, Field(ge=0, le=200)] = 30.0  # between street lamps along a way; 0: none


class VegetationOptions(Options):
    """``[vegetation]``: trees and shrubs."""

    smallest_tree_m: Annotated[float, Field(gt=0)] = 2.5  # lower crowns are shrubs
    scatter: bool = True  # without points: plausible plants where there is room, marked as inferred
    spacing_m: Annotated[float, Field(ge=2)] = 7.0  # between scattered trees


class BuildingOptions(Options):
    """``[buildings]``: the best form to try, and how much detail a roof may keep."""

    form: Form = Form.ROOFED
    storey_m: Annotated[float, Field(gt=0, le=10)] = 3.3  # height of a storey where only their number is known
    detail: Annotated[float, Field(ge=0.1, le=10)] = 1.0  # above 1 keeps smaller roof parts, below 1 fewer
    step_m: Annotated[float, Field(ge=0.3, le=50)] = 3.0  # parts of the stepped form differ by at least this
    min_plane_m2: Annotated[float, Field(ge=0.2, le=100)] = 1.0  # smaller roof planes are not looked for
    curved: bool = True  # recognise domes, cones and barrels where planes fit badly


class LodOptions(Options):
    """``[lod]``: rendering levels, LOD0 the finest. Level k may err by ``max_error_m[k]``."""

    max_error_m: tuple[Metres, ...] = (0.0, 0.3, 1.0, 3.0)
    pin: tuple[str, ...] = ()  # ids kept at full detail in every level


class ExportOptions(Options):
    """``[export]``: what is delivered."""

    profiles: tuple[Literal["xr", "plain", "tiles", "cityjson"], ...] = ("xr", "plain", "tiles", "cityjson")
    cityjson_crs: str | None = None
    georeference: bool = False  # absolute coordinates leave the house only when asked for


class CameraOptions(Options):
    """``[[camera]]``: a named view, in local metres or in lon/lat degrees plus height above ground."""

    name: str
    position_m: tuple[float, float, float] | None = None
    target_m: tuple[float, float, float] | None = None
    lon_deg: Degrees | None = None
    lat_deg: Degrees | None = None
    height_m: float | None = None  # above the terrain below the camera
    heading_deg: Degrees = 0.0  # clockwise from north
    pitch_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0  # up is positive
    fov_deg: Annotated[float, Field(gt=1, lt=170)] = 50.0  # vertical


class PreviewOptions(Options):
    """``[preview]``: light and size of the pictures. Time is local at the place; themes are day, dusk and night."""

    width: Annotated[int, Field(ge=16, le=8192)] = 1920  # pixels
    height: Annotated[int, Field(ge=16, le=8192)] = 1080  # pixels
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = "2026-10-01"  # where the sun stands
    time: Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")] | None = None  # None: the theme's own hour
    theme: Literal["day", "dusk", "night"] | None = None  # None: what the time makes it
    utc_offset_h: Annotated[float, Field(ge=-12, le=14)] | None = None  # None: the hour zone of the longitude
    supersample: Annotated[int, Field(ge=1, le=4)] = 2  # drawn pixels a side for each pixel of the picture
    outline: Annotated[float, Field(ge=0, le=1)] = 0.0  # strength of drawn edges, 0 none
    backdrop: bool = True  # sea or ground beyond the border of the scene
    cell_width: Annotated[int, Field(ge=64, le=1920)] = 480  # pixels, of one picture of the contact sheet
    frames: Annotated[int, Field(ge=2, le=720)] = 36  # of a turntable
    memory_mb: Annotated[int, Field(ge=64, le=65536)] = 1500  # larger pictures are refused


class BudgetOptions(Options):
    """``[budget]``: the device whose limits the check applies."""

    device: Literal["quest3", "quest2", "pico4", "none"] = "quest3"


class LookOptions(Options):
    """``[look]``: what buildings wear."""

    mix: Literal["villas", "harbour", "city", "plain"] = "plain"  # which styles a place has, see look/styles
    facades: bool = True  # False: walls and roofs in colours only
    relief: bool = True  # verandas, balconies, parapets, ridges as geometry at the finest level


class BuildingLookOptions(Options):
    """``[[building]]``: what one building wears, whatever the mix would give it."""

    id: str  # of the footprint, e.g. "way/164652578"
    style: str | None = None  # name of a style in look/styles
    wall_rgb: Rgb | None = None  # tint of the walls, sRGB
    roof_rgb: Rgb | None = None  # tint of the roof, sRGB


class HeroOptions(Options):
    """``[[hero]]``: a user's own model, or a built-in one by id, at a place."""

    id: str
    model: str | None = None  # path of a GLB; None: the built-in parametric model named ``id``
    lon_deg: Degrees
    lat_deg: Degrees
    elevation_m: float | None = None  # None: the landmark's own if published, else on the terrain
    heading_deg: Degrees | None = None  # of the front, clockwise from north; None: the landmark's own, else 0
    scale: Annotated[float, Field(gt=0)] = 1.0
    name: str | None = None  # shown to people; None: the landmark's own, else the id
    licence: str | None = None  # note for a user's own model; goes into the manifest
    up: Literal["y", "z"] = "y"  # the model's up axis; glTF says y, some exporters forget to turn
    hides: tuple[str, ...] = ()  # ids of footprints that it replaces, beside those it stands on


class SurveyOptions(Options):
    """``[survey]``: the simulated flight that makes the points when there is no survey of the place."""

    plan: str | None = None  # TOML with the truth scene and the flight; None: points must be there
    variant: Literal["airborne", "image_matching"] = "airborne"
