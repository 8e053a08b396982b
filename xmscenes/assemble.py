"""Put the finished tiles together, in the order of their keys, with what belongs to the scene as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.errors import ModelError
from xmscenes.lod import make_prototypes
from xmscenes.records import Feature, Scene, TileLods, TileModel

if TYPE_CHECKING:
    from typing import Any

    from xmscenes.cache import Cache
    from xmscenes.layers import Layers
    from xmscenes.plan import Plan
    from xmscenes.scenes import LoadedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The scene as it is written, and the features it was made from."""

    scene: Scene
    features: tuple[Feature, ...]


def assemble(loaded: LoadedSpec, layers: Layers, plan: Plan, cache: Cache) -> Assembly:
    """Collect all tiles from the cache. ``ModelError`` when nothing at all was made."""
    tiles: list[TileLods] = []
    features: list[Feature] = []
    for step in plan.steps:
        model: TileModel = _require(cache.load(step.model_key))
        tiles.append(_require(cache.load(step.lod_key)))
        features += model.features
    if not any(tile.chains for tile in tiles):
        raise ModelError(f"{loaded.path.name}: nothing to model inside the area; check area.bounds_deg and the layers")
    used = sorted({p.prototype for tile in tiles for p in tile.placements})
    spec = loaded.spec
    scene = Scene(
        name=loaded.name,
        title=spec.title,
        title_en=spec.title_en,
        licence=spec.licence,
        frame=layers.frame,
        survey_crs=next((s.facts.crs.text for s in layers.points if s.facts.crs and not s.facts.crs.is_degrees), ""),
        tiles=tuple(tiles),
        prototypes=make_prototypes(used),
        sources=layers.sources,
    )
    return Assembly(scene=scene, features=tuple(features))


def _require(value: Any) -> Any:
    if value is None:
        raise ModelError("the cache lost a result while building (deleted or disk trouble); run the build again")
    return value
