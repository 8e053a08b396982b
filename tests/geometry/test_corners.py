"""Corner heights give 2-manifold solids: joints, crossings, pinches."""

import numpy as np
import pytest

from xmscenes.geometry.corners import raise_corners
from xmscenes.geometry.extrude import extrude, polygon_block, solid_to_mesh
from xmscenes.geometry.solid_faults import find_faults
from xmscenes.records import Surface

# 6 7 8
# 3 4 5   four square fields of 5 m
# 0 1 2
XY = [(5.0 * x, 5.0 * y) for y in range(3) for x in range(3)]
FIELDS = [[[0, 1, 4, 3]], [[1, 2, 5, 4]], [[3, 4, 7, 6]], [[4, 5, 8, 7]]]


def solid(tops, xy=XY, rings=FIELDS, merge_m=0.01):
    planes = [(0.0, 0.0, top) if isinstance(top, float) else top for top in tops]
    return extrude(raise_corners(xy, rings, planes, 0.0, 9, merge_m))


def test_a_checkerboard_of_heights_becomes_a_manifold():
    made = solid([9.0, 4.0, 4.0, 9.0])
    assert find_faults([made]).first() == ""
    assert find_faults([made]).volume_m3[0] == pytest.approx(25 * 26.0, rel=1e-3)


@pytest.mark.parametrize(
    "tops", [[9.0, 4.0, 5.0, 8.0], [4.0, 9.0, 9.0, 4.0], [3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 3.0, 4.0]]
)
def test_any_four_heights_close(tops):
    assert find_faults([solid(tops)]).first() == ""


def test_roofs_that_cross_between_the_ends_of_an_edge_get_a_vertex_there():
    made = solid([(0.2, 0.0, 5.0), (0.0, 0.3, 5.2)], rings=[[[0, 1, 4, 3]], [[1, 2, 5, 4]]])
    assert find_faults([made]).first() == ""
    assert any(abs(x - 5.0) < 1e-9 and 0.5 < y < 4.5 for x, y, _ in made.vertices)


def test_a_gable_wall_is_one_face():
    rings = [[[0, 1, 4, 3]], [[1, 2, 5, 4]]]
    plan = raise_corners(XY, rings, [(0.5, 0.0, 5.0), (-0.5, 0.0, 10.0)], 0.0, 9, 0.01)
    plan.corners = {0, 2, 3, 5}
    made = extrude(plan)
    assert find_faults([made]).first() == ""
    assert sorted(len(face[0]) for face, s in zip(made.faces, made.surface, strict=True) if s == Surface.WALL) == [
        4,
        4,
        5,
        5,
    ]


def test_heights_a_centimetre_apart_are_joined():
    made = solid([5.0, 5.008, 5.0, 5.0])
    assert find_faults([made]).first() == ""
    assert (np.asarray(made.surface) == Surface.WALL).sum() == 8


def test_a_block_with_a_courtyard_is_watertight():
    ring = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])
    hole = np.array([[3.0, 3.0], [3.0, 6.0], [6.0, 6.0], [6.0, 3.0]])
    made = polygon_block((ring, (hole,)), 1.0, 5.0)
    mesh = solid_to_mesh(made)
    edges = {(int(t[i]), int(t[(i + 1) % 3])) for t in mesh.faces for i in range(3)}
    assert all((b, a) in edges for a, b in edges)
    assert find_faults([made]).volume_m3[0] == pytest.approx(72 * 4.0)
