import json

import laspy
import numpy as np
import pytest

from xmscenes.bench.scale import bench_scale
from xmscenes.bench.survey_points import Town, write_footprints, write_survey


def test_a_survey_has_about_the_points_asked_for_and_says_where_it_is(tmp_path):
    path = tmp_path / "s.laz"
    count = write_survey(path, Town(points=100_000))
    las = laspy.read(path)
    assert len(las) == count == pytest.approx(100_000, rel=0.01)
    assert las.header.parse_crs().to_epsg() == 4548
    assert set(np.unique(las.classification)) == {2, 6}


def test_the_same_town_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    data = []
    for n, seed in enumerate((0, 0, 1)):
        write_survey(tmp_path / f"{n}.laz", Town(points=100_000, seed=seed))
        data.append((tmp_path / f"{n}.laz").read_bytes())
    assert data[0] == data[1] != data[2]


def test_roof_points_lie_in_the_outlines_and_no_others(tmp_path):
    import shapely

    from xmscenes.frame import horizontal_to

    town = Town(points=100_000)
    write_survey(tmp_path / "s.laz", town)
    write_footprints(tmp_path / "s.geojson", town)
    features = json.loads((tmp_path / "s.geojson").read_text())["features"]
    rings = [horizontal_to(np.array(f["geometry"]["coordinates"][0]), "EPSG:4326", "EPSG:4548") for f in features]
    las = laspy.read(tmp_path / "s.laz")
    houses = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    inside = shapely.contains_xy(houses, las.x, las.y)
    assert len(features) == 4
    assert np.mean(inside == (np.asarray(las.classification) == 6)) > 0.999


def test_a_row_of_the_scale_benchmark_has_speed_and_memory(tmp_path):
    (row,) = bench_scale(tmp_path, [100_000])
    assert row["points"] == pytest.approx(100_000, rel=0.01)
    assert row["speed_ratio"] > 0
    assert 50e6 < row["peak_memory_bytes"] < 2e9
    assert row["memory_ratio"] == 1.0
