import importlib.util
from pathlib import Path

import pytest
import shapely
from shapely.geometry import box, mapping

FILE = Path(__file__).parents[2] / "scripts" / "surroundings.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("surroundings_script", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LIMITS = (118.0, 24.0, 118.2, 24.2)


def test_land_goes_on_beyond_the_limits_of_what_is_known_and_nowhere_else(script):
    west = box(118.0, 24.05, 118.03, 24.1)
    island = box(118.1, 24.1, 118.12, 24.12)
    whole = script.carried_on(shapely.union(west, island), LIMITS)
    assert shapely.contains_xy(whole, 117.95, 24.07)
    assert not shapely.contains_xy(whole, 117.95, 24.12)
    known = shapely.intersection(whole, box(*LIMITS))
    assert shapely.area(shapely.symmetric_difference(known, shapely.union(west, island))) < 1e-9
    assert len(shapely.get_parts(whole)) == 2


def test_land_in_a_corner_fills_the_corner_outside(script):
    whole = script.carried_on(box(118.0, 24.15, 118.05, 24.2), LIMITS)
    assert shapely.contains_xy(whole, 117.92, 24.28)


def test_a_fine_island_wins_over_its_coarse_twin_and_specks_are_left_out(script):
    coast = {"features": [{"properties": {"id": "岛"}, "geometry": mapping(box(118.1, 24.1, 118.12, 24.12))}]}
    coarse = [
        box(118.1002, 24.1, 118.1203, 24.12),
        box(118.02, 24.02, 118.05, 24.05),
        box(118.15, 24.15, 118.1501, 24.151),
    ]
    land = {"metadata": {"bbox": LIMITS}, "features": [{"geometry": mapping(p)} for p in coarse]}
    found = script.features(land, coast)
    assert [f["properties"]["id"] for f in found] == ["岛", "osm_land/0"]
    assert found[0]["geometry"] == coast["features"][0]["geometry"]
