"""The Khronos glTF validator as an outside judge (npm ``gltf-validator`` in tests/browser)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BROWSER = Path(__file__).resolve().parent / "browser"


def require_node() -> None:
    """Skip, aloud, where scripts/setup --test has not put node and its packages."""
    if shutil.which("node") is None or not (BROWSER / "node_modules" / "gltf-validator").is_dir():
        pytest.skip("node or tests/browser/node_modules is missing: run scripts/setup --test")


def judge(*files: Path) -> list[dict[str, Any]]:
    """Reports of the validator, one a file, in order."""
    require_node()
    command = ["node", "validate.mjs", *(str(f.resolve()) for f in files)]
    run = subprocess.run(command, cwd=BROWSER, capture_output=True, text=True, check=True)
    reports: list[dict[str, Any]] = json.loads(run.stdout)
    return reports


def complaints(*files: Path, known: frozenset[str] = frozenset()) -> list[str]:
    """Errors and warnings of every file but the codes in ``known``; empty when all is well."""
    return [
        f"{Path(report['file']).name}: {m['code']} {m['message']} {m.get('pointer', '')}"
        for report in judge(*files)
        for m in report["messages"]
        if m["severity"] <= 1 and m["code"] not in known
    ]
