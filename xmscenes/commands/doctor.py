"""``xmscenes doctor``."""

from __future__ import annotations

import dataclasses
import json

import click

from xmscenes.commands.options import json_option
from xmscenes.doctor import examine
from xmscenes.places import build_folder


@click.command()
@json_option
def command(as_json: bool) -> int:
    """Check that this machine has what is needed; say the line that installs what is missing."""
    findings = list(examine(build_folder()))
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(f) for f in findings], ensure_ascii=False, indent=1))
    else:
        for f in findings:
            mark = "✓" if f.ok else ("✗" if f.needed else "·")
            click.echo(f"{mark} {f.name:<10}{f.detail}" + ("" if f.ok else f"\n    {f.remedy}"))
    return 0 if all(f.ok for f in findings if f.needed) else 1
