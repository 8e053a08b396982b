"""Of two buildings in one place the smaller is drawn a little lower and inside; then nothing flickers."""

import numpy as np

from xmscenes.geometry.extrude import polygon_block, solid_to_mesh
from xmscenes.model.overlaps import STEP_M, stand_back
from xmscenes.records import Feature, Footprint, Origin, Outcome

LARGE = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]])
SMALL = np.array([[5.0, 0.0], [12.0, 0.0], [12.0, 8.0], [5.0, 8.0]])
BESIDE = np.array([[20.0, 0.0], [26.0, 0.0], [26.0, 10.0], [20.0, 10.0]])


def house(id_, ring):
    mesh = solid_to_mesh(polygon_block((ring, ()), 0.0, 6.0))
    return Feature(id=id_, kind="building", mesh=mesh, outcome=Outcome(origin=Origin.MEASURED, source="points"))


def drawn(*named, nearby=()):
    features = tuple(house(id_, ring) for id_, ring in named)
    found = stand_back(
        features, [Footprint(id=i, ring=r) for i, r in named], [Footprint(id=i, ring=r) for i, r in nearby]
    )
    return {feature.id: feature.mesh.vertices for feature in found}


def test_the_smaller_one_goes_inwards_and_down_by_a_step():
    found = drawn(("大", LARGE), ("小", SMALL))
    assert np.allclose(found["大"], house("大", LARGE).mesh.vertices)
    assert np.allclose(found["小"][:, 0].min(), 5.0 + STEP_M)
    assert np.allclose(found["小"][:, 1].max(), 8.0 - STEP_M)
    assert np.allclose(found["小"][:, 2].max(), 6.0 - STEP_M)


def test_neighbours_wall_to_wall_stay_where_they_are():
    found = drawn(("一", LARGE), ("二", BESIDE))
    assert np.allclose(found["二"], house("二", BESIDE).mesh.vertices)


def test_a_larger_building_of_the_next_tile_counts_and_a_smaller_one_does_not():
    assert np.ptp(drawn(("小", SMALL), nearby=[("大", LARGE)])["小"][:, 0]) < 7.0
    assert np.ptp(drawn(("大", LARGE), nearby=[("小", SMALL)])["大"][:, 0]) == 20.0


def test_of_two_alike_the_later_id_gives_way():
    found = drawn(("b", SMALL), ("a", SMALL.copy()))
    assert found["a"][:, 2].max() == 6.0
    assert found["b"][:, 2].max() < 6.0


def test_what_hangs_on_a_wall_goes_with_it_and_what_stands_on_the_roof_stays_over_its_place():
    mesh = house("小", SMALL).mesh
    balcony, chimney = np.array([8.0, -1.0, 3.0]), np.array([8.0, 4.0, 7.0])
    vertices = np.vstack([mesh.vertices, balcony, chimney])
    feature = Feature(
        id="小",
        kind="building",
        mesh=type(mesh)(vertices=vertices, faces=mesh.faces, surface=mesh.surface),
        outcome=Outcome(origin=Origin.MEASURED, source="points"),
    )
    (found,) = stand_back([feature], [Footprint(id="小", ring=SMALL)], [Footprint(id="大", ring=LARGE)])
    assert np.allclose(found.mesh.vertices[-2], balcony + np.array([0, STEP_M, -STEP_M]))
    assert np.allclose(found.mesh.vertices[-1], chimney - [0, 0, STEP_M])


def test_a_tile_without_buildings_is_left_alone():
    assert stand_back((), (), ()) == ()
