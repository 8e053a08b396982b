"""Domes, cones, barrels and tents are told from facets at random; gables and pyramids stay planes."""

import numpy as np
import pytest

from xmscenes.model.buildings import reconstruct_building
from xmscenes.model.buildings.forms import fault_of
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, Form, PointCloud, Surface

TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)
ROUND = np.column_stack([6 * np.cos(TURN), 6 * np.sin(TURN)])
EIGHT = ROUND[::3]
MIDDLES = TURN[::3] + np.pi / 8
SQUARE = np.array([[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]])
HALL = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 9.0], [0.0, 9.0]])


def dome(x, y):
    return 5 + np.sqrt(np.maximum(49 - x**2 - y**2, 0))


def dome_on_flat_roof(x, y):
    return np.where(np.hypot(x, y) < 5, 8 + np.sqrt(np.maximum(25 - x**2 - y**2, 0)), 8.0)


def cone(x, y):
    return 12 - 1.2 * np.hypot(x, y)


def barrel(x, y):
    return 4 + np.sqrt(np.maximum(5.5**2 - (y - 4.5) ** 2, 0))


def gable(x, y):
    return 5 + 0.6 * np.minimum(y, 9 - y)


def pyramid(x, y):
    return 14 - 0.7 * np.maximum(np.abs(x), np.abs(y))


def tent(x, y):
    return 12 - 0.7 * np.max([x * np.cos(m) + y * np.sin(m) for m in MIDDLES], axis=0)


def model(height, ring, density=10.0, **options):
    import shapely

    rng = np.random.default_rng(0)
    low, high = ring.min(axis=0), ring.max(axis=0)
    xy = rng.uniform(low, high, (int(density * np.prod(high - low)), 2))
    xy = xy[shapely.contains_xy(shapely.Polygon(ring), xy[:, 0], xy[:, 1])]
    z = height(xy[:, 0], xy[:, 1]) + rng.normal(0, 0.04, len(xy))
    cloud = PointCloud(xyz=np.column_stack([xy, z]), point_class=np.full(len(xy), 6, dtype=np.uint8))
    return reconstruct_building(Footprint(id="八卦楼", ring=ring), cloud, 0.0, BuildingOptions(**options))


@pytest.mark.parametrize(
    ("height", "ring", "kind"),
    [(dome, ROUND, "dome"), (cone, ROUND, "cone"), (barrel, HALL, "barrel"), (dome_on_flat_roof, SQUARE, "dome")],
)
def test_a_curved_roof_is_recognised_and_closed(height, ring, kind):
    feature = model(height, ring)
    assert feature.outcome.quality["curve"] == kind
    assert feature.form is Form.ROOFED
    assert [fault_of(s) for s in feature.solids[Form.ROOFED]] == [""]
    assert feature.outcome.rmse_m < 0.12


@pytest.mark.parametrize(("height", "ring", "planes"), [(gable, HALL, 2), (pyramid, SQUARE, 4)])
def test_plain_roofs_stay_planes(height, ring, planes):
    quality = model(height, ring).outcome.quality
    assert "curve" not in quality
    assert quality["plane_count"] == planes


@pytest.mark.parametrize("density", [2.0, 3.0, 10.0])
def test_a_roof_over_an_octagon_has_eight_facets_and_not_a_cones_sixteen(density):
    feature = model(tent, EIGHT, density)
    roof = feature.solids[Form.ROOFED][0]
    assert (roof.surface == Surface.ROOF).sum() == 8
    assert feature.outcome.rmse_m < 0.08


def test_curves_can_be_switched_off():
    assert "curve" not in model(barrel, HALL, curved=False).outcome.quality
