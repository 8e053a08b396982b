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
# glibc keeps what a tile gives back for the next one, which saves page faults.
_ONE_THREAD |= dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(2**30))


class Executor(Protocol):
    """Runs one function over many items; order of results does not matter, items are independent."""

    def prepare(self, function: Callable[[], None]) -> None:
        """Let every worker call a function while this process goes on."""
        ...

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results as they come."""
        ...


class Inline:
    """Works in this process, one item after the other."""

    def prepare(self, function: Callable[[], None]) -> None:
        """Nobody waits: what is needed comes when it is needed."""

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results in order."""
        return map(function, items)


class LocalProcesses:
    """Works in spawned processes: a forked child inherits threads of open3d, numba and GL in an unusable state."""

    def __init__(self, pool: ProcessPoolExecutor, jobs: int) -> None:
        self._pool, self._jobs = pool, jobs

    def prepare(self, function: Callable[[], None]) -> None:
        """Start all processes, each with a call of the function."""
        for _ in range(self._jobs):
            self._submit(function)

    def _submit(self, function: Callable[..., R], *items: T) -> Future[R]:
        """Submit work. A process that starts for it has Ctrl-C held back from its first instruction on."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._pool.submit(function, *items)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield results as they come; the first error stops the rest."""
        waiting: set[Future[R]] = set()
        try:
            waiting |= {self._submit(function, item) for item in items}
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
    """End when the parent is gone: workers of a killed build would wait for work for ever."""

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
        yield LocalProcesses(pool, jobs)
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
