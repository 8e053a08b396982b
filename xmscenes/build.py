"""The river, in the order it flows. This is the only file that knows the order.

read ──► tile ──► clean ──► model ──► lod ──► export ──► check ──► preview
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes import interrupt
from xmscenes.cache import Cache
from xmscenes.delivery_work import deliveries_of, write_delivery
from xmscenes.executor import local_executor
from xmscenes.inputs import build_digest, provide_inputs
from xmscenes.kernels import watch_compiler
from xmscenes.look_over import columns_left, draw_column, look_over, looks_at, put_together
from xmscenes.manifest import describe, read_manifest, write_json
from xmscenes.meter import Meter
from xmscenes.staging import locked, recover, staged
from xmscenes.tile_work import bring_in, jobs_of, make_tile

if TYPE_CHECKING:
    from xmscenes.assemble import Assembly
    from xmscenes.executor import Executor
    from xmscenes.look_over import Seen
    from xmscenes.progress import Progress
    from xmscenes.records import Issue
    from xmscenes.scenes import LoadedSpec
    from xmscenes.sources import InputFile
    from xmscenes.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """Where a build is, its manifest, and what it cost."""

    out: Path
    manifest: dict[str, Any]
    timings: dict[str, Any]
    was_up_to_date: bool = False


def build(
    loaded: LoadedSpec, out: Path, cache_folder: Path, *, jobs: int = 1, preview: bool = True, progress: Progress
) -> BuildResult:
    """Build a scene into ``out``. An interrupted build leaves the last good output; the next one goes on."""
    meter = Meter()
    with locked(cache_folder / loaded.name, loaded.name):
        with meter.stage("read"):
            inputs = provide_inputs(loaded, cache_folder, progress)
            digest = build_digest(loaded, inputs, preview=preview)
        if (done := _finished(out, digest)) is not None:
            return done
        work = cache_folder / loaded.name
        return _flow(loaded, inputs, digest, out, work, meter, progress, jobs=jobs, preview=preview)


def _flow(
    loaded: LoadedSpec,
    inputs: tuple[InputFile, ...],
    digest: str,
    out: Path,
    work: Path,
    meter: Meter,
    progress: Progress,
    *,
    jobs: int,
    preview: bool,
) -> BuildResult:
    """The river itself. What it is made of is imported here: a build that finds nothing to do needs none of it."""
    from xmscenes.assemble import assemble
    from xmscenes.layers import read_layers
    from xmscenes.plan import plan_build, sort_points

    watch_compiler()
    cache = Cache(work / "results")
    with local_executor(jobs) as executor:
        executor.prepare(bring_in)
        with meter.stage("read"), progress.stage("read"):
            layers = read_layers(loaded, inputs)
        with meter.stage("tile"):
            plan = plan_build(loaded, layers, sort_points(loaded, layers, work, progress))
        todo = jobs_of(plan, cache)
        with progress.stage("tiles", len(todo)) as advance:
            for seconds in executor.each(make_tile, todo):
                meter.add(seconds)
                advance(1)
                interrupt.check()
        with meter.stage("assemble"), progress.stage("assemble"):
            whole = assemble(loaded, layers, plan, cache)
        with staged(out) as folder:
            found = _deliver(folder, whole, plan.spec, cache, meter, progress, executor, preview=preview)
            interrupt.check()
            manifest = describe(folder, whole, [*layers.issues, *whole.issues, *found], plan, digest)
            timings = meter.to_dict()
            write_json(folder / "timings.json", timings)
    plan.remember(work / "state.json")
    cache.prune(plan.keys())
    return BuildResult(out=out, manifest=manifest, timings=timings)


def _deliver(
    folder: Path,
    whole: Assembly,
    spec: Spec,
    cache: Cache,
    meter: Meter,
    progress: Progress,
    executor: Executor,
    *,
    preview: bool,
) -> list[Issue]:
    """Write every delivery, then check and preview what was written, side by side; gives what the check found."""
    from xmscenes.viewer import copy_viewer

    seen: list[Seen] = []
    todo = deliveries_of(whole, spec.export, folder, cache)
    with progress.stage("export", len(todo)) as advance:
        for seconds in executor.each(write_delivery, todo):
            meter.add(seconds)
            advance(1)
    if "xr" in spec.export.profiles:
        copy_viewer(folder)
    interrupt.check()
    looks = looks_at(folder, whole.scene.name, spec, preview=preview)
    with progress.stage("check and preview" if preview else "check", len(looks)) as advance:
        for look in executor.each(look_over, looks):
            seen.append(look)
            meter.add(look.seconds)
            advance(1)
    if columns := columns_left(seen):
        with progress.stage("contact sheet", len(columns)) as advance:
            for drawn in executor.each(draw_column, columns):
                seen.append(drawn)
                meter.add(drawn.seconds)
                advance(1)
    return put_together(folder, seen)


def plan(loaded: LoadedSpec, out: Path, cache_folder: Path, *, progress: Progress) -> dict[str, Any]:
    """Say what ``build`` would do, tile by tile, and why. Sorts the points into buckets when that was not done yet."""
    from xmscenes.layers import read_layers
    from xmscenes.plan import explain_plan, plan_build, sort_points

    work = cache_folder / loaded.name
    with locked(work, loaded.name):
        inputs = provide_inputs(loaded, cache_folder, progress)
        layers = read_layers(loaded, inputs)
        steps = plan_build(loaded, layers, sort_points(loaded, layers, work, progress))
    if _finished(out, build_digest(loaded, inputs, preview=True)) is not None:
        outputs = "up to date"
    else:
        outputs = "to be written"
    tiles = explain_plan(steps, Cache(work / "results"), work / "state.json")
    return {"scene": loaded.name, "outputs": outputs, "tiles": tiles}


def _finished(out: Path, digest: str) -> BuildResult | None:
    """Give the last build when it was made from the same things and all its files are there."""
    recover(out)
    manifest = read_manifest(out / "scene.json") if (out / "scene.json").is_file() else {}
    if manifest.get("digest") != digest:
        return None
    for output in manifest["outputs"]:
        file = out / output["path"]
        if not file.is_file() or file.stat().st_size != output["bytes"]:
            return None
    return BuildResult(out=out, manifest=manifest, timings={}, was_up_to_date=True)
