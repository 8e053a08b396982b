"""What a build costs: seconds per stage and peak memory. Written to ``timings.json``, never into the manifest."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


class Meter:
    """Adds up CPU and wall seconds by stage name."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._wall_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the block's wall seconds under ``name``."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add({name: time.perf_counter() - start})

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
