"""``xmscenes new``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from xmscenes.errors import InputError


@click.command()
@click.argument("name")
@click.option("--points", type=click.Path(path_type=Path), help="LAS, LAZ, COPC, PLY, XYZ or CSV.")
@click.option("--footprints", type=click.Path(path_type=Path), help="GeoJSON, GeoPackage, FlatGeobuf or Shapefile.")
@click.option("--crs", help="Reference system of files that name none.")
@click.option("--force", is_flag=True, help="Replace an existing spec.")
def command(name: str, points: Path | None, footprints: Path | None, crs: str | None, force: bool) -> None:
    """Look at your own files and write NAME.toml here: a commented spec that builds as it stands."""
    from xmscenes.read.propose import propose_spec

    target = Path.cwd() / (name if name.endswith(".toml") else f"{name}.toml")
    if target.exists() and not force:
        raise InputError(f"{target.name}: exists already; choose another name or say --force")
    text = propose_spec(target.stem, points, footprints, crs=crs, relative_to=target.parent)
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)
    roots = " ".join(f"--data-root {p}" for p in _outside(target.parent, points, footprints))
    click.echo(f"{target.name} written; build it with: xmscenes build {target.name} {roots}".rstrip())


def _outside(folder: Path, *files: Path | None) -> list[str]:
    """Folders of files that do not lie under the spec's folder: they must be allowed when building."""
    outside = {f.resolve().parent for f in files if f and not f.resolve().is_relative_to(folder.resolve())}
    return sorted(os.path.relpath(p, folder) for p in outside)
