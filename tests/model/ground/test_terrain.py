import numpy as np
import pytest
import shapely
from seaside import SHORE, cloud, site

from xmscenes.model.ground.terrain import model_terrain, shore_edges
from xmscenes.model.ground.water import model_water
from xmscenes.records import Area, Surface


@pytest.fixture(scope="module")
def pair():
    points = cloud(np.random.default_rng(1))
    return site(0, points), site(1, points)


def on_line(mesh, x):
    return {tuple(v) for v in mesh.vertices.tolist() if v[0] == x and v[2] > -1.0}


def test_neighbouring_tiles_share_their_border_vertices_exactly(pair):
    west, east = (model_terrain(s).mesh for s in pair)
    assert on_line(west, 100.0) == on_line(east, 100.0)
    assert len(on_line(west, 100.0)) > 8


def test_neighbouring_waters_share_their_border_vertices_exactly(pair):
    west, east = (model_water(s)[0].mesh for s in pair)
    assert on_line(west, 100.0) == on_line(east, 100.0)


def test_the_triangles_follow_the_ground_within_the_error(pair):
    tin = pair[0].tin
    assert tin.error_m <= 0.15
    assert tin.lost_edges == 0


def test_terrain_and_water_meet_at_the_shore_without_a_gap(pair):
    tin = pair[0].tin
    area = 0.0
    for labels in (tin.label >= 0, tin.label < 0):
        a, b, c = (tin.vertices[tin.faces[labels][:, k], :2] for k in range(3))
        area += shapely.area(shapely.polygons(np.stack([a, b, c], 1))).sum()
    assert area == pytest.approx(100.0 * 100.0)
    water = shapely.Polygon(SHORE)
    land = shapely.intersection(water, shapely.box(0, 0, 100, 100)).area
    a, b, c = (tin.vertices[tin.faces[tin.label >= 0][:, k], :2] for k in range(3))
    assert shapely.area(shapely.polygons(np.stack([a, b, c], 1))).sum() == pytest.approx(land, abs=0.5)


def test_a_wall_leads_from_every_shore_edge_to_below_the_water(pair):
    mesh = model_terrain(pair[0]).mesh
    edges = shore_edges(pair[0])
    vertical = mesh.surface == Surface.ROCK
    assert vertical.sum() >= 2 * len(edges)
    assert mesh.vertices[:, 2].min() == pytest.approx(-1.5)
    corners = mesh.vertices[mesh.faces[-2 * len(edges) :]]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (outward[:, 1] < 0).all()  # the sea is in the south


def test_land_never_lies_below_the_water(pair):
    for s in pair:
        dry = np.unique(s.tin.faces[s.tin.label >= 0])
        assert s.tin.vertices[dry, 2].min() >= 0.0


def test_ways_are_faces_of_the_terrain(pair):
    mesh = model_terrain(pair[0]).mesh
    road = mesh.vertices[mesh.faces[mesh.surface == Surface.ROAD]]
    area = shapely.area(shapely.polygons(road[:, :, :2])).sum()
    length = 100.0 + np.hypot(10, 28) + 50.0
    assert area == pytest.approx(2.0 * (100.0 + np.hypot(10, 28)) + 4.0 * 50.0, rel=0.1), length
    graded = pair[0].ground.at(road[:, :, :2].reshape(-1, 2)).reshape(-1, 3)
    assert np.abs(road[:, :, 2] - graded).max() < 0.06


def test_an_all_water_tile_has_no_terrain():
    far = (Area(id="coast", ring=np.array([[500.0, 0.0], [600.0, 0.0], [600.0, 100.0]])),)
    s = site(0, areas={"coastline": far})
    assert model_terrain(s) is None
    assert model_water(s)[0].mesh.surface[0] == Surface.WATER


def test_without_any_layer_the_ground_is_flat_and_the_outcome_says_so():
    feature = model_terrain(site(0, areas={}, lines={}, footprints=()))
    assert len(feature.mesh.faces) == 2
    assert "flat" in feature.outcome.fallback


def test_a_lake_lies_at_the_level_of_its_tag(pair):
    lake = Area(
        id="筼筜湖", ring=np.array([[20.0, 80.0], [45.0, 80.0], [45.0, 95.0], [20.0, 95.0]]), tags={"level_m": "2.5"}
    )
    s = site(0, areas={"water": (lake,)})
    water = model_water(s)[0]
    assert set(water.mesh.vertices[:, 2]) == {2.5}
    assert water.id.startswith("water/筼筜湖/")
    assert s.to_record().z[round((87 + 40) / 0.5), round((30 + 40) / 0.5)] == 2.5


def test_a_shore_never_lies_below_its_water_wherever_vertices_were_added(rng):
    ring = np.array([[20.0, 40.0], [60.0, 40.0], [60.0, 70.0], [20.0, 70.0]])  # on the cells of the heights
    pond = Area(id="pond", ring=ring, tags={"level_m": "7.0"})
    s = site(0, cloud(rng), areas={"water": (pond,)}, lines={}, footprints=())
    wet = np.unique(s.tin.faces[s.tin.label < 0])
    assert s.tin.vertices[wet, 2].min() >= 7.0
