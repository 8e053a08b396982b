"""Where numba keeps compiled kernels: a folder of its own for every state of the kernels' source.

Numba's own rule looks at one file: a kernel that calls a kernel of another file would go on calling the old one after
an update. So the name of the folder is a digest of all files with kernels. Runs before numba is imported.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_KEPT = 4  # states; each holds some 20 MB


def keep_kernels_fresh() -> None:
    """Point ``NUMBA_CACHE_DIR`` at the folder for the present source, unless it is set already."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xmscenes"
    folder = base / f"kernels-{_digest()}"
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            for stale in sorted(base.glob("kernels-*"), key=lambda p: p.stat().st_mtime)[:-_KEPT]:
                shutil.rmtree(stale, ignore_errors=True)
    except OSError:
        return  # a home that cannot be written: numba falls back to its own place
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def _digest() -> str:
    sha = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        source = path.read_bytes()
        if b"njit" in source:
            sha.update(path.relative_to(_PACKAGE).as_posix().encode())
            sha.update(source)
    return sha.hexdigest()[:16]
