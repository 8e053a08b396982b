"""The records that flow down the river.

Every record is frozen, its arrays are C-contiguous, not writeable, and their dtype and shape are checked when
the record is made. Coordinates are metres in the scene's local frame (x east, y north, z up) unless said.
"""

from xmscenes.records.base import Array, Record, array
from xmscenes.records.model import Feature, Mesh, Outcome, Placement, RoofPlane, Solid, TileModel
from xmscenes.records.scene import FeatureInfo, Issue, LodChain, LodLevel, Scene, Source, TileLods
from xmscenes.records.survey import (
    Area,
    Box,
    ColourGrid,
    Footprint,
    HeightGrid,
    Line,
    Mark,
    PointCloud,
    Tile,
    TileKey,
    among,
)
from xmscenes.records.words import Form, Origin, PointClass, Surface

__all__ = [
    "Area",
    "Array",
    "Box",
    "ColourGrid",
    "Feature",
    "FeatureInfo",
    "Footprint",
    "Form",
    "HeightGrid",
    "Issue",
    "Line",
    "LodChain",
    "LodLevel",
    "Mark",
    "Mesh",
    "Origin",
    "Outcome",
    "Placement",
    "PointClass",
    "PointCloud",
    "Record",
    "RoofPlane",
    "Scene",
    "Solid",
    "Source",
    "Surface",
    "Tile",
    "TileKey",
    "TileLods",
    "TileModel",
    "among",
    "array",
]
