import numpy as np
import pytest
from seaside import cloud, site

from xmscenes.records import PointClass, PointCloud


def terraced(rng, height_m=2.0):
    """Flat ground with a wall along x = 50: a terrace east of it."""
    xy = rng.uniform((-60, -60), (260, 160), (300_000, 2))
    z = np.where(xy[:, 0] < 50.07, 3.0, 3.0 + height_m) + rng.normal(0, 0.02, len(xy))
    return PointCloud(xyz=np.column_stack([xy, z]), point_class=np.full(len(xy), PointClass.GROUND, dtype=np.uint8))


def surface(tin, xy):
    """Height of a triangulation at positions inside it."""
    import shapely

    corners = tin.vertices[tin.faces]
    tree = shapely.STRtree(shapely.polygons(corners[:, :, :2]))
    point, face = tree.query(shapely.points(xy), predicate="intersects")
    _, first = np.unique(point, return_index=True)
    a, b, c = np.moveaxis(corners[face[first]], 1, 0)
    n = np.cross(b - a, c - a)
    return a[:, 2] - ((xy - a[:, :2]) * n[:, :2]).sum(axis=1) / n[:, 2]


def test_the_terrain_follows_a_wall_as_closely_as_its_points(rng):
    points = terraced(rng)
    s = site(0, points, lines={}, footprints=(), areas={})
    probe = points.xyz[(np.abs(points.xyz[:, :2] - 50.0) < 45.0).all(axis=1)][::5]
    error = surface(s.tin, probe[:, :2]) - probe[:, 2]
    assert np.sqrt((error**2).mean()) < 0.08
    near = np.abs(probe[:, 0] - 50.07) < 1.0
    assert np.percentile(np.abs(error[near]), 95) < 0.4


def test_a_single_point_is_no_ledge(rng):
    points = cloud(rng)
    xyz = points.xyz.copy()
    lone = np.argmin(np.hypot(*(xyz[:, :2] - [30.0, 80.0]).T))
    xyz[lone, 2] += 3.0
    s = site(0, PointCloud(xyz=xyz, point_class=points.point_class), lines={}, footprints=())
    there = np.hypot(*(s.tin.vertices[:, :2] - xyz[lone, :2]).T) < 2.0
    assert (s.tin.vertices[there, 2] < xyz[lone, 2] - 0.5).all()


def test_walls_leave_the_border_of_a_tile_alone(rng):
    points = terraced(rng)
    a, b = (site(c, points, lines={}, footprints=(), areas={}).tin for c in (0, 1))
    on = [{tuple(v) for v in t.vertices.tolist() if v[0] == 100.0} for t in (a, b)]
    assert on[0] == on[1]
    assert a.vertices[:, 2].max() == pytest.approx(5.0, abs=0.2)


def test_a_ledge_beside_a_way_is_a_wall_of_stone_and_one_in_the_woods_is_rock(rng):
    from seaside import line

    from xmscenes.look.materials import INDEX
    from xmscenes.model.ground.colours import WALL
    from xmscenes.model.ground.terrain import model_terrain

    def upright(way_x):
        lane = line("巷", [(way_x, -20.0), (way_x, 130.0)], highway="footway")
        mesh = model_terrain(site(0, terraced(rng), lines={"paths": (lane,)}, footprints=(), areas={})).mesh
        corners = mesh.vertices[mesh.faces]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        steep = np.hypot(normal[:, 0], normal[:, 1]) > 1.75 * np.abs(normal[:, 2])
        tall = np.ptp(corners[..., 2], axis=1) > 0.5
        return mesh, steep & tall

    mesh, wall = upright(47.5)
    assert wall.sum() > 50
    assert (mesh.rgb[wall] == WALL).all()
    assert (mesh.material[wall] == INDEX["paving"]).all()
    assert not mesh.smooth[wall].any()
    mesh, wall = upright(20.0)
    assert wall.sum() > 50
    assert (mesh.material[wall] == INDEX["ground"]).all()
