"""``scene.json``: what was built, from what, how well, and what was guessed. No clocks: same input, same bytes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes import __version__
from xmscenes.errors import InputError
from xmscenes.export.cells import level_at
from xmscenes.export.plain import level_count
from xmscenes.export.standing import copies_error_m, standing
from xmscenes.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xmscenes.assemble import Assembly
    from xmscenes.plan import Plan
    from xmscenes.preview.camera import Camera
    from xmscenes.records import Feature, Issue, Mesh, Scene, Source


FORMAT = "xmscenes-scene/1"


def describe(folder: Path, whole: Assembly, issues: Sequence[Issue], plan: Plan, digest: str) -> dict[str, Any]:
    """Write ``scene.json`` into ``folder`` and return its content. Every other file there is listed with its hash."""
    scene = whole.scene
    manifest = {
        "format": FORMAT,
        "generator": f"xmscenes {__version__}",
        "digest": digest,
        "name": scene.name,
        "title": scene.title,
        "title_en": scene.title_en,
        "licence": scene.licence,
        "attribution": sorted({s.attribution for s in scene.sources if s.attribution}),
        "frame": _frame(scene.frame),
        "spec": plan.spec.model_dump(mode="json"),
        "cameras": [_camera(c) for c in whole.cameras],
        "inputs": [_source(s) for s in scene.sources],
        "outputs": [_output(folder, p) for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "scene.json"],
        "levels": level_table(scene),
        "buildings": building_table(whole.features),
        "issues": [
            {"code": i.code, "severity": i.severity, "where": i.where, "message": i.message, "hint": i.hint}
            for i in issues
        ],
    }
    write_json(folder / "scene.json", manifest)
    return manifest


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest back; ``InputError`` when it is none."""
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: cannot be read as a manifest ({error}); build the scene again") from error
    if not str(manifest.get("format", "")).startswith("xmscenes-scene/"):
        raise InputError(f"{path}: not a manifest of xmscenes; build the scene again")
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


def _camera(camera: Camera) -> dict[str, Any]:
    eye, target = (Frame.to_gltf(np.array(p)).round(3).tolist() for p in (camera.eye_m, camera.target_m))
    return {"name": camera.name, "position": eye, "target": target, "fov_deg": camera.fov_deg}


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
    """Triangles, draw calls and worst measured errors of the scene at each level; a chain without it shows the finer.

    A draw call is one material of one chain, or of one kind of copy in one tile (copies are drawn as instances).
    ``error_m`` is the distance of surfaces of the chains, ``copies_error_m`` that of the outlines of copies.
    """
    chains = [chain for tile in scene.tiles for chain in tile.chains]
    placements = [placement for tile in scene.tiles for placement in tile.placements]
    rows = []
    for k in range(level_count(scene)):
        levels = [level for chain in chains if (level := level_at(chain, k)) is not None]
        stands = [standing(scene, placement, k) for placement in placements]
        shown = [(level.mesh, 1) for level in levels] + [(mesh, len(placed.xyz)) for mesh, placed in stands]
        rows.append(
            {
                "level": k,
                "triangles": sum(len(mesh.faces) * count for mesh, count in shown),
                "draw_calls": sum(_materials(mesh) for mesh, count in shown if count),
                "error_m": max((level.error_m for level in levels), default=0.0),
                "copies_error_m": round(copies_error_m(scene, k), 4),
            }
        )
    return rows


def _materials(mesh: Mesh) -> int:
    if mesh.is_empty:
        return 0
    return 1 if mesh.material is None else len(np.unique(mesh.material))


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
