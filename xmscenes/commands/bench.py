"""``xmscenes bench``."""

from __future__ import annotations

import csv
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from xmscenes import __version__
from xmscenes.places import cache_folder, look_folder
from xmscenes.scenes import find_home


@click.group()
def command() -> None:
    """Measure speed, memory and quality; rows are added to docs/benchmarks/results.csv."""


@command.command()
@click.argument("sets", nargs=-1)
@click.option("--jobs", "-j", default=2, show_default=True)
def roofs(sets: tuple[str, ...], jobs: int) -> None:
    """Judge roofs against truth and points: Den Haag and IGN by default, or SETS by name."""
    from xmscenes.bench.roof_bench import QUICK, bench_roofs

    home = find_home() or Path.cwd()
    record(bench_roofs(home / "assets", _work("roofs"), sets or QUICK, jobs=jobs))


@command.command()
@click.option("--points", "sizes", multiple=True, type=int, default=(10_000_000, 100_000_000), show_default=True)
def scale(sizes: tuple[int, ...]) -> None:
    """Read and tile generated surveys: points a second beside laspy alone, and peak memory."""
    from xmscenes.bench.scale import bench_scale

    record(bench_scale(_work("scale"), sizes))


@command.command()
@click.option("--f3d-python", default="", help="Interpreter of an environment with f3d, for comparison.")
def preview(f3d_python: str) -> None:
    """Time pictures of generated cities beside stock pyrender and f3d."""
    from xmscenes.bench.preview import run_preview

    record([{"bench": "preview", **asdict(row)} for row in run_preview(_work("preview"), f3d_python=f3d_python)])


@command.command()
@click.argument("scenes", nargs=-1)
@click.option("--peers", type=click.Path(path_type=Path), help="Folder with package.json of the rivals [tests/peers].")
@click.option("--alone", is_flag=True, help="Leave the rivals out: no npm, no network.")
def delivery(scenes: tuple[str, ...], peers: Path | None, alone: bool) -> None:
    """Compress and level a generated district and LOD0 of SCENES (built before) beside gltfpack and gltf-transform."""
    from xmscenes.bench.delivery import run_delivery
    from xmscenes.bench.places import built_scene

    folder = None if alone else peers or (find_home() or Path.cwd()) / "tests" / "peers"
    places = [built_scene(name, cache_folder()) for name in scenes]
    for cost in run_delivery(_work("delivery"), look_folder(), folder, places):
        record([cost.row()])


@command.command()
@click.argument("scenes", nargs=-1)
@click.option("--jobs", "-j", default=2, show_default=True)
def build(scenes: tuple[str, ...], jobs: int) -> None:
    """Build SCENES from a cold cache, survey already there: wall, CPU, seconds a stage, peak memory."""
    import resource
    import shutil

    from xmscenes.build import build as build_scene
    from xmscenes.progress import Lines
    from xmscenes.scenes import load_spec

    rows = []
    for name in scenes or ("gulangyu",):
        work = _work("build") / name
        shutil.rmtree(work, ignore_errors=True)
        before = _cpu_s(resource)
        result = build_scene(load_spec(name), work / "out", work / "cache", jobs=jobs, progress=Lines())
        cpu = {"cpu_s": round(_cpu_s(resource) - before, 3)}
        stages = {f"{stage}_s": value for stage, value in result.timings["stages_s"].items()}
        rows.append({"bench": "build", "set": name, "jobs": jobs, **stages, **cpu, **_totals(result.timings)})
    record(rows)


@command.command()
@click.argument("scenes", nargs=-1)
@click.option("--built", type=click.Path(path_type=Path, exists=True), help="Folder of a finished build to judge.")
@click.option("--jobs", "-j", default=2, show_default=True)
def truth(scenes: tuple[str, ...], built: Path | None, jobs: int) -> None:
    """Judge SCENES against the truth of their simulated survey: terrain, roofs, trees, water, ways."""
    from xmscenes.bench.truth import bench_truth

    record([bench_truth(name, built, _work("truth"), jobs) for name in scenes or ("gulangyu",)])


def _cpu_s(resource: Any) -> float:
    """User and system seconds of this process and of its finished workers."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return float(sum(usage.ru_utime + usage.ru_stime for usage in used))


def _totals(timings: dict[str, Any]) -> dict[str, Any]:
    return {"total_s": timings["total_s"], "peak_memory_bytes": timings["peak_memory_bytes"]}


def _work(name: str) -> Path:
    folder = cache_folder() / "bench" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def record(rows: list[dict[str, Any]]) -> None:
    """Print rows and add them to the results table: one line a figure, so that every bench fits in one table."""
    table = (find_home() or Path.cwd()) / "docs" / "benchmarks" / "results.csv"
    table.parent.mkdir(parents=True, exist_ok=True)
    is_new = not table.exists()
    machine = f"{platform.machine()} {platform.system()} Python {platform.python_version()}"
    with table.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if is_new:
            writer.writerow(["version", "machine", "bench", "set", "figure", "value"])
        for row in rows:
            name = row.get("set", row.get("name", ""))
            for figure, value in row.items():
                if figure not in {"bench", "set"} and value not in (None, ""):
                    writer.writerow([__version__, machine, row.get("bench", "roofs"), name, figure, value])
            click.echo("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
