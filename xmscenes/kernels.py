"""Where numba keeps compiled kernels: a folder of its own for every state of the kernels' source.

Numba's own rule looks at one file: a kernel that calls a kernel of another file would go on calling the old one after
an update. So the name of the folder is a digest of all files with kernels. Runs before numba is imported.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
_KEPT = 4  # states; each holds some 20 MB


def keep_kernels_fresh() -> None:
    """Point ``NUMBA_CACHE_DIR`` at the folder for the present source, unless it is set already."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xmscenes"
    folder = base / f"kernels-{_digest()}"
    try:
        is_new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)  # the states that were used last are kept
        if is_new:
            for stale in sorted(base.glob("kernels-*"), key=lambda p: p.stat().st_mtime)[:-_KEPT]:
                shutil.rmtree(stale, ignore_errors=True)
    except OSError:
        return  # a home that cannot be written: numba falls back to its own place
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def watch_compiler() -> None:
    """Count from now on what compiling costs this process. Imports numba: call it where kernels are about to run."""
    global _watch
    if _watch is not None:
        return
    from numba.core import event

    class Watch(event.Listener):  # type: ignore[misc]
        """Compiling one kernel compiles those that it calls: only the outermost counts."""

        def __init__(self) -> None:
            self.depth, self.start, self.spent_s = 0, 0.0, 0.0

        def on_start(self, event: Any) -> None:  # noqa: ARG002
            if self.depth == 0:
                self.start = time.perf_counter()
            self.depth += 1

        def on_end(self, event: Any) -> None:  # noqa: ARG002
            self.depth -= 1
            if self.depth == 0:
                self.spent_s += time.perf_counter() - self.start

    _watch = Watch()
    event.register("numba:compile", _watch)


_watch: Any = None


def compiling_s() -> float:
    """Seconds this process spent compiling kernels since ``watch_compiler``: nothing once they are cached."""
    return _watch.spent_s if _watch else 0.0


def _digest() -> str:
    sha = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        source = path.read_bytes()
        if b"njit" in source:
            sha.update(path.relative_to(_PACKAGE).as_posix().encode())
            sha.update(source)
    return sha.hexdigest()[:16]
