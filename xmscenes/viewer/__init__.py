"""The web page of a built scene: its source (``src/``), its bundle (``dist/``), and the server that shows it."""

from __future__ import annotations

from pathlib import Path

DIST = Path(__file__).resolve().parent / "dist"
