"""What leaves the checkout: the wheel, and the set-up script on a machine that lacks something."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from worlds import HOUSES, World


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_what_a_build_needs_and_no_survey(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("cli.py", "viewer/dist/index.html", "_shipped/scenes/gulangyu.toml", "_shipped/assets/look/"):
        assert any(name.startswith(f"xmscenes/{needed}") for name in names), needed
    assert not [name for name in names if "/points/" in name or "__pycache__" in name]
    assert wheel.stat().st_size < 40e6


def test_the_wheel_builds_a_scene_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked where nothing else of the project is; the dependencies are those of this interpreter."""
    site, home = tmp_path / "site", tmp_path / "家"
    zipfile.ZipFile(wheel).extractall(site)
    spec = World(houses=HOUSES[:1], half_size_m=30.0).write(home)
    environment = {**os.environ, "PYTHONPATH": str(site), "XMSCENES_CACHE": str(tmp_path / "cache")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "xmscenes", *words]
        return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)

    where = subprocess.run(
        [sys.executable, "-c", "import xmscenes; print(xmscenes.__file__)"],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(site))
    listed = run("list")
    assert "gulangyu" in listed.stdout, listed.stderr
    built = run("build", spec.name, "--no-preview", "--jobs", "1", "--set", "export.profiles=['plain']")
    assert built.returncode == 0, built.stderr
    assert (home / "build" / spec.stem / "scene.json").is_file()


def test_the_set_up_says_in_one_line_what_a_user_must_install(tmp_path: Path, repository: Path) -> None:
    for name, says in {"ldconfig": "", "id": "1000", "find": ""}.items():
        stub = tmp_path / name
        stub.write_text(f"#!/bin/sh\necho {says}\n", encoding="utf-8")
        stub.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(repository / "scripts/setup")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("system libraries are missing; run: sudo apt-get install -y ")
    assert "libegl1" in done.stderr
    assert done.stderr.count("\n") == 1
