"""The delivery benchmark on a small district, without its rivals."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmscenes.bench.delivery import installed, place_levels, run_compression, run_levels
from xmscenes.bench.district import district_models, district_scene
from xmscenes.errors import InputError
from xmscenes.lod import make_levels
from xmscenes.options import LodOptions


def test_every_level_says_whether_it_reaches_its_bars() -> None:
    models = district_models(tiles=1, houses=1, cells=20)
    rows = [cost.row() for cost in run_levels(models, "street", LodOptions())]
    assert [row["set"] for row in rows] == [
        f"street: xmscenes, {way}, LOD{level}" for way in ("meaning first", "decimation alone") for level in (1, 2, 3)
    ]
    assert all(row["reached"] == "yes" or row["reached"].startswith("no: ") for row in rows)
    assert all(row["error_m"] <= limit for row, limit in zip(rows, (0.3, 1.0, 2.5) * 2, strict=True))


def test_lod0_is_compressed_and_its_bytes_are_counted(tmp_path: Path) -> None:
    models = district_models(tiles=1, houses=1, cells=20)
    scene = district_scene([make_levels(model, LodOptions()) for model in models])
    ours, coarser = run_compression(scene, tmp_path, None, None)
    assert ours.step_m == pytest.approx(0.005)
    assert ours.triangles == sum(len(chain.levels[0].mesh.faces) for tile in scene.tiles for chain in tile.chains)
    assert 0 < ours.gzip_bytes < ours.raw_bytes
    assert coarser.row()["bench"] == "delivery compress"
    assert [cost.tool for cost in place_levels(scene)] == [f"xmscenes, LOD{k}" for k in (1, 2, 3)]


def test_without_npm_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"npm is missing; install Node\.js, or leave the rivals out with --alone"):
        installed(tmp_path)
