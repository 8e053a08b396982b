"""The cache: results by the hash of what they were made from, on disk, written by atomic rename.

A key covers inputs, options and the source code of the stages, so a result is never stale; a torn or foreign entry
fails its checksum and counts as missing. Nothing here knows what it stores.
"""

from __future__ import annotations

import hashlib
import pickle
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from xmscenes.errors import ExportError

_PACKAGE = Path(__file__).resolve().parent
_CHECKSUM_BYTES = 32


def digest_of(*parts: str | bytes) -> str:
    """Hash an ordered list of texts and bytes; no two different lists give the same bytes to the hash."""
    sha = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        sha.update(len(raw).to_bytes(8, "little"))
        sha.update(raw)
    return sha.hexdigest()


@lru_cache(maxsize=32)
def code_digest(*packages: str) -> str:
    """Hash of the source of the given parts of xmscenes ("model", "records.py"), so that changed code builds anew."""
    files = sorted(
        f
        for part in packages
        for f in ([_PACKAGE / part] if part.endswith(".py") else (_PACKAGE / part).rglob("*"))
        if f.suffix in {".py", ".toml"}
    )
    return digest_of(*(p for f in files for p in (str(f.relative_to(_PACKAGE)), f.read_bytes())))


class Cache:
    """A folder of results; the key's first letters name the sub-folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where a result is, or would be."""
        return self.folder / key[:2] / f"{key}.pickle"

    def has(self, key: str) -> bool:
        """Whether a result is there (it may still turn out to be torn)."""
        return self.path(key).is_file()

    def load(self, key: str) -> Any | None:
        """Give the result, or None when it is missing or torn."""
        try:
            raw = self.path(key).read_bytes()
        except FileNotFoundError:
            return None
        checksum, body = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        if hashlib.sha256(body).digest() != checksum:
            return None
        return pickle.loads(body)  # we wrote it ourselves; the checksum guards against torn files

    def store(self, key: str, value: Any) -> None:
        """Write a result so that a reader sees all of it or nothing."""
        target = self.path(key)
        body = pickle.dumps(value, protocol=5)
        temporary = target.with_name(f".{uuid4().hex}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(hashlib.sha256(body).digest() + body)
            temporary.replace(target)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise ExportError(f"{target.parent}: cannot write the cache ({error.strerror}); free some space") from error

    def prune(self, keep: set[str]) -> None:
        """Drop every result whose key is not in ``keep``, and what interrupted writes left behind."""
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix == ".tmp" or path.stem not in keep:
                path.unlink(missing_ok=True)
