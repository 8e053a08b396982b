"""The scene spec: what may stand in ``scenes/<name>.toml``. Loading and its messages are in ``scenes.py``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xmscenes.frame import Frame
from xmscenes.options import (
    BudgetOptions,
    BuildingLookOptions,
    BuildingOptions,
    CameraOptions,
    CleanOptions,
    Degrees,
    ExportOptions,
    HeroOptions,
    LodOptions,
    LookOptions,
    Options,
    PreviewOptions,
    RoadOptions,
    SurveyOptions,
    TerrainOptions,
    TileOptions,
    VegetationOptions,
    WaterOptions,
)
from xmscenes.records import Origin


class FrameSection(Options):
    """``[frame]``: the local zero."""

    lon_deg: Annotated[float, Field(ge=-180, le=180)]
    lat_deg: Annotated[float, Field(ge=-89, le=89)]
    elevation_m: float = 0.0
    undulation_m: float = 0.0


class AreaSection(Options):
    """``[area]``: west, south, east, north in degrees; without it the footprints' extent counts."""

    bounds_deg: tuple[Degrees, Degrees, Degrees, Degrees]

    @model_validator(mode="after")
    def _ordered(self) -> AreaSection:
        west, south, east, north = self.bounds_deg
        if not (west < east and south < north):
            raise ValueError("bounds_deg is west, south, east, north with west < east and south < north")
        return self


class Layer(Options):
    """One input layer. Field names say which attribute of the file holds what."""

    path: str
    crs: str | None = None  # overrides or completes the file's own
    encoding: str | None = None  # Shapefile attributes, when .cpg is missing or wrong
    id: str | None = None
    name: str | None = None
    height_m: str | None = None
    levels: str | None = None
    ground_m: str | None = None
    unit: str | None = None  # of the heights in a DEM, when the file does not say: "m", "ft", "us-ft"
    origin: Origin | None = None  # this and the next two: what SOURCES.toml says, or measured / unstated
    licence: str | None = None
    attribution: str | None = None


class InputsSection(Options):
    """``[inputs]``: each layer is optional, but points or footprints must be there."""

    points: Layer | None = None
    footprints: Layer | str | None = None  # "from points" asks for outlines from the points
    ground_heights: Layer | None = None  # spot heights: CSV with lon, lat, elevation
    dem: Layer | None = None
    ortho: Layer | None = None
    coastline: Layer | None = None
    water: Layer | None = None
    greens: Layer | None = None
    paths: Layer | None = None
    bridges: Layer | None = None
    boats: Layer | None = None  # moored boats: points with heading_deg, length_m, kind
    surroundings: Layer | None = None  # land beyond the area, as polygons; None: the coastline's
    surroundings_dem: Layer | None = None  # heights of that land; coarse is enough

    @model_validator(mode="before")
    @classmethod
    def _paths_as_tables(cls, values: Any) -> Any:
        if isinstance(values, dict):
            return {k: {"path": v} if isinstance(v, str) and v != "from points" else v for k, v in values.items()}
        return values

    @model_validator(mode="after")
    def _something_to_build(self) -> InputsSection:
        if self.points is None and not isinstance(self.footprints, Layer):
            raise ValueError("points or footprints must be given")
        if isinstance(self.footprints, str) and self.footprints != "from points":
            raise ValueError('footprints is a path, a table, or "from points"')
        return self


class Spec(BaseModel):
    """A whole scene spec."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    title_en: str = ""
    description: str = ""
    licence: str = "CC-BY-4.0"  # of the built scene; inputs keep theirs
    frame: FrameSection
    area: AreaSection | None = None
    inputs: InputsSection
    tile: TileOptions = TileOptions()
    clean: CleanOptions = CleanOptions()
    terrain: TerrainOptions = TerrainOptions()
    water: WaterOptions = WaterOptions()
    roads: RoadOptions = RoadOptions()
    vegetation: VegetationOptions = VegetationOptions()
    buildings: BuildingOptions = BuildingOptions()
    building: tuple[BuildingLookOptions, ...] = ()
    look: LookOptions = LookOptions()
    lod: LodOptions = LodOptions()
    export: ExportOptions = ExportOptions()
    camera: tuple[CameraOptions, ...] = ()
    hero: tuple[HeroOptions, ...] = ()
    budget: BudgetOptions = BudgetOptions()
    preview: PreviewOptions = PreviewOptions()
    survey: SurveyOptions = SurveyOptions()

    def to_frame(self) -> Frame:
        """Build the local frame of the scene."""
        return Frame(**self.frame.model_dump())
