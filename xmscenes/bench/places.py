"""A place as its last build left it in the cache: tiles with their levels, ready to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.assemble import assemble
from xmscenes.cache import Cache
from xmscenes.errors import InputError
from xmscenes.inputs import provide_inputs
from xmscenes.layers import read_layers
from xmscenes.plan import plan_build, sort_points
from xmscenes.progress import Lines
from xmscenes.scenes import load_spec
from xmscenes.tile_work import jobs_of

if TYPE_CHECKING:
    from pathlib import Path

    from xmscenes.records import Scene


def built_scene(name: str, cache_folder: Path) -> Scene:
    """Put a place together from the cache; ``InputError`` when its tiles are not there as the code makes them now."""
    loaded, progress = load_spec(name), Lines()
    work = cache_folder / loaded.name
    layers = read_layers(loaded, provide_inputs(loaded, cache_folder, progress))
    plan = plan_build(loaded, layers, sort_points(loaded, layers, work, progress))
    cache = Cache(work / "results")
    if missing := len(jobs_of(plan, cache)):
        raise InputError(f"{name}: {missing} of {len(plan.steps)} tiles are not built; run xmscenes build {name} first")
    return assemble(loaded, layers, plan, cache).scene
