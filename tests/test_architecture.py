"""The shape of the code, read from its imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "xmscenes"
STAGES = ("read", "tile", "clean", "model", "lod", "export", "check", "preview", "survey")
SHARED = {
    "records",
    "geometry",
    "frame",
    "spec",
    "options",
    "errors",
    "gltf_read",  # decodes a GLB: check and preview reopen what export wrote
    "gltf_drawn",
    "gltf_parts",
    "look",  # materials and atlas: model and lod dress with it, export writes it
}
LINES_AT_MOST = 300

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported_parts(path: Path) -> set[str]:
    """Top-level parts of xmscenes that a module imports: {"records", "geometry", …}."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "xmscenes" else [f"xmscenes.{a.name}" for a in node.names]
        parts |= {name.split(".")[1] for name in names if name.startswith("xmscenes.")}
    return parts


def label(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_no_other_stage(stage: str) -> None:
    strangers = {
        f"{label(path)} imports {part}"
        for path in sorted((PACKAGE / stage).rglob("*.py"))
        for part in imported_parts(path) - SHARED - {stage, "__version__"}
    }
    assert strangers == set()


def test_geometry_is_array_maths_on_arrays_and_meshes() -> None:
    strangers = {
        f"{label(path)} imports {part}"
        for path in sorted((PACKAGE / "geometry").rglob("*.py"))
        for part in imported_parts(path) - {"geometry", "records"}  # Mesh and Solid; no stage, no options, no look
    }
    assert strangers == set()


def test_records_stand_on_nothing_that_works() -> None:
    parts = set().union(*(imported_parts(path) for path in (PACKAGE / "records").glob("*.py")))
    assert parts <= {"records", "frame", "options"}  # the last two for annotations only


def test_no_file_outgrows_one_idea() -> None:
    long = {label(p): n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > LINES_AT_MOST}
    assert long == {}


def test_only_the_command_line_catches_everything() -> None:
    broad = {
        label(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    }
    assert broad <= {"cli.py"}


def test_no_module_is_called_utils() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "data"}
    assert {label(p) for p in MODULES if p.stem in vague} == set()
