from __future__ import annotations

import errno
from pathlib import Path

import pytest

from xmscenes.errors import ExportError, InputError
from xmscenes.staging import locked, recover, staged


def test_a_finished_build_replaces_the_last_one_whole(tmp_path: Path) -> None:
    out = tmp_path / "鼓浪屿"
    out.mkdir()
    (out / "old.txt").write_text("old")
    with staged(out) as folder:
        (folder / "new.txt").write_text("new")
        assert (out / "old.txt").exists()
    assert [p.name for p in out.iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["鼓浪屿"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ValueError("bug")])
def test_an_interrupted_build_leaves_the_last_good_one(tmp_path: Path, failure: BaseException) -> None:
    out = tmp_path / "scene"
    out.mkdir()
    (out / "old.txt").write_text("old")
    with pytest.raises(type(failure)), staged(out) as folder:
        (folder / "half.txt").write_text("half")
        raise failure
    assert [p.name for p in out.iterdir()] == ["old.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["scene"]


def test_a_kill_between_the_two_renames_is_mended_by_the_next_run(tmp_path: Path) -> None:
    (tmp_path / ".scene.old").mkdir()
    (tmp_path / ".scene.old" / "good.txt").write_text("good")
    recover(tmp_path / "scene")
    assert (tmp_path / "scene" / "good.txt").read_text() == "good"


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    out = tmp_path / "scene"
    with pytest.raises(ExportError, match="the disk is full"), staged(out) as folder:
        (folder / "half.txt").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said() -> None:
    with pytest.raises(ExportError, match="choose another folder"), staged(Path("/proc/xmscenes/scene")):
        pass


def test_two_builds_of_one_scene_do_not_meet(tmp_path: Path) -> None:
    refused = pytest.raises(InputError, match="another build of it is running")
    with locked(tmp_path, "鼓浪屿"), refused, locked(tmp_path, "鼓浪屿"):
        pass
    with locked(tmp_path, "鼓浪屿"):
        pass
