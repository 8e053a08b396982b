"""What the renderer draws: geometry, materials and placed instances of one written file, in glTF axes (y up)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Array = Any  # ndarray; shapes and dtypes stand beside each field


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderTexture:
    """A decoded picture. ``srgb`` pixels are u1 (H, W, 4); rows run downwards as in glTF."""

    name: str
    pixels: Array
    repeat: tuple[bool, bool] = (True, True)
    chains: dict[float, list[Array]] = field(default_factory=dict, compare=False)  # alpha cut-off → levels made so far


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderMaterial:
    """The part of a glTF material that the look uses. Colours are linear."""

    name: str = ""
    base: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    texture: int | None = None
    surface_texture: int | None = None  # green roughness, blue metallic
    normal_texture: int | None = None
    normal_scale: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    emissive_texture: int | None = None
    roughness: float = 1.0
    metallic: float = 1.0
    alpha_mode: str = "OPAQUE"
    cutoff: float = 0.5
    double_sided: bool = False

    @property
    def is_water(self) -> bool:
        """Whether the surface is drawn as water: the material's name says so."""
        return self.name.split(".")[0].split("/")[0].lower() == "water"


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Triangles of one primitive. ``colors`` is linear: f4 in [0, 1], or u1/u2 to be normalized by the GPU."""

    positions: Array  # f4 (N, 3)
    indices: Array  # u4 (K,), K a multiple of 3
    normals: Array | None = None  # f4 (N, 3)
    uv: Array | None = None  # f4 (N, 2)
    colors: Array | None = None  # (N, 3 or 4)
    material: int = 0
    low: Array = field(default_factory=lambda: np.zeros(3))  # f8 (3,) bounds of the positions
    high: Array = field(default_factory=lambda: np.zeros(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One geometry at all the places where it stands. ``matrices`` is f4 (M, 4, 4), row major, in node order."""

    geometry: int
    matrices: Array
    name: str = ""  # of the first node
    kind: str = ""  # "building", "terrain" …: what the node's extras say, else the first part of its name


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderScene:
    """A written file, ready to draw. Draw order is the file's order, so pictures do not depend on hashing."""

    name: str
    geometries: tuple[Geometry, ...]
    draws: tuple[Draw, ...]
    materials: tuple[RenderMaterial, ...]
    far: tuple[Draw, ...] = ()  # what copies among the draws of the same name look like from afar
    textures: tuple[RenderTexture, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()  # where what is shown comes from, sorted
    copyright: str = ""

    @property
    def triangle_count(self) -> int:
        """Triangles drawn, every instance counted."""
        return sum(len(d.matrices) * (len(self.geometries[d.geometry].indices) // 3) for d in self.draws)

    def material_of(self, draw: Draw) -> RenderMaterial:
        """Material that a draw wears."""
        return self.materials[self.geometries[draw.geometry].material]

    def boxes(self, draw: Draw) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Bounds of each instance of a draw: low (M, 3) and high (M, 3)."""
        geometry = self.geometries[draw.geometry]
        centre = (geometry.low + geometry.high) / 2
        half = (geometry.high - geometry.low) / 2
        m = draw.matrices.astype(np.float64)
        middle = m[:, :3, :3] @ centre + m[:, :3, 3]
        reach = np.abs(m[:, :3, :3]) @ half
        return middle - reach, middle + reach

    def bounds(self, *, water: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Low and high corner of what is drawn, in glTF axes; water counts when asked for, or when it is all there is.

        The sea and the quiet land around may reach kilometres beyond the place, and cameras are placed by the place.
        """
        place = [d for d in self.draws if water or not (self.material_of(d).is_water or d.kind == "surroundings")]
        boxes = [self.boxes(d) for d in place or self.draws]
        return np.min([b[0].min(axis=0) for b in boxes], axis=0), np.max([b[1].max(axis=0) for b in boxes], axis=0)
