"""``xmscenes preview``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xmscenes.commands.options import out_option, spec_options
from xmscenes.errors import InputError
from xmscenes.places import output_folder
from xmscenes.scenes import load_spec

if TYPE_CHECKING:
    from xmscenes.options import PreviewOptions
    from xmscenes.spec import Spec


@click.command()
@click.argument("scene")
@spec_options
@out_option
@click.option("--camera", "cameras", multiple=True, help="Name of a camera; all of them without.")
@click.option("--size", metavar="WxH", help="Picture size in pixels, e.g. 1280x720.")
@click.option("--time", metavar="HH:MM", help="Local time: where the sun stands.")
@click.option("--theme", type=click.Choice(["day", "dusk", "night"]))
@click.option("--level", type=click.IntRange(0, 9), default=0, show_default=True, help="Rendering level.")
@click.option("--sheet", is_flag=True, help="Also the contact sheet of cameras and levels.")
@click.option("--turntable", is_flag=True, help="Film the scene once round into turntable.webp instead.")
@click.option("--compare", "reference", type=click.Path(path_type=Path, file_okay=False), help="Compare with pictures.")
@click.option("--update", is_flag=True, help="With --compare: make the new pictures the reference.")
def command(
    scene: str, overrides: tuple[str, ...], data_roots: tuple[Path, ...], out: Path | None, **words: Any
) -> int:
    """Render pictures of the built SCENE, from what was written to disk."""
    loaded = load_spec(scene, overrides=overrides, data_roots=data_roots)
    folder = output_folder(loaded.name, out)
    if not (folder / "scene.json").is_file():
        raise InputError(f"{folder}: nothing built there; run xmscenes build {scene} first")
    options = _with(loaded.spec.preview, words)
    if words["reference"]:
        return _compare(folder, loaded.spec, options, words)
    from xmscenes.preview import make_turntable, preview_scene

    if words["turntable"]:
        film = options if words["size"] else options.model_copy(update={"width": 640, "height": 360})
        click.echo(make_turntable(folder, folder / "preview" / "turntable.webp", loaded.spec, options=film))
        return 0
    result = preview_scene(
        folder,
        loaded.spec,
        stills=words["cameras"] or None,
        level=words["level"],
        options=options,
        sheet=words["sheet"],
    )
    for note in result.notes:
        click.echo(note, err=True)
    for path in result.pictures:
        click.echo(path)
    return 0


def _with(options: PreviewOptions, words: dict[str, Any]) -> PreviewOptions:
    update: dict[str, Any] = {key: words[key] for key in ("time", "theme") if words[key]}
    if words["size"]:
        match = re.fullmatch(r"(\d+)x(\d+)", words["size"])
        if match is None:
            raise InputError(f"--size {words['size']}: want WIDTHxHEIGHT, for example 1280x720")
        update |= {"width": int(match[1]), "height": int(match[2])}
    return type(options).model_validate(options.model_dump() | update)


def _compare(folder: Path, spec: Spec, options: PreviewOptions, words: dict[str, Any]) -> int:
    """Render anew and hold the pictures against a folder of references; 1 when one changed."""
    import shutil

    from xmscenes.preview import compare, preview_scene

    reference: Path = words["reference"]
    new = folder / "preview" / "compared"
    shutil.rmtree(new, ignore_errors=True)
    preview_scene(folder, spec, stills=words["cameras"] or None, level=words["level"], out=new, options=options)
    if words["update"]:
        reference.mkdir(parents=True, exist_ok=True)
        for picture in sorted(new.glob("*.png")):
            shutil.copyfile(picture, reference / picture.name)
        click.echo(f"{reference}: now the reference")
        return 0
    page = folder / "preview" / "compare.html"
    comparison = compare(reference, new, page=page)
    for line in comparison.lines:
        click.echo(line)
    click.echo(f"{len(comparison.changes)} pictures compared, {len(comparison.lines)} changed; {page}")
    return 1 if comparison.lines else 0
