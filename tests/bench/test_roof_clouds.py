"""The simulated clouds and the made-up city: are they what they say they are?"""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from xmscenes.bench.roof_city import make_city, roof_of
from xmscenes.bench.roof_clouds import scan_airborne, scan_images, write_cloud
from xmscenes.bench.roof_kernels import topmost_z
from xmscenes.bench.roof_kinds import KINDS, box, slopes
from xmscenes.bench.roof_planes import count_planes
from xmscenes.bench.roof_truth import from_faces, read_truth, repeated, with_outline_errors, write_truth


@pytest.fixture(scope="module")
def gable():
    """One gabled house of 12 x 8 m, eaves 5 m and ridge 7 m above a floor at 3 m."""
    outline, faces = roof_of([box(0, 0, 12, 8, *slopes(12, 8, 5.0, None, 0.5))])
    lifted = [np.add(face, (100_000.0, 450_000.0, 3.0)) for face in faces]
    return from_faces("EPSG:28992", ["房一"], [shapely.affinity.translate(outline, 100_000, 450_000)], [3.0], [lifted])


def roof_z(truth, xyz):
    origin = np.floor(truth.tri.reshape(-1, 3).min(axis=0))
    return topmost_z(xyz[:, :2] - origin[:2], truth.tri - origin) + origin[2]


def test_a_gable_has_two_planes_and_its_known_area(gable):
    assert gable.planes.tolist() == [2]
    area = (
        np.linalg.norm(np.cross(gable.tri[:, 1] - gable.tri[:, 0], gable.tri[:, 2] - gable.tri[:, 0]), axis=1).sum() / 2
    )
    assert area == pytest.approx(12 * 8 * np.hypot(1, 0.5))


def test_airborne_points_have_the_density_noise_and_classes_that_were_asked_for(gable):
    xyz, kind = scan_airborne(gable, 40.0, seed=1)
    roof = xyz[kind == 6]
    inside = roof[(np.abs(roof[:, :2] - (100_000, 450_000)) < (5.5, 3.5)).all(axis=1)]
    assert len(inside) / (11 * 7) == pytest.approx(40, rel=0.1)
    off = inside[:, 2] - roof_z(gable, inside)
    typical = off[np.abs(off) < 0.25]
    # z 3 cm, xy 8 cm on a slope of 0.5, strips 2 cm apart each way
    assert typical.std() == pytest.approx(np.sqrt(0.03**2 + 0.04**2 + 0.02**2), rel=0.12)
    assert (off > 0.25).mean() == pytest.approx(0.005, abs=0.004)
    ground = xyz[kind == 2]
    assert np.median(ground[:, 2]) == pytest.approx(3.0, abs=0.02)
    assert (kind == 1).sum() > 50  # hits on walls


def test_what_stands_behind_a_tall_house_is_not_seen():
    tall = box(0, 0, 10, 10, (0, 0, 30.0))
    low = box(9, 0, 6, 10, (0, 0, 3.0))
    outline, faces = roof_of([tall, low])
    truth = from_faces("EPSG:28992", ["a"], [outline], [0.0], [faces])
    xyz, kind = scan_airborne(truth, 20.0, seed=2)
    on_low = (kind == 6) & (xyz[:, 0] > 6.5) & (xyz[:, 0] < 11.5) & (np.abs(xyz[:, 1]) < 4)
    assert on_low.sum() < 0.75 * 20 * 5 * 8  # one of the two strips looks from the other side


def test_image_matching_points_are_smoother_at_steps_and_have_no_wall_class(gable):
    xyz, kind = scan_images(gable, 20.0, seed=3)
    assert set(np.unique(kind)) == {2, 6}
    roof = xyz[kind == 6]
    inside = roof[(np.abs(roof[:, :2] - (100_000, 450_000)) < (5.0, 3.0)).all(axis=1)]
    assert len(inside) / 60 == pytest.approx(20, rel=0.15)
    off = inside[:, 2] - roof_z(gable, inside)
    assert np.median(np.abs(off)) == pytest.approx(0.06 * 0.67, rel=0.4)
    beside = np.abs(xyz[:, 0] - 100_000) < 5.0
    edge = xyz[beside & (np.abs(np.abs(xyz[:, 1] - 450_000) - 4.0) < 0.15)]
    assert ((edge[:, 2] > 3.7) & (edge[:, 2] < 7.3)).mean() > 0.5  # a ramp, where lidar has a step


@pytest.mark.parametrize("scan", [scan_airborne, scan_images])
def test_the_same_seed_gives_the_same_points(gable, scan):
    one, two, other = scan(gable, 5.0, 7), scan(gable, 5.0, 7), scan(gable, 5.0, 8)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_a_cloud_is_written_with_its_crs_and_to_the_millimetre(gable, tmp_path):
    import laspy

    cloud = scan_airborne(gable, 2.0, seed=4)
    for name in ("a", "b"):
        write_cloud(tmp_path / name / "points.laz", cloud, gable.crs)
    with laspy.open(tmp_path / "a" / "points.laz") as reader:
        points = reader.read()
        assert reader.header.parse_crs().to_epsg() == 28992
    assert np.abs(points.xyz - cloud[0]).max() < 1e-6
    assert np.array_equal(np.asarray(points.classification), cloud[1])
    assert (tmp_path / "a" / "points.laz").read_bytes() == (tmp_path / "b" / "points.laz").read_bytes()


def test_a_truth_is_read_back_as_it_was_written(gable, tmp_path):
    write_truth(gable, tmp_path)
    back = read_truth(tmp_path / "footprints.gpkg", tmp_path / "truth.npz", gable.crs)
    assert (back.ids, back.planes.tolist(), back.floor_m.tolist()) == (gable.ids, [2], [3.0])
    assert np.array_equal(back.tri, gable.tri)
    assert back.polygons[0].equals(gable.polygons[0])


def test_copies_keep_their_size_and_do_not_meet(gable):
    nine = repeated(gable, 9)
    assert len(set(nine.ids)) == 9
    assert [p.area for p in nine.polygons] == pytest.approx([96.0] * 9)
    assert shapely.union_all(np.array(nine.polygons)).area == pytest.approx(9 * 96.0)
    for b in range(9):
        corners = nine.tri[nine.building == b].reshape(-1, 3)
        assert shapely.contains_xy(nine.polygons[b].buffer(1e-6), corners[:, 0], corners[:, 1]).all()


def test_outline_errors_move_and_shrink_outlines_but_not_roofs(gable):
    off = with_outline_errors(gable, shift_m=0.2, inset_m=0.3, seed=1)
    assert off.polygons[0].area == pytest.approx((12 - 0.6) * (8 - 0.6))
    assert off.tri is gable.tri


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_roof_covers_its_outline_once(kind):
    rng = np.random.default_rng(5)
    for _ in range(3):
        outline, faces = roof_of(KINDS[kind](rng))
        assert outline.is_valid
        assert outline.geom_type == "Polygon"
        tri = np.concatenate(faces)
        flat = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])[:, 2]
        assert (flat > -1e-9).all(), "no face looks down"
        assert flat.sum() / 2 == pytest.approx(outline.area, rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "planes"),
    [("flat", 1), ("gable", 2), ("hip", 4), ("pyramid", 4), ("gambrel", 4), ("tent", 8), ("shed", 1), ("corner", 4)],
)
def test_every_kind_has_its_planes(kind, planes):
    _, faces = roof_of(KINDS[kind](np.random.default_rng(6)))
    assert count_planes(faces) == planes


def test_the_roof_of_a_building_is_the_highest_of_its_parts():
    parts = [box(0, 0, 12, 8, *slopes(12, 8, 5.0, None, 0.5)), box(0, 0, 2, 2, (0, 0, 9.0))]
    _, faces = roof_of(parts)
    z = topmost_z(np.array([[0, 0], [0.99, 0.99], [1.01, 0], [5, 3.9]], dtype=float), np.concatenate(faces))
    assert z == pytest.approx([9.0, 9.0, 7.0, 5.05])


def test_a_city_holds_every_kind_on_valid_outlines_and_is_the_same_twice():
    one, two = make_city(len(KINDS), 3), make_city(len(KINDS), 3)
    assert sorted(name.rsplit("_", 1)[0] for name in one.ids) == sorted(KINDS)
    assert all(p.is_valid and p.geom_type == "Polygon" for p in one.polygons)
    assert np.array_equal(one.tri, two.tri)
    assert (one.planes > 0).all()
