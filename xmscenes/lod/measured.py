"""Measured errors of levels: what can be seen of LOD0 against what can be seen of the level, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.distance import Surface3, SurfaceError, distances_to, sample_surface, summarize
from xmscenes.geometry.meshes import face_areas
from xmscenes.geometry.nearest import all_beyond, build_tree, nearest_distances
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Hidden = Callable[[NDArray[np.float64], NDArray[np.int64]], NDArray[np.bool_]]

SAMPLES_PER_M2 = 0.25
BEYOND = SurfaceError(p99_m=np.inf, max_m=np.inf, rms_m=np.inf)
FEWEST, MOST = 200, 4_000  # samples each way; 200 leave two above the 99th percentile


class Reference:
    """LOD0 of one thing, sampled once and compared with many candidates.

    Floors are left out on both sides: nobody sees the underside of a building that stands on the ground. ``hidden``
    says which sample points, given with the face they lie on, cannot be seen either (party walls).
    """

    def __init__(self, mesh: Mesh, hidden: Hidden | None = None) -> None:
        seen = np.flatnonzero(mesh.surface != Surface.FLOOR)
        self.surface = Surface3(mesh.vertices, np.ascontiguousarray(mesh.faces[seen]))
        self._count = int(np.clip(face_areas(mesh)[seen].sum() * SAMPLES_PER_M2, FEWEST, MOST))
        self._points, face = sample_surface(self.surface.vertices, self.surface.faces, self._count)
        if hidden is not None:
            self._points = self._points[~hidden(self._points, seen[face])]
        self._missed = self._points[:0]  # by the last candidate, so many that it was beyond: look there first
        self._tree = build_tree(self.surface.vertices, self.surface.faces) if len(seen) else None

    def error(self, candidate: Mesh, *, thinned: bool = False, limit_m: float = np.inf) -> SurfaceError:
        """Measure a candidate; an empty one is infinitely far from anything.

        ``thinned``: its vertices are vertices of LOD0, so they need no measuring. ``limit_m``: of a candidate whose
        99th percentile is beyond it no more is measured than shows that; its figures are infinite.
        """
        other = Surface3(candidate.vertices, np.ascontiguousarray(candidate.faces[candidate.surface != Surface.FLOOR]))
        if self._tree is None or not len(self._points):
            return summarize()
        if not len(other.faces):
            return BEYOND
        if len(self._missed) and all_beyond(self._missed, other.vertices, other.faces, limit_m):
            return BEYOND
        there = distances_to(self._points, other, limit_m)
        if len(there) < len(self._points):
            self._missed = self._points[: len(there)][there > limit_m]
            return BEYOND
        back, _ = sample_surface(other.vertices, other.faces, self._count)
        ways = [there, nearest_distances(self._tree, back, limit_m)]
        if len(ways[1]) < len(back):
            return BEYOND
        if not thinned:
            ways.append(nearest_distances(self._tree, other.vertices[np.unique(other.faces)]))
        return summarize(*ways)
