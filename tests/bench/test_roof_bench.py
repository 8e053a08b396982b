"""The benchmark's table: one flat row a set, and sets that are made once."""

from __future__ import annotations

import pytest

from xmscenes.bench import roof_bench
from xmscenes.bench.roof_bench import bench_roofs, provide_set, set_names


def test_the_shipped_sets_are_found(repository):
    for name in roof_bench.QUICK:
        files = provide_set(name, repository / "assets", repository / "nowhere")
        assert files.points.exists()
        assert files.footprints.exists()


def test_a_made_set_is_made_once(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(roof_bench, "CITY_BUILDINGS", 2)
    files = provide_set("city_2", repository / "assets", tmp_path)
    before = files.points.stat().st_mtime_ns
    assert provide_set("city_2", repository / "assets", tmp_path) == files
    assert files.points.stat().st_mtime_ns == before
    assert files.truth is not None
    assert files.truth.exists()


def test_no_set_has_the_name_of_another():
    assert len(set(set_names())) == len(set_names()) == 13


def test_the_real_set_gives_a_row_of_numbers(repository, tmp_path):
    (row,) = bench_roofs(repository / "assets", tmp_path, ["ign"])
    assert row["set"] == "ign"
    assert (row["buildings"], row["scanned"], row["rate"]) == (6, 5, 1.0)
    assert row["dsm_rmse_m"] < 0.1
    assert row["cpu_s"] > 0
    assert all(isinstance(value, str | int | float) for value in row.values())
    assert (tmp_path / "ign.city.json").exists()


@pytest.mark.slow
def test_the_known_roofs_are_reconstructed_as_well_as_the_goal_says(repository, tmp_path):
    (row,) = bench_roofs(repository / "assets", tmp_path, ["denhaag"])
    assert row["block_within_half_m"] >= 0.95
    assert row["exact"] >= 0.97
    assert row["gt_mae_m"] <= 0.008
    assert row["gt_in20"] >= 0.998
    assert row["gt_rmse_m"] <= 0.078
    assert row["rate"] == row["valid_2.2"] == row["manifold"] == row["watertight"] == 1.0
    assert row["triangles_per_building"] <= 1.15 * 22.6
