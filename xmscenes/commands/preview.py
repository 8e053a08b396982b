"""``xmscenes preview``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

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
@click.option("--date", metavar="YYYY-MM-DD", help="Day of the year: where the sun stands.")
@click.option("--theme", type=click.Choice(["day", "dusk", "night"]))
@click.option("--level", type=click.IntRange(0, 9), default=0, show_default=True, help="Rendering level.")
@click.option("--sheet", is_flag=True, help="Also the contact sheet of cameras and levels.")
@click.option("--thumbnails", is_flag=True, help="Also 1200x630 and 512x512 of the first camera, for web pages.")
@click.option("--turntable", is_flag=True, help="Film the scene once round into turntable.webp instead.")
@click.option(
    "--flythrough",
    "course",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Film a flight along a line (GeoJSON or GPX, WGS 84) into flythrough.webp instead.",
)
@click.option("--flight-height", type=click.FloatRange(0.5, 2000.0), default=2.0, show_default=True, help="In metres.")
@click.option("--frames", type=click.IntRange(2, 720), help="Pictures of a film.")
@click.option("--film", type=click.Choice(["webp", "mp4", "webm"]), default="webp", show_default=True)
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
    if words["turntable"] or words["course"]:
        click.echo(_film(folder, loaded.spec, options, words))
        return 0
    from xmscenes.preview import preview_scene

    result = preview_scene(
        folder,
        loaded.spec,
        stills=words["cameras"] or None,
        level=words["level"],
        options=options,
        sheet=words["sheet"],
        thumbnails=words["thumbnails"],
    )
    for note in result.notes:
        click.echo(note, err=True)
    for path in result.pictures:
        click.echo(path)
    return 0


def _with(options: PreviewOptions, words: dict[str, Any]) -> PreviewOptions:
    update: dict[str, Any] = {key: words[key] for key in ("date", "time", "theme", "frames") if words[key]}
    if words["size"]:
        match = re.fullmatch(r"(\d+)x(\d+)", words["size"])
        if match is None:
            raise InputError(f"--size {words['size']}: want WIDTHxHEIGHT, for example 1280x720")
        update |= {"width": int(match[1]), "height": int(match[2])}
    try:
        return type(options).model_validate(options.model_dump() | update)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        raise InputError(f"--{key} {update.get(key)}: {first['msg']}; see xmscenes preview --help") from error


def _film(folder: Path, spec: Spec, options: PreviewOptions, words: dict[str, Any]) -> Path:
    """Film a turntable or a flight; small unless a size was asked for."""
    from xmscenes.preview import make_flythrough, make_turntable, read_course

    if not words["size"]:
        options = options.model_copy(update={"width": 640, "height": 360})
    name = "flythrough" if words["course"] else "turntable"
    out = folder / "preview" / f"{name}.{words['film']}"
    if not words["course"]:
        return make_turntable(folder, out, spec, options=options, level=words["level"])
    course = read_course(words["course"], spec.to_frame())
    height_m: float = words["flight_height"]
    return make_flythrough(folder, course, out, spec, options=options, level=words["level"], height_m=height_m)


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
