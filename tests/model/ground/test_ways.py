import numpy as np
import pytest
from seaside import SPEC, cloud, line, site, tile

from xmscenes.geometry.raster import grid_over
from xmscenes.model.ground.cover import Cover
from xmscenes.model.ground.dtm import Ground
from xmscenes.model.ground.paths import model_paths
from xmscenes.model.ground.steps import steps_mesh
from xmscenes.model.ground.ways import is_tunnel, ways_of, width_of
from xmscenes.options import RoadOptions

OPTIONS = RoadOptions()


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway", "name": "龙山洞"}, True),
        ({"highway": "footway", "name": "笔山洞"}, True),
        ({"highway": "footway", "tunnel": "yes"}, True),
        ({"highway": "footway", "name": "洞天路"}, False),
        ({"highway": "footway", "name": "鼓声洞", "tunnel": "no"}, False),
        ({"highway": "footway", "tunnel": "building_passage"}, False),
    ],
)
def test_tunnels_are_known_by_tag_or_by_name(tags, expected):
    assert is_tunnel(line("way/1", [(0, 0), (1, 1)], **tags)) is expected


@pytest.mark.parametrize(
    ("tags", "width"),
    [
        ({"highway": "steps"}, 2.0),
        ({"highway": "footway", "width": "3.5"}, 3.5),
        ({"highway": "footway", "width": "3.5 m"}, 3.5),
        ({"highway": "footway", "width": "wide"}, 2.0),
        ({"highway": "primary_link"}, 16.0),
        ({"highway": "primary", "lanes": "6"}, 19.5),
        ({"highway": "something"}, 3.0),
    ],
)
def test_width_comes_from_tags_lanes_or_kind(tags, width):
    assert width_of(line("way/1", [(0, 0), (1, 1)], **tags), OPTIONS) == width


def test_widths_can_be_set_in_the_options():
    assert width_of(line("w", [(0, 0), (1, 1)], highway="footway"), RoadOptions(width_m={"footway": 2.6})) == 2.6


def test_a_side_road_that_ends_short_is_led_on_to_its_road():
    ways = ways_of(
        tile(
            lines={
                "paths": (
                    line("a", [(0, 50), (100, 50)], highway="path"),
                    line("b", [(50, 80), (50, 50.7)], highway="path"),
                )
            }
        ),
        OPTIONS,
    )
    assert ways[1].xy[-1].tolist() == pytest.approx([50.0, 50.0])
    assert len(ways[0].xy) == 2


def test_a_closed_pedestrian_line_is_a_square_and_an_open_one_is_a_way():
    ring = [(20, 60), (40, 60), (40, 75), (20, 75), (20, 60)]
    square, street = (
        ways_of(tile(lines={"paths": (line("p", xy, highway="pedestrian"),)}), OPTIONS)[0] for xy in (ring, ring[:3])
    )
    assert square.kind is Cover.SQUARE
    assert street.kind is Cover.LANE


def test_lines_of_one_point_or_no_length_are_left_out():
    lines = (line("one", [(10, 60)], highway="path"), line("dot", [(10, 60), (10, 60)], highway="path"))
    assert ways_of(tile(lines={"paths": lines}), OPTIONS) == ()


def test_steps_stand_on_the_ground_and_rise_with_it(rng):
    s = site(0, cloud(rng))
    flight = next(f for f in model_paths(s, OPTIONS) if f.id == "way/2")
    level = flight.mesh.rgb[:, 0, 0] == 176  # treads
    treads = flight.mesh.vertices[flight.mesh.faces[level]].reshape(-1, 3)
    above = treads[:, 2] - s.drawn().top(treads[:, :2])
    assert above.min() > 0.02
    assert above.max() < 0.3


def test_cheeks_hold_a_flight_on_both_sides(rng):
    s = site(0, cloud(rng))
    mesh = next(f for f in model_paths(s, OPTIONS) if f.id == "way/2").mesh
    cheek = mesh.vertices[mesh.faces[mesh.rgb[:, 0, 0] == 158]].reshape(-1, 3)
    along = (np.array([90, 58.0]) - [80, 30]) / np.hypot(10, 28)
    beside = np.abs((cheek[:, :2] - [80, 30]) @ [along[1], -along[0]])
    assert np.median(beside) == pytest.approx(1.09, abs=0.12)  # the way's end is led on to its neighbour: a bend
    assert np.percentile(beside, 85) < 1.35
    assert (cheek[:, 2] - s.ground.at(cheek[:, :2])).max() < 0.45
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces[mesh.rgb[:, 0, 0] == 158]], 1, 0)
    up = np.cross(b - a, c - a)[:, 2] > 0.05
    tops = (a + b + c)[up] / 3.0
    above = tops[:, 2] - s.drawn().top(tops[:, :2])
    assert above.min() > 0.05  # only tops face up: no wall is inside out
    assert above.max() < 0.3


def _ground(slope):
    grid = grid_over((-10.0, -10.0, 30.0, 10.0), 0.5)
    return Ground((slope * grid.centres()[:, 0]).reshape(grid.shape), grid, 1)


def _flight(xy, ground, drawn=None):
    return steps_mesh(np.array(xy, dtype=float), 2.0, ground, (-10.0, -10.0, 30.0, 10.0), drawn)


def _tops(mesh):
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces], 1, 0)
    return ((a + b + c) / 3.0)[np.cross(b - a, c - a)[:, 2] > 1e-6]


def test_steps_lie_on_the_terrain_as_it_is_drawn_not_as_it_was_measured():
    slope = _ground(0.3)
    tops = _tops(_flight([(0, 0), (20, 0)], slope, lambda xy: 0.3 * xy[:, 0] - 1.0))
    above = tops[:, 2] - (0.3 * tops[:, 0] - 1.0)
    assert 0.0 < above.min() < above.max() < 0.3


def test_of_two_treads_that_meet_only_the_higher_one_has_a_riser():
    mesh = _flight([(0, 0), (20, 0)], _ground(0.3))
    treads, risers = (int((mesh.rgb[:, 0, 0] == shade).sum()) for shade in (176, 142))
    assert risers == treads + 2  # and one at the upper end


def test_no_step_hangs_off_a_cliff():
    def drawn(xy):
        return np.where(xy[:, 0] < 10.0, 0.0, 3.0)

    tops = _tops(_flight([(0, 0), (20, 0)], _ground(0.0), drawn))
    assert (tops[:, 0] < 9.0).any() and (tops[:, 0] > 11.0).any()
    assert (tops[:, 2] - drawn(tops)).max() < 0.3


def test_a_sharp_bend_folds_no_tread_over():
    mesh = _flight([(0, 0), (6, 0), (6.2, 0.3), (0, 1.6)], _ground(0.2))
    a, b, c = np.moveaxis(mesh.vertices[mesh.faces[mesh.rgb[:, 0, 0] == 176]], 1, 0)
    assert (np.cross(b - a, c - a)[:, 2] > -1e-9).all()


def test_every_way_is_a_feature_once_and_only_steps_have_a_mesh(rng):
    points = cloud(rng)
    found = [f for column in (0, 1) for f in model_paths(site(column, points), OPTIONS)]
    assert sorted(f.id for f in found) == ["way/1", "way/2", "way/3"]
    assert [f.id for f in found if not f.mesh.is_empty] == ["way/2"]
    assert next(f for f in found if f.id == "way/1").name == "海滨步道"


def test_a_tunnel_is_not_draped_over_its_hill_but_has_its_mouths(rng):
    tunnel = line("way/7", [(70, 75), (95, 70), (120, 75)], highway="footway", name="龙山洞")
    s = site(0, cloud(rng), lines={"paths": (tunnel,)})
    assert not (s.tin.label == Cover.PATH).any()
    feature = model_paths(s, OPTIONS)[0]
    assert feature.outcome.source == "tunnel"
    assert np.hypot(*(feature.mesh.vertices[:, :2].mean(axis=0) - [70, 75])) < 1.0


def test_sections_hold_one_option_model_a_kind():
    assert SPEC.roads == OPTIONS
