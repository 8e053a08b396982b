"""Who does the work: this process, or local worker processes. A cluster is a third maker with the same interface.

Nothing is shared with workers but what is pickled to them and the cache folder.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Protocol, TypeVar

from xmscenes.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
_ONE_THREAD["LP_NUM_THREADS"] = "0"  # Mesa draws in the calling thread: the same pictures in half the memory


class Executor(Protocol):
    """Runs one function over many items; order of results does not matter, items are independent."""

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results as they come."""
        ...


class Inline:
    """Works in this process, one item after the other."""

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results in order."""
        return map(function, items)


class LocalProcesses:
    """Works in spawned processes: a forked child inherits threads of open3d, numba and GL in an unusable state."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results as they come; the first error stops the rest."""
        waiting: set[Future[R]] = set()
        try:
            waiting |= {self._pool.submit(function, item) for item in items}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BrokenProcessPool as error:
            raise ModelError(
                "a worker process was killed, most likely for want of memory; build again with a smaller --jobs "
                "(finished tiles are kept)"
            ) from error
        finally:
            for future in waiting:
                future.cancel()


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone: workers of a killed build would wait for work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait_and_end() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait_and_end, daemon=True).start()


@contextmanager
def local_executor(jobs: int) -> Iterator[Executor]:
    """Executor with that many processes; 1 works inline."""
    if jobs <= 1:
        yield Inline()
        return
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)  # spawned workers inherit it: one thread each, no fight for cores
    pool = ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=_end_with_parent)
    is_done = False
    try:
        yield LocalProcesses(pool)
        is_done = True
    finally:
        if not is_done:  # an error, or Ctrl-C: nobody waits for half a tile
            for worker in active_children():
                worker.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
