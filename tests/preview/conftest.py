"""Generated scenes for the preview tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from xmscenes.bench.city import write_city

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town with a lake: terrain, textured walls, masked trees in copies, water."""
    return write_city(tmp_path_factory.mktemp("city") / "小城.glb", size_m=300, terrain_cells=24, houses=64, trees=60)
