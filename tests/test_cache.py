from __future__ import annotations

from pathlib import Path

import pytest

from xmscenes.cache import Cache, code_digest, digest_of
from xmscenes.errors import ExportError


def test_a_stored_result_comes_back(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store("ab12", {"鼓浪屿": 1})
    assert cache.has("ab12")
    assert cache.load("ab12") == {"鼓浪屿": 1}


def test_a_missing_result_is_none(tmp_path: Path) -> None:
    assert Cache(tmp_path).load("ab12") is None


@pytest.mark.parametrize("keep_bytes", [0, 10, 40])
def test_a_torn_result_counts_as_missing(tmp_path: Path, keep_bytes: int) -> None:
    cache = Cache(tmp_path)
    cache.store("ab12", list(range(100)))
    path = cache.path("ab12")
    path.write_bytes(path.read_bytes()[:keep_bytes])
    assert cache.load("ab12") is None


def test_pruning_keeps_what_is_asked_and_drops_leftovers(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.store("ab12", 1)
    cache.store("cd34", 2)
    (tmp_path / "ab" / ".torn.tmp").write_bytes(b"half")
    cache.prune({"ab12"})
    assert [p.name for p in sorted(tmp_path.rglob("*")) if p.is_file()] == ["ab12.pickle"]


def test_an_unwriteable_cache_says_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ExportError, match="cannot write the cache"):
        Cache(blocked).store("ab12", 1)


def test_lists_that_concatenate_alike_hash_differently() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("a") == digest_of(b"a")


def test_the_code_digest_depends_on_the_parts_named() -> None:
    assert code_digest("cache.py") != code_digest("cache.py", "errors.py")
