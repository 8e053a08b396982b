"""The pipeline on its own survey: what is written against the truth that was flown over."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from isle import make_isle

from xmscenes.bench.truth import bench_truth, judge_build
from xmscenes.build import build
from xmscenes.progress import Silent
from xmscenes.scenes import load_spec
from xmscenes.survey import truth_of

LAYERS = """coastline = { path = "assets/isle/coastline.geojson" }
greens = { path = "assets/isle/greens.geojson" }
paths = { path = "assets/isle/paths.geojson" }
bridges = { path = "assets/isle/bridges.geojson" }
water = { path = "assets/isle/lake.geojson" }
"""


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    root = tmp_path_factory.mktemp("place")
    make_isle(root)
    spec = root / "scenes" / "isle.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("[survey]", LAYERS + "[survey]"), encoding="utf-8")
    loaded = load_spec(str(spec), overrides=['export.profiles=["xr", "plain", "cityjson"]'], data_roots=[root])
    build(loaded, root / "out", root / "cache", preview=False, progress=Silent())
    way = np.array([[0.0, -110.0], [0.0, 110.0]])
    return judge_build(root / "out", "isle", loaded.spec.to_frame(), truth_of(loaded), [way])


def require_good(figures: dict[str, float]) -> None:
    assert figures["terrain_rmse_m"] <= 0.25
    assert abs(figures["terrain_bias_m"]) <= 0.05
    assert figures["roof_mae_m"] <= 0.15
    assert figures["roof_count"] >= 1
    assert figures["crown_recall"] >= 0.8
    assert figures["crown_precision"] >= 0.8
    assert figures["water_max_m"] <= 0.05


def test_a_small_place_comes_out_as_it_was_flown_over(figures: dict[str, float]) -> None:
    require_good(figures)
    assert figures["terrain_count"] > 200
    assert figures["crown_true"] > 20
    assert figures["water_count"] > 10


def test_its_way_lies_on_the_true_ground(figures: dict[str, float]) -> None:
    assert figures["way_truth_p1_m"] > -0.10
    assert figures["way_truth_p99_m"] < 0.30


@pytest.mark.slow
@pytest.mark.parametrize("place", ["gulangyu", "shapowei", "yundang"])
def test_the_three_places_come_out_as_they_were_flown_over(place: str, tmp_path: Path) -> None:
    found = bench_truth(place, None, tmp_path, jobs=2)
    shutil.rmtree(tmp_path / place, ignore_errors=True)
    require_good(found)
    assert found.get("way_lowest_m", 0.0) >= -0.10
    assert found.get("way_highest_m", 0.0) <= 0.30
    if place == "gulangyu":
        assert found["summit_m"] == pytest.approx(92.7, abs=0.5)
