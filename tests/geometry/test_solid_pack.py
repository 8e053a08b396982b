"""Triangles of the faces of a solid, as the judge of solids sees them."""

import numpy as np

from xmscenes.geometry.solid_pack import pack_solid
from xmscenes.geometry.solid_rings import area_vector
from xmscenes.records import Solid

# A wall of a real roof with four low parapets, on the grid of 0.1 mm: ten corners lie almost on one line.
WALL = [
    (1.2227, 0.0, 0.0), (56.7372, 5.5591, 0.0), (56.7372, 5.5591, 21.3712), (35.2232, 3.4037, 21.3721),
    (35.2232, 3.4037, 22.2671), (31.2766, 3.0086, 22.2671), (31.2766, 3.0086, 21.3723), (28.3364, 2.7145, 21.3724),
    (28.3364, 2.7145, 22.4914), (23.5673, 2.2369, 22.4701), (23.5673, 2.2369, 21.3726), (22.0901, 2.0893, 21.3727),
    (22.0901, 2.0893, 22.463), (16.6274, 1.5423, 22.4386), (16.6274, 1.5423, 21.3729), (13.8901, 1.2677, 21.373),
    (13.8901, 1.2677, 22.2897), (9.076, 0.7858, 22.3157), (9.076, 0.7858, 21.3732), (1.2227, 0.0, 21.3736),
]  # fmt: skip


def test_no_triangle_of_a_wall_runs_along_its_own_corners():
    count = len(WALL)
    face = (tuple(range(count)),)
    packed = pack_solid(Solid(vertices=np.array(WALL), faces=(face,), surface=np.zeros(1, np.uint8)))
    corners = packed.xyz[packed.tri]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    assert len(packed.tri) == count - 2
    assert (np.linalg.norm(across, axis=1) / longest).min() > 0.1
    np.testing.assert_allclose(across.sum(axis=0) / 2.0, area_vector(packed.xyz, packed.corner), rtol=1e-9)
    assert (across @ across.sum(axis=0) > 0).all()
