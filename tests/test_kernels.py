from __future__ import annotations

import os
from pathlib import Path

import pytest

from xmscenes import kernels


def test_changed_kernels_get_a_folder_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("@njit\ndef f(): return g()\n")
    (package / "plain.py").write_text("x = 1\n")
    monkeypatch.setattr(kernels, "_PACKAGE", package)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folders = []
    for text in ("@njit\ndef g(): return 1\n", "@njit\ndef g(): return 2\n", "@njit\ndef g(): return 1\n"):
        (package / "b.py").write_text(text)
        (package / "plain.py").write_text(f"x = {len(folders)}\n")  # has no kernel: does not count
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        kernels.keep_kernels_fresh()
        folders.append(os.environ["NUMBA_CACHE_DIR"])
    assert folders[0] == folders[2] != folders[1]


def test_the_states_that_were_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, base = tmp_path / "package", tmp_path / "xmscenes"
    package.mkdir()
    monkeypatch.setattr(kernels, "_PACKAGE", package)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def used(version: int) -> Path:
        (package / "a.py").write_text(f"@njit\ndef f(): return {version}\n")
        monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
        kernels.keep_kernels_fresh()
        folder = Path(os.environ["NUMBA_CACHE_DIR"])
        os.utime(folder, (clock[0], clock[0]))  # no two at once
        clock[0] += 10
        return folder

    clock = [1_000_000_000.0]
    old = used(0)
    others = [used(version) for version in range(1, 4)]
    assert used(0) == old
    newest = used(4)
    assert set(base.iterdir()) == {old, *others[1:], newest}


def test_a_folder_that_the_user_chose_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/chosen")
    kernels.keep_kernels_fresh()
    assert os.environ["NUMBA_CACHE_DIR"] == "/chosen"


def test_compiling_is_counted_once_and_apart_from_the_stage() -> None:
    from numba import njit

    from xmscenes.meter import Clock

    @njit
    def inner(x: float) -> float:
        return x + 1.0

    @njit
    def outer(x: float) -> float:
        return inner(x) * 2.0

    kernels.watch_compiler()
    clock = Clock()
    assert outer(1.0) == 4.0
    clock.lap("model")
    outer(2.0)
    clock.lap("model")
    assert clock.seconds["compile"] > 5 * clock.seconds["model"] > 0.0
