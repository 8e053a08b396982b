import numpy as np
import pytest
import shapely
from seaside import SPEC, cloud, hill, line, site, tile

from xmscenes.model.ground.colours import WALL
from xmscenes.model.ground.cover import Cover
from xmscenes.model.ground.grading import grade_ways
from xmscenes.model.ground.streets import mark_patches, sidewalk_patches
from xmscenes.model.ground.terrain import model_terrain
from xmscenes.model.ground.ways import ways_of
from xmscenes.options import RoadOptions
from xmscenes.records import Footprint, Surface

STREET = line("way/1", [(-60, 60), (160, 60)], highway="tertiary", width_m="9")
CROSSING = line("way/2", [(50, 20), (50, 120)], highway="residential", width_m="7")
BOX = (0.0, 0.0, 100.0, 100.0)


@pytest.fixture(scope="module")
def street():
    return site(0, cloud(np.random.default_rng(3)), lines={"paths": (STREET,)}, footprints=())


def triangles(s, kind):
    return s.tin.vertices[s.tin.faces[s.tin.label == kind]]


def test_a_way_is_nearly_level_across_and_has_no_bumps_along(rng):
    points = cloud(rng)
    xyz = points.xyz.copy()
    bump = (np.abs(xyz[:, :2] - [30.0, 61.0]) < [2.0, 1.5]).all(axis=1)
    xyz[bump, 2] += 1.2  # a parked car taken for ground
    s = site(0, type(points)(xyz=xyz, point_class=points.point_class), lines={"paths": (STREET,)}, footprints=())
    x = np.arange(10.0, 60.0, 0.5)
    middle, left, right = (s.ground.at(np.column_stack([x, np.full(len(x), 60.0 + d)])) for d in (0, 3.5, -3.5))
    assert np.abs(left - right).max() < 0.05 * 7
    assert np.abs(np.diff(middle, 2)).max() < 0.02
    assert np.abs(middle - hill(np.column_stack([x, np.full(len(x), 60.0)]))).max() < 0.25


def test_the_ground_away_from_ways_stays_as_it_was_measured(street):
    ways = street.ways
    raw = site(0, cloud(np.random.default_rng(3)), lines={}, footprints=()).ground
    graded = grade_ways(raw, ways)
    away = np.random.default_rng(0).uniform((0, 69), (100, 103), (300, 2))
    assert np.array_equal(graded.at(away), raw.at(away))


def test_neighbouring_tiles_grade_a_street_alike():
    points = cloud(np.random.default_rng(3))
    a, b = (site(c, points, lines={"paths": (STREET,)}, footprints=()) for c in (0, 1))
    border = np.column_stack([np.full(160, 100.0), np.linspace(40, 80, 160)])
    assert np.array_equal(a.ground.at(border), b.ground.at(border))
    on_line = [
        {tuple(v) for v in model_terrain(s).mesh.vertices.tolist() if v[0] == 100.0 and v[2] > -1} for s in (a, b)
    ]
    assert on_line[0] == on_line[1]


def test_a_sidewalk_stands_a_kerb_above_its_carriageway(street):
    top = triangles(street, Cover.KERB).reshape(-1, 3)
    rise = top[:, 2] - street.ground.at(top[:, :2])
    assert rise == pytest.approx(0.13, abs=0.005)
    road = triangles(street, Cover.STREET).reshape(-1, 3)
    assert np.abs(road[:, 2] - street.ground.at(road[:, :2])).max() < 0.002


def test_the_face_of_a_kerb_is_steep_and_thin(street):
    faces = triangles(street, Cover.KERB_FACE)
    normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    assert (np.hypot(normal[:, 0], normal[:, 1]) / normal[:, 2] > 2.0).all()
    assert shapely.area(shapely.polygons(faces[:, :, :2])).sum() == pytest.approx(2 * 100 * 0.03, rel=0.1)


def test_kerbs_of_a_street_that_turns_and_climbs_hide_no_face_behind_another(rng):
    lane = line("way/3", [(-60, 20), (40, 55), (160, 61)], highway="tertiary", width_m="9")
    points = cloud(rng)
    xyz = points.xyz + np.column_stack([np.zeros((len(points), 2)), 0.12 * points.xyz[:, 0]])
    steep = type(points)(xyz=xyz, point_class=points.point_class)
    s = site(0, steep, lines={"paths": (lane,)}, footprints=())
    for kind in (Cover.KERB_FACE, Cover.STREET):
        faces = triangles(s, kind)
        normal = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
        rise = np.hypot(normal[:, 0], normal[:, 1]) / normal[:, 2]
        assert (rise > 2.0).all() if kind == Cover.KERB_FACE else (rise < 1.0).all()
    mesh = model_terrain(s).mesh
    walls = mesh.vertices[mesh.faces[(mesh.rgb[:, 0] == WALL).all(axis=1)]]
    assert (walls[..., 2].min(axis=1) < 0).all(), "those of the shore alone: no kerb is taken for a retaining wall"


def test_paint_is_a_part_of_the_carriageway(street):
    mesh = model_terrain(street).mesh
    paint = np.concatenate([triangles(street, k) for k in (Cover.MARK, Cover.MARK_YELLOW)])
    assert len(paint)
    assert (mesh.surface == Surface.ROAD).sum() >= len(paint)
    assert np.abs(paint[..., 1] - 60.0).max() < 4.5


def test_paint_stops_before_a_crossing_street_and_a_zebra_stands_there():
    ways = ways_of(tile(lines={"paths": (STREET, CROSSING)}), RoadOptions())
    white, yellow = mark_patches(ways, BOX, RoadOptions())
    junction = shapely.box(46.5, 56.0, 53.5, 64.0)
    assert not shapely.intersects(yellow.shape, junction)
    assert not shapely.intersects(white.shape, junction)
    zebra = shapely.intersection(white.shape, shapely.box(53.5, 55.0, 59.5, 65.0))
    assert len(shapely.get_parts(zebra)) >= 6


def test_kerbs_and_paint_can_be_left_out():
    options = RoadOptions(kerb_m=0.0, marks=False)
    ways = ways_of(tile(lines={"paths": (STREET,)}), options)
    assert sidewalk_patches(ways, BOX, options) == []
    assert mark_patches(ways, BOX, options) == []
    assert SPEC.roads.kerb_m > 0


def test_lanes_and_tagged_streets_have_no_sidewalk():
    ways = ways_of(
        tile(lines={"paths": (line("a", [(0, 50), (90, 50)], highway="living_street"),
                              line("b", [(0, 80), (90, 80)], highway="primary", sidewalk="no"))}),
        RoadOptions(),
    )  # fmt: skip
    assert sidewalk_patches(ways, BOX, RoadOptions()) == []


def test_open_ground_of_a_dense_quarter_is_paved_and_of_a_lone_house_is_not(rng):
    def house(n, x, y):
        return Footprint(id=f"h{n}", ring=np.array([[x, y], [x + 12, y], [x + 12, y + 10.0], [x, y + 10.0]]))

    row = tuple(house(n, 10.0 + 16 * (n % 4), 45.0 + 14 * (n // 4)) for n in range(12))
    dense = site(0, cloud(rng), lines={}, footprints=row)
    lone = site(0, cloud(rng), lines={}, footprints=row[:1])
    assert (dense.tin.label == Cover.PAVED).any()
    assert not (lone.tin.label == Cover.PAVED).any()
