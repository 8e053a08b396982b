from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from xmscenes.bench.city import write_city
from xmscenes.bench.preview import _MEMORY, _measure
from xmscenes.preview.glb import load_scene

if TYPE_CHECKING:
    from pathlib import Path


def test_a_process_is_measured_by_its_own_time_and_memory() -> None:
    cpu_s, last, memory_mb = _measure([sys.executable, "-c", "print(0.25)" + _MEMORY])
    assert 0 < cpu_s < 10
    assert last == 0.25
    assert 3 < memory_mb < 60


def test_a_renderer_that_fails_counts_as_infinitely_dear() -> None:
    assert _measure([sys.executable, "-c", "raise SystemExit(3)"]) == (math.inf, math.inf, math.inf)


def test_the_city_has_the_triangles_it_promises_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    shape = {"size_m": 300.0, "terrain_cells": 20, "houses": 40, "trees": 30}
    first = write_city(tmp_path / "a.glb", **shape)  # type: ignore[arg-type]
    merged = write_city(tmp_path / "b.glb", **shape, copies=False)  # type: ignore[arg-type]
    assert load_scene(first).triangle_count == load_scene(merged).triangle_count
    assert abs(load_scene(first).triangle_count - (2 * 20**2 + 14 * 40 + 6 * 30)) < 120
    assert write_city(tmp_path / "c.glb", **shape).read_bytes() == first.read_bytes()  # type: ignore[arg-type]
