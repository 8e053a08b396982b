"""Builds that end before their time: whatever the stage, the last good output stays and the next build ends alike."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from built import Workshop, files_of
from worlds import HOUSES, World

STAGES = ("read", "points", "tiles", "assemble", "export", "check")  # the pictures are taken beside the check
CHANGE = "terrain.max_error_m=0.12"
TRIM = (
    "[export]\nprofiles = ['plain', 'cityjson']",
    "[preview]\nwidth = 320\nheight = 180\ncell_width = 120\nsupersample = 1",
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A village of two houses, built with its pictures."""
    shop = Workshop(World(houses=HOUSES[:2], spec_lines=TRIM).write(tmp_path_factory.mktemp("village")))
    shop.build(preview=True)
    return shop


@pytest.fixture(scope="module")
def whole(good: Workshop) -> dict[str, bytes]:
    """What an uninterrupted build of the changed village writes."""
    return files_of(good.build(CHANGE, preview=True, out=good.spec.parent / "whole").out)


def start(shop: Workshop) -> subprocess.Popen[str]:
    """Build the changed village like a user at a terminal, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "xmscenes", "build", str(shop.spec), "--out", str(shop.out), "-j2", "--set", CHANGE],
        env={**os.environ, "XMSCENES_CACHE": str(shop.cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        # a background job of a shell inherits an ignored SIGINT; a user's terminal does not
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(stage: str, run: subprocess.Popen[str], shop: Workshop) -> None:
    """Read what the build says until it is in the middle of the stage."""
    assert run.stderr is not None
    for line in run.stderr:
        if line.split()[0] == stage:
            break
    results = shop.cache / shop.spec.stem / "results"
    while stage == "tiles" and run.poll() is None and not list(results.glob("??/*.pickle")):
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_build_may_be_killed_in_every_stage(
    good: Workshop, whole: dict[str, bytes], tmp_path: Path, how: signal.Signals
) -> None:
    shop = Workshop(Path(shutil.copytree(good.spec.parent, tmp_path / "killed")) / good.spec.name)
    shutil.rmtree(shop.cache)
    before = files_of(shop.out)
    for stage in STAGES:
        run = start(shop)
        wait_for(stage, run, shop)
        workers = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
        if how is signal.SIGINT:
            os.killpg(run.pid, how)  # a terminal sends Ctrl-C to the whole group
        else:
            run.send_signal(how)
        out, said = run.communicate()
        assert files_of(shop.out) == before, stage
        assert "\nTraceback" not in said, (stage, said)
        if how is signal.SIGINT:
            assert run.returncode == 130, (stage, out, said)
            assert said.splitlines()[-1].startswith("interrupted; the last good output is untouched"), said
        assert psutil.wait_procs(workers, timeout=20)[1] == [], stage
    last = start(shop)
    out, said = last.communicate()
    assert last.returncode == 0, out + said
    assert files_of(shop.out) == whole
