"""Vertices that nearly coincide are joined where the planes agree best."""

from xmscenes.geometry.joints import join_near_vertices

# A pyramid whose four faces meet in two points 4 cm apart instead of one.
XY = [(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0), (3.98, 4.0), (4.02, 4.0)]
FACES = [[[0, 1, 5, 4]], [[1, 2, 5]], [[2, 3, 4, 5]], [[3, 0, 4]]]
PLANES = [(0.0, 0.5, 3.0), (-0.5, 0.0, 7.01), (0.0, -0.5, 7.0), (0.5, 0.0, 3.0)]


def test_an_apex_of_two_vertices_becomes_one():
    joined = join_near_vertices(XY, FACES, PLANES, 4, 0.1)
    assert [len(rings[0]) for rings in joined] == [3, 3, 3, 3]
    assert {v for rings in joined for v in rings[0] if v > 3} == {5}  # at (4.02, 4) the planes differ least


def test_corners_of_the_outline_stay_where_they_are():
    xy = [*XY[:4], (0.05, 0.0), (4.0, 4.0)]
    faces = [[[0, 4, 5]], [[4, 1, 5]], [[1, 2, 5]], [[2, 3, 5]], [[3, 0, 5]]]
    assert join_near_vertices(xy, faces, [PLANES[0]] * 5, 4, 0.1) == faces


def test_a_face_that_shrinks_to_a_line_vanishes():
    xy = [*XY[:4], (4.0, 3.99), (4.0, 4.01)]
    faces = [[[0, 1, 2, 5, 4]], [[0, 4, 5, 2, 3]]]
    sliver = [*xy, (4.03, 4.0)]
    faces = [[[0, 1, 2, 5, 6, 4]], [[4, 6, 5]], [[0, 4, 5, 2, 3]]]
    joined = join_near_vertices(sliver, faces, [PLANES[0]] * 3, 4, 0.1)
    assert joined[1] == []
    assert [len(joined[0][0]), len(joined[2][0])] == [4, 4]


def test_without_short_edges_nothing_changes():
    assert join_near_vertices(XY, FACES, PLANES, 4, 0.01) is FACES
