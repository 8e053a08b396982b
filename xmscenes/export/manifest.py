"""``scene.json``: what was built, from what, how well, and what was guessed. No clocks: same input, same bytes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xmscenes.frame import Frame
    from xmscenes.records import Feature, Issue, Scene, Source


def write_manifest(
    folder: Path,
    scene: Scene,
    features: Sequence[Feature],
    issues: Sequence[Issue],
    *,
    version: str,
    spec: Mapping[str, Any],
    plan_digest: str,
) -> dict[str, Any]:
    """Write ``scene.json`` into ``folder`` and return its content. Every other file there is listed with its hash."""
    manifest = {
        "format": "xmscenes-scene/1",
        "generator": f"xmscenes {version}",
        "name": scene.name,
        "title": scene.title,
        "title_en": scene.title_en,
        "licence": scene.licence,
        "attribution": sorted({s.attribution for s in scene.sources if s.attribution}),
        "plan": plan_digest,
        "frame": _frame(scene.frame),
        "spec": spec,
        "inputs": [_source(s) for s in scene.sources],
        "outputs": [_output(folder, p) for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "scene.json"],
        "levels": level_table(scene),
        "buildings": building_table(features),
        "issues": [
            {"code": i.code, "severity": i.severity, "where": i.where, "message": i.message, "hint": i.hint}
            for i in issues
        ],
    }
    write_json(folder / "scene.json", manifest)
    return manifest


def write_json(path: Path, value: Any) -> None:
    """Write UTF-8 JSON with Chinese kept readable, by atomic rename."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "lon_deg": frame.lon_deg,
        "lat_deg": frame.lat_deg,
        "elevation_m": frame.elevation_m,
        "undulation_m": frame.undulation_m,
        "crs": frame.crs,
        "axes": "glTF: x east, y up, z south; metres",
    }


def _source(source: Source) -> dict[str, str]:
    return {
        "path": source.path,
        "sha256": source.sha256,
        "licence": source.licence,
        "attribution": source.attribution,
        "origin": source.origin.value,
        "crs": source.crs,
        "note": source.note,
    }


def _output(folder: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest}


def level_table(scene: Scene) -> list[dict[str, Any]]:
    """Triangles and measured error per rendering level; a chain without a level k shows its coarsest."""
    chains = [chain for tile in scene.tiles for chain in tile.chains]
    depth = max((len(chain.levels) for chain in chains), default=0)
    rows = []
    for k in range(depth):
        shown = [chain.levels[min(k, len(chain.levels) - 1)] for chain in chains if chain.levels]
        copies = sum(
            len(p.xyz) * _prototype_triangles(scene, p.prototype, k) for tile in scene.tiles for p in tile.placements
        )
        rows.append(
            {
                "level": k,
                "triangles": sum(len(level.mesh.faces) for level in shown) + copies,
                "error_m": max((level.error_m for level in shown), default=0.0),
            }
        )
    return rows


def _prototype_triangles(scene: Scene, name: str, level: int) -> int:
    chain = scene.prototypes.get(name)
    return len(chain.levels[min(level, len(chain.levels) - 1)].mesh.faces) if chain else 0


def building_table(features: Iterable[Feature]) -> dict[str, Any]:
    """Outcome of every building, and the counts by form, origin and fallback."""
    buildings = sorted((f for f in features if f.kind == "building"), key=lambda f: f.id)
    rows = [
        {
            "id": f.id,
            "name": f.name,
            "form": f.form.value if f.form else None,
            "origin": f.outcome.origin.value,
            "source": f.outcome.source,
            "fallback": f.outcome.fallback,
            "points": f.outcome.point_count,
            "rmse_m": f.outcome.rmse_m,
            **dict(f.outcome.quality),
        }
        for f in buildings
    ]
    return {
        "count": len(rows),
        "by_form": dict(sorted(Counter(str(row["form"]) for row in rows).items())),
        "by_origin": dict(sorted(Counter(str(row["origin"]) for row in rows).items())),
        "by_fallback": dict(sorted(Counter(str(row["fallback"]) for row in rows if row["fallback"]).items())),
        "features": rows,
    }
