"""A mesh taken apart into sheets: surfaces on which every edge has two faces that go round it in opposite ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.edges import edge_ends, grouped_edges, next_corner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Mesh


def into_sheets(mesh: Mesh) -> Mesh:
    """Give every sheet its own vertices; faces, their order and what they wear stay.

    Where three faces meet in an edge, or sheets touch in a point, nothing can be collapsed; taken apart, each sheet
    shrinks by itself. Corners that hang together over edges of two oppositely oriented faces share a vertex.
    """
    if mesh.is_empty:
        return mesh
    one, two = _across(mesh)
    first, numbered = _joined(
        mesh.faces.size, np.concatenate([one, next_corner(one)]), np.concatenate([next_corner(two), two])
    )
    return replace(mesh, vertices=mesh.vertices[mesh.faces.reshape(-1)[first]], faces=numbered.reshape(-1, 3))


@njit(cache=True)
def _joined(corners: int, one: Any, two: Any) -> Any:
    """Join corners ``one`` with corners ``two``: the first one of each group, and the group of every corner."""
    root = np.arange(corners)
    for i in range(len(one)):
        a, b = one[i], two[i]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        root[max(a, b)] = min(a, b)
    first = np.zeros(corners, np.int64)
    number = np.zeros(corners, np.int32)
    found = 0
    for c in range(corners):
        if root[c] == c:
            first[found] = c
            number[c] = found
            found += 1
        else:  # roots are lower than what hangs on them, so this one has its number
            number[c] = number[root[c]]
    return first[:found].copy(), number


def _across(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners where the two sides of an edge start, for every edge of exactly two faces of opposite direction."""
    start, end = edge_ends(mesh.faces)
    order, first, count = grouped_edges(mesh.faces, len(mesh.vertices))
    pairs = first[count == 2]
    one, two = order[pairs], order[pairs + 1]
    opposite = start[one] == end[two]
    return one[opposite], two[opposite]
