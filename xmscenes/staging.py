"""Outputs appear by atomic rename: a build writes into a folder beside the last good one and takes its place.

One build of a scene at a time: a lock keeps a second one from pruning what the first still needs.
"""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from xmscenes.errors import ExportError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Keep other builds of the same scene out of its cache and output; a killed build leaves no lock behind."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"{name}: another build of it is running; wait for it, or set XMSCENES_CACHE and --out DIR"
            ) from error
        yield


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give an empty folder to write into; when the block ends well it replaces ``out``, else it is removed.

    A build killed between the two renames leaves the last good output under ``.<name>.old``; the next one puts
    it back first. A full disk raises ``ExportError`` and leaves ``out`` as it was.
    """
    partial, old = out.with_name(f".{out.name}.partial"), out.with_name(f".{out.name}.old")
    try:
        recover(out)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        if out.exists():
            out.rename(old)
        partial.rename(out)
    except OSError as error:
        raise _translated(error, out) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)


def recover(out: Path) -> None:
    """Put the last good output back when a build was killed in the middle of taking its place."""
    old = out.with_name(f".{out.name}.old")
    if old.is_dir() and not out.exists():
        old.rename(out)


def _translated(error: OSError, out: Path) -> Exception:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ExportError(f"{out}: the disk is full; the last good output is untouched; free some space")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR}:
        return ExportError(f"{out}: cannot be written ({error.strerror}); choose another folder with --out DIR")
    return error
