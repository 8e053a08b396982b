"""Known roofs come back from noisy points."""

import numpy as np
import pytest

from xmscenes.geometry.solid_faults import find_faults
from xmscenes.model.buildings import reconstruct_building
from xmscenes.model.buildings.forms import fault_of
from xmscenes.options import BuildingOptions
from xmscenes.records import Footprint, Form, PointCloud, Surface

L, W, EAVES = 12.0, 8.0, 5.0


def scan(height, ring, density=10.0, noise_m=0.03, seed=0):
    """Points of a height function over the box of a ring, inside it, class 6."""
    import shapely

    rng = np.random.default_rng(seed)
    low, high = ring.min(axis=0), ring.max(axis=0)
    xy = rng.uniform(low, high, (int(density * np.prod(high - low)), 2))
    xy = xy[shapely.contains_xy(shapely.Polygon(ring), xy[:, 0], xy[:, 1])]
    z = height(xy[:, 0], xy[:, 1]) + rng.normal(0, noise_m, len(xy))
    ground = np.column_stack([rng.uniform(low - 4, high + 4, (200, 2)), np.zeros(200)])
    return PointCloud(
        xyz=np.concatenate([np.column_stack([xy, z]), ground]),
        point_class=np.concatenate([np.full(len(xy), 6), np.full(200, 2)]).astype(np.uint8),
    )


def gable(x, y):
    return EAVES + 0.6 * np.minimum(y, W - y)


def hip(x, y):
    return EAVES + 0.6 * np.minimum(np.minimum(y, W - y), np.minimum(x, L - x))


def steps(x, y):
    return np.where(x < 5.0, 4.0, np.where(y < 3.0, 7.0, 11.0))


RECTANGLE = np.array([[0.0, 0.0], [L, 0.0], [L, W], [0.0, W]])


def model(height, ring=RECTANGLE, **how):
    options = how.pop("options", BuildingOptions())
    return reconstruct_building(Footprint(id="房", ring=ring), scan(height, ring, **how), None, options)


def roof_normals(feature):
    mesh = feature.mesh
    a, b, c = (mesh.vertices[mesh.faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)[mesh.surface == Surface.ROOF]
    return cross / np.linalg.norm(cross, axis=1)[:, None]


@pytest.mark.parametrize(("height", "planes"), [(gable, 2), (hip, 4), (steps, 3)])
@pytest.mark.parametrize("density", [3.0, 10.0, 30.0])
def test_the_planes_of_a_roof_are_counted_right(height, planes, density):
    feature = model(height, density=density)
    assert feature.form is Form.ROOFED
    assert feature.outcome.quality["plane_count"] == planes
    assert feature.outcome.fallback == ""


def test_the_pitch_of_a_gable_is_right_within_one_degree():
    slopes = np.degrees(np.arccos(roof_normals(model(gable))[:, 2]))
    assert np.abs(slopes - np.degrees(np.arctan(0.6))).max() < 1.0


def test_the_rmse_is_about_the_noise_put_in():
    assert model(gable, noise_m=0.05).outcome.rmse_m == pytest.approx(0.05 * np.cos(np.arctan(0.6)), rel=0.25)


def test_a_gable_house_has_the_triangles_of_a_gable_house():
    assert len(model(gable).mesh.faces) == 16  # 4 roof, 2 floor, 4 eaves walls, 6 gable walls


def test_the_forms_are_nested_and_closed():
    feature = model(steps)
    for form in Form:
        assert [fault_of(s) for s in feature.solids[form]] == [""]
    roofed, stepped = (find_faults([feature.solids[f][0]]).volume_m3[0] for f in (Form.ROOFED, Form.STEPPED))
    assert stepped == pytest.approx(roofed, rel=0.15)
    tops = {round(z, 1) for z in feature.solids[Form.BLOCK][0].vertices[:, 2].tolist()}
    assert len(tops) == 2


def test_a_step_is_placed_within_ten_centimetres():
    feature = model(steps)
    mesh = feature.mesh
    inner = mesh.vertices[(mesh.vertices[:, 0] > 1) & (mesh.vertices[:, 0] < L - 1)]
    assert np.abs(inner[:, 0] - 5.0).max() < 0.1


def test_asking_for_a_block_gives_a_block_without_excuse():
    feature = model(gable, options=BuildingOptions(form=Form.BLOCK))
    assert (feature.form, feature.outcome.fallback) == (Form.BLOCK, "")


def test_asking_for_steps_gives_steps():
    feature = model(steps, options=BuildingOptions(form=Form.STEPPED))
    assert feature.form is Form.STEPPED
    assert set(np.round(np.unique(roof_normals(feature)[:, 2]), 6)) == {1.0}


def test_the_order_of_far_points_does_not_matter_for_the_bytes():
    cloud = scan(hip, RECTANGLE)
    far = PointCloud(
        xyz=np.concatenate([cloud.xyz, [[500.0, 500.0, 3.0]]]), point_class=np.append(cloud.point_class, np.uint8(6))
    )
    one, two = (
        reconstruct_building(Footprint(id="a", ring=RECTANGLE), c, 0.0, BuildingOptions()) for c in (cloud, far)
    )
    assert one.mesh.vertices.tobytes() == two.mesh.vertices.tobytes()
    assert one.mesh.faces.tobytes() == two.mesh.faces.tobytes()


def test_a_roof_does_not_shoot_up_into_a_gap():
    cloud = scan(gable, RECTANGLE)
    keep = (cloud.xyz[:, 0] < 4.0) | (cloud.point_class != 6)
    feature = reconstruct_building(
        Footprint(id="a", ring=RECTANGLE), cloud.take(np.flatnonzero(keep)), None, BuildingOptions()
    )
    assert feature.mesh.vertices[:, 2].max() < EAVES + 0.6 * W / 2 + 0.6


def matched_scan(height):
    """Points of image matching: steps smeared over half a metre, noise that hangs together."""
    from scipy.ndimage import gaussian_filter

    cell = 0.11
    x, y = np.meshgrid(np.arange(-3, L + 3, cell), np.arange(-3, W + 3, cell))
    inside = (x > 0) & (x < L) & (y > 0) & (y < W)
    z = gaussian_filter(np.where(inside, height(x, y), 0.0), 0.3 / cell)
    rng = np.random.default_rng(1)
    noise = gaussian_filter(rng.normal(0, 1, z.shape), 0.25 / cell)
    z += 0.06 * noise / noise.std() + rng.normal(0, 0.02, z.shape)
    keep = rng.random(z.shape) < 0.25
    xyz = np.column_stack([x[keep], y[keep], z[keep]])
    return PointCloud(xyz=xyz, point_class=np.where(xyz[:, 2] > 1.5, 6, 2).astype(np.uint8))


def test_image_matching_ramps_at_the_eaves_are_not_taken_for_roofs():
    feature = reconstruct_building(Footprint(id="a", ring=RECTANGLE), matched_scan(gable), None, BuildingOptions())
    assert feature.outcome.quality["plane_count"] == 2


def test_the_steep_lower_slopes_of_a_gambrel_outlast_image_matching():
    def gambrel(x, y):
        rim = np.minimum(y, W - y)
        return EAVES + np.minimum(1.7 * rim, 1.7 * 1.6 + 0.45 * (rim - 1.6))

    feature = reconstruct_building(Footprint(id="a", ring=RECTANGLE), matched_scan(gambrel), None, BuildingOptions())
    assert feature.outcome.quality["plane_count"] == 4
