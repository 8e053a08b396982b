"""Cuts keep the surface, its colours and who is whose."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.mesh_cuts import cut_mesh
from xmscenes.geometry.meshes import face_areas, keep_faces
from xmscenes.records import Mesh, Surface

SQUARE = Mesh(
    vertices=np.array([[0.0, 0, 0], [4, 0, 1], [4, 4, 2], [0, 4, 1]]),
    faces=np.array([[0, 1, 2], [0, 2, 3]], np.int32),
    surface=np.array([Surface.ROAD, Surface.ROOF], np.uint8),
    rgb=np.array([[[0, 0, 0], [200, 0, 0], [200, 0, 0]], [[0, 0, 0], [200, 0, 0], [0, 0, 0]]], np.uint8),
)


@settings(deadline=None, max_examples=50)  # kernels compile in the first one
@given(st.sampled_from([0, 1]), st.floats(-1.0, 5.0))
def test_no_face_lies_on_both_sides_and_no_area_is_lost(axis, at):
    cut, source = cut_mesh(SQUARE, axis, at)
    places = cut.vertices[cut.faces][..., axis]
    assert ((places >= at - 1e-9).all(axis=1) | (places <= at + 1e-9).all(axis=1)).all()
    assert np.isclose(face_areas(cut).sum(), face_areas(SQUARE).sum(), rtol=1e-6)
    assert (cut.surface == SQUARE.surface[source]).all()


def test_colours_run_on_across_the_cut_and_shared_edges_stay_shared():
    cut, _ = cut_mesh(SQUARE, 0, 1.0)
    assert (cut.rgb[..., 0] == np.rint(50 * cut.vertices[cut.faces][..., 0])).all()
    assert len(cut.vertices) == 4 + 3  # two edges of the square and its diagonal are cut once each


def test_faces_that_touch_the_plane_stay_whole():
    cut, source = cut_mesh(SQUARE, 0, 4.0)
    assert len(cut.faces) == 2
    assert sorted(source) == [0, 1]
    assert len(keep_faces(cut, cut.surface == Surface.ROOF).faces) == 1
