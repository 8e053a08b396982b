from __future__ import annotations

import os
import signal

import pytest

from xmscenes.errors import ModelError
from xmscenes.executor import local_executor


def double(x: int) -> int:
    return 2 * x


def fail_on_three(x: int) -> int:
    if x == 3:
        raise ValueError("three")
    return x


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def thread_limits(_: int) -> str | None:
    return os.environ.get("NUMBA_NUM_THREADS")


@pytest.mark.parametrize("jobs", [0, 1, 2])
def test_every_item_is_worked_on_once(jobs: int) -> None:
    with local_executor(jobs) as executor:
        assert sorted(executor.each(double, range(7))) == [0, 2, 4, 6, 8, 10, 12]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_worker_reaches_the_caller(jobs: int) -> None:
    with pytest.raises(ValueError, match="three"), local_executor(jobs) as executor:
        list(executor.each(fail_on_three, range(6)))


def test_workers_use_one_thread_each_and_the_parent_keeps_its_own() -> None:
    before = os.environ.get("NUMBA_NUM_THREADS")
    with local_executor(2) as executor:
        assert set(executor.each(thread_limits, [0, 1])) == {"1"}
    assert os.environ.get("NUMBA_NUM_THREADS") == before


def test_a_killed_worker_is_said_with_a_remedy() -> None:
    with pytest.raises(ModelError, match="smaller --jobs"), local_executor(2) as executor:
        list(executor.each(die, range(3)))
