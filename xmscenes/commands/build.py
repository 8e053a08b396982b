"""``xmscenes build``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xmscenes.commands.options import jobs_option, json_option, out_option, quiet_option, spec_options
from xmscenes.places import cache_folder, output_folder
from xmscenes.scenes import load_spec

if TYPE_CHECKING:
    from xmscenes.build import BuildResult


@click.command()
@click.argument("scene")
@spec_options
@out_option
@jobs_option
@click.option("--plan", "only_plan", is_flag=True, help="Say what would be built, and why; build nothing.")
@click.option("--no-preview", is_flag=True, help="Render no pictures.")
@json_option
@quiet_option
def command(
    scene: str,
    overrides: tuple[str, ...],
    data_roots: tuple[Path, ...],
    out: Path | None,
    jobs: int,
    only_plan: bool,
    no_preview: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Build SCENE, a name from `xmscenes list` or the path of a spec (.toml)."""
    from xmscenes.build import build, plan
    from xmscenes.progress import progress_for_terminal

    loaded = load_spec(scene, overrides=overrides, data_roots=data_roots)
    target = output_folder(loaded.name, out)
    progress = progress_for_terminal(quiet or as_json)
    if only_plan:
        steps = plan(loaded, target, cache_folder(), progress=progress)
        click.echo(json.dumps(steps, ensure_ascii=False, indent=1) if as_json else plan_text(steps))
        return 0
    result = build(loaded, target, cache_folder(), jobs=jobs, preview=not no_preview, progress=progress)
    if as_json:
        click.echo(json.dumps(summary(result), ensure_ascii=False, indent=1))
    else:
        show(result)
    return 1 if any(issue["severity"] == "error" for issue in result.manifest["issues"]) else 0


def summary(result: BuildResult) -> dict[str, Any]:
    """The short account of a build that ``--json`` prints; the long one is scene.json."""
    manifest = result.manifest
    return {
        "out": str(result.out),
        "up_to_date": result.was_up_to_date,
        "outputs": manifest["outputs"],
        "levels": manifest["levels"],
        "buildings": {k: v for k, v in manifest["buildings"].items() if k != "features"},
        "issues": manifest["issues"],
        "timings": result.timings,
    }


def plan_text(steps: dict[str, Any]) -> str:
    """One line a tile that would be built, with the reason, and a count of those that would not."""
    todo = [t for t in steps["tiles"] if t["state"] == "build"]
    lines = [f"tile {t['tile']:<8}{', '.join(t['why'])}" for t in todo]
    lines.append(f"{len(todo)} of {len(steps['tiles'])} tiles to build; outputs: {steps['outputs']}")
    return "\n".join(lines)


def show(result: BuildResult) -> None:
    """Print the closing table."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    manifest, timings = result.manifest, result.timings
    files = Table(title=f"{manifest['title']} · {result.out}", title_justify="left", box=None, pad_edge=False)
    files.add_column("file")
    files.add_column("MB", justify="right")
    for row in _grouped(manifest["outputs"]):
        files.add_row(row[0], f"{row[1] / 1e6:,.2f}")
    console.print(files)
    levels = Table(box=None, pad_edge=False)
    for name in ("level", "triangles", "draw calls", "error m"):
        levels.add_column(name, justify="right")
    for row in manifest["levels"]:
        levels.add_row(f"LOD{row['level']}", f"{row['triangles']:,}", f"{row['draw_calls']:,}", f"{row['error_m']:.2f}")
    console.print(levels)
    buildings = manifest["buildings"]
    counts = "  ".join(f"{form} {n}" for form, n in buildings["by_form"].items())
    origins = "  ".join(f"{origin} {n}" for origin, n in buildings["by_origin"].items())
    console.print(f"buildings {buildings['count']}: {counts}  |  heights: {origins}")
    _show_issues(console, manifest["issues"])
    if result.was_up_to_date:
        console.print("nothing changed; nothing built")
        return
    stages = dict(timings["stages_s"])
    if compiling := stages.pop("compile", 0.0):
        console.print(f"seconds compiling kernels, once for each version of them: {compiling:.1f}", highlight=False)
    seconds = "  ".join(f"{name} {value:.1f}" for name, value in stages.items())
    console.print(f"seconds: {seconds}  |  total {timings['total_s']:.1f}", highlight=False)
    console.print(f"peak memory {timings['peak_memory_bytes'] / 1e6:,.0f} MB", highlight=False)


def _grouped(outputs: list[dict[str, Any]]) -> list[tuple[str, int]]:
    rows: dict[str, int] = {}
    for output in outputs:
        path = Path(output["path"])
        many = path.parts[0] in {"tiles", "viewer", "preview"}
        name = f"{path.parts[0]}/" if many else str(path)
        rows[name] = rows.get(name, 0) + output["bytes"]
    return list(rows.items())


def _show_issues(console: Any, issues: list[dict[str, str]]) -> None:
    serious = [i for i in issues if i["severity"] != "info"]
    for issue in serious[:20]:
        hint = f" → {issue['hint']}" if issue["hint"] else ""
        console.print(f"{issue['severity']} {issue['code']} {issue['where']}: {issue['message']}{hint}", markup=False)
    if len(serious) > 20:
        console.print(f"… and {len(serious) - 20} more in scene.json")
