"""3d-tiles-tools reads what ``write_tiles`` writes. Its packages take 240 MB: npm ci in tests/peers, then -m slow."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from houses import painted_assets, small_scene

from xmscenes.export.tiles import write_tiles

PEERS = Path(__file__).resolve().parents[1] / "peers"
TOOL = PEERS / "node_modules" / ".bin" / "3d-tiles-tools"


@pytest.mark.slow
def test_3d_tiles_tools_finds_every_file_of_a_tileset(tmp_path: Path) -> None:
    if shutil.which("node") is None or not TOOL.exists():
        pytest.skip("3d-tiles-tools is missing: npm ci in tests/peers")
    written = write_tiles(small_scene(), tmp_path / "tiles", painted_assets(tmp_path / "assets"))
    copied = tmp_path / "copied"
    command = ["node", TOOL, "convert", "-i", tmp_path / "tiles" / "tileset.json", "-o", copied]
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "ERROR" not in run.stdout + run.stderr
    for path in written:
        there = copied / path.relative_to(tmp_path / "tiles")
        if path.suffix == ".json":
            assert json.loads(there.read_bytes()) == json.loads(path.read_bytes())
        else:
            assert there.read_bytes() == path.read_bytes()
