"""Whose the inputs are: ``SOURCES.toml`` beside the data, and the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.errors import InputError
from xmscenes.records import Origin, Source
from xmscenes.survey.supply import is_simulated

if TYPE_CHECKING:
    from xmscenes.scenes import LoadedSpec
    from xmscenes.spec import Layer


class Digests:
    """SHA-256 of files, remembered by size and modification time so that an unchanged survey is not read again."""

    def __init__(self, memo: Path) -> None:
        self._memo = memo
        self._known: dict[str, list[Any]] = {}
        if memo.is_file():
            try:
                self._known = json.loads(memo.read_text(encoding="utf-8"))
            except ValueError:
                self._known = {}  # a torn memo costs one more reading, nothing else

    def of(self, path: Path) -> str:
        """Hex digest of the file's bytes."""
        try:
            stat = path.stat()
            stamp = [stat.st_size, stat.st_mtime_ns]
            known = self._known.get(str(path))
            if known and known[:2] == stamp:
                return str(known[2])
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from error
        self._known[str(path)] = [*stamp, digest]
        return digest

    def save(self) -> None:
        """Write the memo for the next run."""
        self._memo.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._memo.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._known, sort_keys=True, indent=0), encoding="utf-8")
        temporary.replace(self._memo)


def read_sources(folder: Path) -> dict[str, dict[str, Any]]:
    """Entries of ``SOURCES.toml`` in a folder by file name; empty when there is none."""
    path = folder / "SOURCES.toml"
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("source", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid TOML: {error}") from error
    return {str(entry.get("file", "")): entry for entry in entries}


def describe_input(loaded: LoadedSpec, key: str, layer: Layer, path: Path, digests: Digests) -> Source:
    """Say whose one input file is: the spec's words win, then ``SOURCES.toml``, then 'measured, unstated'."""
    entry = next(
        (
            e
            for folder in (path.parent, path.parent.parent)
            for f, e in read_sources(folder).items()
            if _is(folder, f, path)
        ),
        {},
    )
    try:
        origin = layer.origin or Origin(entry.get("origin", "measured"))
    except ValueError as error:
        words = ", ".join(Origin)
        raise InputError(
            f"{path.parent / 'SOURCES.toml'}: origin = {entry['origin']!r}; want one of {words}"
        ) from error
    stands_for_any = "*" in str(entry.get("file", ""))
    if stands_for_any and origin is Origin.SIMULATED and not is_simulated(path):
        entry, origin = {}, layer.origin or Origin.MEASURED  # a real survey lies where the simulated one would
    return Source(
        path=f"{key}: {_relative(path, loaded)}",
        sha256=digests.of(path),
        licence=layer.licence or str(entry.get("licence", "unstated")),
        attribution=layer.attribution or str(entry.get("attribution", "")),
        origin=origin,
        crs=layer.crs or str(entry.get("crs", "")),
        note=str(entry.get("note", "")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One file of one input layer, and whose it is."""

    key: str
    layer: Layer
    path: Path
    source: Source


def list_inputs(loaded: LoadedSpec, digests: Digests) -> tuple[InputFile, ...]:
    """Every input file that the spec names, in a fixed order, with its hash. Nothing is parsed."""
    return tuple(
        InputFile(key=key, layer=layer, path=path, source=describe_input(loaded, key, layer, path, digests))
        for key, layer in loaded.layers()
        for path in loaded.resolve(f"inputs.{key}", layer.path)
    )


def _is(folder: Path, name: str, path: Path) -> bool:
    return path == (folder / name).resolve() or ("*" in name and path.match(str(folder.resolve() / name)))


def _relative(path: Path, loaded: LoadedSpec) -> str:
    for root in (loaded.path.parent.resolve(), *loaded.roots):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name
