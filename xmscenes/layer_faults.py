"""What is odd about layers that can be read each by itself: they lie elsewhere, or over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.shapes import polygon_of
from xmscenes.records import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from xmscenes.options import BuildingLookOptions
    from xmscenes.records import Area, Box, Footprint, Line

_NAMED = 5  # ids named in a message
_WET_M2 = 1.0  # a footprint that touches the water's edge is no fault


def left_out(where: str, message: str) -> Issue:
    """Say that a layer lies too far away to be of use; the scene is built without it."""
    hint = "built without it; correct its crs, the frame or the area"
    return Issue(code="LAYER_ELSEWHERE", severity="warning", where=where, message=message, hint=hint)


def outside(features: Sequence[Area | Line], area: Box) -> bool:
    """Whether there are features and not one of their boxes touches the area."""
    boxes = [(xy.min(axis=0), xy.max(axis=0)) for feature in features if len(xy := _places(feature))]
    low, high = np.array(area[:2]), np.array(area[2:])
    return bool(boxes) and not any((a <= high).all() and (b >= low).all() for a, b in boxes)


def layer_faults(
    area: Box,
    footprints: Sequence[Footprint],
    areas: Mapping[str, Sequence[Area]],
    lines: Mapping[str, Sequence[Line]],
) -> list[Issue]:
    """Issues of layers of which nothing lies in the area, and of buildings that stand in water."""
    issues = [
        Issue(
            code="LAYER_OUTSIDE",
            severity="warning",
            where=key,
            message=f"{key}: nothing of it lies in the area",
            hint="correct its crs, or take it out of [inputs]",
        )
        for key in sorted({*areas, *lines})
        if outside([*areas.get(key, ()), *lines.get(key, ())], area)
    ]
    if footprints and areas.get("water"):
        issues += _in_water(footprints, areas["water"])
    return issues


def override_faults(overrides: Sequence[BuildingLookOptions], footprints: Sequence[Footprint]) -> list[Issue]:
    """Say which buildings of the spec's ``[[building]]`` do not exist. ``SpecError`` for a style that does not.

    Without footprints the outlines come from the points, and nothing is known about their ids yet.
    """
    from xmscenes.look.style import check_style

    known = {footprint.id for footprint in footprints}
    for override in overrides:
        check_style(override)
    return [
        Issue(
            code="BUILDING_UNKNOWN",
            severity="warning",
            where=f"building {override.id}",
            message="no footprint has this id",
            hint="scene.json of a build lists the ids; they come from the layer's id field",
        )
        for override in overrides
        if known and override.id not in known
    ]


def _places(feature: Area | Line) -> NDArray[np.float64]:
    from xmscenes.records import Line

    places: NDArray[np.float64] = feature.xy if isinstance(feature, Line) else feature.ring
    return places


def _in_water(footprints: Sequence[Footprint], water: Sequence[Area]) -> list[Issue]:
    import shapely

    wet = shapely.union_all([polygon_of(area) for area in water])
    shapely.prepare(wet)
    shapes = [polygon_of(footprint) for footprint in footprints]
    near = np.flatnonzero(shapely.intersects(wet, shapes)).tolist()
    found = [footprints[i].id for i in near if shapely.area(shapely.intersection(wet, shapes[i])) > _WET_M2]
    if not found:
        return []
    message = f"{len(found)} buildings stand in water: {', '.join(sorted(found)[:_NAMED])}"
    hint = "they are built, on the water's level where it wins; correct the shore or the outline"
    return [Issue(code="BUILDING_IN_WATER", severity="warning", where="water", message=message, hint=hint)]
