"""What lod makes and export writes: chains of levels, the scene, its sources, and the issues found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xmscenes.records.model import Mesh, Outcome, Placement
from xmscenes.records.survey import Box, TileKey
from xmscenes.records.words import Form, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from xmscenes.frame import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class LodLevel:
    """One rendering level of one thing. ``error_m`` is measured against level 0, two ways: the 99th percentile."""

    index: int
    mesh: Mesh
    error_m: float
    error_max_m: float = 0.0  # the largest distance found by the same measurement
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
    survey_crs: str = ""  # a metric CRS that the points came in; CityJSON is written in it
    tiles: tuple[TileLods, ...]  # sorted by key
    tile_m: float = 250.0  # edge of a tile's square, which the area may cut
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
