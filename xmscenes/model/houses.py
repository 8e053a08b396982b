"""The buildings of a tile: each outline with its points and its ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.model.buildings import explain_building, reconstruct_building
from xmscenes.records import PointClass, PointCloud

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.under import Surface
    from xmscenes.model.buildings import Explanation
    from xmscenes.model.ground.dtm import Ground
    from xmscenes.model.ground.site import Site
    from xmscenes.options import BuildingOptions
    from xmscenes.records import Feature, Footprint

_SUNK_M = 0.05  # of a foot in the drawn terrain, whose edges run on between the places that are looked at
_LOOK_EVERY_M = 0.25  # along an outline: a ditch may be narrow
_PIT_M = 1.0  # a ledge's ground points beside an outline bear on it from so far
_MARGIN_M = 5.0  # points around the outline that the reconstruction may see


def model_buildings(site: Site, options: BuildingOptions) -> tuple[Feature, ...]:
    """Model every building that the tile owns, in the order of their ids."""
    points, terrain = _Columns(site.tile.points), site.drawn()
    return tuple(
        reconstruct_building(
            footprint, points.around(footprint.ring), _lowest_ground(footprint, site, terrain, points), options
        )
        for footprint in sorted(site.tile.footprints, key=lambda f: f.id)
    )


def explain_house(site: Site, id_: str, options: BuildingOptions, language: str) -> Explanation | None:
    """Tell how one building of the tile came about, from just what its modelling saw; None when it is elsewhere."""
    points = _Columns(site.tile.points)
    for footprint in site.tile.footprints:
        if footprint.id == id_:
            ground_z = _lowest_ground(footprint, site, site.drawn(), points)
            return explain_building(footprint, points.around(footprint.ring), ground_z, options, language=language)
    return None


def _lowest_ground(footprint: Footprint, site: Site, terrain: Surface, points: _Columns) -> float | None:
    """Lowest ground along an outline, measured or drawn, less what the terrain may lie below it: no house floats."""
    ground: Ground = site.ground
    if not ground.is_known:
        return footprint.ground_m
    if len(footprint.ring) < 3:
        return float(ground.at(footprint.ring).min())
    outline = shapely.get_coordinates(shapely.segmentize(shapely.LinearRing(footprint.ring), _LOOK_EVERY_M))
    lowest = float(ground.at(outline).min()) - site.tin.error_m
    drawn = terrain.top(outline)
    beyond = outline[~np.isfinite(drawn)]
    drawn = np.append(drawn, _pits(beyond, points, ground))
    return min(lowest, float(np.nanmin(drawn)) - _SUNK_M) if np.isfinite(drawn).any() else lowest


def _pits(xy: NDArray[np.float64], points: _Columns, ground: Ground) -> NDArray[np.float64]:
    """Ground points (K,) near positions that the tile does not draw: its neighbour lets ledges follow them."""
    if not len(xy):
        return np.zeros(0)
    near = points.within(xy, _PIT_M)
    xyz = points.points.xyz[near[points.points.point_class[near] == PointClass.GROUND]]
    xyz = xyz[xyz[:, 2] < ground.at(xyz) - _SUNK_M]
    if len(xyz):
        shapely.prepare(line := shapely.multipoints(xy))
        xyz = xyz[shapely.dwithin(line, shapely.points(xyz[:, :2]), _PIT_M)]
    return np.asarray(xyz[:, 2])


class _Columns:
    """Points sorted by x, so that a box of them is found quickly."""

    def __init__(self, points: PointCloud) -> None:
        self.points = PointCloud(xyz=points.xyz, point_class=points.point_class)  # all that modelling looks at
        self.order: NDArray[np.int64] = np.argsort(points.xyz[:, 0], kind="stable")
        self.x, self.y = points.xyz[self.order, 0], points.xyz[self.order, 1]

    def within(self, xy: NDArray[np.float64], margin_m: float) -> NDArray[np.int64]:
        """Numbers of the points in the box of positions grown by a margin, ascending."""
        low, high = xy.min(axis=0) - margin_m, xy.max(axis=0) + margin_m
        first, last = np.searchsorted(self.x, (low[0], high[0]))
        y = self.y[first:last]
        return np.sort(self.order[first:last][(y >= low[1]) & (y <= high[1])])

    def around(self, ring: NDArray[np.float64]) -> PointCloud:
        """Points of the ring's box grown by the margin, in their first order."""
        return self.points.take(self.within(ring, _MARGIN_M))
