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
@click.option(
    "--tools", type=click.Path(path_type=Path), help="Folder whose node_modules hold gltfpack, gltf-transform."
)
def delivery(tools: Path | None) -> None:
    """Compress and level a generated district beside gltfpack and gltf-transform."""
    from xmscenes.bench.delivery import run_compression, run_levels
    from xmscenes.bench.district import district_models, district_scene
    from xmscenes.lod import make_levels
    from xmscenes.options import LodOptions

    models = district_models()
    rows = [{"bench": "delivery", **asdict(row)} for row in run_levels(models, "district", LodOptions())]
    scene = district_scene([make_levels(model, LodOptions(max_error_m=(0.0,))) for model in models])
    costs = run_compression(scene, _work("delivery"), tools, look_folder())
    record(rows + [{"bench": "delivery", **asdict(row)} for row in costs])


@command.command()
@click.argument("scenes", nargs=-1)
@click.option("--jobs", "-j", default=2, show_default=True)
def build(scenes: tuple[str, ...], jobs: int) -> None:
    """Build SCENES from a cold cache, survey already there: seconds a stage and peak memory."""
    import shutil

    from xmscenes.build import build as build_scene
    from xmscenes.progress import Lines
    from xmscenes.scenes import load_spec

    rows = []
    for name in scenes or ("gulangyu",):
        work = _work("build") / name
        shutil.rmtree(work, ignore_errors=True)
        result = build_scene(load_spec(name), work / "out", work / "cache", jobs=jobs, progress=Lines())
        stages = {f"{stage}_s": value for stage, value in result.timings["stages_s"].items()}
        rows.append({"bench": "build", "set": name, "jobs": jobs, **stages, **_totals(result.timings)})
    record(rows)


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
