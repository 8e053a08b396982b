"""A set of buildings to be judged: class-6 points, footprints, and the true roofs where they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

CELL_M = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofSet:
    """Everything in one CRS, shifted by ``origin`` (whole metres) so that no precision is lost."""

    origin: NDArray[np.float64]  # (3,)
    ids: tuple[str, ...]
    polygons: tuple[Any, ...]  # shapely, shifted
    fields: Mapping[str, NDArray[Any]]  # of the footprint layer: nplanes, zmin …
    points: NDArray[np.float64]  # (N, 3) class 6, shifted
    truth: tuple[NDArray[np.float64], ...] | None  # per footprint the true roof triangles (T, 3, 3), shifted


def read_roof_set(points: Path, footprints: Path, truth: Path | None = None, *, id_field: str = "id") -> RoofSet:
    """Read class-6 points, footprints and, if given, the true roof triangles (npz: ``tri``, ``building``)."""
    import pyogrio
    import shapely

    _, _, geometries, columns = pyogrio.raw.read(footprints)
    names = [str(name) for name in pyogrio.read_info(footprints)["fields"]]
    fields = dict(zip(names, columns, strict=True))
    if id_field not in fields:
        raise InputError(f"{footprints}: no field {id_field!r} (has {', '.join(names)}); name the id field")
    polygons = shapely.from_wkb(geometries)
    bounds = shapely.total_bounds(polygons)
    origin = np.floor(np.array([bounds[0], bounds[1], 0.0]))
    shifted = shapely.transform(polygons, lambda xy: xy - origin[:2])
    return RoofSet(
        origin=origin,
        ids=tuple(str(v) for v in fields[id_field]),
        polygons=tuple(shifted),
        fields=fields,
        points=_building_points(points) - origin,
        truth=None if truth is None else _true_roofs(truth, len(polygons), origin),
    )


def _building_points(path: Path) -> NDArray[np.float64]:
    import laspy

    blocks = []
    with laspy.open(path) as reader:
        for chunk in reader.chunk_iterator(2_000_000):
            building = np.asarray(chunk.classification) == 6
            blocks.append(np.column_stack([chunk.x, chunk.y, chunk.z])[building])
    return np.concatenate([np.zeros((0, 3)), *blocks])


def _true_roofs(path: Path, count: int, origin: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    with np.load(path) as stored:
        tri, building = stored["tri"] - origin, stored["building"]
    return tuple(tri[building == b] for b in range(count))


class PointsByCell:
    """Points sorted into square cells, to take those within a polygon without looking at all."""

    def __init__(self, xyz: NDArray[np.float64]) -> None:
        cell = np.floor(xyz[:, :2] / CELL_M).astype(np.int64)
        self._first = cell.min(axis=0, initial=0)
        self._width = int(cell[:, 0].max(initial=0) - self._first[0]) + 1
        key = self._key(cell[:, 0], cell[:, 1])
        order = np.argsort(key, kind="stable")
        self._keys, self.xyz = key[order], np.ascontiguousarray(xyz[order])

    def _key(self, column: Any, row: Any) -> Any:
        return (row - self._first[1]) * self._width + (column - self._first[0])

    def within(self, polygon: Any) -> NDArray[np.float64]:
        """Points (K, 3) inside a shapely polygon, borders excluded, in a fixed order."""
        import shapely

        if polygon.is_empty:
            return np.zeros((0, 3))
        west, south, east, north = (int(v) for v in np.floor(np.array(polygon.bounds) / CELL_M))
        west, east = max(west, int(self._first[0])), min(east, int(self._first[0]) + self._width - 1)
        rows = []
        for row in range(max(south, int(self._first[1])), north + 1):
            if west <= east:
                low, high = np.searchsorted(self._keys, [self._key(west, row), self._key(east, row) + 1])
                rows.append(self.xyz[low:high])
        near = np.concatenate([np.zeros((0, 3)), *rows])
        return near[shapely.contains_xy(polygon, near[:, 0], near[:, 1])]
