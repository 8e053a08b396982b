"""Open ground between the buildings of dense quarters and along their quays: paved, where no layer says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of
from xmscenes.model.ground.cover import Cover, Patch, united

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Tile

_AROUND_M = 30.0  # a building is in a dense quarter by what stands so near; no tile's buffer is narrower
_DENSE = 0.22  # share of that circle under roofs
_COURT_M = 9.0  # paved around such a building: courts and gaps up to twice as wide close
_QUAY_M = 14.0  # paved between water and such a building
_REACH_M = 28.0  # that stands no farther from it


def paved_patches(tile: Tile, land: shapely.Geometry | None) -> list[Patch]:
    """Paved ground of dense quarters in the window. Each building decides alone, so neighbouring tiles agree."""
    footprints = [f for f in (*tile.footprints, *tile.nearby) if len(f.ring) > 2]
    if not footprints:
        return []
    outlines = np.array([shapely.simplify(polygon_of(f), 0.6) for f in footprints])
    outlines = outlines[_is_dense(outlines)]
    outlines = outlines[shapely.dwithin(outlines, shapely.box(*tile.bounds_m), _REACH_M + _QUAY_M)]
    if not len(outlines):
        return []
    shapes = list(shapely.buffer(outlines, _COURT_M, join_style="mitre", mitre_limit=1.5))
    shore = _shore(tile, land)
    if shore is not None:
        quay = shapely.buffer(shore, _QUAY_M, quad_segs=2)
        shapely.prepare(shore)
        by_water = outlines[shapely.dwithin(outlines, shore, _REACH_M)]
        reach = shapely.buffer(by_water, _REACH_M, quad_segs=2)
        shapes += list(shapely.intersection(reach, quay, grid_size=0.001))
    return [Patch(int(Cover.PAVED), united(shapes, tile.bounds_m))]


def _is_dense(outlines: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether much of the circle around each building's middle is under roofs, by whole buildings in it."""
    middle = shapely.centroid(outlines)
    area = shapely.area(outlines)
    tree = shapely.STRtree(middle)
    centre, other = tree.query(middle, predicate="dwithin", distance=_AROUND_M)
    covered = np.bincount(centre, weights=area[other], minlength=len(outlines))
    dense: NDArray[np.bool_] = covered > _DENSE * np.pi * _AROUND_M**2
    return dense


def _shore(tile: Tile, land: shapely.Geometry | None) -> shapely.Geometry | None:
    """Edges of land and waters, whole ones, as the layers have them."""
    lines = [] if land is None else [shapely.boundary(land)]
    lines += [shapely.boundary(polygon_of(a)) for a in tile.areas.get("water", ())]
    return shapely.union_all(lines) if lines else None
