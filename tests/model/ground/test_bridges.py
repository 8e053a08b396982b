import numpy as np
import pytest
from seaside import cloud, line, site

from xmscenes.geometry.under import Surface as Drawn
from xmscenes.model.ground.blocks import bar, block, prism
from xmscenes.model.ground.bridges import model_bridges
from xmscenes.options import RoadOptions
from xmscenes.records import PointClass, PointCloud, Surface

OPTIONS = RoadOptions()


def bridge_of(points, *bridges, paths=()):
    return model_bridges(site(0, points, lines={"bridges": bridges, "paths": paths}), OPTIONS)


def volume(mesh):
    a = mesh.vertices[mesh.faces]
    return float((np.cross(a[:, 0], a[:, 1]) * a[:, 2]).sum() / 6.0)


def test_a_bar_round_a_bend_is_closed_and_faces_outward():
    square = np.array([(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)])
    mesh = bar(np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0.0]]), square, (1, 2, 3), Surface.DETAIL)
    assert volume(mesh) == pytest.approx(80.0)


def test_blocks_and_prisms_have_their_volume_above_zero():
    ring = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    assert volume(prism(ring, (0.0, 2.0), (1, 1, 1), Surface.DETAIL)) == pytest.approx(2.0)
    turned = np.array([np.cos(0.3), np.sin(0.3)])
    assert volume(block(np.zeros(2), turned, (2.0, 3.0), (0.0, 2.0), (1, 1, 1), Surface.DETAIL)) == pytest.approx(12.0)


def test_the_deck_lies_at_its_tag_over_water_and_comes_down_to_the_land(rng):
    feature = bridge_of(
        cloud(rng),
        line("bridge/44", [(50, 5), (50, 35)], name="四十四桥", highway="footway", deck_m="5", width_m="2.2"),
    )[0]
    deck = feature.mesh.vertices[np.unique(feature.mesh.faces[feature.mesh.surface == Surface.ROAD])]
    assert deck[:, 2].max() == pytest.approx(5.0)
    on_land = deck[deck[:, 1] > 34.9]
    assert on_land[:, 2].max() < 3.0
    assert feature.name == "四十四桥"
    assert feature.outcome.source == "tag deck_m"


def test_a_wide_deck_comes_clear_of_land_that_falls_across_it(rng):
    points = cloud(rng)
    xyz = points.xyz + np.column_stack([np.zeros((len(points), 2)), 0.03 * (points.xyz[:, 0] - 30.0)])
    s = site(
        0,
        PointCloud(xyz=xyz, point_class=points.point_class),
        lines={
            "bridges": (line("b", [(30, 2), (30, 36)], highway="secondary", deck_m="4", width_m="12"),),
            "paths": (),
        },
    )
    (feature,) = model_bridges(s, OPTIONS)
    top = feature.mesh.vertices[feature.mesh.faces[feature.mesh.surface == Surface.ROAD]]
    y = np.linspace(30.0, 35.9, 30)
    for x in (24.2, 27.0, 30.0, 33.0, 35.8):
        spots = np.column_stack([np.full(len(y), x), y])
        assert (Drawn(top).top(spots) - s.drawn_height()(spots) > 0.02).all()


def test_piers_reach_into_the_water(rng):
    feature = bridge_of(cloud(rng), line("b", [(20, 10), (80, 10)], highway="footway", deck_m="4"))[0]
    assert feature.mesh.vertices[:, 2].min() == pytest.approx(-3.0)


def test_bridge_points_give_the_deck_when_no_tag_does(rng):
    xy = np.column_stack([rng.uniform(20, 80, 800), rng.uniform(9, 11, 800)])
    deck = PointCloud(
        xyz=np.column_stack([xy, 6.0 + 0.05 * xy[:, 0]]), point_class=np.full(800, PointClass.BRIDGE, dtype=np.uint8)
    )
    feature = bridge_of(deck, line("b", [(20, 10), (80, 10)], highway="footway"))[0]
    road = feature.mesh.vertices[np.unique(feature.mesh.faces[feature.mesh.surface == Surface.ROAD])]
    assert np.abs(road[:, 2] - (6.0 + 0.05 * road[:, 0])).max() < 0.15
    assert feature.outcome.source == "bridge points"


def test_a_deck_of_unknown_height_says_so(rng):
    feature = bridge_of(cloud(rng), line("b", [(20, 10), (80, 10)], highway="footway"))[0]
    assert feature.outcome.fallback == "no deck height given or measured"


def test_a_tagged_path_is_a_bridge_unless_the_layer_has_it_by_name(rng):
    tagged = line("way/5", [(50, 5), (50, 15)], highway="footway", bridge="yes", name="四十四桥")
    layer = line("bridge/44", [(50, 5), (50, 15)], highway="footway", name="四十四桥")
    assert [b.id for b in bridge_of(cloud(rng), paths=(tagged,))] == ["way/5"]
    assert [b.id for b in bridge_of(cloud(rng), layer, paths=(tagged,))] == ["bridge/44"]


def test_a_bridge_belongs_to_the_tile_of_its_middle(rng):
    assert bridge_of(cloud(rng), line("b", [(80, 10), (190, 10)], highway="footway")) == ()


def belly_bridge(rng, **tags):
    tags = {"highway": "primary", "deck_m": "5", "width_m": "26", "lanes": "6", "thickness_m": "2.2"} | tags
    return bridge_of(
        cloud(rng), line("桥", [(20, 10), (50, 12), (80, 10)], **tags, girder="fish_belly", pier="ellipse")
    )[0]


def test_a_fish_belly_hangs_full_in_its_middle_and_thin_at_its_rims(rng):
    v = belly_bridge(rng).mesh.vertices
    near = np.abs(v[:, 0] - 50) < 4
    middle = v[near & (np.abs(v[:, 1] - 12) < 1.0) & (v[:, 2] > 2.0), 2].min()
    rim = v[near & (np.abs(v[:, 1] - 12) > 12.5) & (v[:, 2] > 2.0), 2].min()
    assert middle == pytest.approx(5.0 - 2.2, abs=0.05)
    assert rim > 5.0 - 0.5


def test_its_piers_are_ellipses_wider_across_than_along(rng):
    mesh = belly_bridge(rng, pier_spacing_m="30").mesh
    foot = mesh.vertices[mesh.vertices[:, 2] < 0.0]
    pier = foot[foot[:, 1] > 12]
    assert np.ptp(pier[:, 1]) == pytest.approx(2 * 0.08 * 26, rel=0.1)
    assert np.ptp(pier[:, 0]) == pytest.approx(2 * 0.042 * 26, rel=0.15)
    top = mesh.vertices[:, 2].max()
    assert top == pytest.approx(5.0 + 0.85, abs=0.1)  # the parapet: no lamp posts


def test_its_lanes_are_marked_above_the_deck_and_without_lanes_there_are_none(rng):
    marked, bare = belly_bridge(rng).mesh, belly_bridge(rng, lanes="2").mesh
    assert len(marked.faces) > len(bare.faces)
    deck = marked.vertices[np.unique(marked.faces[marked.surface == Surface.ROAD])]
    assert set(np.round(deck[:, 2], 2)) == {5.0, 5.03}
