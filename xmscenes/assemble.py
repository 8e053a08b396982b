"""Put the finished tiles together, in the order of their keys, with what belongs to the scene as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.errors import ModelError
from xmscenes.lod import make_prototypes
from xmscenes.model import sea_apron
from xmscenes.preview.camera import Camera, spec_cameras
from xmscenes.records import Feature, FeatureInfo, LodChain, LodLevel, Scene, TileKey, TileLods, TileModel

if TYPE_CHECKING:
    from typing import Any

    from xmscenes.cache import Cache
    from xmscenes.layers import Layers
    from xmscenes.plan import Plan
    from xmscenes.records import Box, HeightGrid
    from xmscenes.scenes import LoadedSpec
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The scene as it is written, and the features it was made from."""

    scene: Scene
    features: tuple[Feature, ...]
    cameras: tuple[Camera, ...]  # of the spec, standing on the modelled ground


def assemble(loaded: LoadedSpec, layers: Layers, plan: Plan, cache: Cache) -> Assembly:
    """Collect all tiles from the cache. ``ModelError`` when nothing at all was made."""
    tiles: list[TileLods] = []
    features: list[Feature] = []
    grounds: list[tuple[Box, HeightGrid]] = []
    for step in plan.steps:
        model: TileModel = _require(cache.load(step.model_key))
        tiles.append(_require(cache.load(step.lod_key)))
        features += model.features
        grounds.append((model.bounds_m, model.ground))
    if not any(tile.chains for tile in tiles):
        raise ModelError(f"{loaded.path.name}: nothing to model inside the area; check area.bounds_deg and the layers")
    if (sea := _open_sea(layers, spec := loaded.spec)) is not None:
        tiles.append(sea)
    used = sorted({p.prototype for tile in tiles for p in tile.placements})
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
    cameras = spec_cameras(spec.camera, layers.frame, lambda x, y: _height_at(grounds, x, y))
    return Assembly(scene=scene, features=tuple(features), cameras=cameras)


def _open_sea(layers: Layers, spec: Spec) -> TileLods | None:
    """Sea around the area, as one chain of its own behind all tiles."""
    if "coastline" not in layers.areas:
        return None
    rings = [area.ring for area in layers.areas["coastline"]]
    sea = sea_apron(layers.area_m, rings, spec.water.sea_level_m, spec.water.apron_m)
    if sea is None:
        return None
    level = LodLevel(index=0, mesh=sea.mesh, error_m=0.0)
    info = FeatureInfo(id=sea.id, kind=sea.kind, name=sea.name, outcome=sea.outcome)
    chain = LodChain(id="sea", kind="water", levels=(level,), features=(info,))
    return TileLods(key=TileKey(column=2**31 - 1, row=0), bounds_m=layers.area_m, chains=(chain,))


def _height_at(grounds: list[tuple[Box, HeightGrid]], x_m: float, y_m: float) -> float | None:
    for (west, south, east, north), grid in grounds:
        if west <= x_m < east and south <= y_m < north:
            column = round((x_m - grid.corner_m[0]) / grid.cell_m)
            row = round((y_m - grid.corner_m[1]) / grid.cell_m)
            rows, columns = grid.z.shape
            z = float(grid.z[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])
            return None if z != z else z
    return None


def _require(value: Any) -> Any:
    if value is None:
        raise ModelError("the cache lost a result while building (deleted or disk trouble); run the build again")
    return value
