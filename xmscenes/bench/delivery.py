"""Size and speed of the deliveries: our writer and levels against gltfpack and gltf-transform, on the same LOD0.

All start from one place: the scene's LOD0, which the peers read as the core glTF file that we write. Bytes leave out
pictures, because each tool treats them otherwise. ``step_m`` is the position grid that the tool uses. CPU seconds are
user + system; for the peers those of the whole process without starting node, for us those of writing the file
(quantise, split, reorder, encode) after a first run has compiled the kernels.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.district import district_models, district_scene
from xmscenes.export.plain import write_plain
from xmscenes.export.xr import write_xr
from xmscenes.gltf_drawn import read_glb
from xmscenes.gltf_read import load_glb
from xmscenes.lod import make_levels
from xmscenes.options import LodOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xmscenes.records import Scene, TileLods, TileModel

PEERS = {  # -kn and -km keep nodes and materials apart, as ours are; -kv keeps every attribute
    "gltfpack 1.3 -cc 16 bit": ["gltfpack", "-i", "{plain}", "-o", "{out}", "-cc", "-vp", "16", "-kn", "-km", "-kv"],
    "gltf-transform 4.5 meshopt 16 bit": [
        "gltf-transform", "meshopt", "{plain}", "{out}", "--quantize-position", "16", "--quantize-texcoord", "13",
    ],
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DeliveryCost:
    """One row: what a tool made of a scene. ``share`` is triangles left over triangles given."""

    job: str  # "compress", "levels"
    scene: str
    tool: str
    triangles: int
    cpu_s: float
    raw_bytes: int = 0
    gzip_bytes: int = 0
    step_m: float = 0.0
    share: float = 1.0
    error_m: float = 0.0


def run_compression(scene: Scene, folder: Path, tools: Path | None, assets: Path | None) -> Iterator[DeliveryCost]:
    """Compress LOD0 of a scene with us and, when ``tools`` holds their node packages, with the peers."""
    fine = replace(scene, tiles=tuple(_finest(tile) for tile in scene.tiles))
    (plain,) = write_plain(fine, folder, assets)
    triangles = sum(len(item.faces) for item in read_glb(plain))
    ours = folder / "ours.glb"
    seconds = _fastest(lambda: write_xr(fine, ours, assets))
    yield _compressed("xmscenes", scene.name, triangles, seconds, ours)
    yield _compressed("xmscenes at gltfpack's step", scene.name, triangles, seconds, _coarser(fine, folder, assets))
    if tools is None:
        return
    idle = _run_s(["node", "-e", "0"])
    for tool, command in PEERS.items():
        out = folder / "peer.glb"
        filled = [word.format(plain=plain, out=out) for word in command[1:]]
        program = ["node", str(tools / "node_modules" / ".bin" / command[0]), *filled]
        seconds = min(_run_s(program) for _ in range(3)) - idle
        yield _compressed(tool, scene.name, triangles, seconds, out)


def _coarser(scene: Scene, folder: Path, assets: Path | None) -> Path:
    """Write the scene on the grid that 16 bits over the whole of it allow, which is what gltfpack uses."""
    corners = np.array([bound for tile in scene.tiles for bound in (tile.bounds_m[:2], tile.bounds_m[2:])])
    return write_xr(scene, folder / "coarser.glb", assets, step_m=float(np.ptp(corners, axis=0).max()) / 65535.0)


def run_levels(models: list[TileModel], scene_name: str, options: LodOptions) -> Iterator[DeliveryCost]:
    """Make all levels of some tiles, once from meaning and once by decimation alone."""
    bare = [replace(m, features=tuple(replace(f, solids={}) for f in m.features)) for m in models]
    for tool, given in (("xmscenes, meaning first", models), ("xmscenes, decimation alone", bare)):
        made: list[TileLods] = []
        seconds = _fastest(partial(_level_all, given, options, made))
        total = _triangles(made, 0)
        for level in range(1, len(options.max_error_m)):
            left = _triangles(made, level)
            error = max(_shown(chain, level).error_m for tile in made for chain in tile.chains)
            yield DeliveryCost(
                job="levels",
                scene=scene_name,
                tool=f"{tool}, LOD{level}",
                triangles=total,
                cpu_s=round(seconds, 2),
                share=round(left / total, 4),
                error_m=round(error, 3),
            )


def _level_all(models: list[TileModel], options: LodOptions, made: list[TileLods]) -> None:
    made[:] = [make_levels(model, options) for model in models]


def _shown(chain: Any, level: int) -> Any:
    return [one for one in chain.levels if one.index <= level][-1]


def _triangles(tiles: list[TileLods], level: int) -> int:
    return sum(len(_shown(chain, level).mesh.faces) for tile in tiles for chain in tile.chains)


def _finest(tile: TileLods) -> TileLods:
    chains = tuple(replace(chain, levels=chain.levels[:1]) for chain in tile.chains)
    return replace(tile, chains=chains, placements=())


def _compressed(tool: str, scene: str, triangles: int, seconds: float, path: Path) -> DeliveryCost:
    raw, packed = _without_pictures(path)
    return DeliveryCost(
        job="compress",
        scene=scene,
        tool=tool,
        triangles=triangles,
        cpu_s=round(seconds, 2),
        raw_bytes=raw,
        gzip_bytes=packed,
        step_m=round(_step_m(path), 5),
    )


def _without_pictures(path: Path) -> tuple[int, int]:
    """Bytes of a GLB without its pictures, raw and as gzip -6 makes them."""
    glb = load_glb(path)
    data = bytearray(path.read_bytes())
    start = len(data) - len(glb.bin)
    for image in glb.items("images"):
        view = glb.items("bufferViews")[image["bufferView"]]
        begin = start + view.get("byteOffset", 0)
        data[begin : begin + view["byteLength"]] = b"\0" * view["byteLength"]
    pictures = sum(glb.items("bufferViews")[image["bufferView"]]["byteLength"] for image in glb.items("images"))
    return len(data) - pictures, len(gzip.compress(bytes(data), 6))


def _step_m(path: Path) -> float:
    """Coarsest position grid of a file; 0 for float positions."""
    steps = [0.0]
    for item in read_glb(path):
        column = np.linalg.norm(item.instances[0][:3, :3], axis=0).max()
        normalised = item.vertices.size and float(np.abs(item.vertices).max()) <= 1.0
        steps.append(float(column) / (32767.0 if normalised else 1.0))
    return max(steps)


def _fastest(work: Callable[[], Any], repeats: int = 3) -> float:
    """Fewest CPU seconds of some runs after one that compiles."""
    work()
    found = []
    for _ in range(repeats):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)


def _run_s(command: list[str]) -> float:
    """CPU seconds of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} … failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print one JSON object a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--tools", type=Path, help="folder whose node_modules hold gltfpack and @gltf-transform/cli")
    parser.add_argument("--assets", type=Path, help="folder with look/, so that walls are textured")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    models = district_models()
    for row in run_levels(models, "district", LodOptions()):
        _print(row)
    scene = district_scene([make_levels(model, LodOptions(max_error_m=(0.0,))) for model in models])
    for row in run_compression(scene, options.folder, options.tools, options.assets):
        _print(row)


def _print(row: DeliveryCost) -> None:
    sys.stdout.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
