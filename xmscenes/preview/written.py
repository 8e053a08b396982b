"""Where the written files and the pictures of a build lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = range(4)


def written_file(build_dir: Path, level: int) -> tuple[Path, int]:
    """The file that holds a level, and the level to read from it: ``plain`` first, else ``xr``; or a GLB itself."""
    if build_dir.is_file():
        return build_dir, level
    plain = sorted((build_dir / "plain").glob(f"*_LOD{level}.glb"))
    if plain:
        return plain[0], 0
    compact = build_dir / "xr" / "scene.glb"
    if compact.is_file():
        return compact, level
    found = ", ".join(p.name for p in sorted((build_dir / "plain").glob("*.glb"))) or "none"
    raise RenderError(f"{build_dir}: no file of level {level} to preview (found: {found}); build the scene first")


def has_level(build_dir: Path, level: int) -> bool:
    """Whether a build has a file of its own for a level."""
    return any((build_dir / "plain").glob(f"*_LOD{level}.glb"))


def file_stem(name: str) -> str:
    """Camera name as a file name: separators become dashes."""
    return "".join("-" if c in '/\\:*?"<>| ' else c for c in name).strip(".") or "camera"
