"""``xmscenes info``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from xmscenes.commands.options import json_option
from xmscenes.places import output_folder
from xmscenes.scenes import list_scenes, load_spec


@click.command()
@click.argument("target")
@click.option("--crs", help="Reference system of a file that names none: EPSG:4548, WKT, GCJ-02, BD-09.")
@click.option("--encoding", help="Text encoding of a Shapefile's attributes.")
@json_option
def command(target: str, crs: str | None, encoding: str | None, as_json: bool) -> int:
    """Say what TARGET is and what is wrong with it: a data file, or a scene by name or spec."""
    if target in list_scenes() or target.endswith(".toml"):
        facts = scene_facts(target)
    else:
        from xmscenes.read.info import describe

        facts = describe(Path(target), crs, encoding)
    click.echo(json.dumps(facts, ensure_ascii=False, indent=1) if as_json else as_text(facts))
    return 1 if any(p.get("severity") == "error" for p in facts.get("problems", [])) else 0


def scene_facts(target: str) -> dict[str, Any]:
    """What a spec asks for, which of its files are there, and whether it is built."""
    loaded = load_spec(target)
    spec = loaded.spec
    return {
        "kind": "scene",
        "spec": str(loaded.path),
        "title": spec.title,
        "title_en": spec.title_en,
        "frame": spec.frame.model_dump(),
        "inputs": {
            key: [str(p) for p in loaded.resolve(f"inputs.{key}", layer.path)] for key, layer in loaded.layers()
        },
        "form": spec.buildings.form.value,
        "profiles": list(spec.export.profiles),
        "cameras": [camera.name for camera in spec.camera],
        "built": (output_folder(loaded.name) / "scene.json").is_file(),
        "problems": [],
    }


def as_text(facts: dict[str, Any], indent: str = "") -> str:
    """Nested facts as indented lines."""
    lines = []
    for key, value in facts.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{key}:", as_text(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{indent}{key}:")
            lines += [f"{indent}  - " + as_text(item, indent + "    ").lstrip() for item in value]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            lines.append(f"{indent}{key}: {shown if shown not in (None, '', {}) else '–'}")
    return "\n".join(lines)
