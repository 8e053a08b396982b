"""``xmscenes explain``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from xmscenes.commands.options import json_option, quiet_option, spec_options
from xmscenes.places import cache_folder, output_folder
from xmscenes.scenes import load_spec


@click.command()
@click.argument("scene")
@click.argument("building")
@spec_options
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Where the plan goes [build/SCENE].")
@json_option
@quiet_option
def command(
    scene: str,
    building: str,
    overrides: tuple[str, ...],
    data_roots: tuple[Path, ...],
    lang: str,
    picture: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell why BUILDING (footprint id or name) of SCENE looks as it does, in words and with a plan of its roof."""
    from xmscenes.explain import explain
    from xmscenes.progress import progress_for_terminal

    loaded = load_spec(scene, overrides=overrides, data_roots=data_roots)
    progress = progress_for_terminal(quiet or as_json)
    story = explain(loaded, building, cache_folder(), language=lang, progress=progress)
    stem = "".join(c if c.isalnum() else "_" for c in building)
    target = picture or output_folder(loaded.name).with_name(f"{loaded.name}-{stem}.png")
    target.parent.mkdir(parents=True, exist_ok=True)
    story.picture.save(target)
    if as_json:
        click.echo(json.dumps({"sentences": story.sentences, "picture": str(target)}, ensure_ascii=False, indent=1))
        return
    for sentence in story.sentences:
        click.echo(sentence)
    click.echo(target)
