"""``xmscenes explain``."""

from __future__ import annotations

import json

import click

from xmscenes.commands.diff import find_manifest
from xmscenes.commands.options import json_option
from xmscenes.errors import InputError


@click.command()
@click.argument("scene")
@click.argument("building")
@json_option
def command(scene: str, building: str, as_json: bool) -> None:
    """Tell why BUILDING of the built SCENE looks as it does: form, heights, what was measured and what was guessed."""
    manifest = find_manifest(scene)
    rows = {row["id"]: row for row in manifest["buildings"]["features"]}
    named = [row for row in rows.values() if row["name"] == building]
    row = rows.get(building) or (named[0] if len(named) == 1 else None)
    if row is None:
        near = ", ".join(sorted(key for key in rows if building in key)[:5])
        raise InputError(f"{building}: no such building in {manifest['name']}" + (f"; like it: {near}" if near else ""))
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        return
    for key, value in row.items():
        click.echo(f"{key:<18}{value if value not in (None, '') else '–'}")
