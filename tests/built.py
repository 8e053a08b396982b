"""Build scenes in tests: small, with their own cache, without pictures unless asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xmscenes.build import BuildResult, build, plan
from xmscenes.progress import Silent
from xmscenes.scenes import load_spec


@dataclass(frozen=True)
class Workshop:
    """A folder with a spec, its output and its cache."""

    spec: Path

    @property
    def out(self) -> Path:
        return self.spec.parent / "out"

    @property
    def cache(self) -> Path:
        return self.spec.parent / "cache"

    def build(self, *overrides: str, jobs: int = 1, preview: bool = False, out: Path | None = None) -> BuildResult:
        loaded = load_spec(str(self.spec), overrides=overrides)
        return build(loaded, out or self.out, self.cache, jobs=jobs, preview=preview, progress=Silent())

    def plan(self, *overrides: str) -> dict[str, Any]:
        return plan(load_spec(str(self.spec), overrides=overrides), self.out, self.cache, progress=Silent())

    def to_build(self, *overrides: str) -> dict[str, list[str]]:
        """Tiles that would be built, with the reasons."""
        return {row["tile"]: row["why"] for row in self.plan(*overrides)["tiles"] if row["state"] == "build"}


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of an output but the timings, by relative path."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "timings.json"
    }


def manifest_of(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "scene.json").read_text(encoding="utf-8"))
    return manifest
