"""Reconstruct one set of buildings from LAZ and footprints to CityJSON, as one process tree that can be measured.

``python -m xmscenes.bench.roof_run POINTS FOOTPRINTS OUT [--crs EPSG:28992] [--jobs 2]`` reads, crops, reconstructs and
writes, and prints seconds, CPU seconds and peak memory as JSON. This is the whole work that a reconstruction tool does,
without terrain, levels of detail or pictures.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.frame import Frame, horizontal_to
from xmscenes.options import BuildingOptions
from xmscenes.records import Feature, Footprint, PointCloud

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AROUND_M = 5.0  # what a building may see beyond its outline
CELL_M = 8.0

_work: dict[str, Any] = {}  # what forked workers inherit


def reconstruct_set(
    points: Path, footprints: Path, out: Path, *, crs: str | None = None, jobs: int = 2, id_field: str = "id",
    options: BuildingOptions | None = None,
) -> dict[str, float]:  # fmt: skip
    """Read a point file and a footprint layer, reconstruct every building, write CityJSON; gives seconds per step."""
    from xmscenes.export.cityjson import write_cityjson

    start = time.perf_counter()
    frame, known_crs, prints = read_footprint_layer(footprints, crs, id_field)
    cloud = read_cloud(points, frame, known_crs, prints)
    read = time.perf_counter()
    features = reconstruct_all(prints, cloud, options or BuildingOptions(), jobs)
    done = time.perf_counter()
    write_cityjson(out, features, frame=frame, crs=known_crs, title=points.stem)
    end = time.perf_counter()
    return {"read_s": read - start, "reconstruct_s": done - read, "write_s": end - done, "buildings": len(prints)}


def read_footprint_layer(path: Path, crs: str | None, id_field: str) -> tuple[Frame, str, tuple[Footprint, ...]]:
    """Read outlines into a local frame about their middle; a multipolygon gives its largest part."""
    import pyogrio
    import shapely

    meta, _, geometries, columns = pyogrio.raw.read(path)
    known = crs or meta["crs"]
    names = columns[[str(n) for n in meta["fields"]].index(id_field)]
    polygons = shapely.from_wkb(geometries)
    west, south, east, north = shapely.total_bounds(polygons)
    lon, lat = horizontal_to(np.array([[(west + east) / 2, (south + north) / 2]]), known, "EPSG:4326")[0]
    frame = Frame(lon_deg=round(float(lon), 7), lat_deg=round(float(lat), 7))
    return frame, known, tuple(_footprint(str(n), g, frame, known) for n, g in zip(names, polygons, strict=True))


def _footprint(name: str, shape: Any, frame: Frame, crs: str) -> Footprint:
    import shapely

    if shape.geom_type == "MultiPolygon":
        shape = max(shape.geoms, key=lambda part: part.area)
    rings = [frame.to_local(np.asarray(ring.coords)[:-1, :2], crs) for ring in (shape.exterior, *shape.interiors)]
    local = shapely.geometry.polygon.orient(shapely.Polygon(rings[0], rings[1:]))
    ring, *holes = (np.asarray(r.coords)[:-1] for r in (local.exterior, *local.interiors))
    return Footprint(id=name, ring=ring, holes=tuple(holes))


def read_cloud(path: Path, frame: Frame, crs: str | None, prints: Sequence[Footprint]) -> PointCloud:
    """Stream a LAS, LAZ or COPC file into the local frame, keeping what lies in cells near a footprint."""
    from xmscenes.read.las import LasSource

    spans = [_cells_around(footprint.ring) for footprint in prints]
    low = np.min([first for first, _ in spans], axis=0)
    near = np.zeros(np.max([last for _, last in spans], axis=0) - low + 1, dtype=np.bool_)
    for first, last in spans:
        near[first[0] - low[0] : last[0] - low[0] + 1, first[1] - low[1] : last[1] - low[1] + 1] = True
    xyz, kind = [np.zeros((0, 3))], [np.zeros(0, np.uint8)]
    for chunk in LasSource(path, crs).chunks(frame):
        cell = np.floor(chunk.xyz[:, :2] / CELL_M).astype(np.int64) - low
        kept = np.flatnonzero(((cell >= 0) & (cell < near.shape)).all(axis=1))
        kept = kept[near[cell[kept, 0], cell[kept, 1]]]
        xyz.append(chunk.xyz[kept])
        kind.append(chunk.point_class[kept])
    return PointCloud(xyz=np.concatenate(xyz), point_class=np.concatenate(kind))


def _cells_around(ring: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last cell (column, row) of a ring's box, grown by 5 m."""
    low, high = ring.min(axis=0) - AROUND_M, ring.max(axis=0) + AROUND_M
    return np.floor(low / CELL_M).astype(np.int64), np.floor(high / CELL_M).astype(np.int64)


def reconstruct_all(
    prints: Sequence[Footprint], cloud: PointCloud, options: BuildingOptions, jobs: int
) -> list[Feature]:
    """Reconstruct every footprint from the points around it, largest first, in ``jobs`` processes."""
    crops = Crops(cloud)
    order = sorted(range(len(prints)), key=lambda i: (-float(np.prod(np.ptp(prints[i].ring, axis=0))), i))
    _work.update(prints=prints, crops=crops, options=options)
    if jobs == 1:
        return [_one(i) for i in order]
    first = [_one(i) for i in order[:1]]  # here, so that the workers inherit the kernels instead of loading them each
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        return [*first, *pool.imap_unordered(_one, order[1:], chunksize=4)]


def _one(i: int) -> Feature:
    from xmscenes.model.buildings.reconstruct import reconstruct_building

    footprint: Footprint = _work["prints"][i]
    return reconstruct_building(footprint, _work["crops"].around(footprint.ring), None, _work["options"])


class Crops:
    """A cloud sorted into square cells, to cut out boxes."""

    def __init__(self, cloud: PointCloud) -> None:
        cell = np.floor(cloud.xyz[:, :2] / CELL_M).astype(np.int64)
        self._low = cell.min(axis=0, initial=0)
        self._width = int(cell[:, 0].max(initial=0) - self._low[0]) + 1
        key = (cell[:, 1] - self._low[1]) * self._width + cell[:, 0] - self._low[0]
        order = np.argsort(key, kind="stable")
        self._key, self._cloud = key[order], cloud.take(order)

    def around(self, ring: NDArray[np.float64]) -> PointCloud:
        """Points in the box of a ring, grown by 5 m."""
        low, high = ring.min(axis=0) - AROUND_M, ring.max(axis=0) + AROUND_M
        first, last = (cell - self._low for cell in _cells_around(ring))
        first = np.maximum(first, 0)
        right = min(int(last[0]), self._width - 1)
        spans = [np.zeros(0, np.int64)]
        for row in range(int(first[1]), int(last[1]) + 1):
            begin, end = np.searchsorted(self._key, [row * self._width + first[0], row * self._width + right + 1])
            spans.append(np.arange(begin, max(begin, end)))
        rows = np.concatenate(spans)
        xy = self._cloud.xyz[rows, :2]
        return self._cloud.take(rows[((xy >= low) & (xy <= high)).all(axis=1)])


def measured_run(
    points: Path, footprints: Path, out: Path, *, crs: str | None = None, jobs: int = 2, id_field: str = "id",
    kernels: Path | None = None,
) -> dict[str, float]:  # fmt: skip
    """Run ``reconstruct_set`` in a process of its own and measure it: wall and CPU seconds, peak memory.

    ``kernels`` is a folder for compiled kernels; an empty one shows what a machine pays that never ran this before.
    """
    import os
    import subprocess
    import sys

    words = [str(points), str(footprints), str(out), "--jobs", str(jobs), "--id", id_field]
    words += ["--crs", crs] if crs else []
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "xmscenes.bench.roof_run", *words],
        check=True,
        capture_output=True,
        text=True,
        env=dict(os.environ) | ({} if kernels is None else {"NUMBA_CACHE_DIR": str(kernels)}),
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    steps: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return steps | {"wall_s": wall, "cpu_s": cpu, "buildings_per_s": steps["buildings"] / wall}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("points", type=Path)
    parser.add_argument("footprints", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--crs")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--id", default="id")
    words = parser.parse_args()
    steps = reconstruct_set(
        words.points, words.footprints, words.out, crs=words.crs, jobs=words.jobs, id_field=words.id
    )
    peak = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps(steps | {"peak_mb": peak[0], "worker_peak_mb": peak[1]}))  # noqa: T201


if __name__ == "__main__":
    main()
