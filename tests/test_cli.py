"""The command line as a user meets it: words, exit codes, one-line messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from xmscenes import cli
from xmscenes.cli import COMMANDS


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xmscenes", *words], capture_output=True, text=True, cwd=cwd, check=False
    )


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run in this process: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "-h")
    assert code == 0
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_short_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = call(capsys, name, "-h")
    assert code == 0
    assert out.startswith("Usage:")


def test_heavy_libraries_stay_out_until_they_are_needed() -> None:
    code = "import sys, xmscenes.cli; print(sorted({'numpy','numba','open3d','pyrender','scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_list_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "list", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["gulangyu"]["title"] == "鼓浪屿"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["build", "atlantis"], "error: atlantis: no such scene; known: "),
        (["build", "nowhere.toml"], "error: nowhere.toml: no such file"),
        (["check", "gulangyu", "--out", "nowhere"], "nothing built there; run xmscenes build gulangyu first"),
        (["diff", "atlantis", "gulangyu"], "error: atlantis: not built"),
        (
            ["build", "gulangyu", "--set", "tile.size_m=-1"],
            "tile.size_m = -1: Input should be greater than or equal to 25",
        ),
    ],
)
def test_the_users_mistakes_end_with_two_and_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = call(capsys, *words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
    assert out == ""


def test_unknown_words_end_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "bulid")[0] == 2
    assert call(capsys, "build")[0] == 2


def test_a_bug_ends_with_three_and_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("xmscenes.cli.cli", broken)
    code, _, err = call(capsys, "list")
    assert code == 3
    assert "ZeroDivisionError" in err
    assert "this is a bug in xmscenes" in err


def test_ctrl_c_ends_with_130_and_says_what_remains(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xmscenes.cli.cli", interrupted)
    code, _, err = call(capsys, "list")
    assert code == 130
    assert "the last good output is untouched" in err


def test_the_module_runs_outside_the_checkout(tmp_path: Path) -> None:
    assert (
        run("--version", cwd=tmp_path).stdout.startswith("xmscenes") or run("--version", cwd=tmp_path).returncode == 0
    )
