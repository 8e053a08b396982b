"""The benchmark of scale: surveys of growing size through read and tile, against what laspy alone decodes.

Each run has a process of its own, so that its peak memory is its own. Speeds are in points a CPU second (user and
system, all threads), which other work on the machine disturbs little, and in points a second by the clock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmscenes.bench.survey_points import CENTRE_DEG, Town, write_footprints, write_survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZES = (1_000_000, 10_000_000)
_WARM_UP_POINTS = 100_000
_RSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


def bench_scale(work: Path, sizes: Sequence[int] = SIZES) -> list[dict[str, Any]]:
    """Measure surveys of ``sizes`` points; gives one flat row a size, ready for the results table.

    Surveys are made once and kept in the work folder: 5 bytes a point. ``speed_ratio`` is the speed of read and tile
    over that of decoding alone in the same run (wanted: 0.5 or more), by CPU seconds; ``memory_ratio`` the peak
    memory over that of the first size.
    """
    work.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for size in sizes:
        survey = provide_survey(work, size)
        decode, tile = (_in_own_process(mode, survey, work) for mode in ("decode", "tile"))
        row = {
            "bench": "scale",
            "set": f"{size // 1_000_000}M points",
            "points": tile["points"],
            "decode_points_per_cpu_s": decode["points_per_cpu_s"],
            "decode_points_per_s": decode["points_per_s"],
            "tile_points_per_cpu_s": tile["points_per_cpu_s"],
            "tile_points_per_s": tile["points_per_s"],
            "speed_ratio": round(tile["points_per_cpu_s"] / decode["points_per_cpu_s"], 3),
            "load_points_per_cpu_s": tile["load_points_per_cpu_s"],
            "peak_memory_bytes": tile["peak_memory_bytes"],
        }
        rows.append(
            row | {"memory_ratio": round(row["peak_memory_bytes"] / (rows or [row])[0]["peak_memory_bytes"], 3)}
        )
    return rows


def provide_survey(work: Path, size: int) -> Path:
    """Path of a survey of ``size`` points with its outlines beside it, made unless it is there already."""
    path = work / f"town_{size}.laz"
    if not path.is_file():
        partial = path.with_name(f"partial_{path.name}")  # laspy packs by the suffix
        town = Town(points=size)
        write_footprints(path.with_suffix(".geojson"), town)
        write_survey(partial, town)
        partial.replace(path)
    return path


def _in_own_process(mode: str, survey: Path, work: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "xmscenes.bench.scale", mode, str(survey), str(work)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


class _Clock:
    """CPU and clock seconds of a block."""

    cpu_s = 0.0
    wall_s = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the block."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu_s, self.wall_s = time.process_time() - cpu, time.perf_counter() - wall


def decode(survey: Path) -> dict[str, Any]:
    """Decode a survey with laspy alone: what it costs to have the points at all."""
    import laspy

    clock, points = _Clock(), 0
    with clock.running(), laspy.open(survey, laz_backend=laspy.LazBackend.LazrsParallel) as reader:
        for chunk in reader.chunk_iterator(1_000_000):
            points += len(chunk)
    return _speeds(clock, points)


def tile(survey: Path, work: Path) -> dict[str, Any]:
    """Bring a survey into buckets, lay out the tiles and load each of them once."""
    from xmscenes.frame import Frame
    from xmscenes.options import TileOptions
    from xmscenes.read import open_points, read_footprints
    from xmscenes.spec import Layer
    from xmscenes.tile import bucket_points, load_tile, plan_tiles

    frame, options = Frame(lon_deg=CENTRE_DEG[0], lat_deg=CENTRE_DEG[1]), TileOptions()
    outlines = survey.with_suffix(".geojson")
    footprints, _ = read_footprints(outlines, Layer(path=str(outlines)), frame)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        # Loading compiled kernels and PROJ costs one to two seconds a process, whatever the survey: not counted.
        bucket_points([open_points(provide_survey(work, _WARM_UP_POINTS))], frame, options, Path(folder) / "warm")
        passing, loading = _Clock(), _Clock()
        with passing.running():
            index = bucket_points([open_points(survey)], frame, options, Path(folder) / "buckets")
        area = index.extent_m or (0.0, 0.0, 0.0, 0.0)
        with loading.running():
            plans = plan_tiles(index, footprints, {}, {}, None, options, area)
            loaded = sum(len(load_tile(index, plan).points) for plan in plans)
        facts = _speeds(passing, index.point_count)
    return facts | {"load_points_per_cpu_s": round(loaded / loading.cpu_s), "tiles": len(plans)}


def _speeds(clock: _Clock, points: int) -> dict[str, Any]:
    return {
        "points": points,
        "points_per_cpu_s": round(points / clock.cpu_s),
        "points_per_s": round(points / clock.wall_s),
    }


def _run(mode: str, survey: str, work: str) -> None:
    facts = decode(Path(survey)) if mode == "decode" else tile(Path(survey), Path(work))
    facts["peak_memory_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT_BYTES
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    _run(*sys.argv[1:4])
