"""One building from outline and points: the contract that holds whatever comes in."""

import numpy as np
import pytest

from xmscenes.geometry.solid_faults import find_faults
from xmscenes.model.buildings import reconstruct_building
from xmscenes.model.buildings.forms import fault_of
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, Form, Origin, PointCloud, Surface

SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 8.0], [0.0, 8.0]])


def cloud(xyz, kind=6):
    xyz = np.asarray(xyz, dtype=float).reshape(-1, 3)
    return PointCloud(xyz=xyz, point_class=np.full(len(xyz), kind, dtype=np.uint8))


def test_a_footprint_without_points_gets_the_height_of_its_storeys():
    feature = reconstruct_building(Footprint(id="鼓浪屿/1", ring=SQUARE, levels=3), cloud([]), 2.0, BuildingOptions())
    assert feature.form is Form.BLOCK
    assert feature.outcome.fallback == "no roof points"
    assert feature.outcome.quality["height_m"] == pytest.approx(9.9)
    assert feature.mesh.vertices[:, 2].min() == 2.0


def test_a_guess_by_kind_of_building_is_recorded_as_inferred():
    church = Footprint(id="a", ring=SQUARE, tags={"building": "church", "name": "三一堂"}, origin=Origin.OPENSTREETMAP)
    feature = reconstruct_building(church, cloud([]), None, BuildingOptions())
    assert (feature.outcome.origin, feature.outcome.source) == (Origin.INFERRED, "default for church")
    assert feature.name == "三一堂"


def test_the_block_of_a_courtyard_house_has_area_times_height():
    hole = np.array([[4.0, 3.0], [4.0, 5.0], [6.0, 5.0], [6.0, 3.0]])
    feature = reconstruct_building(
        Footprint(id="a", ring=SQUARE, holes=(hole,), height_m=6.0), cloud([]), 0.0, BuildingOptions()
    )
    (solid,) = feature.solids[Form.BLOCK]
    assert fault_of(solid) == ""
    assert find_faults([solid]).volume_m3[0] == pytest.approx((80 - 4) * 6.0)
    assert set(feature.mesh.surface) == {Surface.ROOF, Surface.WALL, Surface.FLOOR}


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 0], [10, 10], [10, 0], [0, 10]],  # bow-tie
        [[0, 0], [0, 0], [10, 0], [10, 0.001], [10, 8], [0, 8], [0, 0]],  # doubled points, closed ring
        [[0, 0], [10, 0], [20, 0]],  # a line
        [[5, 5]],
        [[np.nan, 0], [10, 0], [10, 8], [0, 8]],
        [[0, 0], [10, 0], [10, 8], [5, 8], [5, 30], [5.001, 30], [5.002, 8], [0, 8]],  # spike
    ],
)
def test_any_outline_gives_closed_solids(ring):
    ring = np.array(ring, dtype=float)
    feature = reconstruct_building(Footprint(id="a", ring=ring, height_m=5.0), cloud([]), None, BuildingOptions())
    for form in Form:
        assert feature.solids[form]
        assert [fault_of(s) for s in feature.solids[form]] == [""] * len(feature.solids[form])


def test_an_outline_without_a_vertex_stays_in_the_list_with_its_reason():
    feature = reconstruct_building(Footprint(id="a", ring=np.zeros((0, 2))), cloud([]), None, BuildingOptions())
    assert feature.mesh.is_empty
    assert feature.outcome.fallback == "the footprint has no usable vertex"
