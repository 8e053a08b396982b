from __future__ import annotations

import runpy
from pathlib import Path


def test_the_published_schema_is_the_one_in_force(repository: Path) -> None:
    script = runpy.run_path(str(repository / "scripts" / "make_schema.py"))
    published = (repository / "docs" / "scene.schema.json").read_text(encoding="utf-8")
    assert published == script["schema_text"](), "run scripts/make_schema.py"
