"""Read every layer that a spec names into the local frame, and say what was found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError, PlaceError
from xmscenes.layer_faults import layer_faults, left_out, outside, override_faults
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
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.read import PointSource
    from xmscenes.scenes import LoadedSpec
    from xmscenes.sources import InputFile

LINES = ("paths", "bridges")
AREAS = ("coastline", "water", "greens")
MUST_MEET = ("points", "footprints")  # a scene is made of these; all others may be missing
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


class _Reader:
    """Reads the files of one scene layer by layer, and remembers what was found wrong."""

    def __init__(self, loaded: LoadedSpec, inputs: tuple[InputFile, ...]) -> None:
        self.spec = loaded.spec
        self.frame = loaded.spec.to_frame()
        self.by_key: dict[str, list[InputFile]] = {}
        for item in inputs:
            self.by_key.setdefault(item.key, []).append(item)
        self.issues: list[Issue] = []

    def files(self, key: str) -> list[InputFile]:
        return self.by_key.get(key, [])

    def each(self, key: str, read: Callable[[InputFile], Any]) -> Iterator[tuple[InputFile, Any]]:
        """Every file of a layer as it is read; one of an optional layer that lies elsewhere is left out and said."""
        for item in self.files(key):
            try:
                yield item, read(item)
            except PlaceError as error:
                if key in MUST_MEET:
                    raise
                self.issues.append(left_out(item.path.name, str(error)))

    def features(self, key: str, reader: Any) -> tuple[Any, ...]:
        """Records of all files of a layer, each with its file's origin."""
        found: list[Any] = []
        for item, (records, problems) in self.each(key, lambda i: reader(i.path, i.layer, self.frame)):
            found += [replace(record, origin=item.source.origin) for record in records]
            self.issues.extend(problems)
        return tuple(found)

    def areas(self, area: Box) -> dict[str, tuple[Area, ...]]:
        """Polygon layers by key. A coastline that does not touch the area is left out, or all would be sea."""
        found = {key: areas for key in AREAS if (areas := self.features(key, read_areas))}
        if outside(found.get("coastline", ()), area):
            del found["coastline"]
            self.issues.append(left_out("coastline", "coastline: nothing of it touches the area"))
        return found

    def dem(self, key: str, box: Box) -> HeightGrid | None:
        """Read the first elevation model of a key, in the box."""
        found = self.each(key, lambda i: read_dem(i.path, self.frame, box, i.layer.crs, unit=i.layer.unit))
        return next((grid for _, grid in found), None)

    def ortho(self, box: Box) -> ColourGrid | None:
        """Read the first orthophoto, in the box."""
        found = self.each("ortho", lambda i: read_ortho(i.path, self.frame, box, i.layer.crs))
        return next((colours for _, colours in found), None)

    def ground(self, area: Box, coastline: tuple[Area, ...]) -> HeightGrid | None:
        """Known heights of the area: the elevation model, and spot heights fitted once for the whole scene.

        Sparse heights fitted tile by tile would not meet at the borders.
        """
        dem, spots = self.dem("dem", area), []
        read = self.each("ground_heights", lambda i: read_spots(i.path, i.layer, self.frame))
        for _, (heights, problems) in read:
            spots.append(heights)
            self.issues.extend(problems)
        if not spots:
            return dem
        box = _grown(area, self.spec.tile.buffer_m)
        return fit_ground(box, np.vstack(spots), coastline, dem, self.spec.water.sea_level_m)


def read_layers(loaded: LoadedSpec, inputs: tuple[InputFile, ...]) -> Layers:
    """Read the layers of a scene. ``InputError`` or ``FrameError`` when the scene cannot be made of them."""
    reader = _Reader(loaded, inputs)
    frame = reader.frame
    points = tuple(open_points(item.path, item.layer.crs) for item in reader.files("points"))
    footprints = reader.features("footprints", read_footprints)
    if not points and not footprints:
        raise InputError(
            f"{loaded.path.name}: neither points nor footprints were found; check inputs.points and inputs.footprints"
        )
    reader.issues.extend(override_faults(loaded.spec.building, footprints))
    if points and footprints:
        reader.issues.extend(check_layers_meet(points, footprints, frame))
    area = _area(loaded, frame, footprints, points)
    areas = reader.areas(area)
    lines = {key: found for key in LINES if (found := reader.features(key, read_lines))}
    dem = reader.ground(area, areas.get("coastline", ()))
    around = reader.features("surroundings", read_areas) or areas.get("coastline", ())
    boats = reader.features("boats", read_marks)
    around_dem = reader.dem("surroundings_dem", _grown(area, loaded.spec.water.apron_m))
    return Layers(
        frame=frame,
        area_m=area,
        points=points,
        points_origin=next((i.source.origin for i in reader.files("points")), Origin.MEASURED),
        footprints=footprints,
        lines=lines,
        areas=areas,
        boats=boats,
        dem=dem,
        ortho=reader.ortho(_grown(area, loaded.spec.tile.buffer_m)),
        surroundings=around,
        surroundings_dem=around_dem,
        sources=tuple(item.source for item in inputs),
        issues=(*reader.issues, *layer_faults(area, footprints, areas, lines)),
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
