"""The web page of a built scene: its source (``src/``), its bundle (``dist/``), and the server that shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

_DIST = Path(__file__).resolve().parent / "dist"


def copy_viewer(folder: Path) -> None:
    """Put the page and the loader shims into ``viewer/`` of a build folder."""
    shutil.copytree(_DIST, folder / "viewer", copy_function=shutil.copyfile)
