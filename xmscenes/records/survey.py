"""What a survey delivers, and the tile of it that a stage may see. Local metres, x east, y north, z up."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.records.base import Array, Record, array
from xmscenes.records.words import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from xmscenes.options import HeroOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCloud(Record):
    """Points of a survey in local metres, with ASPRS classes."""

    xyz: Array = array("f8", "N", 3)
    point_class: Array = array("u1", "N")
    rgb: Array = array("u1", "N", 3, optional=True)
    intensity: Array = array("u2", "N", optional=True)
    return_number: Array = array("u1", "N", optional=True)
    return_count: Array = array("u1", "N", optional=True)

    def __len__(self) -> int:
        """Count the points."""
        return int(self.xyz.shape[0])

    def take(self, index: NDArray[Any]) -> PointCloud:
        """Points chosen by an index or a boolean array, in that order."""
        if index.dtype.kind == "b":
            if index.all():
                return self
            index = index.nonzero()[0]  # rows by number: a third of the time of rows by a mask
        taken = {f.name: None if (a := getattr(self, f.name)) is None else a.take(index, axis=0) for f in fields(self)}
        for values in taken.values():
            if values is not None:
                values.flags.writeable = False  # spares the record a copy
        return PointCloud(**taken)


def among(classes: NDArray[np.uint8], wanted: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the classes (N,) are among the wanted ones: ``np.isin`` in a quarter of its time."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(wanted)] = True
    return table[classes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Record):
    """A polygon of a layer: outer ring CCW, holes CW, none closed (the first vertex is not repeated)."""

    id: str
    ring: Array = array("f8", "M", 2)
    holes: tuple[NDArray[np.float64], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.MEASURED


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint(Area):
    """Outline of a building at the ground. Height hints of the layer are read into these fields."""

    height_m: float | None = None  # above ground
    levels: float | None = None
    ground_m: float | None = None  # elevation of the ground beneath it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Record):
    """A centreline of a layer: path, road, bridge."""

    id: str
    xy: Array = array("f8", "M", 2)
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.MEASURED


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of a layer that stands for a thing: a moored boat."""

    id: str
    xy: tuple[float, float]
    tags: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.MEASURED


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightGrid(Record):
    """Elevations on a square grid. Row 0 is south; ``corner_m`` is the centre of cell (0, 0); NaN is unknown."""

    z: Array = array("f4", "R", "C")
    cell_m: float
    corner_m: tuple[float, float]
    surface: str = "dtm"  # "dtm" bare earth, "dsm" top surface


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourGrid(Record):
    """Colours of the ground seen from above, sRGB, on a square grid as that of ``HeightGrid``."""

    rgb: Array = array("u1", "R", "C", 3)
    known: Array = array("?", "R", "C")
    cell_m: float
    corner_m: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TileKey:
    """Column (east) and row (north) of a square tile; tile (0, 0) has its south-west corner at the local zero."""

    column: int
    row: int

    def __str__(self) -> str:
        """Name of the tile in node names and file names, e.g. ``"3_-4"``."""
        return f"{self.column}_{self.row}"


Box = tuple[float, float, float, float]  # west, south, east, north in local metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Everything that clean and model may see of one tile.

    ``window_m`` is the tile's square, grown to hold every footprint that the tile owns, then buffered by at least
    the widest filter. ``points``, ``nearby``, ``lines``, ``areas`` and ``dem`` cover the window;
    ``footprints`` are the owned ones (representative point inside ``bounds_m``).
    """

    key: TileKey
    bounds_m: Box
    window_m: Box
    points: PointCloud
    footprints: tuple[Footprint, ...] = ()
    nearby: tuple[Footprint, ...] = ()  # in the window, owned by another tile
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)  # "paths", "bridges"
    areas: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)  # "coastline" (land), "water", "greens"
    dem: HeightGrid | None = None
    ortho: ColourGrid | None = None  # an orthophoto of the window
    heroes: tuple[HeroOptions, ...] = ()  # those that stand in the tile
    points_origin: Origin = Origin.MEASURED
