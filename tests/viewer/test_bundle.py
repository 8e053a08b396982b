"""The committed bundle of the viewer page."""

from __future__ import annotations

import hashlib
from pathlib import Path

VIEWER = Path(__file__).resolve().parents[2] / "xmscenes" / "viewer"
LOCK = Path(__file__).resolve().parents[1] / "browser" / "package-lock.json"


def test_the_bundle_was_made_from_the_sources_that_lie_beside_it() -> None:
    sha = hashlib.sha256()
    for path in sorted((VIEWER / "src").iterdir(), key=lambda path: path.name):
        sha.update(path.read_bytes())
    sha.update(LOCK.read_bytes())
    written = (VIEWER / "dist" / "SOURCE.sha256").read_text().strip()
    assert written == sha.hexdigest(), "run: cd tests/browser && npm ci && npm run bundle"


def test_the_shims_are_the_sources() -> None:
    for shipped, source in (
        ("three-lod.js", "lod.js"),
        ("three-variants.js", "variants.js"),
        ("babylon-lod.js", "babylon-lod.js"),
    ):
        assert (VIEWER / "dist" / shipped).read_bytes() == (VIEWER / "src" / source).read_bytes()
