"""Valid shapely polygons from rings that nobody has checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import shapely
    from numpy.typing import NDArray


class Rings(Protocol):
    """Anything with an outline (N, 2) and holes, not closed, of either direction."""

    @property
    def ring(self) -> NDArray[np.float64]:
        """Outer ring."""
        ...

    @property
    def holes(self) -> Sequence[NDArray[np.float64]]:
        """Inner rings."""
        ...


def polygon_of(rings: Rings) -> shapely.Geometry:
    """Valid polygon or polygons; nothing is left of an outline without area."""
    import shapely

    if len(rings.ring) < 3:
        return shapely.Polygon()
    return polygonal(shapely.make_valid(shapely.Polygon(rings.ring, [hole for hole in rings.holes if len(hole) > 2])))


def polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry without its lines and points."""
    import shapely

    return shapely.union_all([p for p in shapely.get_parts(shape) if p.geom_type in ("Polygon", "MultiPolygon")])
