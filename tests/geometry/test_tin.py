import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.raster import grid_over
from xmscenes.geometry.tin import triangulate

BOX = (0.0, 0.0, 50.0, 50.0)


def hills(xy):
    return 3.0 * np.sin(xy[:, 0] / 9.0) * np.cos(xy[:, 1] / 7.0)


def built(points=((0.0, 0.0),), edges=(), *, height=hills, error_m=0.05, classify=None, cell_m=0.5):
    grid = grid_over((-5.0, -5.0, 55.0, 55.0), cell_m)
    z = height(grid.centres()).reshape(grid.shape)
    label = classify or (lambda xy: np.zeros(len(xy), dtype=np.int32))
    care = np.ones(grid.shape, dtype=bool)
    return triangulate(BOX, np.array(points), np.array(edges), label, height, (z, care, grid), error_m)


def areas(tin):
    a, b, c = (tin.vertices[tin.faces[:, k], :2] for k in range(3))
    return ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2.0


def edges_of(tin):
    return {tuple(sorted(e)) for f in tin.faces.tolist() for e in ((f[0], f[1]), (f[1], f[2]), (f[2], f[0]))}


def test_the_box_is_covered_once_by_triangles_that_look_up():
    tin = built()
    assert areas(tin).min() > 0
    assert areas(tin).sum() == pytest.approx(2500.0)
    assert len(tin.vertices) - len(edges_of(tin)) + len(tin.faces) == 1


def test_every_height_is_followed_within_the_error():
    tin = built(error_m=0.05)
    assert tin.error_m <= 0.05
    from scipy.interpolate import LinearNDInterpolator

    probe = grid_over((1.0, 1.0, 49.0, 49.0), 0.5).centres()
    surface = LinearNDInterpolator(tin.vertices[:, :2], tin.vertices[:, 2])
    assert np.abs(surface(probe) - hills(probe)).max() < 0.08  # Delaunay again, so nearly the same triangles


def test_a_smaller_error_takes_more_triangles():
    assert len(built(error_m=0.02).faces) > 2 * len(built(error_m=0.2).faces)


def test_given_edges_are_edges():
    ring = np.round(25 + 15 * np.column_stack([np.cos(a := np.arange(17) * 2 * np.pi / 17), np.sin(a)]), 3)
    pairs = [(i, (i + 1) % 17) for i in range(17)]
    tin = built(ring, pairs)
    where = {tuple(np.round(v[:2], 3)): i for i, v in enumerate(tin.vertices)}
    have = edges_of(tin)
    assert tin.lost_edges == 0
    assert all(tuple(sorted((where[tuple(ring[a])], where[tuple(ring[b])]))) in have for a, b in pairs)


def test_an_edge_through_a_vertex_is_kept_in_two_parts():
    tin = built([(10.0, 10.0), (30.0, 30.0), (20.0, 20.0)], [(0, 1)], height=lambda xy: 0.0 * xy[:, 0])
    assert tin.lost_edges == 0
    assert len(tin.vertices) == 7


def test_an_edge_across_another_is_counted_as_lost():
    tin = built([(10.0, 10.0), (30.0, 30.0), (10.0, 30.0), (30.0, 10.0)], [(0, 1), (2, 3)])
    assert tin.lost_edges == 1


def test_no_vertex_is_added_on_the_border():
    tin = built()
    x, y = tin.vertices[:, 0], tin.vertices[:, 1]
    on_border = (x == 0) | (y == 0) | (x == 50) | (y == 50)
    assert on_border.sum() == 4


def test_faces_labelled_below_zero_get_no_vertices():
    ring = [(20.0, 0.0), (20.0, 50.0)]
    tin = built(ring, [(0, 1)], classify=lambda xy: np.where(xy[:, 0] < 20.0, -1, 0).astype(np.int32))
    inside = (tin.vertices[:, 0] > 0) & (tin.vertices[:, 0] < 20)
    assert not inside.any()
    assert set(tin.label.tolist()) == {-1, 0}
    assert areas(tin)[tin.label < 0].sum() == pytest.approx(1000.0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=60))
def test_any_points_even_on_one_line_or_twice_make_a_sound_triangulation(points):
    tin = built(np.array(points, dtype=float), height=lambda xy: 0.0 * xy[:, 0])
    assert areas(tin).min() > 0
    assert areas(tin).sum() == pytest.approx(2500.0)
    have = {tuple(v) for v in tin.vertices[:, :2].tolist()}
    assert {(float(x), float(y)) for x, y in points} <= have


def test_the_same_input_gives_the_same_triangles():
    one, two = built(), built()
    assert np.array_equal(one.vertices, two.vertices)
    assert np.array_equal(one.faces, two.faces)


def test_no_vertex_is_added_beside_a_given_edge():
    along = np.array([[0.0, 20.0], [50.0, 24.07], [0.0, 20.03], [50.0, 24.1]])  # a kerb's face, 3 cm wide

    def stepped(xy):
        return hills(xy) + 0.13 * (xy[:, 1] > 20.015 + 0.0814 * xy[:, 0])

    tin = built(along, ((0, 1), (2, 3)), height=stepped)
    off = np.abs(tin.vertices[:, 1] - 20.015 - 0.0814 * tin.vertices[:, 0])
    inside = (tin.vertices[:, 0] > 0) & (tin.vertices[:, 0] < 50)
    assert len(tin.vertices) > 200
    assert off[inside].min() > 0.05
