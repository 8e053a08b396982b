"""``xmscenes check``."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from xmscenes.commands.options import json_option, out_option, spec_options
from xmscenes.errors import InputError
from xmscenes.places import output_folder
from xmscenes.scenes import load_spec


@click.command()
@click.argument("scene")
@spec_options
@out_option
@json_option
def command(
    scene: str, overrides: tuple[str, ...], data_roots: tuple[Path, ...], out: Path | None, as_json: bool
) -> int:
    """Reopen what was built for SCENE and check it: structure, solids, levels, budgets. Ends with 1 on an error."""
    from xmscenes.check import check_delivery

    loaded = load_spec(scene, overrides=overrides, data_roots=data_roots)
    folder = output_folder(loaded.name, out)
    if not (folder / "scene.json").is_file():
        raise InputError(f"{folder}: nothing built there; run xmscenes build {scene} first")
    issues = check_delivery(folder, loaded.name, loaded.spec)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(i) for i in issues], ensure_ascii=False, indent=1))
    else:
        for i in issues:
            click.echo(f"{i.severity} {i.code} {i.where}: {i.message}" + (f" → {i.hint}" if i.hint else ""))
        errors = sum(i.severity == "error" for i in issues)
        click.echo(f"{errors} errors, {sum(i.severity == 'warning' for i in issues)} warnings")
    return 1 if any(i.severity == "error" for i in issues) else 0
