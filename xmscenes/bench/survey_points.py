"""A survey of any size over a made-up town, for measuring scale; never part of a shipped scene.

The town is a grid of blocks with one rectangular building each on gently rolling ground. An airborne scanner flies
it in strips, line by line, so that neighbours in the file are neighbours on the ground, as in a real survey.
Everything follows from a hash of the block or the line: same arguments, same bytes, and a larger survey holds the
same kind of ground as a small one.
"""

from __future__ import annotations

import datetime
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

CRS = "EPSG:4548"
CENTRE_DEG = (118.0625, 24.4472)
# Grid position of the town's south-west corner in EPSG:4548, near the centre of Gulangyu.
CORNER_M = (607_000.0, 2_704_500.0)
BLOCK_M = 50.0
STRIP_M = 100.0
LINE_M = 0.3
_LINES_A_CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A square town that holds about ``points`` points at ``density_per_m2``."""

    points: int
    density_per_m2: float = 10.0
    seed: int = 0

    @property
    def side_m(self) -> float:
        """Length of the square's side, whole strips."""
        return max(1, round(math.sqrt(self.points / self.density_per_m2) / STRIP_M)) * STRIP_M

    def ground_m(self, x: Floats, y: Floats) -> Floats:
        """Elevation of the ground; ``x`` and ``y`` count from the town's corner."""
        return np.asarray(12.0 + 6.0 * np.sin(x / 170.0) * np.cos(y / 230.0) + 0.01 * x)

    def building_at(self, x: Floats, y: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Height of the building at each position (0 outside), and whether there is one."""
        column, row = np.floor(x / BLOCK_M), np.floor(y / BLOCK_M)
        half_x, half_y, height = self._sizes(column.astype(np.int64), row.astype(np.int64))
        dx = np.abs(x - (column + 0.5) * BLOCK_M)
        dy = np.abs(y - (row + 0.5) * BLOCK_M)
        inside = (dx <= half_x) & (dy <= half_y)
        # A ridge along x: the roof falls by 0.35 m a metre towards the eaves.
        return np.where(inside, height + 0.35 * (half_y - dy), 0.0), inside

    def _sizes(self, column: NDArray[np.int64], row: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        key = _hash(column * 73_856_093 ^ row * 19_349_663 ^ self.seed)
        digits = [(key >> shift & 31).astype(np.float64) for shift in (0, 5, 10)]
        return 6.0 + digits[0] * 0.3, 5.0 + digits[1] * 0.25, 4.0 + digits[2]

    def footprints(self) -> Iterator[tuple[str, Floats]]:
        """Outline (4, 2) of every building in grid coordinates, with its id."""
        blocks = int(self.side_m / BLOCK_M)
        for row in range(blocks):
            for column in range(blocks):
                half_x, half_y, _ = (float(v[0]) for v in self._sizes(np.array([column]), np.array([row])))
                x, y = (column + 0.5) * BLOCK_M + CORNER_M[0], (row + 0.5) * BLOCK_M + CORNER_M[1]
                corners = [(-half_x, -half_y), (half_x, -half_y), (half_x, half_y), (-half_x, half_y)]
                yield f"{column}/{row}", np.array([(x + dx, y + dy) for dx, dy in corners])


def _hash(key: NDArray[np.int64]) -> NDArray[np.int64]:
    # Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: the finisher of SplitMix64.
    mixed = key.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def write_survey(path: Path, town: Town) -> int:
    """Write the survey as LAZ (LAS 1.4, point format 6, CRS in the header); the count of points comes back.

    Memory does not depend on the size: about a hundred thousand points are held at a time.
    """
    import laspy
    import pyproj

    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales = np.array([0.001, 0.001, 0.001])
    header.offsets = np.array([*CORNER_M, 0.0])
    header.add_crs(pyproj.CRS(CRS))
    header.creation_date = datetime.date(2026, 1, 1)  # not today: same town, same bytes
    written = 0
    with laspy.open(path, mode="w", header=header) as writer:
        for number, (xyz, building) in enumerate(_chunks(town)):
            record = laspy.ScaleAwarePointRecord.zeros(len(xyz), header=header)
            record.x, record.y, record.z = xyz[:, 0], xyz[:, 1], xyz[:, 2]
            record.classification = np.where(building, 6, 2).astype(np.uint8)
            record.return_number = np.ones(len(xyz), dtype=np.uint8)
            record.number_of_returns = np.ones(len(xyz), dtype=np.uint8)
            record.intensity = (500 + (np.arange(len(xyz)) * 37 % 400)).astype(np.uint16)
            record.gps_time = number + np.arange(len(xyz)) / len(xyz)
            writer.write_points(record)
            written += len(xyz)
    return written


def _chunks(town: Town) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    side = town.side_m
    a_line = max(2, round(town.density_per_m2 * STRIP_M * LINE_M))
    lines = int(side / LINE_M)
    for strip in range(int(side / STRIP_M)):
        for first in range(0, lines, _LINES_A_CHUNK):
            rng = np.random.default_rng([town.seed, strip, first])
            row = np.arange(first, min(lines, first + _LINES_A_CHUNK))
            # One mirror swing a line, alternately to the right and to the left.
            swing = (np.arange(a_line) + 0.5) / a_line
            across = np.where((row % 2 == 0)[:, None], swing, 1.0 - swing)
            noise = rng.uniform(-0.5, 0.5, (2, *across.shape))
            x = np.clip(across + noise[0] / a_line, 0.0, 1.0) * STRIP_M + strip * STRIP_M
            y = (row[:, None] + 0.5 + noise[1] * 0.9) * LINE_M
            height, building = town.building_at(x.ravel(), y.ravel())
            z = town.ground_m(x.ravel(), y.ravel()) + height + rng.normal(0.0, 0.03, height.size)
            yield np.column_stack([x.ravel() + CORNER_M[0], y.ravel() + CORNER_M[1], z]), building


def write_footprints(path: Path, town: Town) -> int:
    """Write the buildings' outlines as GeoJSON in WGS 84 degrees; the count comes back."""
    from xmscenes.frame import horizontal_to

    features = []
    for name, ring in town.footprints():
        lonlat = np.round(horizontal_to(np.asarray(ring, dtype=np.float64), CRS, "EPSG:4326"), 8).tolist()
        geometry = {"type": "Polygon", "coordinates": [[*lonlat, lonlat[0]]]}
        features.append({"type": "Feature", "properties": {"id": name}, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, separators=(",", ":")), encoding="utf-8")
    return len(features)
