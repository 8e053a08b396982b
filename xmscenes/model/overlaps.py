"""Outlines drawn twice, or over one another: the smaller building stands back a little, so that nothing flickers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Feature, Footprint, Mesh

STEP_M = 0.03  # a depth buffer tells surfaces apart that are so far from each other; outlines stay true to 0.1 m
_LEAST_M2 = 1.0  # outlines of neighbours drawn by hand overlap by less
_ON_WALL_M = 0.05


def stand_back(
    features: Sequence[Feature], footprints: Sequence[Footprint], nearby: Sequence[Footprint] = ()
) -> tuple[Feature, ...]:
    """Draw each building a step lower and inside its outline for every larger one that its outline overlaps.

    Of two as large the later id gives way. Only what is drawn moves; solids stay as they were measured.
    """
    steps = _steps(footprints, nearby)
    by_id = {footprint.id: footprint for footprint in footprints}
    return tuple(
        replace(feature, mesh=_set_back(feature.mesh, by_id[feature.id], steps[feature.id] * STEP_M))
        if steps.get(feature.id)
        else feature
        for feature in features
    )


def _steps(footprints: Sequence[Footprint], nearby: Sequence[Footprint]) -> Mapping[str, int]:
    """How many larger outlines each of ``footprints`` overlaps."""
    every = [footprint for footprint in (*footprints, *nearby) if len(footprint.ring) > 2]
    if not every:
        return {}
    shapes = [polygon_of(footprint) for footprint in every]
    rank = [(-float(shapely.area(shape)), footprint.id) for shape, footprint in zip(shapes, every, strict=True)]
    own = {footprint.id for footprint in footprints}
    steps: dict[str, int] = {}
    for one, two in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        gives_way = every[one].id in own and rank[two] < rank[one]
        if gives_way and shapely.area(shapely.intersection(shapes[one], shapes[two])) > _LEAST_M2:
            steps[every[one].id] = steps.get(every[one].id, 0) + 1
    return steps


def _set_back(mesh: Mesh, footprint: Footprint, by_m: float) -> Mesh:
    """Sink a mesh, and pull walls and what hangs on them inwards as the outline's own walls go."""
    outline = polygon_of(footprint)
    inner = shapely.buffer(outline, -by_m, join_style="mitre")
    vertices = mesh.vertices - np.array([0.0, 0.0, by_m])
    if not shapely.is_empty(inner):
        vertices[:, :2] += _pull(mesh.vertices[:, :2], outline, shapely.boundary(inner))
    return replace(mesh, vertices=vertices)


def _pull(xy: NDArray[np.float64], outline: shapely.Geometry, inner: shapely.Geometry) -> NDArray[np.float64]:
    spots, rim = shapely.points(xy), shapely.boundary(outline)
    foot = shapely.get_coordinates(shapely.shortest_line(spots, rim))[1::2]
    shift = shapely.get_coordinates(shapely.shortest_line(shapely.points(foot), inner))[1::2] - foot
    moves = ~shapely.contains_xy(outline, xy) | shapely.dwithin(rim, spots, _ON_WALL_M)
    return np.where(moves[:, None], shift, 0.0)
