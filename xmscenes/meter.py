"""What a build costs: seconds per stage and peak memory. Written to ``timings.json``, never into the manifest."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xmscenes.kernels import compiling_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


class Clock:
    """Seconds since the last lap, by stage; what compiling kernels took stands under a name of its own."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last, self._compiled = time.perf_counter(), compiling_s()

    def lap(self, stage: str) -> None:
        """Give the seconds since the last lap to ``stage``."""
        now, compiled = time.perf_counter(), compiling_s()
        compiling = compiled - self._compiled
        self._add(stage, now - self._last - compiling)
        if compiling:
            self._add("compile", compiling)
        self._last, self._compiled = now, compiled

    def _add(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


class Meter:
    """Adds up wall seconds by stage name."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._wall_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the block's wall seconds under ``name``."""
        clock = Clock()
        try:
            yield
        finally:
            clock.lap(name)
            self.add(clock.seconds)

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add what a worker measured, stage by stage."""
        for name, value in seconds.items():
            self._wall_s[name] = self._wall_s.get(name, 0.0) + value

    def to_dict(self) -> dict[str, Any]:
        """Seconds per stage (summed over workers), the whole, and peak memory of this process and its largest child."""
        peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return {
            "stages_s": {name: round(value, 3) for name, value in self._wall_s.items()},
            "total_s": round(time.perf_counter() - self._start, 3),
            "peak_memory_bytes": max(peaks) * _RSS_UNIT_BYTES,
        }
