"""A mesh taken apart into sheets."""

from __future__ import annotations

import numpy as np

from xmscenes.geometry.sheets import into_sheets
from xmscenes.records import Mesh


def mesh(vertices: list[tuple[float, float, float]], faces: list[tuple[int, int, int]]) -> Mesh:
    return Mesh(vertices=np.array(vertices, float), faces=np.array(faces, "i4"), surface=np.zeros(len(faces), "u1"))


SQUARE = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 1.0, 0.0)]


def test_a_single_sheet_keeps_its_vertices() -> None:
    found = into_sheets(mesh(SQUARE, [(0, 1, 2), (0, 2, 3)]))
    assert len(found.vertices) == 4
    assert len(np.unique(found.faces)) == 4


def test_three_faces_on_one_edge_come_apart_and_lie_where_they_lay() -> None:
    given = mesh([*SQUARE, (0.5, 0.5, 1.0)], [(0, 1, 2), (0, 2, 3), (0, 2, 4)])
    found = into_sheets(given)
    assert len(found.vertices) == 9
    assert np.array_equal(found.vertices[found.faces], given.vertices[given.faces])


def test_sheets_that_touch_in_a_point_share_no_vertex() -> None:
    far = [(2.0, 1.0, 0.0), (1.0, 2.0, 0.0)]
    found = into_sheets(mesh([*SQUARE, *far], [(0, 1, 2), (0, 2, 3), (2, 4, 5)]))
    assert not set(found.faces[:2].ravel()) & set(found.faces[2])


def test_nothing_stays_nothing() -> None:
    empty = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))
    assert into_sheets(empty).is_empty
