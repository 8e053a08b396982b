"""Judge the solids of a written model: valid, manifold, watertight, flat, and how many triangles they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.solid_faults import Fault, find_faults
from xmscenes.geometry.solid_pack import pack_solid
from xmscenes.geometry.solid_shell import count_open_triangle_edges, directed_edges, pair_edges
from xmscenes.records import Form

if TYPE_CHECKING:
    from xmscenes.check.cityjson_read import CityModel
    from xmscenes.records import Solid

OURS = (Fault.SHORT_EDGE, Fault.TRIANGLES_OPEN)  # stricter than val3dity: reported apart


def judge_solids(model: CityModel) -> dict[str, dict[str, Any]]:
    """Judge the solids of each form; shares are of the buildings that have one."""
    return {form.citygml: _judge_form(model, form) for form in Form}


def _judge_form(model: CityModel, form: Form) -> dict[str, Any]:
    owners, solids = [], []
    for name, building in model.buildings.items():
        for solid in building.solids.get(form, ()):
            owners.append(name)
            solids.append(solid)
    faults = find_faults(solids)
    valid = ~np.delete(faults.count, OURS, axis=1).any(axis=1)
    closed = [_closed(solid) for solid in solids]
    names = sorted(set(owners))
    index = {name: i for i, name in enumerate(names)}
    bad = {"valid": ~valid, "manifold": [not c[0] for c in closed], "watertight": [not c[1] for c in closed]}
    out: dict[str, Any] = {"buildings": len(names)}
    for key, flags in bad.items():
        broken = {owners[i] for i in np.flatnonzero(flags)}
        out[key] = 1.0 - len(broken) / len(names) if names else float("nan")
        out[f"not_{key}"] = sorted(broken)[:20]
    counts = np.zeros(len(names))
    for owner, (_, _, triangles) in zip(owners, closed, strict=True):
        counts[index[owner]] += triangles
    return out | {
        "faults": {f.name: int((faults.count[:, f] > 0).sum()) for f in Fault if faults.count[:, f].any()},
        "worst_plane_m": float(faults.flattest_m.max(initial=0.0)),
        "shortest_edge_m": float(faults.shortest_m.min(initial=np.inf)),
        "least_volume_m3": float(faults.volume_m3.min(initial=np.inf)),
        "triangles_per_building": float(counts.mean()) if len(counts) else float("nan"),
    }


def _closed(solid: Solid) -> tuple[bool, bool, int]:
    """Whether the polygons are manifold and the triangles watertight, and how many triangles there are."""
    packed = pack_solid(solid)
    edges = directed_edges(packed.corner, packed.starts, packed.rings)
    _, verdict = pair_edges(edges, len(packed.xyz))
    return not verdict.any(), count_open_triangle_edges(packed.tri, len(packed.xyz)) == 0, len(packed.tri)
