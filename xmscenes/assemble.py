"""Put the finished tiles together, in the order of their keys, with what belongs to the scene as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import ModelError
from xmscenes.geometry.shapes import polygon_of
from xmscenes.lod import make_prototypes
from xmscenes.model import make_surroundings, moor_boats
from xmscenes.preview.camera import Camera, spec_cameras
from xmscenes.records import Feature, FeatureInfo, LodChain, LodLevel, Scene, TileKey, TileLods, TileModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from numpy.typing import NDArray

    from xmscenes.cache import Cache
    from xmscenes.layers import Layers
    from xmscenes.plan import Plan
    from xmscenes.records import Box, HeightGrid, Issue
    from xmscenes.scenes import LoadedSpec
    from xmscenes.spec import Spec

RIM_STEP_M, RIM_WINDOW_M = 25.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The scene as it is written, and the features it was made from."""

    scene: Scene
    features: tuple[Feature, ...]
    cameras: tuple[Camera, ...]  # of the spec, standing on the modelled ground
    issues: tuple[Issue, ...] = ()


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
    spec = loaded.spec
    tiles, issues = _with_boats(tiles, layers, grounds)
    tiles += _around(layers, spec, grounds)
    used = sorted({p.prototype for tile in tiles for p in tile.placements})
    scene = Scene(
        name=loaded.name,
        title=spec.title,
        title_en=spec.title_en,
        licence=spec.licence,
        frame=layers.frame,
        survey_crs=next((s.facts.crs.text for s in layers.points if s.facts.crs and not s.facts.crs.is_degrees), ""),
        tiles=tuple(tiles),
        tile_m=spec.tile.size_m,
        prototypes=make_prototypes(used),
        sources=layers.sources,
    )
    cameras = spec_cameras(spec.camera, layers.frame, lambda x, y: _height_at(grounds, x, y))
    return Assembly(scene=scene, features=tuple(features), cameras=cameras, issues=issues)


def _with_boats(
    tiles: list[TileLods], layers: Layers, grounds: list[tuple[Box, HeightGrid]]
) -> tuple[list[TileLods], tuple[Issue, ...]]:
    """Moor every boat in the tile that it lies in, at the level of the water there."""
    wet = _is_wet(layers)
    found: list[TileLods] = []
    said: list[Issue] = []
    for tile, (box, _) in zip(tiles, grounds, strict=True):
        here = [mark for mark in layers.boats if box[0] <= mark.xy[0] < box[2] and box[1] <= mark.xy[1] < box[3]]
        boats, issues = moor_boats(here, lambda x, y: _height_at(grounds, x, y, 1.0) if wet(x, y) else None)
        found.append(replace(tile, placements=(*tile.placements, *boats)) if boats else tile)
        said += issues
    return found, tuple(said)


def _is_wet(layers: Layers) -> Callable[[float, float], bool]:
    """Tell whether a place lies in the sea or in a polygon of the water layer."""
    import shapely

    water, land = (
        shapely.union_all([polygon_of(area) for area in layers.areas.get(key, ())]) for key in ("water", "coastline")
    )
    has_sea = "coastline" in layers.areas
    return lambda x, y: bool(shapely.contains_xy(water, x, y) or (has_sea and not shapely.contains_xy(land, x, y)))


def _around(layers: Layers, spec: Spec, grounds: list[tuple[Box, HeightGrid]]) -> list[TileLods]:
    """Sea and quiet land around the area, each as one chain of its own behind all tiles."""
    features = make_surroundings(
        layers.area_m,
        layers.surroundings,
        _rim(layers.area_m, grounds),
        dem=layers.surroundings_dem,
        sea_level_m=spec.water.sea_level_m,
        reach_m=spec.water.apron_m,
        own=layers.areas.get("coastline", ()),
    )
    return [_behind_all(feature, layers.area_m) for feature in features]


def _behind_all(feature: Feature, area_m: Box) -> TileLods:
    """A feature as a tile of its own, far from all others so that no coarse level merges it with them."""
    is_sea = feature.kind == "water"
    level = LodLevel(index=0, mesh=feature.mesh, error_m=0.0)
    info = FeatureInfo(id=feature.id, kind=feature.kind, name=feature.name, outcome=feature.outcome)
    name = "sea" if is_sea else feature.kind
    chain = LodChain(id=name, kind=feature.kind, levels=(level,), features=(info,))
    return TileLods(key=TileKey(column=2**31 - 1, row=0 if is_sea else 1024), bounds_m=area_m, chains=(chain,))


def _rim(area: Box, grounds: list[tuple[Box, HeightGrid]]) -> NDArray[np.float64]:
    """The lowest ground (K, 3) within 12 m of places along the area's border, every 25 m."""
    west, south, east, north = area
    inset = 0.01
    x = np.linspace(west + inset, east - inset, max(round((east - west) / RIM_STEP_M), 1) + 1)
    y = np.linspace(south + inset, north - inset, max(round((north - south) / RIM_STEP_M), 1) + 1)
    sides = [(x, np.full(len(x), v)) for v in (south + inset, north - inset)]
    sides += [(np.full(len(y), v), y) for v in (west + inset, east - inset)]
    places = np.vstack([np.column_stack(side) for side in sides])
    found = [(px, py, z) for px, py in places.tolist() if (z := _height_at(grounds, px, py, RIM_WINDOW_M)) is not None]
    return np.array(found, dtype=np.float64).reshape(-1, 3)


def _height_at(grounds: list[tuple[Box, HeightGrid]], x_m: float, y_m: float, reach_m: float = 0.0) -> float | None:
    """Ground of the finished tiles at a place, the lowest within ``reach_m`` of it; None where none is known."""
    for (west, south, east, north), grid in grounds:
        if west <= x_m < east and south <= y_m < north:
            reach = round(reach_m / grid.cell_m)
            column = round((x_m - grid.corner_m[0]) / grid.cell_m)
            row = round((y_m - grid.corner_m[1]) / grid.cell_m)
            row, column = (min(max(at, 0), size - 1) for at, size in zip((row, column), grid.z.shape, strict=True))
            z = grid.z[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1]
            return float(np.nanmin(z)) if np.isfinite(z).any() else None
    return None


def _require(value: Any) -> Any:
    if value is None:
        raise ModelError("the cache lost a result while building (deleted or disk trouble); run the build again")
    return value
