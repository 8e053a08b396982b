"""Where things go: the output folder of a scene and the cache beside it."""

from __future__ import annotations

import os
from pathlib import Path

from xmscenes.scenes import find_home

_PACKAGE = Path(__file__).resolve().parent


def build_folder() -> Path:
    """``build/`` in the checkout that the current folder lies in, else in the current folder."""
    here = Path.cwd()
    home = find_home()
    return (home if home and here.is_relative_to(home) else here) / "build"


def output_folder(name: str, out: Path | None = None) -> Path:
    """Folder that a scene's files are written to."""
    return out.absolute() if out else build_folder() / name


def cache_folder() -> Path:
    """Folder of the cache; ``XMSCENES_CACHE`` moves it."""
    return Path(os.environ.get("XMSCENES_CACHE") or build_folder() / ".cache")


def look_folder() -> Path | None:
    """Folder that holds the shipped ``look/``: of the checkout this code runs from, or in the installed package."""
    candidates = (_PACKAGE.parent / "assets", _PACKAGE / "_shipped" / "assets")
    return next((folder for folder in candidates if (folder / "look").is_dir()), None)
