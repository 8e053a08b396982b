"""Find, load and validate scene specs, and resolve the paths in them without leaving the allowed folders."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from xmscenes.errors import InputError, SpecError
from xmscenes.spec import Layer, Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SOURCE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSpec:
    """A validated spec, where it came from, and the folders its paths may point into."""

    name: str
    path: Path
    spec: Spec
    roots: tuple[Path, ...]

    def resolve(self, key: str, path: str) -> tuple[Path, ...]:
        """Files that ``path`` names (a glob gives many, sorted); relative to the spec's folder, then to the roots.

        ``SpecError`` when it leads out of every allowed folder, also through ``..``, an absolute path or a link.
        """
        bases = (self.path.parent, *self.roots)
        is_pattern = any(c in path for c in "*?[")
        candidates = (f for base in bases for f in (_glob(base, path) if is_pattern else [base / path]))
        found = tuple(dict.fromkeys(f.resolve() for f in candidates if f.exists()))
        for file in found or [(self.path.parent / path.partition("*")[0]).resolve()]:
            self._require_inside(key, path, file)
        if not found and not is_pattern:
            raise InputError(f"{self.path.name}: {key} = {path!r}: no such file; looked in {_list(bases)}")
        return tuple(sorted(found)) if is_pattern else found[:1]

    def _require_inside(self, key: str, text: str, real: Path) -> None:
        allowed = tuple(root.resolve() for root in (self.path.parent, *self.roots))
        if not any(real.is_relative_to(root) for root in allowed):
            raise SpecError(
                f"{self.path.name}: {key} = {text!r}: leads out of {_list(allowed)}; move the file or allow its "
                "folder with --data-root DIR"
            )

    def layers(self) -> Iterator[tuple[str, Layer]]:
        """Input layers that the spec names, in a fixed order."""
        for key in type(self.spec.inputs).model_fields:
            layer = getattr(self.spec.inputs, key)
            if isinstance(layer, Layer):
                yield key, layer


def _glob(base: Path, pattern: str) -> Iterator[Path]:
    anchored = Path(pattern)
    if anchored.is_absolute():
        base, pattern = Path(anchored.anchor), str(anchored.relative_to(anchored.anchor))
    yield from (f for f in base.glob(pattern) if f.is_file())


def _list(folders: Sequence[Path]) -> str:
    return ", ".join(dict.fromkeys(str(f) for f in folders))


def find_home() -> Path | None:
    """Folder that holds ``scenes/``: from here upwards, then ``XMSCENES_HOME``, then beside the source."""
    here = Path.cwd()
    candidates = [here, *here.parents]
    if home := os.environ.get("XMSCENES_HOME"):
        candidates.append(Path(home))
    candidates += [_SOURCE.parent, _SOURCE / "_shipped"]
    return next((c for c in candidates if (c / "scenes").is_dir()), None)


def list_scenes() -> dict[str, Path]:
    """Specs by name that ``xmscenes build NAME`` finds."""
    home = find_home()
    return {p.stem: p for p in sorted((home / "scenes").glob("*.toml"))} if home else {}


def find_spec(target: str) -> Path:
    """Path of the spec for a scene name or a ``.toml`` path."""
    if target.endswith(".toml"):
        path = Path(target)
        if not path.is_file():
            raise InputError(f"{target}: no such file; give a scene name or the path of a spec")
        return path.resolve()
    scenes = list_scenes()
    if target not in scenes:
        known = ", ".join(scenes) or "none found; run inside a checkout or set XMSCENES_HOME"
        raise InputError(f"{target}: no such scene; known: {known}; or give a path ending in .toml")
    return scenes[target].resolve()


def load_spec(target: str, *, overrides: Sequence[str] = (), data_roots: Sequence[Path] = ()) -> LoadedSpec:
    """Read and validate a spec. ``overrides`` are ``key.sub=value`` with values in TOML syntax."""
    path = find_spec(target)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path.name}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise SpecError(f"{path.name}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    for text in overrides:
        _override(values, text)
    try:
        spec = Spec.model_validate(values)
    except ValidationError as error:
        raise SpecError(f"{path.name}: {_first_problem(error)}") from error
    home = find_home()
    roots = tuple(dict.fromkeys([*([home.resolve()] if home else []), *(r.resolve() for r in data_roots)]))
    return LoadedSpec(name=path.stem, path=path, spec=spec, roots=roots)


def _override(values: dict[str, Any], text: str) -> None:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SpecError(f"--set {text}: want key.sub=value, for example lod.max_error_m=[0,0.5,2]")
    try:
        parsed = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        parsed = value
    *parents, last = key.strip().split(".")
    for parent in parents:
        values = values.setdefault(parent, {})
        if not isinstance(values, dict):
            raise SpecError(f"--set {text}: {parent} is not a table")
    values[last] = parsed


_REMEDY = {
    "extra_forbidden": "unknown key; docs/scene.schema.json has the known ones",
    "missing": "is missing; add it",
}


def _first_problem(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    first = problems[0]
    key = ".".join(str(part) for part in first["loc"]) or "spec"
    text = _REMEDY.get(first["type"], first["msg"].removeprefix("Value error, "))
    value = "" if first["type"] in _REMEDY or isinstance(first["input"], dict) else f" = {first['input']!r}"
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{key}{value}: {text}{more}"
