"""The block form: the last rung of the ladder, so it always comes out sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.geometry.extrude import polygon_block
from xmscenes.model.buildings.forms import fault_of, moved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from xmscenes.geometry.polygons import Polygon
    from xmscenes.records import Solid

SIMPLER_M = (0.02, 0.1, 0.5)  # an outline with which no sound block can be made is drawn simpler by so much
LEAST_WIDTH_M = 0.05


def build_block(polygon: Polygon, floor_m: float, top_m: float, origin: NDArray[np.float64]) -> tuple[Solid, str]:
    """Raise an outline to a flat top; gives the solid and, if the outline had to be drawn simpler, why.

    Tried in turn: the outline, the outline without its smallest bends, its convex hull, the rectangle around it.
    """
    solid, reason = polygon_block(polygon, floor_m, top_m), ""
    fault = fault_of(solid)
    for simpler in _simpler(polygon) if fault else ():
        reason = f"outline drawn simpler: {fault}"
        solid = polygon_block(simpler, floor_m, top_m)
        if not fault_of(solid):
            break
    return moved(solid, origin), reason


def _simpler(polygon: Polygon) -> Iterator[Polygon]:
    """Outlines that are simpler and simpler; the last is a rectangle along the axes."""
    import shapely

    shape = shapely.Polygon(polygon[0], polygon[1])
    for limit in SIMPLER_M:
        part: Any = shape.simplify(limit).buffer(0)
        if part.geom_type == "Polygon" and not part.is_empty:
            yield _rings(part)
    hull = shape.convex_hull
    if hull.geom_type == "Polygon":
        yield _rings(shapely.set_precision(hull, 0.001))
    low, high = polygon[0].min(axis=0), polygon[0].max(axis=0)
    high = np.maximum(high, low + LEAST_WIDTH_M)
    yield np.array([low, [high[0], low[1]], high, [low[0], high[1]]]), ()


def _rings(shape: Any) -> Polygon:
    import shapely

    turned = shapely.geometry.polygon.orient(shape)
    ring, *holes = (np.asarray(r.coords)[:-1] for r in (turned.exterior, *turned.interiors))
    return ring, tuple(holes)
