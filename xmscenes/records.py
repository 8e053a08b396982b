"""The records that flow down the river.

Every record is frozen, its arrays are C-contiguous, not writeable, and their dtype and shape are checked when
the record is made. Coordinates are metres in the scene's local frame (x east, y north, z up) unless said.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.options import HeroOptions

Array = Any  # an ndarray whose dtype and shape the record's ``_shapes`` table states and checks


class Origin(StrEnum):
    """Where a thing comes from. The five words stay apart from file to pixel."""

    MEASURED = "measured"
    OPENSTREETMAP = "openstreetmap"
    DIGITISED = "digitised"
    SIMULATED = "simulated"
    INFERRED = "inferred"


class Form(StrEnum):
    """CityGML's level of a building's form (modelling); rendering levels are integers, LOD0 the finest."""

    BLOCK = "block"  # LoD1.2: one height
    STEPPED = "stepped"  # LoD1.3: one height per part
    ROOFED = "roofed"  # LoD2.2: roof planes

    @property
    def citygml(self) -> str:
        """CityGML/3DBAG name of the form, e.g. ``"1.2"``."""
        return {Form.BLOCK: "1.2", Form.STEPPED: "1.3", Form.ROOFED: "2.2"}[self]


class Surface(IntEnum):
    """What a face of a mesh is."""

    OTHER = 0
    GROUND = 1  # terrain
    WATER = 2
    ROAD = 3
    ROOF = 4
    WALL = 5
    FLOOR = 6  # the underside of a building
    FOLIAGE = 7
    ROCK = 8
    DETAIL = 9  # relief on buildings, railings, boats


class PointClass(IntEnum):
    """ASPRS classes that the pipeline uses."""

    UNCLASSIFIED = 1
    GROUND = 2
    LOW_VEGETATION = 3
    MEDIUM_VEGETATION = 4
    HIGH_VEGETATION = 5
    BUILDING = 6
    LOW_NOISE = 7
    WATER = 9
    BRIDGE = 17
    HIGH_NOISE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Base of the records: checks and freezes the arrays named in the subclass' ``_shapes``."""

    def __post_init__(self) -> None:
        """Check dtype and shape of every array and make it read-only."""
        sizes: dict[str, int] = {}
        for item in fields(self):
            shape = item.metadata.get("shape")
            if shape is None:
                continue
            value = getattr(self, item.name)
            if value is None:
                if item.metadata["optional"]:
                    continue
                raise TypeError(f"{type(self).__name__}.{item.name} is None")
            object.__setattr__(
                self, item.name, _frozen(value, item.metadata["dtype"], shape, sizes, type(self), item.name)
            )


def _frozen(
    value: Array, dtype: str, shape: tuple[str | int, ...], sizes: dict[str, int], owner: type, name: str
) -> Array:
    array = np.ascontiguousarray(value)
    if array.dtype != np.dtype(dtype):
        if not np.can_cast(array.dtype, dtype, casting="same_kind"):
            raise TypeError(f"{owner.__name__}.{name}: dtype {array.dtype}, want {dtype}")
        array = array.astype(dtype)
    if array.size == 0 and array.ndim != len(shape):
        array = array.reshape([0 if isinstance(n, str) else n for n in shape])
    if array.ndim != len(shape):
        raise ValueError(f"{owner.__name__}.{name}: shape {array.shape}, want {shape}")
    for size, want in zip(array.shape, shape, strict=True):
        expected = sizes.setdefault(want, size) if isinstance(want, str) else want
        if size != expected:
            raise ValueError(f"{owner.__name__}.{name}: shape {array.shape}, want {shape} with {want} = {expected}")
    if array.flags.writeable:
        array = array.view() if array.base is None and array is not value else array.copy()
        array.flags.writeable = False
    return array


def array(dtype: str, *shape: str | int, optional: bool = False) -> Any:
    """Declare an array field: numpy dtype and shape, letters for sizes that must agree within the record."""
    meta = {"dtype": dtype, "shape": shape, "optional": optional}
    return field(default=None, metadata=meta) if optional else field(metadata=meta)


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
        return PointCloud(**{f.name: None if (a := getattr(self, f.name)) is None else a[index] for f in fields(self)})


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
class HeightGrid(Record):
    """Elevations on a square grid. Row 0 is south; ``corner_m`` is the centre of cell (0, 0); NaN is unknown."""

    z: Array = array("f4", "R", "C")
    cell_m: float
    corner_m: tuple[float, float]
    surface: str = "dtm"  # "dtm" bare earth, "dsm" top surface


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
    the widest filter. ``points``, ``nearby``, ``lines``, ``areas``, ``spots`` and ``dem`` cover the window;
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
    spots: NDArray[np.float64] | None = None  # (K, 3) spot heights
    dem: HeightGrid | None = None
    heroes: tuple[HeroOptions, ...] = ()  # those that stand in the tile
    points_origin: Origin = Origin.MEASURED


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofPlane(Record):
    """A plane ``normal · p + offset_m = 0`` fitted to roof points; ``normal`` is a unit vector that points up."""

    normal: Array = array("f8", 3)
    offset_m: float
    inliers: Array = array("i8", "K")
    rms_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh(Record):
    """Triangles of one thing, topology first: faces share vertices; looks are stored per face corner.

    Faces are CCW seen from outside. ``rgb`` is sRGB; ``uv`` is in the material's texture, v down as in glTF.
    ``material`` indexes ``look.materials.MATERIALS``. ``smooth`` marks faces whose normals blend with neighbours.
    """

    vertices: Array = array("f8", "V", 3)
    faces: Array = array("i4", "F", 3)
    surface: Array = array("u1", "F")
    material: Array = array("u1", "F", optional=True)  # None: every face wears material 0
    rgb: Array = array("u1", "F", 3, 3, optional=True)  # (face, corner, channel)
    uv: Array = array("f4", "F", 3, 2, optional=True)
    smooth: Array = array("?", "F", optional=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return len(self.faces) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid(Record):
    """A closed building solid as polygons (what CityJSON stores): rings index ``vertices``, outer ring first."""

    vertices: Array = array("f8", "V", 3)
    faces: tuple[tuple[tuple[int, ...], ...], ...]  # faces → rings → vertex indices, CCW from outside
    surface: Array = array("u1", "P")  # one Surface a face: FLOOR, WALL, ROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a feature came about: the numbers that a user may trust, and what was guessed."""

    origin: Origin
    source: str = ""  # "points", "levels tag", "default for church" …
    fallback: str = ""  # why a simpler form than asked for; empty when there was no need
    point_count: int = 0
    rmse_m: float | None = None
    quality: Mapping[str, float | int | str] = field(default_factory=dict)  # p95_m, coverage, density, planes …


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A modelled thing: building, terrain patch, path, hero."""

    id: str
    kind: str  # "building", "terrain", "water", "path", "bridge", "hero", "rock"
    mesh: Mesh
    outcome: Outcome
    name: str = ""
    form: Form | None = None
    solids: Mapping[Form, tuple[Solid, ...]] = field(default_factory=dict)  # buildings: the nested forms
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Record):
    """Many copies of one prototype mesh: trees, lamps, boats."""

    prototype: str
    kind: str = "tree"
    origin: Origin = Origin.SIMULATED
    xyz: Array = array("f8", "N", 3)
    heading_deg: Array = array("f4", "N")  # clockwise from north
    scale: Array = array("f4", "N", 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileModel:
    """What the model stage made of one tile. Features lie inside the tile or are owned by it."""

    key: TileKey
    bounds_m: Box
    features: tuple[Feature, ...]
    placements: tuple[Placement, ...] = ()
    ground: HeightGrid  # the DTM of the window; cameras and paths stand on it


@dataclass(frozen=True, slots=True, kw_only=True)
class LodLevel:
    """One rendering level of one thing. ``error_m`` is measured against level 0, two ways."""

    index: int
    mesh: Mesh
    error_m: float
    feature_of_face: NDArray[np.int32] | None = None  # (F,) index into the chain's ``features``; None: all face 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureInfo:
    """What is known of a feature once it is merged into a node: goes into extras, metadata and the manifest."""

    id: str
    kind: str
    name: str = ""
    form: Form | None = None
    outcome: Outcome
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LodChain:
    """One node of the scene with its levels, finest first: triangles strictly fall, ``error_m`` never falls."""

    id: str  # "buildings/3_4", "terrain/3_4", "hero/日光岩"
    kind: str
    levels: tuple[LodLevel, ...]
    features: tuple[FeatureInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLods:
    """What the lod stage made of one tile: chains with measured levels, and what stands there in copies."""

    key: TileKey
    bounds_m: Box
    chains: tuple[LodChain, ...]
    placements: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An input file of a scene: what it is, whose it is, and what may be done with it."""

    path: str
    sha256: str
    licence: str
    attribution: str
    origin: Origin
    crs: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A whole scene, ready to be written."""

    name: str
    title: str
    title_en: str
    licence: str
    frame: Frame
    tiles: tuple[TileLods, ...]  # sorted by key
    prototypes: Mapping[str, LodChain] = field(default_factory=dict)  # what placements copy
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something a check found. ``code`` is UPPER_SNAKE; ``severity`` is "error", "warning" or "info"."""

    code: str
    severity: str
    where: str  # "xr/scene.glb#/nodes/12"
    message: str
    hint: str = ""
