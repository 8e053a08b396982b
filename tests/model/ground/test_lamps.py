"""Street lamps: beside the ways, off the walls, the same for neighbouring tiles."""

import numpy as np
import pytest
from seaside import HOUSE, SHORE, SIZE, line, site

from xmscenes.model.ground.cover import classify
from xmscenes.model.ground.lamps import model_lamps
from xmscenes.options import RoadOptions
from xmscenes.records import Area, Origin

EVERY_10 = RoadOptions(lamps_m=10.0)


def lamps(column=0, *, options=EVERY_10, **layers):
    made = model_lamps(site(column, **layers), options)
    return made[0].xyz if made else np.zeros((0, 3))


def distance_to(xy, way):
    import shapely

    return shapely.distance(shapely.LineString(way.xy), shapely.points(xy))


def test_lamps_stand_beside_their_way_on_one_side_and_the_other():
    way = line("way/1", [(5, 50), (95, 50)], highway="footway")
    xyz = lamps(lines={"paths": (way,)}, footprints=(), nearby=())
    assert len(xyz) == 9
    np.testing.assert_allclose(distance_to(xyz[:, :2], way), 1.35, atol=1e-3)  # half of 2 m, and 0.35 m
    assert set(np.sign(xyz[:, 1] - 50)) == {-1.0, 1.0}


def test_lamps_are_guesses_and_say_so():
    (placement,) = model_lamps(site(), EVERY_10)
    assert (placement.kind, placement.prototype, placement.origin) == ("lamp", "lamp", Origin.INFERRED)
    assert placement.scale.min() > 3.0


def test_no_lamp_stands_on_a_way_in_water_or_at_a_wall():
    crossing = tuple(line(f"way/{n}", [(10 * n, 5), (10 * n, 95)], highway="residential") for n in range(1, 10))
    here = site(lines={"paths": crossing})
    (placement,) = model_lamps(here, EVERY_10)
    xy = placement.xyz[:, :2]
    assert (classify(here.patches, xy) >= 0).all()
    assert all((distance_to(xy, way) > 3.0).all() for way in crossing)
    low, high = HOUSE.ring.min(axis=0) - 0.29, HOUSE.ring.max(axis=0) + 0.29
    assert not ((xy > low) & (xy < high)).all(axis=1).any()


def test_neighbouring_tiles_share_the_lamps_of_a_way_among_them():
    whole = [lamps(0), lamps(1)]
    assert (whole[0][:, 0] < SIZE).all()
    assert (whole[1][:, 0] >= SIZE).all()
    gaps = np.linalg.norm(whole[0][:, None, :2] - whole[1][None, :, :2], axis=2)
    assert gaps.min() > 4.0


def test_ways_side_by_side_are_lit_once():
    two = tuple(line(f"way/{n}", [(5, 50 + n), (95, 50 + n)], highway="footway") for n in (0, 1))
    one = lamps(lines={"paths": two[:1]}, footprints=(), nearby=())
    both = lamps(lines={"paths": two}, footprints=(), nearby=())
    assert len(both) <= len(one) + 4


@pytest.mark.parametrize("tags", [{"highway": "steps"}, {"highway": "footway", "lit": "no"}])
def test_steps_and_dark_ways_have_none(tags):
    assert not len(lamps(lines={"paths": (line("way/暗", [(5, 50), (95, 50)], **tags),)}))


def test_a_spacing_of_zero_means_no_lamps():
    assert model_lamps(site(), RoadOptions(lamps_m=0.0)) == ()


def test_without_ways_there_are_none():
    assert not len(lamps(lines={}, areas={"coastline": (Area(id="岸", ring=SHORE),)}))
