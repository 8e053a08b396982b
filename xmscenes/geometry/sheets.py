"""A mesh taken apart into sheets: surfaces on which every edge has two faces that go round it in opposite ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.edges import edge_ends, grouped_edges, next_corner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Mesh


def into_sheets(mesh: Mesh) -> Mesh:
    """Give every sheet its own vertices; faces, their order and what they wear stay.

    Where three faces meet in an edge, or sheets touch in a point, nothing can be collapsed; taken apart, each sheet
    shrinks by itself. Corners that hang together over edges of two oppositely oriented faces share a vertex.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if mesh.is_empty:
        return mesh
    one, two = _across(mesh)
    links = np.concatenate([one, next_corner(one)]), np.concatenate([next_corner(two), two])
    size = mesh.faces.size
    graph = coo_matrix((np.ones(len(links[0]), np.int8), links), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    _, first, vertex = np.unique(label, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    at = mesh.faces.reshape(-1)[first[order]]
    return replace(mesh, vertices=mesh.vertices[at], faces=rank[vertex].reshape(-1, 3).astype(np.int32))


def _across(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners where the two sides of an edge start, for every edge of exactly two faces of opposite direction."""
    start, end = edge_ends(mesh.faces)
    order, first, count = grouped_edges(mesh.faces, len(mesh.vertices))
    pairs = first[count == 2]
    one, two = order[pairs], order[pairs + 1]
    opposite = start[one] == end[two]
    return one[opposite], two[opposite]
