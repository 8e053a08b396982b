import numpy as np
import pytest
import shapely

from xmscenes.model import make_surroundings
from xmscenes.records import Area, HeightGrid, Origin

AREA = (0.0, 0.0, 400.0, 300.0)
# Land to the north and east of a shore that crosses the area from (-2000, 100) to (200, -2000).
SHORE = np.array(
    [[-2500.0, 100.0], [100.0, 100.0], [100.0, -2500.0], [2500.0, -2500.0], [2500.0, 2500.0], [-2500.0, 2500.0]]
)
LAND = (Area(id="岛", ring=SHORE, origin=Origin.OPENSTREETMAP),)
RIM = np.array([[x, y, 6.0] for x in np.arange(0.5, 400, 25) for y in (0.01, 299.99)])


def by_id(features):
    return {f.id: f for f in features}


def plan_area(mesh):
    corners = mesh.vertices[mesh.faces][:, :, :2]
    return shapely.area(shapely.polygons(corners)).sum()


@pytest.fixture(scope="module")
def ring():
    return by_id(make_surroundings(AREA, LAND, RIM, reach_m=1500.0))


def test_sea_and_land_share_the_ring_around_the_area_without_overlap_or_gap(ring):
    outer = shapely.box(-1500, -1500, 1900, 1800)
    land = shapely.difference(shapely.intersection(shapely.Polygon(SHORE), outer), shapely.box(*AREA))
    sea = shapely.difference(shapely.difference(outer, shapely.Polygon(SHORE)), shapely.box(*AREA))
    assert plan_area(ring["water/sea/apron"].mesh) == pytest.approx(sea.area, rel=1e-6)
    mesh = ring["surroundings/land"].mesh
    flat = shapely.union_all(shapely.polygons(mesh.vertices[mesh.faces][:, :, :2]))
    assert shapely.area(shapely.symmetric_difference(shapely.difference(flat, shapely.box(*AREA)), land)) < 1.0


def test_the_land_meets_the_sea_at_its_level_and_the_scene_at_its_own_height(ring):
    land, sea = ring["surroundings/land"].mesh, ring["water/sea/apron"].mesh
    assert set(sea.vertices[:, 2]) == {0.0}
    key = {(round(x, 3), round(y, 3)) for x, y in sea.vertices[:, :2]}
    shared = np.array([(round(x, 3), round(y, 3)) in key for x, y in land.vertices[:, :2]])
    on_rim = np.abs(land.vertices[:, 2] - 0.0) < 1e-9
    assert shared.sum() >= 4
    assert on_rim[shared & (np.abs(land.vertices[:, :2]).max(axis=1) < 1499)].all()
    north = (np.abs(land.vertices[:, 1] - 300.0) < 1e-6) & (land.vertices[:, 0] > 150) & (land.vertices[:, 0] < 390)
    assert land.vertices[north, 2].max() == pytest.approx(6.0, abs=0.2)


def test_the_land_runs_on_under_the_edge_of_the_scene_so_that_no_slit_opens(ring):
    mesh = ring["surroundings/land"].mesh
    inside = shapely.contains_xy(shapely.buffer(shapely.box(*AREA), -1.0), mesh.vertices[:, :2])
    assert inside.any()
    assert (mesh.vertices[inside, 2] < 6.0 - 2.0).all()
    assert shapely.contains_xy(shapely.buffer(shapely.box(*AREA), -6.5), mesh.vertices[:, :2]).sum() == 0


def test_all_of_the_land_looks_up():
    mesh = by_id(make_surroundings(AREA, LAND, RIM, reach_m=800.0))["surroundings/land"].mesh
    a = mesh.vertices[mesh.faces]
    assert (np.cross(a[:, 1] - a[:, 0], a[:, 2] - a[:, 0])[:, 2] > -1e-9).all()


def test_heights_of_the_coarse_model_count_away_from_the_edge():
    dem = HeightGrid(z=np.full((60, 60), 80.0, dtype=np.float32), cell_m=100.0, corner_m=(-2900.0, -2900.0))
    land = by_id(make_surroundings(AREA, LAND, RIM, dem=dem, reach_m=2000.0))["surroundings/land"]
    v = land.mesh.vertices
    far = (v[:, 0] > 1500) & (v[:, 1] > 1500)
    assert np.median(v[far, 2]) == pytest.approx(80.0, abs=6.0)
    assert land.outcome.origin == Origin.INFERRED
    assert land.outcome.quality["shore"] == "openstreetmap"


def test_it_is_coarse_and_fades_into_the_haze(ring):
    mesh = ring["surroundings/land"].mesh
    assert len(mesh.faces) < 2500
    away = np.abs(mesh.vertices[mesh.faces][:, :, :2] - [200, 150]).max(axis=(1, 2))
    assert mesh.rgb[away > 1400].mean() > mesh.rgb[away < 400].mean() + 20


def test_no_shore_and_no_reach_mean_nothing_around():
    assert make_surroundings(AREA, (), RIM) == ()
    assert make_surroundings(AREA, LAND, RIM, reach_m=0.0) == ()


def test_a_scene_without_ground_on_its_border_still_gets_its_land():
    assert "surroundings/land" in by_id(make_surroundings(AREA, LAND, np.zeros((0, 3)), reach_m=500.0))


def test_an_island_that_the_scene_does_not_know_is_drawn_to_its_shore_inside_the_area():
    own = Area(id="屿", ring=np.array([[50.0, 50.0], [150.0, 50.0], [150.0, 150.0], [50.0, 150.0]]))
    other = np.array([[300.0, 200.0], [900.0, 200.0], [900.0, 900.0], [300.0, 900.0]])
    land = (own, Area(id="厦门岛", ring=other, origin=Origin.OPENSTREETMAP))
    mesh = by_id(make_surroundings(AREA, land, RIM, reach_m=1500.0, own=[own]))["surroundings/land"].mesh
    assert plan_area(mesh) == pytest.approx(shapely.Polygon(other).area, rel=1e-6)
    corner = shapely.contains_xy(shapely.box(300, 200, 400, 300), mesh.vertices[mesh.faces].mean(axis=1)[:, :2])
    assert corner.sum() >= 2
    assert mesh.vertices[mesh.faces[corner]][:, :, 2].max() < 4.0  # the sea bed along the border does not count
