import numpy as np
import pytest
from seaside import SHORE, cloud, line, site

from xmscenes.model.ground.paths import model_paths
from xmscenes.model.ground.rails import _mesh, _runs
from xmscenes.options import RoadOptions


def along_the_shore(away_m):
    """A footway beside the eastern shore, so far inland."""
    a, b = SHORE[1], SHORE[2]
    left = np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
    return line(
        "way/堤", [a + 5 * (b - a) / 60 + away_m * left, a + 55 * (b - a) / 60 + away_m * left], highway="footway"
    )


def railing(s, **options):
    feature = next(f for f in model_paths(s, RoadOptions(**options)) if f.id.startswith("way/堤"))
    return feature.mesh


def test_a_way_beside_a_quay_has_a_railing_on_the_waters_side(rng):
    s = site(0, cloud(rng), lines={"paths": (along_the_shore(1.8),)}, footprints=())
    mesh = railing(s)
    assert 100 < len(mesh.faces) < 900
    a, b = SHORE[1], SHORE[2]
    left = np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
    inland = (mesh.vertices[:, :2] - a) @ left
    assert np.abs(inland - (1.8 - 1.0 + 0.12)).max() < 0.2  # on the lower edge alone
    over = mesh.vertices[:, 2] - s.drawn_height()(mesh.vertices[:, :2])
    assert over.max() == pytest.approx(1.21, abs=0.1)
    assert over.min() > -0.4
    assert railing(s, railings=False).is_empty


def test_a_way_inland_has_none(rng):
    s = site(0, cloud(rng), lines={"paths": (along_the_shore(12.0),)}, footprints=())
    assert railing(s).is_empty


def test_no_face_of_a_railing_is_level_and_all_face_outwards():
    for posts, bars in (
        ([[0.0, 0, 0]], np.zeros((0, 2, 3))),
        (np.zeros((0, 3)), [[[0.0, 0, 0], [2, 1, 0.3]]]),
    ):
        mesh = _mesh(np.array(posts, dtype=float), np.array(bars, dtype=float))
        a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
        normal = np.cross(b - a, c - a)
        assert (normal[:, 2] < 0.5 * np.linalg.norm(normal, axis=1)).all()
        for part in np.split(np.arange(len(mesh.faces)), 1 if len(posts) else 2):
            middle = mesh.vertices[np.unique(mesh.faces[part])].mean(axis=0)
            assert (((a + b + c)[part] / 3.0 - middle) * normal[part]).sum(axis=1).min() > -1e-9


def test_short_drops_need_no_railing_and_a_gap_of_one_station_is_closed():
    falls = np.array([0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0], dtype=bool)
    assert _runs(falls) == [(1, 6)]
    assert _runs(np.zeros(5, dtype=bool)) == []
