"""``xmscenes survey``."""

from __future__ import annotations

from pathlib import Path

import click

from xmscenes.commands.options import quiet_option, spec_options
from xmscenes.places import cache_folder
from xmscenes.scenes import load_spec


@click.command()
@click.argument("scene")
@spec_options
@click.option("--variant", type=click.Choice(["airborne", "image_matching"]), default="airborne", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the LAZ files.")
@quiet_option
def command(
    scene: str, overrides: tuple[str, ...], data_roots: tuple[Path, ...], variant: str, out: Path | None, quiet: bool
) -> None:
    """Fly the simulated survey of SCENE: classified LAZ over a truth made from its layers."""
    from xmscenes.progress import progress_for_terminal
    from xmscenes.survey import fly_survey, provide_points

    loaded = load_spec(scene, overrides=overrides, data_roots=data_roots)
    progress = progress_for_terminal(quiet)
    if out is None and variant == "airborne":
        paths = provide_points(loaded, cache_folder() / loaded.name, progress)
    else:
        folder = (out or cache_folder() / loaded.name / f"survey-{variant}").absolute()
        paths = fly_survey(loaded, folder, variant=variant, progress=progress)
    for path in paths:
        click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
