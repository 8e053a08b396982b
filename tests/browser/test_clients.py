"""Real clients in headless Chromium: three.js, Babylon.js, 3d-tiles-renderer, the viewer page, an emulated headset."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from built import Workshop
from validator import BROWSER, require_node
from worlds import World

from xmscenes.viewer.server import make_server

pytestmark = pytest.mark.browser

EXPECTED_TITLE = "小区"


def node(script: str, *words: object) -> Any:
    run = subprocess.run(
        ["node", script, *map(str, words)], cwd=BROWSER, capture_output=True, text=True, check=False, timeout=400
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A built district on a loopback server, with the test pages beside it; address and folder."""
    require_node()
    if shutil.which("chromium") is None:
        pytest.skip("chromium is missing: run scripts/setup --test")
    spec = World(
        half_size_m=65.0, spec_lines=('[[camera]]\nname = "全景"\nposition_m = [90, -90, 70]\ntarget_m = [0, 0, 10]',)
    )
    shop = Workshop(spec.write(tmp_path_factory.mktemp("clients")))
    shop.build()
    subprocess.run(["node", "bundle.mjs", str(shop.out / "pages")], cwd=BROWSER, check=True, timeout=300)
    server = make_server(shop.out)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", shop.out
    server.shutdown()
    thread.join()
    server.server_close()


def quiet(report: dict[str, Any]) -> None:
    assert report["said"]["errors"] == []
    assert report["said"]["strangers"] == []


@pytest.mark.parametrize("client", ["three", "babylon"])
def test_levels_switch_with_the_distance(site: tuple[str, Path], tmp_path: Path, client: str) -> None:
    report = node("client.mjs", f"{site[0]}/pages", tmp_path, client)
    views = report["views"]
    assert report["lods"] > 0
    assert views["near"]["triangles"] > views["middle"]["triangles"] >= views["far"]["triangles"] > 0
    assert views["far"]["calls"] <= views["near"]["calls"]
    assert views["again"]["triangles"] == views["near"]["triangles"], views
    quiet(report)


def test_tiles_refine_and_coarsen(site: tuple[str, Path], tmp_path: Path) -> None:
    report = node("client.mjs", f"{site[0]}/pages", tmp_path, "tiles")
    views = report["views"]
    assert views["near"]["failed"] == []
    assert views["near"]["triangles"] > views["far"]["triangles"] > 0
    assert views["again"]["triangles"] == views["near"]["triangles"], views
    quiet(report)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_viewer_works_by_mouse_and_keyboard(
    site: tuple[str, Path], tmp_path: Path, width: int, height: int
) -> None:
    report = node("viewer.mjs", f"{site[0]}/viewer/", tmp_path, width, height)
    quiet(report)
    assert report["title"] == EXPECTED_TITLE
    assert report["english"] == "District"
    assert "CC-BY-4.0" in report["attribution"]
    assert report["overflow"] <= 0
    assert report["near"]["triangles"] > report["far"]["triangles"] > 0
    assert {"lang", "orbit", "walk", "view"} <= set(report["reached"])
    assert report["walking"]
    assert report["walked"] > 0.5
    assert report["picked"]["kind"] == "building"
    assert report["picked"]["id"] in report["card"]
    assert "实测" in report["legend"]
    assert report["glowingByDay"] == 0
    assert report["glowingByNight"] > 0


def test_an_emulated_headset_teleports_and_stays_inside_the_budget(site: tuple[str, Path], tmp_path: Path) -> None:
    report = node("headset.mjs", f"{site[0]}/viewer/", site[1] / "pages", tmp_path)
    quiet(report)
    assert report["eyes"] == 2
    assert report["cost"]["calls"] <= 200
    assert report["cost"]["triangles"] <= 800_000
    moved = [a - b for a, b in zip(report["teleported"]["at"], report["start"]["at"], strict=True)]
    assert sum(d * d for d in moved) > 1.0
    assert abs(report["turned"]["turn"] - report["teleported"]["turn"]) == pytest.approx(0.5236, abs=0.01)
