"""``xmscenes list``."""

from __future__ import annotations

import json

import click

from xmscenes.commands.options import json_option
from xmscenes.errors import XmscenesError
from xmscenes.places import output_folder
from xmscenes.scenes import list_scenes, load_spec


@click.command()
@json_option
def command(as_json: bool) -> None:
    """List the scenes that can be built, and which are."""
    rows = []
    for name in list_scenes():
        try:
            loaded = load_spec(name)
            title, title_en, problem = loaded.spec.title, loaded.spec.title_en, ""
        except XmscenesError as error:
            title, title_en, problem = "", "", str(error)
        built = (output_folder(name) / "scene.json").is_file()
        rows.append({"name": name, "title": title, "title_en": title_en, "built": built, "problem": problem})
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        state = f"problem: {row['problem']}" if row["problem"] else ("built" if row["built"] else "")
        click.echo(f"{row['name']:<24}{row['title']}  {row['title_en']}  {state}".rstrip())
    if not rows:
        click.echo("no scenes found; run inside a checkout, set XMSCENES_HOME, or give a .toml path to build")
