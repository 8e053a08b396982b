"""One tile from its points to its levels, in any process: all it needs is in the job, all it gives in the cache."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from xmscenes.cache import Cache
from xmscenes.kernels import watch_compiler
from xmscenes.meter import Clock

if TYPE_CHECKING:
    from xmscenes.model import Explanation
    from xmscenes.plan import Plan, Step
    from xmscenes.records import Tile, TileModel
    from xmscenes.spec import Spec
    from xmscenes.tile import BucketIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class TileJob:
    """Everything that a worker needs to make one tile."""

    step: Step
    index: BucketIndex | None
    spec: Spec
    cache_folder: Path


def bring_in() -> None:
    """Import what tiles are made with, so that a worker has it when its first tile comes: a second and a half."""
    for name in ("clean", "lod", "tile", "model", "model.houses", "model.ground.terrain", "look.dress"):
        import_module(f"xmscenes.{name}")
    gc.freeze()  # no collection needs to visit the 77,000 objects of libraries again


def jobs_of(plan: Plan, cache: Cache) -> list[TileJob]:
    """Jobs for the tiles whose results are missing, the largest first so that no worker idles at the end."""
    todo = [s for s in plan.steps if not (cache.has(s.lod_key) and cache.has(s.model_key))]
    todo.sort(key=lambda s: (-(s.tile.point_count + 2000 * len(s.tile.footprints)), s.tile.key))
    return [TileJob(step=s, index=plan.index, spec=plan.spec, cache_folder=cache.folder) for s in todo]


def make_tile(job: TileJob) -> dict[str, float]:
    """Clean, model and level one tile into the cache; gives the seconds that each stage took."""
    watch_compiler()
    cache, clock = Cache(job.cache_folder), Clock()
    model: TileModel | None = cache.load(job.step.model_key)
    if model is None:
        model = _model(job, clock)
        cache.store(job.step.model_key, model)
        clock.lap("cache")
    from xmscenes.lod import make_levels

    levels = make_levels(model, job.spec.lod, job.spec.tile.size_m)
    clock.lap("lod")
    cache.store(job.step.lod_key, levels)
    clock.lap("cache")
    return clock.seconds


def _model(job: TileJob, clock: Clock) -> TileModel:
    from xmscenes.model import build_model

    tile = _load(job, clock)
    model = build_model(tile, job.spec, job.step.heroes)
    clock.lap("model")
    return model


def _load(job: TileJob, clock: Clock) -> Tile:
    """Bring in a tile's points, clean them, and find its buildings when the spec asks for outlines from the points."""
    from xmscenes.clean import clean_tile
    from xmscenes.model import with_outlines
    from xmscenes.tile import load_tile

    tile = load_tile(job.index, job.step.tile)
    clock.lap("tile")
    tile = clean_tile(tile, job.spec.clean)
    clock.lap("clean")
    return with_outlines(tile) if job.spec.inputs.footprints == "from points" else tile


def explain_in_tile(job: TileJob, id_: str, language: str) -> Explanation | None:
    """Tell how one building came about; None when it is not in this tile."""
    from xmscenes.model import explain_house, survey_site

    tile = _load(job, Clock())
    if not any(footprint.id == id_ for footprint in tile.footprints):
        return None
    return explain_house(survey_site(tile, job.spec), id_, job.spec.buildings, language)
