"""Every code of the tileset check fires."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from houses import painted_assets, small_scene

from xmscenes.check.tiles import check_tileset
from xmscenes.export.tiles import write_tiles

Json = dict[str, Any]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiles")
    write_tiles(small_scene(), folder, painted_assets(tmp_path_factory.mktemp("assets")))
    return folder


def first(body: Json) -> Json:
    return body["root"]["children"][0]


def leaf(body: Json) -> Json:
    tile = body["root"]
    while "children" in tile:
        tile = tile["children"][0]
    return tile


def shrink(tile: Json) -> None:
    tile["boundingVolume"]["box"] = [v * 0.5 for v in tile["boundingVolume"]["box"]]


def spoilt(good: Path, tmp_path: Path, change: Callable[[Json], Any]) -> set[str]:
    folder = tmp_path / "tiles"
    shutil.copytree(good, folder)
    body = json.loads((folder / "tileset.json").read_bytes())
    change(body)
    (folder / "tileset.json").write_text(json.dumps(body))
    return {issue.code for issue in check_tileset(folder)}


def test_a_good_tileset_passes(good: Path) -> None:
    assert check_tileset(good) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("TILES_VERSION", lambda body: body["asset"].update(version="1.0")),
        ("TILES_UNREADABLE", lambda body: body.pop("root")),
        ("TILES_ERROR_ORDER", lambda body: first(body).update(geometricError=1e9)),
        ("TILES_ERROR_ORDER", lambda body: first(body).update(geometricError=-1.0)),
        ("TILES_LEAF_ERROR", lambda body: leaf(body).update(geometricError=0.01)),
        ("TILES_BOX_CHILD", lambda body: shrink(body["root"])),
        ("TILES_BOX_CONTENT", lambda body: shrink(leaf(body))),
        ("TILES_URI_MISSING", lambda body: leaf(body)["content"].update(uri="content/no.glb")),
        ("TILES_URI_OUTSIDE", lambda body: leaf(body)["content"].update(uri="../../etc/passwd")),
        ("TILES_URI_OUTSIDE", lambda body: leaf(body)["content"].update(uri="%2e%2e/secret.glb")),
    ],
)
def test_a_spoilt_tileset_is_found(good: Path, tmp_path: Path, code: str, change: Callable[[Json], Any]) -> None:
    assert code in spoilt(good, tmp_path, change)


def test_a_missing_picture_is_found(good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    shutil.copytree(good, folder)
    shutil.rmtree(folder / "textures")
    assert {issue.code for issue in check_tileset(folder)} == {"TILES_URI_MISSING"}


def test_a_content_that_is_no_glb_is_found(good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    shutil.copytree(good, folder)
    (folder / "content" / "tile_0_0_LOD0.glb").write_bytes(b"broken")
    assert {issue.code for issue in check_tileset(folder)} == {"GLTF_UNREADABLE", "TILES_CONTENT"}


def test_a_feature_without_a_row_is_found(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmscenes.export.tiles.write_metadata", lambda *_: None)
    write_tiles(small_scene(), tmp_path)
    assert "TILES_FEATURE_RANGE" in {issue.code for issue in check_tileset(tmp_path)}


def test_a_tile_that_is_too_large_is_a_budget_issue(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmscenes.check.tiles.TILE_BYTES", 3_000)
    issues = check_tileset(good)
    assert {issue.code for issue in issues} == {"BUDGET_TILE_BYTES"}
    assert all("size_m" in issue.hint for issue in issues)


def test_no_tileset_is_said_so(tmp_path: Path) -> None:
    assert [issue.code for issue in check_tileset(tmp_path)] == ["TILES_UNREADABLE"]
