#!/usr/bin/env python3
"""Write the JSON Schema of scene specs to docs/scene.schema.json; editors complete and check specs with it."""

from __future__ import annotations

import json
from pathlib import Path

from xmscenes.spec import Spec

TARGET = Path(__file__).resolve().parent.parent / "docs" / "scene.schema.json"


def schema_text() -> str:
    """Give the schema as it is published."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Spec.model_json_schema()}
    schema["title"] = "xmscenes scene spec"
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
    print(TARGET)
