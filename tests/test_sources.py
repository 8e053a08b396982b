from __future__ import annotations

import json
from pathlib import Path

import pytest

from xmscenes.errors import InputError
from xmscenes.records import Origin
from xmscenes.scenes import LoadedSpec, load_spec
from xmscenes.sources import Digests, list_inputs

SPEC = """
title = "沙坡尾"
[frame]
lon_deg = 118.08
lat_deg = 24.44
[inputs]
points = { path = "点云/*.laz" }
footprints = "房屋.geojson"
"""
SOURCES = """
[[source]]
file = "点云/*.laz"
licence = "CC0-1.0"
attribution = "测绘队"
origin = "simulated"
[[source]]
file = "房屋.geojson"
licence = "ODbL-1.0"
attribution = "© OpenStreetMap contributors"
origin = "openstreetmap"
"""


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedSpec:
    (tmp_path / "场景.toml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "点云").mkdir()
    (tmp_path / "点云" / "a.laz").write_bytes(b"points")
    (tmp_path / "房屋.geojson").write_bytes(b"{}")
    (tmp_path / "SOURCES.toml").write_text(SOURCES, encoding="utf-8")
    return load_spec(str(tmp_path / "场景.toml"))


def inputs(loaded: LoadedSpec) -> dict[str, tuple[Origin, str]]:
    digests = Digests(loaded.path.parent / "memo.json")
    return {i.key: (i.source.origin, i.source.licence) for i in list_inputs(loaded, digests)}


def test_a_real_survey_in_the_place_of_the_simulated_one_counts_as_measured(loaded: LoadedSpec) -> None:
    assert inputs(loaded)["points"] == (Origin.MEASURED, "unstated")


def test_a_flown_survey_stays_simulated(loaded: LoadedSpec) -> None:
    (loaded.path.parent / "点云" / "survey.json").write_text(json.dumps({"files": ["a.laz"]}), encoding="utf-8")
    assert inputs(loaded)["points"] == (Origin.SIMULATED, "CC0-1.0")


def test_the_words_of_sources_reach_the_layers(loaded: LoadedSpec) -> None:
    assert inputs(loaded)["footprints"] == (Origin.OPENSTREETMAP, "ODbL-1.0")


def test_without_sources_the_licence_is_unstated(loaded: LoadedSpec) -> None:
    (loaded.path.parent / "SOURCES.toml").unlink()
    assert inputs(loaded)["footprints"] == (Origin.MEASURED, "unstated")


def test_an_unknown_origin_is_refused_with_the_known_ones(loaded: LoadedSpec) -> None:
    (loaded.path.parent / "SOURCES.toml").write_text(SOURCES.replace("openstreetmap", "guessed"), encoding="utf-8")
    with pytest.raises(InputError, match=r"origin = 'guessed'; want one of measured, openstreetmap"):
        inputs(loaded)


def test_an_unchanged_file_is_hashed_once(loaded: LoadedSpec) -> None:
    file = loaded.path.parent / "房屋.geojson"
    digests = Digests(loaded.path.parent / "memo.json")
    first = digests.of(file)
    digests.save()
    again = Digests(loaded.path.parent / "memo.json")
    assert again.of(file) == first
    file.write_bytes(b"changed")
    assert again.of(file) != first
