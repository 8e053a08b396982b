"""A built scene against the truth of its simulated survey: terrain, roofs, trees, water and ways, as written.

Terrain, water and ways are read from ``scene.glb``, trees from the finest ``plain`` file, roofs from CityJSON (LoD2.2),
so nothing that the pipeline only meant is judged. A build of a part of the place is judged on that part.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from xmscenes.bench.roof_kernels import topmost_z
from xmscenes.check.cityjson_read import read_cityjson
from xmscenes.check.contact import path_offsets, upward
from xmscenes.frame import Frame
from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.under import Surface
from xmscenes.gltf_parts import joined, read_parts
from xmscenes.gltf_read import load_glb
from xmscenes.records import Form
from xmscenes.survey.judge import Difference, judge_crowns, judge_roof, judge_terrain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.gltf_parts import Part
    from xmscenes.survey.truth import Truth

    Floats = NDArray[np.float64]

EDGE_M = 6.0  # trees this close to the border may have lost their other half
WAY_STEP_M = 2.0


def judge_build(
    folder: Path, name: str, frame: Frame, truth: Truth, ways: Sequence[Floats] = ()
) -> dict[str, float | int]:
    """Figures of a build: errors in metres, recall and precision as shares.

    ``ways`` are centrelines (M, 2) on the ground; along them the modelled terrain is compared with the true one.
    """
    finest = folder / "plain" / f"{name}_LOD0.glb"
    parts = [part for part in read_parts(folder / "xr" / "scene.glb") if not part.id.endswith("/apron")]
    land = joined(parts, "terrain")
    ground = Surface(upward(land))
    area = _area(joined(parts, "terrain", "water"))
    terrain = judge_terrain(truth, ground.top, area=area)
    figures: dict[str, float | int] = {
        "terrain_rmse_m": terrain.rmse_m,
        "terrain_bias_m": terrain.bias_m,
        "terrain_p95_m": terrain.p95_m,
        "terrain_count": terrain.count,
        "summit_m": float(joined(_bare(parts))[:, :, 2].max()),
    }
    figures |= _roofs(folder / "cityjson" / f"{name}.city.json", frame, truth)
    figures |= _crowns(finest, truth, area)
    figures |= _water(parts, truth)
    figures |= _ways(parts, ground, truth, ways)
    return figures


def _bare(parts: Sequence[Part]) -> list[Part]:
    """Ground and rock without what was built on them: railings and shelters of a summit are no summit."""
    return [p for p in parts if p.kind in ("terrain", "rock") or (p.kind == "hero" and p.material == "ground")]


def _area(tri: Floats) -> shapely.Polygon:
    (west, south), (east, north) = tri[:, :, :2].min(axis=(0, 1)), tri[:, :, :2].max(axis=(0, 1))
    return shapely.Polygon([(west, south), (east, south), (east, north), (west, north)])


def _roofs(path: Path, frame: Frame, truth: Truth) -> dict[str, float | int]:
    """Mean error of the roofs that have their full form, over all their places together and by building."""
    if not path.is_file():
        return {}
    model = read_cityjson(path)
    known = set(truth.building_id.tolist())
    crs = model.reference_system.rsplit("/", 1)[-1]
    total = count = 0.0
    each = []
    for id_, building in sorted(model.buildings.items()):
        if id_ not in known or Form.ROOFED not in building.solids:
            continue
        tri = []
        for solid in building.solids[Form.ROOFED]:
            mesh = solid_to_mesh(solid)
            tri.append(frame.to_local(np.asarray(mesh.vertices), f"EPSG:{crs}")[mesh.faces])
        faces = np.ascontiguousarray(np.concatenate(tri))
        found = judge_roof(truth, id_, partial(_topmost, faces))
        if found.count:
            total, count = total + found.mae_m * found.count, count + found.count
            each.append(found.mae_m)
    if not each:
        return {}
    return {
        "roof_mae_m": total / count,
        "roof_mae_median_m": float(np.median(each)),
        "roof_mae_p95_m": float(np.percentile(each, 95)),
        "roof_count": len(each),
    }


def _topmost(tri: Floats, xy: Floats) -> Floats:
    heights: Floats = topmost_z(np.ascontiguousarray(xy), tri)
    return heights


def _crowns(path: Path, truth: Truth, area: shapely.Polygon) -> dict[str, float | int]:
    place, height = _trees(path)
    inner = shapely.buffer(area, -EDGE_M)
    mine, its = shapely.contains_xy(inner, place), shapely.contains_xy(inner, truth.tree_foot[:, :2])
    score = judge_crowns(_with_trees(truth, its), place[mine], height[mine])
    return {
        "crown_recall": score.recall,
        "crown_precision": score.precision,
        "crown_true": score.true_count,
        "crown_found": score.found_count,
        "crown_height_mae_m": score.height_mae_m,
    }


def _trees(path: Path) -> tuple[Floats, Floats]:
    """Places (N, 2) and heights (N,) of the trees of a plain file: prototypes are one metre high."""
    rows = [
        (node["translation"][0], -node["translation"][2], node["scale"][1])
        for node in load_glb(path).items("nodes")
        if node.get("extras", {}).get("kind") == "tree"
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, :2], table[:, 2]


def _with_trees(truth: Truth, chosen: NDArray[np.bool_]) -> Truth:
    from dataclasses import replace

    names = ("tree_foot", "tree_height_m", "tree_radius_m", "tree_kind")
    return replace(truth, **{name: getattr(truth, name)[chosen] for name in names})


def _water(parts: Sequence[Part], truth: Truth) -> dict[str, float | int]:
    """Largest error of the water's level at the middles of its faces, off the shore by a cell of the truth."""
    middle = joined(parts, "water").mean(axis=1)
    if not len(middle):
        return {}
    canvas = truth.ground.canvas
    row, column = canvas.cells(middle[:, :2])
    level = truth.ground.level_m[row, column].astype(np.float64)
    found = Difference.of(middle[:, 2], level)
    off = np.abs(middle[:, 2] - level)
    return {"water_mae_m": found.mae_m, "water_max_m": float(np.nanmax(off)), "water_count": found.count}


def _ways(parts: Sequence[Part], ground: Surface, truth: Truth, ways: Sequence[Floats]) -> dict[str, float | int]:
    """Ways against the terrain of the model (their own surfaces), and the terrain along them against the truth."""
    figures: dict[str, float | int] = {}
    own = path_offsets(parts, ground)
    if own:
        figures["way_lowest_m"] = min(low for low, _ in own.values())
        figures["way_highest_m"] = max(high for _, high in own.values())
        figures["way_count"] = len(own)
    if not ways:
        return figures
    lines = [shapely.segmentize(shapely.LineString(way), WAY_STEP_M) for way in ways if len(way) > 1]
    xy = shapely.get_coordinates(lines)
    off = ground.top(xy) - truth.ground.height(xy)
    off = off[np.isfinite(off)]
    if len(off):
        figures |= {
            "way_truth_p1_m": float(np.percentile(off, 1)),
            "way_truth_p99_m": float(np.percentile(off, 99)),
            "way_truth_low_share": float((off < -0.10).mean()),
            "way_truth_high_share": float((off > 0.30).mean()),
        }
    return figures


def bench_truth(name: str, built: Path | None, work: Path, jobs: int) -> dict[str, Any]:
    """Judge a scene: what lies in ``built``, or a build made for it without pictures."""
    from xmscenes.build import build
    from xmscenes.inputs import provide_inputs
    from xmscenes.layers import read_layers
    from xmscenes.progress import Lines
    from xmscenes.scenes import load_spec
    from xmscenes.survey import truth_of

    loaded = load_spec(name)
    if built is None:
        built = work / loaded.name / "out"
        build(loaded, built, work / loaded.name / "cache", jobs=jobs, preview=False, progress=Lines())
    layers = read_layers(loaded, provide_inputs(loaded, work / loaded.name / "cache", Lines()))
    on_ground = [line.xy for line in layers.lines.get("paths", ()) if not _is_off_ground(line.tags)]
    figures = judge_build(built, loaded.name, loaded.spec.to_frame(), truth_of(loaded), on_ground)
    return {"bench": "truth", "set": loaded.name, **figures}


def _is_off_ground(tags: Mapping[str, str]) -> bool:
    """Whether a way is a tunnel or a bridge, by tag or by name (…洞 is a tunnel)."""
    off = any(tags.get(key, "no") not in ("no", "") for key in ("tunnel", "bridge"))
    return off or tags.get("name", "").endswith("洞")
