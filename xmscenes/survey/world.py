"""The truth scene of a place: terrain, waters, buildings, trees, bridges and landmarks, built from ``survey.toml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.survey.buildings import TrueBuilding, raise_buildings
from xmscenes.survey.canvas import Canvas, distance_m
from xmscenes.survey.ground import (
    COARSE_M,
    COVER,
    Ground,
    add_relief,
    bank_beaches,
    cut_shore,
    level_pads,
    plate,
    refine,
)
from xmscenes.survey.landmarks import raise_boats, raise_bridges, raise_landmarks
from xmscenes.survey.layers import Shape, read_shapes, read_spots
from xmscenes.survey.plan import SurveyPlan, rng_for
from xmscenes.survey.trees import Trees, plant

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.records import Box
    from xmscenes.survey.solids import Solid

CELL_M = 1.0
MARGIN_M = 60.0
PATH_WIDTH_M = {"service": 5.0, "living_street": 4.0, "pedestrian": 4.0, "residential": 8.0, "steps": 2.0}
PATH_WIDTH_M |= {"primary": 24.0, "secondary": 18.0, "tertiary": 12.0, "unclassified": 7.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that the scanner can hit, and the truth to compare with."""

    plan: SurveyPlan
    frame: Frame
    box: Box
    ground: Ground
    buildings: tuple[TrueBuilding, ...]
    trees: Trees
    solids: tuple[Solid, ...]  # buildings, bridges, landmarks, boats


def build_world(plan: SurveyPlan, folder: Path, frame: Frame, box: Box) -> World:
    """Build the truth scene from the plan's layers, which lie in ``folder``. Deterministic for the plan's seed."""
    names = {rule.layer for rule in plan.trees} | {w.layer for w in plan.water} | set(plan.footprints)
    names |= {n for n in (plan.coastline, plan.paths, plan.greens, plan.bridges, plan.boats) if n}
    layers = {name: read_shapes(folder / name, frame) for name in sorted(names)}
    footprints = [s for name in plan.footprints for s in layers[name] if s.geometry.geom_type == "Polygon"]
    ground = _ground(plan, folder, frame, box, layers, footprints)
    buildings = raise_buildings(footprints, ground, plan)
    solids = [s for b in buildings for s in b.solids]
    solids += raise_bridges(layers[plan.bridges] if plan.bridges else [], ground)
    landmarks = raise_landmarks(plan, frame, ground)
    solids += landmarks
    solids += raise_boats(layers[plan.boats] if plan.boats else [], ground, plan.seed)
    trees = plant(plan, layers, ground, _free(plan, ground, layers, footprints, landmarks))
    return World(
        plan=plan, frame=frame, box=box, ground=ground, buildings=tuple(buildings), trees=trees, solids=tuple(solids)
    )


def _polygons(shapes: list[Shape]) -> list[Any]:
    return [s.geometry for s in shapes if s.geometry.geom_type == "Polygon"]


def _ground(
    plan: SurveyPlan,
    folder: Path,
    frame: Frame,
    box: Box,
    layers: dict[str, list[Shape]],
    footprints: list[Shape],
) -> Ground:
    canvas, coarse = Canvas.over(box, CELL_M, MARGIN_M), Canvas.over(box, COARSE_M, MARGIN_M)
    level, coarse_level = _levels(plan, layers, canvas), _levels(plan, layers, coarse)
    spots = _spots(plan, folder, frame, coarse, coarse_level, footprints)
    land = np.isnan(coarse_level)
    z = refine(plate(coarse, spots, land, plan.ground.smooth_m), coarse, canvas)
    z = np.maximum(z, plan.sea_level_m + plan.ground.lowest_m)
    cover = _cover(plan, canvas, level, layers)
    z = add_relief(z, canvas, cover == COVER["wood"], plan.ground.relief_m, rng_for(plan.seed, "relief"))
    beach = cover == COVER["sand"]
    waters = [(plan.sea_level_m, plan.ground.shore_m), *((w.level_m, w.shore_m) for w in plan.water)]
    for value, shore_m in waters:
        wet = level == np.float32(value)
        if wet.any():
            z = np.where(np.isnan(level) | wet, cut_shore(z, canvas, wet, beach, value, shore_m), z)
    z = bank_beaches(z, canvas, beach, np.isnan(level), plan.ground.beach_bank)
    if plan.ground.pads:
        padded = level_pads(z, canvas, [s.geometry for s in footprints])
        is_way = np.isin(cover, [COVER["paving"], COVER["asphalt"]])  # streets run through, houses have plinths
        z = np.where(np.isnan(level) & ~is_way, padded, z)
    return Ground(canvas=canvas, z=np.ascontiguousarray(z, dtype=np.float32), level_m=level, cover=cover)


def _levels(plan: SurveyPlan, layers: dict[str, list[Shape]], canvas: Canvas) -> NDArray[np.float32]:
    """Level of the water over each cell; NaN on land."""
    wet = np.zeros(canvas.shape, dtype=np.uint8)
    if plan.coastline:
        wet[:] = 1
        canvas.burn(wet, _polygons(layers[plan.coastline]), 0)
    for k, water in enumerate(plan.water):
        canvas.burn(wet, _polygons(layers[water.layer]), k + 2)
    table = np.array([np.nan, plan.sea_level_m, *(w.level_m for w in plan.water)], dtype=np.float32)
    return table[wet]


def _spots(
    plan: SurveyPlan,
    folder: Path,
    frame: Frame,
    canvas: Canvas,
    level: NDArray[np.float32],
    footprints: list[Shape],
) -> NDArray[np.float64]:
    """Spot heights: the plan's file, the footprints' own, and the crest of the shore."""
    spots = [np.zeros((0, 3))]
    if plan.ground.spots:
        spots.append(read_spots(folder / plan.ground.spots, frame))
    if plan.ground.footprint_ground:
        known = [s for s in footprints if "ground_m" in s.tags]
        rows = [(s.geometry.centroid.x, s.geometry.centroid.y, float(s.tags["ground_m"])) for s in known]
        spots.append(np.array(rows, dtype=np.float64).reshape(-1, 3))
    row, column = np.nonzero(np.isnan(level) & (distance_m(~np.isnan(level), canvas.cell_m) <= canvas.cell_m * 1.5))
    shore = [canvas.x[column], canvas.y[row], np.full(len(row), plan.sea_level_m + plan.ground.shore_m)]
    spots.append(np.column_stack(shore))
    return np.concatenate(spots)


def _cover(
    plan: SurveyPlan, canvas: Canvas, level: NDArray[np.float32], layers: dict[str, list[Shape]]
) -> NDArray[np.uint8]:
    """What covers the ground: greens by their tag, then paths over them, water over all."""
    cover = np.full(canvas.shape, COVER["soil"], dtype=np.uint8)
    for shape in layers[plan.greens] if plan.greens else []:
        name = next((c for k, c in plan.cover.items() if _has(shape, k)), "grass")
        canvas.burn(cover, _polygons([shape]), COVER[name])
    for shape in layers[plan.paths] if plan.paths else []:
        kind = shape.tags.get("highway", "")
        tagged = shape.tags.get("width_m") or shape.tags.get("width")
        width_m = _metres(tagged) or PATH_WIDTH_M.get(kind, 2.5)
        surface = "asphalt" if width_m >= 7.0 else "paving"
        canvas.burn_lines(cover, [shape.geometry], COVER[surface], width_m)
    cover[~np.isnan(level)] = COVER["water"]
    return cover


def _metres(text: str | None) -> float | None:
    """Number of a tag such as "7", "7.5 m"; None when it is no length."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*m?\s*$", text or "")
    return float(found.group(1)) if found else None


def _has(shape: Shape, key_value: str) -> bool:
    key, _, value = key_value.partition("=")
    return shape.tags.get(key) == value


def _free(
    plan: SurveyPlan,
    ground: Ground,
    layers: dict[str, list[Shape]],
    footprints: list[Shape],
    landmarks: list[Solid],
) -> NDArray[np.float32]:
    """Clear distance around each cell of the ground's canvas: to walls, paving, sand and water."""
    taken = ~np.isnan(ground.level_m) | np.isin(ground.cover, [COVER["paving"], COVER["asphalt"], COVER["sand"]])
    walls = np.zeros(ground.canvas.shape, dtype=np.uint8)
    ground.canvas.burn(walls, [s.geometry.buffer(0.5) for s in footprints], 1)
    for solid in landmarks:
        row, column = ground.canvas.cells(solid.triangles.reshape(-1, 3))
        walls[row.min() : row.max() + 1, column.min() : column.max() + 1] = 1
    for shape in layers[plan.bridges] if plan.bridges else []:
        ground.canvas.burn_lines(walls, [shape.geometry], 1, float(shape.tags.get("width_m", 4.0)) + 2.0)
    return distance_m(taken | (walls > 0), ground.canvas.cell_m)
