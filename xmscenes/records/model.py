"""What the model stage makes: meshes, solids, features, placements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from xmscenes.records.base import Array, Record, array
from xmscenes.records.survey import Box, HeightGrid, TileKey
from xmscenes.records.words import Form, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


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
    coarser: tuple[Mesh, ...] = ()  # heroes: the same thing made with less, finest first; levels may use them


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Record):
    """Many copies of one prototype mesh: trees, lamps, boats."""

    prototype: str
    kind: str = "tree"
    origin: Origin = Origin.SIMULATED
    xyz: Array = array("f8", "N", 3)
    heading_deg: Array = array("f4", "N")  # clockwise from north
    scale: Array = array("f4", "N", 3)

    def take(self, rows: NDArray[Any] | slice) -> Placement:
        """Copies chosen by an index, a boolean array or a slice, in that order."""
        return replace(self, xyz=self.xyz[rows], heading_deg=self.heading_deg[rows], scale=self.scale[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class TileModel:
    """What the model stage made of one tile. Features lie inside the tile or are owned by it."""

    key: TileKey
    bounds_m: Box
    features: tuple[Feature, ...]
    placements: tuple[Placement, ...] = ()
    ground: HeightGrid  # the DTM of the window; cameras and paths stand on it
