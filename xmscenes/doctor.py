"""Does this machine have what is needed? Each finding says what to do."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENOUGH_DISK_BYTES = 5e9
_ENOUGH_MEMORY_BYTES = 3e9
_RENDERERS = ("pyrender", "pyrender2", "pyrender-maintained")  # one import name for all three


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``needed`` findings that fail make ``doctor`` end with 1."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True


def examine(folder: Path) -> Iterator[Finding]:
    """Look at Python, libraries, renderer, memory, disk under ``folder``, and the optional tools."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(name="Python", ok=sys.version_info >= (3, 11), detail=version, remedy="install Python 3.11 or newer")
    yield _open3d()
    yield _one_pyrender()
    yield _renderer()
    yield _memory()
    yield _disk(folder)
    for program, use in (("node", "browser tests and the glTF validator"), ("chromium", "browser tests")):
        path = shutil.which(program)
        yield Finding(
            name=program,
            ok=path is not None,
            detail=path or f"not found; used only for {use}",
            remedy=f"apt-get install -y {'nodejs npm' if program == 'node' else program}",
            needed=False,
        )


def _open3d() -> Finding:
    # in a process of its own: a missing shared library there must not stop the examination
    run = subprocess.run(
        [sys.executable, "-c", "import open3d; print(open3d.__version__)"], capture_output=True, text=True, check=False
    )
    detail = (run.stdout if run.returncode == 0 else run.stderr).strip().splitlines()
    return Finding(
        name="open3d",
        ok=run.returncode == 0,
        detail=detail[-1] if detail else "",
        remedy="apt-get install -y libusb-1.0-0 libgomp1 libgl1 libegl1",
    )


def _one_pyrender() -> Finding:
    found = [d for d in _RENDERERS if _is_installed(d)]
    return Finding(
        name="pyrender",
        ok=found == ["pyrender-maintained"],
        detail=", ".join(found) or "not installed",
        remedy="pip uninstall pyrender pyrender2; pip install --force-reinstall pyrender-maintained",
    )


def _is_installed(distribution: str) -> bool:
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _renderer() -> Finding:
    from xmscenes.preview.probe import probe

    answer = probe()
    return Finding(
        name="OpenGL", ok=answer.ok, detail=answer.message, remedy=f"apt-get install -y {answer.package}".strip()
    )


def _memory() -> Finding:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Finding(
        name="memory",
        ok=size >= _ENOUGH_MEMORY_BYTES,
        detail=f"{size / 1e9:.1f} GB, {os.cpu_count()} cores",
        remedy="build with --jobs 1; 3 GB are enough for the shipped scenes",
    )


def _disk(folder: Path) -> Finding:
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    return Finding(
        name="disk",
        ok=free >= _ENOUGH_DISK_BYTES,
        detail=f"{free / 1e9:.1f} GB free under {existing}",
        remedy="free some space, or build elsewhere with --out DIR and XMSCENES_CACHE",
    )
