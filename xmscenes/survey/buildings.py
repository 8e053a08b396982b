"""Buildings of the truth scene: height, roof and colour by tags, size and a seed that belongs to the id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import Polygon

from xmscenes.survey.plan import BuildingPlan, KindPlan, SurveyPlan, rng_for
from xmscenes.survey.roofs import Patch, main_axis, pitched_roof, whole
from xmscenes.survey.solids import Solid, prism, slab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.survey.ground import Ground
    from xmscenes.survey.layers import Shape

BUILDING_CLASS = 6
FOOT_M = 1.0  # solids start this far below the lowest ground
PARAPET_WIDTH_M = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueBuilding:
    """A building whose every roof is known. ``eaves_m`` and ``top_m`` are elevations."""

    id: str
    footprint: Polygon
    form: str  # "hip", "gable", "flat"
    ground_m: float
    eaves_m: float
    top_m: float
    solids: tuple[Solid, ...]


def raise_buildings(shapes: Sequence[Shape], ground: Ground, plan: SurveyPlan) -> list[TrueBuilding]:
    """Raise every footprint to a building, in layer order."""
    overrides = {b.id: b for b in plan.building}
    kinds = plan.kind or (KindPlan(),)
    out = []
    for shape in shapes:
        if not isinstance(shape.geometry, Polygon) or shape.geometry.area < 1.0:
            continue
        kind = next((k for k in kinds if k.match.items() <= shape.tags.items()), KindPlan())
        out.append(_raise(shape, kind, overrides.get(shape.id), ground, plan.seed))
    return out


def _raise(shape: Shape, kind: KindPlan, own: BuildingPlan | None, ground: Ground, seed: int) -> TrueBuilding:
    rng = rng_for(seed, "building", shape.id)
    footprint = whole(shape.geometry)
    corners = ground.height(np.asarray(footprint.exterior.coords))
    height_m = own.height_m if own and own.height_m else _height_m(shape, kind, rng)
    form = _form(shape, kind, own, footprint, rng)
    pitch_deg = own.pitch_deg if own and own.pitch_deg else float(rng.uniform(*kind.pitch_deg))
    base_m, eaves_m = float(corners.min()) - FOOT_M, float(np.median(corners)) + height_m
    patches = pitched_roof(footprint, form, pitch_deg) if form != "flat" else []
    flat_m2 = sum(p.polygon.area for p in patches if p.plane == (0.0, 0.0, 0.0))
    roof_rgb = own.roof_rgb if own and own.roof_rgb else kind.roof_rgb[int(rng.integers(len(kind.roof_rgb)))]
    wall_rgb = kind.wall_rgb[int(rng.integers(len(kind.wall_rgb)))]
    if not patches or flat_m2 > 0.15 * footprint.area:
        form = "flat"
        flat_rgb = kind.flat_rgb[int(rng.integers(len(kind.flat_rgb)))]
        solids = _flat_roof(footprint, base_m, eaves_m, kind, _look(shape.id, flat_rgb, wall_rgb), rng)
    else:
        solids = [_under(p, base_m, eaves_m, _look(shape.id, roof_rgb, wall_rgb)) for p in patches]
    return TrueBuilding(
        id=shape.id,
        footprint=footprint,
        form=form,
        ground_m=float(np.median(corners)),
        eaves_m=eaves_m,
        top_m=max(float(s.triangles[..., 2].max()) for s in solids),
        solids=tuple(solids),
    )


def _look(owner: str, top: tuple[int, int, int], side: tuple[int, int, int]) -> dict[str, Any]:
    return {"owner": owner, "top_rgb": top, "side_rgb": side, "point_class": BUILDING_CLASS}


def _height_m(shape: Shape, kind: KindPlan, rng: np.random.Generator) -> float:
    try:
        storeys = float(shape.tags["building:levels"])
    except (KeyError, ValueError):  # no tag, or one such as "3-4": drawn like the rest
        storeys = round(float(rng.uniform(kind.storeys[0] - 0.49, kind.storeys[1] + 0.49)))
    return float(kind.plinth_m + max(storeys, 1.0) * kind.storey_m + rng.uniform(-0.25, 0.45))


def _form(shape: Shape, kind: KindPlan, own: BuildingPlan | None, footprint: Polygon, rng: np.random.Generator) -> str:
    names = sorted(kind.roofs)
    shares = np.array([kind.roofs[n] for n in names])
    drawn = names[int(np.searchsorted(np.cumsum(shares) / shares.sum(), rng.random(), side="right"))]
    if own and own.roof:
        return own.roof
    tagged = {"hipped": "hip", "half-hipped": "gable", "gabled": "gable", "flat": "flat"}
    if shape.tags.get("roof:shape") in tagged:
        return tagged[shape.tags["roof:shape"]]
    if drawn != "flat" and not 18.0 <= footprint.area <= kind.largest_pitched_m2:
        return "flat"
    return drawn


def _under(patch: Patch, base_m: float, eaves_m: float, look: dict[str, Any]) -> Solid:
    a, b, c = patch.plane

    def top(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(eaves_m + np.maximum(a * xy[:, 0] + b * xy[:, 1] + c, 0.0))

    return prism(patch.polygon, base_m, top, **look)


def _flat_roof(
    footprint: Polygon,
    base_m: float,
    roof_m: float,
    kind: KindPlan,
    look: dict[str, Any],
    rng: np.random.Generator,
) -> list[Solid]:
    solids = [slab(footprint, base_m, roof_m, **look)]
    with_stairs = rng.random() < kind.stair_heads and footprint.area > 120.0
    if kind.parapet_m > 0.05:
        inner = footprint.buffer(-PARAPET_WIDTH_M, join_style="mitre")
        ring = footprint.difference(inner)
        solids += [slab(p, base_m, roof_m + kind.parapet_m, **look) for p in _polygons(ring)]
    if with_stairs and (head := _stair_head(footprint, rng)) is not None:
        solids.append(slab(head, base_m, roof_m + float(rng.uniform(2.5, 3.1)), **look))
    return solids


def _stair_head(footprint: Polygon, rng: np.random.Generator) -> Polygon | None:
    """Room over the stairs on a flat roof, square to the building; None when the roof is too narrow."""
    x_axis = main_axis(footprint)
    y_axis = np.array([-x_axis[1], x_axis[0]])
    half_x, half_y = rng.uniform(1.6, 3.2), rng.uniform(1.6, 2.4)
    ring = [x_axis * sx * half_x + y_axis * sy * half_y for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    room = footprint.buffer(-1.2)
    for _ in range(12):
        west, south, east, north = room.bounds if not room.is_empty else footprint.bounds
        centre = np.array([rng.uniform(west, east), rng.uniform(south, north)])
        head = Polygon(centre + np.array(ring))
        if room.contains(head):
            return head
    return None


def _polygons(geometry: Any) -> list[Polygon]:
    return [g for g in getattr(geometry, "geoms", [geometry]) if isinstance(g, Polygon) and g.area > 0.01]
