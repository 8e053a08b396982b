import numpy as np
from seaside import HOUSE, SPEC, cloud, hill, tile

from xmscenes.model import MODELLERS, build_model
from xmscenes.records import PointClass, PointCloud


def with_roof(rng):
    points = cloud(rng)
    xyz, classes = points.xyz.copy(), points.point_class.copy()
    roof = (abs(xyz[:, :2] - [66.0, 75.0]) < [6.0, 5.0]).all(axis=1)
    xyz[roof, 2], classes[roof] = 14.0, PointClass.BUILDING
    return PointCloud(xyz=xyz, point_class=classes)


def test_one_tile_holds_every_kind_in_its_place(rng):
    model = build_model(tile(0, with_roof(rng)), SPEC)
    kinds = {f.kind for f in model.features}
    assert {"terrain", "water", "building", "path"} <= kinds
    assert len({f.id for f in model.features}) == len(model.features)
    assert list(MODELLERS) == ["terrain", "water", "building", "path", "bridge", "tree", "lamp"]


def test_no_house_floats_and_none_is_buried(rng):
    model = build_model(tile(0, with_roof(rng)), SPEC)
    house = next(f for f in model.features if f.kind == "building")
    lowest = hill(HOUSE.ring).min()
    assert lowest - 0.5 < house.mesh.vertices[:, 2].min() < lowest
    assert house.mesh.vertices[:, 2].max() > 13.5


def test_the_same_tile_twice_is_the_same_to_the_last_bit(rng):
    points = with_roof(rng)
    one, two = (build_model(tile(0, points), SPEC) for _ in range(2))
    for a, b in zip(one.features, two.features, strict=True):
        assert a.id == b.id
        assert np.array_equal(a.mesh.vertices, b.mesh.vertices)
        assert np.array_equal(a.mesh.faces, b.mesh.faces)
    assert np.array_equal(one.ground.z, two.ground.z)


def test_a_building_belongs_to_its_tile_only(rng):
    points = with_roof(rng)
    found = [f.id for c in (0, 1) for f in build_model(tile(c, points), SPEC).features if f.kind == "building"]
    assert found == [HOUSE.id]
