"""Every code of the level check fires."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xmscenes.check.lod import check_lods
from xmscenes.export.gltf import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, GltfWriter

Json = dict[str, Any]


def levelled(tmp_path: Path, change: Callable[[Json], None]) -> Path:
    """A root with two coarser levels of 4, 2 and 1 triangles; ``change`` spoils the JSON."""
    writer = GltfWriter({"copyright": "CC0"})
    xyz = np.eye(3, dtype=np.float32)
    position = writer.accessor(writer.view(xyz, ARRAY_BUFFER), xyz, bounds=True)
    for count in (4, 2, 1):
        indices = np.tile(np.arange(3, dtype=np.uint16), count)
        at = writer.accessor(writer.view(indices, ELEMENT_ARRAY_BUFFER), indices)
        mesh = writer.append("meshes", {"primitives": [{"attributes": {"POSITION": position}, "indices": at}]})
        writer.append("nodes", {"mesh": mesh})
    writer.json["nodes"][0] |= {
        "extensions": {"MSFT_lod": {"ids": [1, 2]}},
        "extras": {
            "MSFT_screencoverage": [0.5, 0.1, 0.0],
            "levels_error_m": [0.0, 0.3, 1.0],
            "sphere": [0.0, 0.0, 0.0, 1.0],
        },
    }
    writer.json |= {"scene": 0, "scenes": [{"nodes": [0]}], "extensionsUsed": ["MSFT_lod"]}
    change(writer.json)
    return writer.save(tmp_path / "levels.glb")


def ids(*values: int) -> Callable[[Json], None]:
    return lambda body: body["nodes"][0]["extensions"]["MSFT_lod"].update(ids=list(values))


def extras(**values: Any) -> Callable[[Json], None]:
    return lambda body: body["nodes"][0]["extras"].update(values)


def test_a_good_chain_passes(tmp_path: Path) -> None:
    assert check_lods(levelled(tmp_path, lambda _: None)) == []


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("LOD_ID_RANGE", ids(1, 9)),
        ("LOD_ID_RANGE", ids(1, -1)),
        ("LOD_CYCLE", ids(0, 2)),
        ("LOD_CYCLE", ids(1, 1)),
        ("LOD_CYCLE", lambda body: body["nodes"][1].update(children=[0])),
        ("LOD_IS_PLACED", lambda body: body["scenes"][0].update(nodes=[0, 1])),
        ("LOD_IS_PLACED", lambda body: body["nodes"].append({"children": [2]})),
        ("LOD_COVERAGE_COUNT", extras(MSFT_screencoverage=[0.5])),
        ("LOD_COVERAGE_ORDER", extras(MSFT_screencoverage=[0.5, 0.5, 0.0])),
        ("LOD_ERROR_ORDER", extras(levels_error_m=[0.0, 1.0, 0.3])),
        ("LOD_TRIANGLES", ids(2, 1)),
        ("LOD_UNREADABLE", lambda body: body["nodes"][1].update(mesh=7)),
    ],
)
def test_a_spoilt_chain_is_found(tmp_path: Path, code: str, change: Callable[[Json], None]) -> None:
    issues = check_lods(levelled(tmp_path, change), "xr/scene.glb")
    assert code in {issue.code for issue in issues}
    assert all(issue.severity == "error" and issue.where.startswith("xr/scene.glb") for issue in issues)


def test_a_file_that_is_no_glb_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(b"nothing")
    assert [issue.code for issue in check_lods(path)] == ["LOD_UNREADABLE"]
