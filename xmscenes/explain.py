"""Why a building looks as it does: find its tile, and tell its story from just what its modelling saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.cache import Cache
from xmscenes.errors import InputError
from xmscenes.inputs import provide_inputs
from xmscenes.layers import read_layers
from xmscenes.plan import plan_build, sort_points
from xmscenes.staging import locked
from xmscenes.tile_work import TileJob, explain_in_tile

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.model import Explanation
    from xmscenes.plan import Step
    from xmscenes.progress import Progress
    from xmscenes.scenes import LoadedSpec


def explain(loaded: LoadedSpec, id_: str, cache_folder: Path, *, language: str, progress: Progress) -> Explanation:
    """Explain one building by footprint id or unique name. ``InputError`` names ids like it when there is none."""
    work = cache_folder / loaded.name
    with locked(work, loaded.name):
        layers = read_layers(loaded, provide_inputs(loaded, cache_folder, progress))
        plan = plan_build(loaded, layers, sort_points(loaded, layers, work, progress))
    named = [f.id for f in layers.footprints if f.tags.get("name") == id_]
    id_ = named[0] if len(named) == 1 else id_
    folder = Cache(work / "results").folder

    def in_tile(step: Step) -> Explanation | None:
        return explain_in_tile(TileJob(step=step, index=plan.index, spec=plan.spec, cache_folder=folder), id_, language)

    from_points = plan.spec.inputs.footprints == "from points"
    for step in plan.steps:
        owned = from_points or any(f.id == id_ for f in step.tile.footprints)
        if owned and (story := in_tile(step)) is not None:
            return story
    like = ", ".join(sorted(f.id for f in layers.footprints if id_ in f.id)[:5])
    raise InputError(f"{id_}: no such building in {loaded.name}" + (f"; like it: {like}" if like else ""))
