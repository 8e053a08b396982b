"""How far sidewalks stand above the graded ground: one height a place, so that it can be a part of the terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.raster import sample
from xmscenes.model.ground.cover import Cover
from xmscenes.model.ground.grading import share_of
from xmscenes.model.ground.streets import FACE_M, sidewalk_width_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.geometry.raster import Grid
    from xmscenes.model.ground.cover import Patch
    from xmscenes.model.ground.dtm import Ground
    from xmscenes.model.ground.ways import Way

_RAMP_M = 1.5  # beyond a sidewalk the ground comes down to its own height over so much


@dataclass(frozen=True, slots=True)
class Kerbs:
    """The step up from the carriageways of a tile's window."""

    height_m: float
    share: NDArray[np.float64]  # of the height, by cells: 1 on sidewalks and streets, 0 away from them
    grid: Grid
    low: shapely.Geometry  # carriageways: no step there

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height above the graded ground at (N, 2) positions; the foot of a kerb counts as carriageway."""
        rise = self.height_m * sample(self.share, self.grid, xy)
        shapely.prepare(self.low)
        near = np.flatnonzero(rise > 0)
        rise[near[shapely.contains_xy(self.low, xy[near])]] = 0.0  # most; a tenth of the time of measuring
        near = near[rise[near] > 0]
        rise[near[shapely.dwithin(self.low, shapely.points(xy[near]), FACE_M / 2.0)]] = 0.0
        return rise

    def over(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights of the cells with the step on them."""
        flat = z.ravel().copy()
        cells = np.flatnonzero(self.share.ravel() > 0)
        flat[cells] += self.at(self.grid.centres()[cells])
        return flat.reshape(z.shape)


def kerbs_of(ground: Ground, ways: Sequence[Way], carriageways: Sequence[Patch], height_m: float) -> Kerbs | None:
    """The kerbs of a tile's window; None when no street has a sidewalk."""
    strips = [(way, way.width_m / 2.0 + width) for way in ways if (width := sidewalk_width_m(way)) > 0]
    if not strips or not height_m:
        return None
    low = shapely.union_all([p.shape for p in carriageways if p.kind in (Cover.STREET, Cover.LANE)])
    return Kerbs(height_m, share_of(strips, _RAMP_M, ground), ground.grid, low)
