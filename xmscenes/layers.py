"""Read every layer that a spec names into the local frame, and say what was found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError
from xmscenes.model import fit_ground
from xmscenes.read import (
    check_layers_meet,
    open_points,
    read_areas,
    read_dem,
    read_footprints,
    read_lines,
    read_marks,
    read_ortho,
    read_spots,
)
from xmscenes.records import Area, Box, ColourGrid, Footprint, HeightGrid, Issue, Line, Mark, Origin, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.read import PointSource
    from xmscenes.scenes import LoadedSpec
    from xmscenes.sources import InputFile

LINES = ("paths", "bridges")
AREAS = ("coastline", "water", "greens")
_MARGIN_M = 15.0  # of ground around the footprints, when the spec names no area


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """All inputs of a scene in the local frame. Points are opened, not read: the tile stage streams them."""

    frame: Frame
    area_m: Box
    points: tuple[PointSource, ...] = ()
    points_origin: Origin = Origin.MEASURED
    footprints: tuple[Footprint, ...] = ()
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    areas: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)
    boats: tuple[Mark, ...] = ()
    dem: HeightGrid | None = None
    ortho: ColourGrid | None = None
    surroundings: tuple[Area, ...] = ()  # land that reaches beyond the area
    surroundings_dem: HeightGrid | None = None
    sources: tuple[Source, ...] = ()
    issues: tuple[Issue, ...] = ()


def read_layers(loaded: LoadedSpec, inputs: tuple[InputFile, ...]) -> Layers:
    """Read the layers of a scene. ``InputError`` or ``FrameError`` when the scene cannot be made of them."""
    frame = loaded.spec.to_frame()
    by_key: dict[str, list[InputFile]] = {}
    for item in inputs:
        by_key.setdefault(item.key, []).append(item)
    issues: list[Issue] = []

    def features(key: str, reader: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        for item in by_key.get(key, []):
            records, problems = reader(item.path, item.layer, frame)
            found += [replace(record, origin=item.source.origin) for record in records]
            issues.extend(problems)
        return tuple(found)

    points = tuple(open_points(item.path, item.layer.crs) for item in by_key.get("points", []))
    footprints = features("footprints", read_footprints)
    if not points and not footprints:
        raise InputError(
            f"{loaded.path.name}: neither points nor footprints were found; check inputs.points and inputs.footprints"
        )
    if points and footprints:
        issues.extend(check_layers_meet(points, footprints, frame))
    area = _area(loaded, frame, footprints, points)
    spots = []
    for item in by_key.get("ground_heights", []):
        heights, problems = read_spots(item.path, item.layer, frame)
        spots.append(heights)
        issues.extend(problems)
    dems = [read_dem(item.path, frame, area, item.layer.crs, unit=item.layer.unit) for item in by_key.get("dem", [])]
    around = by_key.get("surroundings_dem", [])
    reach = _grown(area, loaded.spec.water.apron_m)
    surroundings_dem = next((read_dem(i.path, frame, reach, i.layer.crs, unit=i.layer.unit) for i in around), None)
    seen = _grown(area, loaded.spec.tile.buffer_m)
    orthos = [read_ortho(item.path, frame, seen, item.layer.crs) for item in by_key.get("ortho", [])]
    areas = {key: features(key, read_areas) for key in AREAS if key in by_key}
    dem = dems[0] if dems else None
    if spots:
        # Fitted once for the scene: sparse heights fitted tile by tile would not meet at the borders.
        level_m = loaded.spec.water.sea_level_m
        dem = fit_ground(
            _grown(area, loaded.spec.tile.buffer_m), np.vstack(spots), areas.get("coastline", ()), dem, level_m
        )
    return Layers(
        frame=frame,
        area_m=area,
        points=points,
        points_origin=next((i.source.origin for i in by_key.get("points", [])), Origin.MEASURED),
        footprints=footprints,
        lines={key: features(key, read_lines) for key in LINES if key in by_key},
        areas=areas,
        boats=features("boats", read_marks),
        dem=dem,
        ortho=orthos[0] if orthos else None,
        surroundings=features("surroundings", read_areas) or areas.get("coastline", ()),
        surroundings_dem=surroundings_dem,
        sources=tuple(item.source for item in inputs),
        issues=tuple(issues),
    )


def _grown(box: Box, margin_m: float) -> Box:
    west, south, east, north = box
    return (west - margin_m, south - margin_m, east + margin_m, north + margin_m)


def _area(loaded: LoadedSpec, frame: Frame, footprints: tuple[Footprint, ...], points: tuple[PointSource, ...]) -> Box:
    if loaded.spec.area:
        west, south, east, north = loaded.spec.area.bounds_deg
        # a degree box is not a rectangle in the plane: take the box around its outline
        along = np.linspace(0.0, 1.0, 9)
        lon, lat = west + along * (east - west), south + along * (north - south)
        outline = np.vstack(
            [np.column_stack([lon, np.full(9, y)]) for y in (south, north)]
            + [np.column_stack([np.full(9, x), lat]) for x in (west, east)]
        )
        corners = frame.to_local(outline, "EPSG:4326")
        return _box(corners, 0.0)
    if footprints:
        return _box(np.vstack([f.ring for f in footprints]), _MARGIN_M)
    return _box(np.vstack([source.corners(frame) for source in points]), 0.0)


def _box(xy: NDArray[np.float64], margin_m: float) -> Box:
    (west, south), (east, north) = xy.min(axis=0) - margin_m, xy.max(axis=0) + margin_m
    return (float(west), float(south), float(east), float(north))
