import numpy as np
from seaside import SPEC, cloud, site, tile

from xmscenes.model.ground.photo import photo_of
from xmscenes.model.ground.terrain import model_terrain
from xmscenes.options import TerrainOptions
from xmscenes.records import ColourGrid, Origin, PointCloud


def half_red(known=True):
    """An orthophoto over both tiles: red west of x = 50, light grey east of it."""
    rgb = np.zeros((640, 720, 3), dtype=np.uint8)
    rgb[:, :220, 0], rgb[:, 220:] = 200, 220
    seen = np.full(rgb.shape[:2], known)
    return ColourGrid(rgb=rgb, known=seen, cell_m=0.5, corner_m=(-59.75, -59.75))


def test_the_ground_wears_the_orthophoto_with_its_edges(rng):
    s = site(0, cloud(rng), ortho=half_red(), lines={}, footprints=())
    mesh = model_terrain(s).mesh
    top = mesh.smooth
    corner, rgb = mesh.vertices[mesh.faces[top]].reshape(-1, 3), mesh.rgb[top].reshape(-1, 3)
    assert (rgb[corner[:, 0] < 48.0, 0] > 190).all()
    assert (rgb[corner[:, 0] > 52.0, 1] > 150).all()
    inner = (np.abs(corner[:, 0] - 50.0) < 2.0) & (corner[:, 1] > 30.0) & (corner[:, 1] < 95.0)
    assert inner.sum() > 20  # the edge got vertices


def test_vertices_for_colours_lie_on_the_ground(rng):
    s = site(0, cloud(rng), ortho=half_red(), lines={}, footprints=())
    dry = np.unique(s.tin.faces[s.tin.label >= 0])
    at = s.tin.vertices[dry]
    inland = at[at[:, 1] > 30.0]
    assert np.abs(inland[:, 2] - s.ground.at(inland[:, :2])).max() < 0.002
    assert s.tin.error_m <= 0.15


def test_neighbours_have_the_same_border_under_an_orthophoto(rng):
    points = cloud(rng)
    a, b = (model_terrain(site(c, points, ortho=half_red(), lines={}, footprints=())).mesh for c in (0, 1))
    on = [{tuple(v) for v in m.vertices.tolist() if v[0] == 100.0 and v[2] > -1.0} for m in (a, b)]
    assert on[0] == on[1]


def test_made_up_points_colour_the_ground_only_when_asked(rng):
    plain = cloud(rng)
    rgb = np.full((len(plain), 3), (180, 120, 90), dtype=np.uint8)
    rgb[::2] = (160, 110, 80)
    points = PointCloud(xyz=plain.xyz, point_class=plain.point_class, rgb=rgb)
    made_up, real = (tile(0, points, points_origin=o) for o in (Origin.SIMULATED, Origin.MEASURED))
    assert photo_of(made_up, SPEC.terrain) is None
    for t, colour in ((made_up, "points"), (real, "auto")):
        seen = photo_of(t, TerrainOptions(colour=colour)).at(np.array([[50.0, 60.0]]))[0]
        assert np.abs(seen - [170, 115, 85]).max() < 6
    assert photo_of(real, TerrainOptions(colour="cover")) is None


def test_a_photo_that_saw_nothing_leaves_the_cover(rng):
    t = tile(0, cloud(rng), ortho=half_red(known=False))
    assert photo_of(t, TerrainOptions()) is None
