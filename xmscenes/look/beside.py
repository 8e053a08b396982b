"""What is around a house: the ground, outlines that touch its own, and the roof edges that they leave free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.shapes import polygon_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from xmscenes.look.shell import Edge, Shell
    from xmscenes.records import Footprint

    Floats = NDArray[np.float64]

_REACH_M = 0.3  # outlines so near touch: eaves would hang over them
_OUT_M = (0.12, 0.25)
_SHARES = np.array([0.2, 0.5, 0.8])


@dataclass(frozen=True, slots=True)
class Around:
    """What dressing a house may ask of its surroundings at points (N, 2); None where nothing is known."""

    ground_at: Callable[[Floats], Floats] | None = None
    highest_at: Callable[[Floats], Floats] | None = None  # ground as it may be drawn at most
    taken: Callable[[Floats], NDArray[np.bool_]] | None = None  # whether another outline holds them


class Beside:
    """All outlines around, asked house by house."""

    def __init__(self, outlines: Sequence[Footprint]) -> None:
        known = [footprint for footprint in outlines if len(footprint.ring) > 2]
        self._ids = [footprint.id for footprint in known]
        self._shapes = [polygon_of(footprint) for footprint in known]
        self._number = {id_: number for number, id_ in enumerate(self._ids)}
        self._near: dict[int, list[int]] = {}
        if known:
            found = shapely.STRtree(self._shapes).query(self._shapes, predicate="dwithin", distance=_REACH_M)
            for one, two in found.T.tolist():
                if one != two:
                    self._near.setdefault(one, []).append(two)

    def taken(self, id_: str) -> Callable[[Floats], NDArray[np.bool_]] | None:
        """Tell of points (N, 2) whether they lie in an outline that touches that of ``id_``; None where none does."""
        near = self._near.get(self._number.get(id_, -1))
        if near is None:
            return None
        others = shapely.union_all([self._shapes[number] for number in sorted(near)])
        shapely.prepare(others)

        def within(xy: Floats) -> NDArray[np.bool_]:
            return np.asarray(shapely.contains_xy(others, xy), dtype=np.bool_)

        return within


def free_edges(shell: Shell, taken: Callable[[Floats], NDArray[np.bool_]]) -> tuple[tuple[int, Edge], ...]:
    """Outer edges of a roof that do not lie against another house: a wall on the border carries no eaves."""
    if not shell.eaves:
        return ()
    ends = shell.vertices[[edge for _, edge in shell.eaves], :2]  # (E, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(*along.T), 1e-9)
    outward = np.column_stack([along[:, 1], -along[:, 0]]) / length[:, None]
    spots = ends[:, None, None, 0] + _SHARES[None, :, None, None] * along[:, None, None]
    spots = spots + np.array(_OUT_M)[None, None, :, None] * outward[:, None, None]
    covered = taken(spots.reshape(-1, 2)).reshape(len(ends), len(_SHARES), len(_OUT_M)).any(axis=2)
    return tuple(eave for eave, share in zip(shell.eaves, covered.mean(axis=1), strict=True) if share < 0.5)
