"""Triangles use every ring vertex, whatever lies on one line."""

from collections import Counter

import numpy as np
import pytest

from xmscenes.geometry.triangulate import triangulate_face


def border(triangles):
    edges = Counter((t[i], t[(i + 1) % 3]) for t in triangles for i in range(3))
    return {edge for edge in edges if (edge[1], edge[0]) not in edges}


def ring_edges(rings):
    return {(ring[i], ring[(i + 1) % len(ring)]) for ring in rings for i in range(len(ring))}


def area(vertices, triangles):
    return sum(
        0.5 * np.linalg.norm(np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])) for a, b, c in triangles
    )


FLAT = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [4, 1], [4, 2], [2, 2], [0, 2]]


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_collinear_vertices_stay(axes):
    vertices = np.array([[x, y, 5.0] for x, y in FLAT])[:, axes]
    triangles = triangulate_face(vertices, [list(range(9))])
    assert len(triangles) == 7
    assert border(triangles) == ring_edges([list(range(9))])
    assert area(vertices, triangles) == pytest.approx(8.0)


def test_a_hole_with_collinear_vertices_stays_open():
    outer = [[0, 0, 0], [6, 0, 0], [6, 6, 0], [3, 6, 0], [0, 6, 0]]
    hole = [[2, 2, 0], [2, 3, 0], [2, 4, 0], [4, 4, 0], [4, 2, 0]]
    vertices = np.array(outer + hole, dtype=float)
    rings = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    triangles = triangulate_face(vertices, rings)
    assert border(triangles) == ring_edges(rings)
    assert area(vertices, triangles) == pytest.approx(32.0)


def test_a_quad_with_three_vertices_on_a_line_gets_no_flat_triangle():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [1, 3, 0]], dtype=float)
    triangles = triangulate_face(vertices, [[0, 1, 2, 3]])
    assert min(area(vertices, [t]) for t in triangles) == pytest.approx(1.5)


def test_a_face_that_looks_down_keeps_its_turn():
    vertices = np.array([[0, 0, 0], [0, 2, 0], [2, 2, 0], [2, 0, 0], [1, -1, 0]], dtype=float)
    for a, b, c in triangulate_face(vertices, [[0, 1, 2, 3, 4]]):
        assert np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])[2] < 0
