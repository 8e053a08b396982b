from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmscenes.errors import InputError, SpecError
from xmscenes.scenes import list_scenes, load_spec

GOOD = """
title = "沙坡尾"
[frame]
lon_deg = 118.08
lat_deg = 24.44
[inputs]
points = { path = "点云/*.laz" }
footprints = "房屋.geojson"
[lod]
max_error_m = [0.0, 0.5]
"""


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "场景.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_good_spec_loads_with_its_defaults(tmp_path: Path) -> None:
    loaded = load_spec(write(tmp_path, GOOD))
    assert loaded.name == "场景"
    assert loaded.spec.title == "沙坡尾"
    assert loaded.spec.lod.max_error_m == (0.0, 0.5)
    assert loaded.spec.inputs.footprints.path == "房屋.geojson"
    assert [key for key, _ in loaded.layers()] == ["points", "footprints"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "[roofs]\n", r"场景.toml: roofs: unknown key"),
        (GOOD + "max_eror_m = 1\n", r"lod.max_eror_m: unknown key"),
        (GOOD.replace("118.08", '"east"'), r"frame.lon_deg = 'east': Input should be a valid number"),
        (GOOD.replace("118.08", "nan"), r"frame.lon_deg = nan"),
        (GOOD.replace("24.44", "124.44"), r"frame.lat_deg = 124.44: .*less than or equal to 89"),
        (GOOD.replace("[0.0, 0.5]", "[0.0, -0.5]"), r"lod.max_error_m.1 = -0.5: .*greater than or equal to 0"),
        (GOOD.replace('title = "沙坡尾"', ""), r"title: is missing; add it"),
        (GOOD.replace("=", ":", 1), r"not valid TOML"),
        ('title = "x"\n[frame]\nlon_deg=1\nlat_deg=1\n[inputs]\n', r"inputs.*points or footprints must be given"),
        (GOOD + "[area]\nbounds_deg = [2, 1, 1, 2]\n", r"west < east"),
    ],
)
def test_a_bad_spec_names_file_key_value_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        load_spec(write(tmp_path, text))
    assert "\n" not in str(caught.value).split("not valid TOML")[0]


def test_a_spec_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    path = tmp_path / "gbk.toml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(SpecError, match=r"not UTF-8"):
        load_spec(str(path))


def test_overrides_win_and_bad_ones_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    assert load_spec(path, overrides=["title=鼓浪屿", "tile.size_m=100"]).spec.tile.size_m == 100
    assert load_spec(path, overrides=["title=鼓浪屿"]).spec.title == "鼓浪屿"
    with pytest.raises(SpecError, match=r"want key\.sub=value"):
        load_spec(path, overrides=["tile.size_m"])
    with pytest.raises(SpecError, match=r"tile.size_m = 'big'"):
        load_spec(path, overrides=["tile.size_m=big"])
    with pytest.raises(SpecError, match="title is not a table"):
        load_spec(path, overrides=["title.en=1"])


def test_an_unknown_scene_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"atlantis: no such scene; known: .*gulangyu"):
        load_spec("atlantis")


def test_shipped_specs_are_valid() -> None:
    for name in list_scenes():
        load_spec(name)


def test_paths_resolve_beside_the_spec(tmp_path: Path) -> None:
    (tmp_path / "点云").mkdir()
    for name in ("b.laz", "a.laz"):
        (tmp_path / "点云" / name).write_bytes(b"")
    loaded = load_spec(write(tmp_path, GOOD))
    assert [p.name for p in loaded.resolve("inputs.points", "点云/*.laz")] == ["a.laz", "b.laz"]
    assert loaded.resolve("inputs.points", "点云/*.ply") == ()
    with pytest.raises(InputError, match="no such file"):
        loaded.resolve("inputs.footprints", "房屋.geojson")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "secret.laz").write_bytes(b"")
    return folder / "secret.laz"


@pytest.mark.parametrize("how", ["dots", "absolute", "link", "glob"])
def test_no_path_leaves_the_allowed_folders(tmp_path: Path, secret: Path, how: str) -> None:
    inside = tmp_path / "mine"
    inside.mkdir()
    loaded = load_spec(write(inside, GOOD))
    (inside / "link.laz").symlink_to(secret)
    text = {
        "dots": "../elsewhere/secret.laz",
        "absolute": str(secret),
        "link": "link.laz",
        "glob": "../elsewhere/*.laz",
    }[how]
    with pytest.raises(SpecError, match="leads out of"):
        loaded.resolve("inputs.points", text)
    allowed = load_spec(str(loaded.path), data_roots=[secret.parent])
    assert allowed.resolve("inputs.points", text) == (secret.resolve(),)


@given(st.lists(st.sampled_from(["..", "a", ".", "elsewhere", "secret.laz"]), min_size=1, max_size=8))
def test_no_combination_of_dots_leaves_the_allowed_folders(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    root = tmp_path_factory.mktemp("fence")
    (root / "elsewhere").mkdir()
    (root / "elsewhere" / "secret.laz").write_bytes(b"")
    (root / "mine" / "a").mkdir(parents=True)
    loaded = load_spec(write(root / "mine", GOOD))
    try:
        found = loaded.resolve("inputs.points", "/".join(parts))
    except (SpecError, InputError):
        return
    assert all(p.is_relative_to((root / "mine").resolve()) for p in found)
