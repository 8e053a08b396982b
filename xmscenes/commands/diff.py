"""``xmscenes diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from xmscenes.commands.options import json_option
from xmscenes.errors import InputError
from xmscenes.manifest import read_manifest
from xmscenes.places import output_folder


def find_manifest(target: str) -> dict[str, Any]:
    """Manifest of a built scene, by name, folder or path of ``scene.json``."""
    path = Path(target)
    if path.is_dir():
        path = path / "scene.json"
    elif not path.is_file():
        path = output_folder(target) / "scene.json"
    if not path.is_file():
        raise InputError(f"{target}: not built ({path} is missing); run xmscenes build first")
    return read_manifest(path)


def compare_manifests(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Buildings added, removed and changed, and files with their change in bytes."""
    old = {row["id"]: row for row in before["buildings"]["features"]}
    new = {row["id"]: row for row in after["buildings"]["features"]}
    sizes_old = {o["path"]: o for o in before["outputs"]}
    sizes_new = {o["path"]: o for o in after["outputs"]}
    changed = {
        key: {k: [old[key].get(k), row.get(k)] for k in sorted(old[key].keys() | row) if old[key].get(k) != row.get(k)}
        for key, row in new.items()
        if key in old and row != old[key]
    }
    files = {
        path: {"bytes": [sizes_old.get(path, {}).get("bytes"), sizes_new.get(path, {}).get("bytes")]}
        for path in sorted(sizes_old.keys() | sizes_new)
        if sizes_old.get(path, {}).get("sha256") != sizes_new.get(path, {}).get("sha256")
    }
    return {
        "added": sorted(new.keys() - old),
        "removed": sorted(old.keys() - new),
        "changed": changed,
        "files": files,
        "inputs": sorted(
            {s["path"] for s in before["inputs"] + after["inputs"]}
            - {s["path"] for s in before["inputs"] if s in after["inputs"]}
        ),
    }


@click.command()
@click.argument("before")
@click.argument("after")
@json_option
def command(before: str, after: str, as_json: bool) -> None:
    """Compare two builds: scene names, output folders or scene.json files."""
    result = compare_manifests(find_manifest(before), find_manifest(after))
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for word in ("added", "removed"):
        click.echo(f"{word}: {len(result[word])}  {' '.join(result[word][:10])}".rstrip())
    click.echo(f"changed: {len(result['changed'])}")
    for key, fields in list(result["changed"].items())[:20]:
        click.echo(f"  {key}: " + ", ".join(f"{k} {a} → {b}" for k, (a, b) in fields.items()))
    click.echo(f"inputs changed: {', '.join(result['inputs']) or 'none'}")
    for path, row in result["files"].items():
        click.echo(f"  {path}: {row['bytes'][0]} → {row['bytes'][1]} bytes")
