"""Size and speed of the deliveries: our writer and levels against gltfpack and gltf-transform, on the same LOD0.

All start from one place: the scene's LOD0, which the peers read as the core glTF file that we write. Bytes leave out
pictures, because each tool treats them otherwise. ``step_m`` is the position grid that the tool uses. CPU seconds are
user + system; for the peers those of the whole process without starting node, for us those of writing the file
(quantise, split, reorder, encode) after a first run has compiled the kernels.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.district import district_models, district_scene
from xmscenes.errors import InputError
from xmscenes.export.plain import write_plain
from xmscenes.export.xr import write_xr
from xmscenes.gltf_drawn import grid_step_m, read_glb
from xmscenes.gltf_read import load_glb
from xmscenes.lod import make_levels
from xmscenes.options import LodOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xmscenes.gltf_drawn import Drawn
    from xmscenes.records import Scene, TileLods, TileModel

BARS = ((0.25, 0.3), (0.06, 1.0), (0.02, 3.0))  # share of LOD0's triangles and error, by level
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
    reached: str = ""  # whether a level keeps both of its bars

    def row(self) -> dict[str, Any]:
        """Give the row as the results table takes it; figures that the job does not have are left out."""
        figures = {key: value for key, value in asdict(self).items() if value and key not in ("job", "scene", "tool")}
        return {"bench": f"delivery {self.job}", "set": f"{self.scene}: {self.tool}", **figures}


def run_delivery(
    folder: Path, assets: Path | None, peers: Path | None, places: Sequence[Scene] = ()
) -> Iterator[DeliveryCost]:
    """Level and compress the generated district, then LOD0 of every place; ``peers`` holds package.json of the rivals.

    ``peers`` None leaves them out.
    """
    tools = None if peers is None else installed(peers)
    models = district_models()
    yield from run_levels(models, "district", LodOptions())
    district = district_scene([make_levels(model, LodOptions(max_error_m=(0.0,))) for model in models])
    yield from run_compression(district, folder, tools, assets)
    for place in places:
        yield from place_levels(place)
        yield from run_compression(place, folder, tools, assets)


def installed(peers: Path) -> Path:
    """Install the rivals with npm where they are missing; returns the folder. ``InputError`` without npm or network."""
    if not (peers / "node_modules" / ".bin" / "gltfpack").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise InputError(f"{peers}: npm is missing; install Node.js, or leave the rivals out with --alone")
        run = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=peers, capture_output=True, check=False)
        if run.returncode:
            reason = run.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise InputError(f"{peers}: npm ci failed ({' '.join(reason)}); connect to the network, or use --alone")
    return peers


def place_levels(scene: Scene) -> Iterator[DeliveryCost]:
    """Say what the levels of a built place reach, its copies left out."""
    tiles = list(scene.tiles)
    levels = max(chain.levels[-1].index for tile in tiles for chain in tile.chains) + 1
    for level in range(1, levels):
        yield _reached(scene.name, f"xmscenes, LOD{level}", tiles, level, 0.0)


def run_compression(scene: Scene, folder: Path, tools: Path | None, assets: Path | None) -> Iterator[DeliveryCost]:
    """Compress LOD0 of a scene with us and, when ``tools`` holds their node packages, with the peers."""
    fine = replace(scene, tiles=tuple(_finest(tile) for tile in scene.tiles))
    (plain,) = write_plain(fine, folder, assets)
    drawn = read_glb(plain)
    triangles = sum(len(item.faces) for item in drawn)
    ours = folder / "ours.glb"
    seconds = _fastest(lambda: write_xr(fine, ours, assets))
    yield _compressed("xmscenes", scene.name, triangles, seconds, ours)
    coarser = write_xr(fine, folder / "coarser.glb", assets, step_m=_widest_m(drawn) / 65535.0)
    yield _compressed("xmscenes at gltfpack's step", scene.name, triangles, seconds, coarser)
    if tools is None:
        return
    idle = _run_s(["node", "-e", "0"])
    for tool, command in PEERS.items():
        out = folder / "peer.glb"
        filled = [word.format(plain=plain, out=out) for word in command[1:]]
        program = ["node", str(tools / "node_modules" / ".bin" / command[0]), *filled]
        seconds = min(_run_s(program) for _ in range(3)) - idle
        yield _compressed(tool, scene.name, triangles, seconds, out)


def _widest_m(drawn: Sequence[Drawn]) -> float:
    """Largest extent of what is drawn, which gltfpack divides into 65535 steps."""
    corners = np.concatenate([item.vertices @ m[:3, :3].T + m[:3, 3] for item in drawn for m in item.instances])
    return float(np.ptp(corners, axis=0).max())


def run_levels(models: list[TileModel], scene_name: str, options: LodOptions) -> Iterator[DeliveryCost]:
    """Make all levels of some tiles, once from meaning and once by decimation alone."""
    bare = [replace(m, features=tuple(replace(f, solids={}) for f in m.features)) for m in models]
    for tool, given in (("xmscenes, meaning first", models), ("xmscenes, decimation alone", bare)):
        made: list[TileLods] = []
        seconds = _fastest(partial(_level_all, given, options, made))
        for level in range(1, len(options.max_error_m)):
            yield _reached(scene_name, f"{tool}, LOD{level}", made, level, seconds)


def _reached(scene: str, tool: str, tiles: list[TileLods], level: int, seconds: float) -> DeliveryCost:
    total = _triangles(tiles, 0)
    share = _triangles(tiles, level) / total
    error = max(_shown(chain, level).error_m for tile in tiles for chain in tile.chains)
    most, error_m = BARS[min(level, len(BARS)) - 1]
    return DeliveryCost(
        job="levels",
        scene=scene,
        tool=tool,
        triangles=total,
        cpu_s=round(seconds, 2),
        share=round(share, 4),
        error_m=round(error, 3),
        reached="yes" if share <= most and error <= error_m else f"no: {most} within {error_m} m",
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
        step_m=round(max(grid_step_m(item) for item in read_glb(path)), 5),
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
