"""Which tiles there are, what each of them owns and sees, and what its result depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.records import Area, Box, ColourGrid, Footprint, HeightGrid, Line, Origin, TileKey
from xmscenes.tile import digests
from xmscenes.tile.layers import (
    clip_areas,
    crop_colours,
    crop_grid,
    geometry_of,
    representative_points,
    with_grid_crossings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import shapely
    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.options import HeroOptions, TileOptions
    from xmscenes.tile.buckets import BucketIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class TilePlan:
    """One square of work: everything but its points, and the digests of all it depends on.

    ``inputs`` maps each input to the digest of what the window holds of it: "place", "points", "footprints",
    "nearby", "lines/<layer>", "areas/<layer>", "dem", "ortho", "heroes". ``digest`` covers them all.
    """

    key: TileKey
    bounds_m: Box
    window_m: Box
    footprints: tuple[Footprint, ...]
    nearby: tuple[Footprint, ...]
    lines: Mapping[str, tuple[Line, ...]]
    areas: Mapping[str, tuple[Area, ...]]
    dem: HeightGrid | None
    ortho: ColourGrid | None
    heroes: tuple[HeroOptions, ...]
    points_origin: Origin
    point_count: int  # in the tile's own bucket: how much work it is
    inputs: Mapping[str, str]
    digest: str
    features: Mapping[str, str] = field(default_factory=dict)  # digest of each owned footprint by id

    def changes_since(self, inputs: Mapping[str, str]) -> tuple[str, ...]:
        """Names of the inputs whose digest differs from an earlier plan's ``inputs``; all of them without one."""
        names = sorted({*self.inputs, *inputs})
        return tuple(name for name in names if self.inputs.get(name) != inputs.get(name))


def needed_box(area: Box, footprints: Iterable[Footprint]) -> Box:
    """Box of the area and every footprint that it owns: points beyond it are of no use."""
    low, high = [np.array(area[:2])], [np.array(area[2:])]
    for footprint, point in zip(footprints := tuple(footprints), representative_points(footprints), strict=True):
        if _holds(area, point):
            low.append(footprint.ring.min(axis=0))
            high.append(footprint.ring.max(axis=0))
    (west, south), (east, north) = np.min(low, axis=0), np.max(high, axis=0)
    return (float(west), float(south), float(east), float(north))


def plan_tiles(
    index: BucketIndex | None,
    footprints: Sequence[Footprint],
    lines: Mapping[str, Sequence[Line]],
    areas: Mapping[str, Sequence[Area]],
    dem: HeightGrid | None,
    options: TileOptions,
    area: Box,
    *,
    heroes: Sequence[HeroOptions] = (),
    frame: Frame | None = None,
    points_origin: Origin = Origin.MEASURED,
    ortho: ColourGrid | None = None,
) -> tuple[TilePlan, ...]:
    """Lay the grid of tiles over the area and say what each tile owns and sees, sorted by key.

    A tile exists when it holds a point, a feature, known ground of the DEM or a hero; with a
    ``coastline`` layer all tiles of the area exist, because what is not land is sea. ``bounds_m`` is the tile's
    square cut to the area. A footprint belongs to the tile that holds its representative point; those whose
    point lies outside the area belong to none. ``heroes`` need ``frame``.
    """
    world = _World(index, footprints, lines, areas, dem, options, area, heroes, frame, points_origin, ortho)
    west, south, east, north = area
    keys = [
        TileKey(column=column, row=row)
        for column in range(_cell(west, options), _cell(east, options, is_end=True) + 1)
        for row in range(_cell(south, options), _cell(north, options, is_end=True) + 1)
    ]
    plans = (world.plan(key) for key in keys)
    return tuple(plan for plan in plans if plan is not None)


def _cell(value: float, options: TileOptions, is_end: bool = False) -> int:
    cell = value / options.size_m
    return int(np.ceil(cell)) - 1 if is_end else int(np.floor(cell))


def _holds(box: Box, point: NDArray[np.float64]) -> bool:
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])


@dataclass(slots=True)
class _Layer:
    """Features with a search tree."""

    items: tuple[Any, ...]
    tree: shapely.STRtree

    @classmethod
    def of(cls, items: Iterable[Any]) -> _Layer:
        """Sort by id and index."""
        import shapely

        ordered = tuple(sorted(items, key=lambda item: (item.id, digests.of_feature(item))))
        return cls(ordered, shapely.STRtree([geometry_of(item) for item in ordered]))

    def in_box(self, box: Box) -> tuple[Any, ...]:
        """Features that touch a box, sorted by id."""
        import shapely

        found = self.tree.query(shapely.box(*box), predicate="intersects")
        return tuple(self.items[i] for i in sorted(found))


class _World:
    """All layers, indexed for one plan after the other."""

    def __init__(
        self,
        index: BucketIndex | None,
        footprints: Sequence[Footprint],
        lines: Mapping[str, Sequence[Line]],
        areas: Mapping[str, Sequence[Area]],
        dem: HeightGrid | None,
        options: TileOptions,
        area: Box,
        heroes: Sequence[HeroOptions],
        frame: Frame | None,
        points_origin: Origin,
        ortho: ColourGrid | None,
    ) -> None:
        self.index, self.options, self.area, self.points_origin = index, options, area, points_origin
        self.buildings = _Layer.of(footprints)
        self.lines = {name: _Layer.of(lines[name]) for name in sorted(lines)}
        noded = {name: [with_grid_crossings(a, options.size_m) for a in areas[name]] for name in sorted(areas)}
        self.areas = {name: _Layer.of(layer) for name, layer in noded.items()}
        self.dem, self.ortho = dem, ortho
        self.owned: dict[TileKey, list[int]] = {}
        for number, point in enumerate(representative_points(self.buildings.items)):
            if _holds(area, point):
                self.owned.setdefault(self._key_of(point), []).append(number)
        self.heroes: dict[TileKey, list[HeroOptions]] = {}
        for hero in sorted(heroes, key=lambda h: h.id):
            if frame is None:
                raise ValueError("heroes need the frame")
            point = frame.to_local(np.array([[hero.lon_deg, hero.lat_deg]]), "EPSG:4326")[0]
            if _holds(area, point):
                self.heroes.setdefault(self._key_of(point), []).append(hero)

    def _key_of(self, point: NDArray[np.float64]) -> TileKey:
        """Tile of a position in the area; the area's own north and east edges belong to the tiles inside."""
        last = [_cell(v, self.options, is_end=True) for v in self.area[2:]]
        column, row = (min(_cell(v, self.options), end) for v, end in zip(point, last, strict=True))
        return TileKey(column=column, row=row)

    def plan(self, key: TileKey) -> TilePlan | None:
        """Everything about one tile; None when nothing is in it."""
        size = self.options.size_m
        west, south, east, north = self.area
        bounds = (
            max(west, key.column * size),
            max(south, key.row * size),
            min(east, (key.column + 1) * size),
            min(north, (key.row + 1) * size),
        )
        owned_numbers = self.owned.get(key, [])
        owned = tuple(self.buildings.items[n] for n in owned_numbers)
        if not owned and not self._is_inhabited(key, bounds):
            return None
        window = self._window(bounds, owned)
        ours = set(owned_numbers)
        in_window = sorted(self.buildings.tree.query(_box(window), predicate="intersects"))
        seen = {
            "footprints": owned,
            "nearby": tuple(self.buildings.items[n] for n in in_window if n not in ours),
            "lines": {name: layer.in_box(window) for name, layer in self.lines.items()},
            "areas": {name: clip_areas(layer.in_box(window), window) for name, layer in self.areas.items()},
            "dem": crop_grid(self.dem, window),
            "ortho": crop_colours(self.ortho, window),
            "heroes": tuple(self.heroes.get(key, ())),
        }
        inputs = self._inputs(key, bounds, window, seen)
        bucket = self.index.buckets.get(key) if self.index else None
        return TilePlan(
            key=key,
            bounds_m=bounds,
            window_m=window,
            points_origin=self.points_origin,
            point_count=bucket.count if bucket else 0,
            inputs=inputs,
            digest=digests.of_parts([dict(inputs)]),
            features={f.id: digests.of_feature(f) for f in owned},
            **seen,  # type: ignore[arg-type]
        )

    def _window(self, bounds: Box, owned: tuple[Footprint, ...]) -> Box:
        low = np.min([bounds[:2], *(f.ring.min(axis=0) for f in owned)], axis=0) - self.options.buffer_m
        high = np.max([bounds[2:], *(f.ring.max(axis=0) for f in owned)], axis=0) + self.options.buffer_m
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def _is_inhabited(self, key: TileKey, bounds: Box) -> bool:
        if "coastline" in self.areas or key in self.heroes or (self.index and key in self.index.buckets):
            return True
        if any(layer.in_box(bounds) for layer in (*self.lines.values(), *self.areas.values())):
            return True
        dem = crop_grid(self.dem, bounds)
        return dem is not None and bool(np.isfinite(dem.z).any())

    def _inputs(self, key: TileKey, bounds: Box, window: Box, seen: Mapping[str, Any]) -> dict[str, str]:
        buckets = self.index.in_box(window) if self.index else ()
        points = [self.points_origin.value, *sorted([str(b.key), b.sha256] for b in buckets)]
        inputs = {
            "place": digests.of_parts([key.column, key.row, list(bounds), list(window)]),
            "points": digests.of_parts(points) if buckets else "",
            "footprints": digests.of_features(seen["footprints"]),
            "nearby": digests.of_features(seen["nearby"]),
            "dem": digests.of_grid(seen["dem"]),
            "ortho": digests.of_colours(seen["ortho"]),
            "heroes": digests.of_parts([hero.model_dump(mode="json") for hero in seen["heroes"]]),
        }
        for kind in ("lines", "areas"):
            inputs |= {f"{kind}/{name}": digests.of_features(layer) for name, layer in seen[kind].items()}
        return inputs


def _box(box: Box) -> shapely.Polygon:
    import shapely

    return shapely.box(*box)
