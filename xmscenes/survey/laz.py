"""Write echoes as LAZ 1.4 in a Chinese national grid, the way a vendor delivers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.records import Box
    from xmscenes.survey.scanner import Echoes

CRS = "EPSG:4548"  # CGCS2000 / 3-degree Gauss-Kruger CM 117E, metres; heights 1985国家高程基准
DEGREE = 4
SCALE_M = 0.001
_POWERS = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]


class GridMap:
    """Local frame to a projected grid by a polynomial, fitted to the exact transform and good to 0.1 mm.

    Both are transverse Mercator planes a few kilometres across, so degree 4 leaves micrometres; exact reprojection
    of every point would cost more than the whole flight.
    """

    def __init__(self, frame: Frame, crs: str, box: Box, margin_m: float = 200.0) -> None:
        west, south, east, north = box
        self._middle = np.array([(west + east) / 2, (south + north) / 2])
        self._half = np.array([east - west, north - south]) / 2 + margin_m
        side = np.cos(np.pi * (np.arange(15) + 0.5) / 15)
        unit = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
        exact = frame.to_crs(unit * self._half + self._middle, crs)
        terms = np.column_stack([unit[:, 0] ** i * unit[:, 1] ** j for i, j in _POWERS])
        fitted = np.linalg.lstsq(terms, exact, rcond=None)[0]
        self._weights = np.zeros((2, DEGREE + 1, DEGREE + 1))
        for k, (i, j) in enumerate(_POWERS):
            self._weights[:, i, j] = fitted[k]
        self.error_m = float(np.abs(terms @ fitted - exact).max())

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Grid coordinates of local (N, 2) positions."""
        out: NDArray[np.float64] = _polynomial(np.ascontiguousarray(xy[:, :2]), self._middle, self._half, self._weights)
        return out


@njit(cache=True, nogil=True)
def _polynomial(xy: Any, middle: Any, half: Any, weights: Any) -> Any:
    out = np.zeros((len(xy), 2))
    for p in range(len(xy)):
        x, y = (xy[p, 0] - middle[0]) / half[0], (xy[p, 1] - middle[1]) / half[1]
        for axis in range(2):
            total = 0.0
            for i in range(DEGREE, -1, -1):
                row = 0.0
                for j in range(DEGREE - i, -1, -1):
                    row = row * y + weights[axis, i, j]
                total = total * x + row
            out[p, axis] = total
    return out


class LazWriter:
    """One LAZ file, written in runs; use as a context manager. Same echoes, same bytes."""

    def __init__(self, path: Path, grid: GridMap, origin_m: NDArray[np.float64], crs: str = CRS) -> None:
        import datetime

        import laspy
        import pyproj

        header = laspy.LasHeader(point_format=7, version="1.4")
        header.offsets, header.scales = np.floor(origin_m), np.full(3, SCALE_M)
        header.add_crs(pyproj.CRS.from_user_input(crs))
        header.creation_date = datetime.date(2026, 1, 1)  # a fixed day: the file does not depend on when it is made
        header.generating_software, header.system_identifier = "xmscenes survey", "simulated"
        self._header, self._grid = header, grid
        self._file = laspy.open(path, mode="w", header=header)
        self.count = 0

    def __enter__(self) -> LazWriter:
        """Open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def record_of(self, echoes: Echoes) -> Any:
        """Turn echoes into a point record; threads may do this side by side."""
        import laspy

        record: Any = laspy.ScaleAwarePointRecord.zeros(len(echoes), header=self._header)
        xy = self._grid(echoes.xyz)
        offsets = self._header.offsets
        record.X = np.rint((xy[:, 0] - offsets[0]) / SCALE_M).astype(np.int32)
        record.Y = np.rint((xy[:, 1] - offsets[1]) / SCALE_M).astype(np.int32)
        record.Z = np.rint((echoes.xyz[:, 2] - offsets[2]) / SCALE_M).astype(np.int32)
        record.intensity = echoes.intensity
        record.classification = echoes.point_class
        record.return_number, record.number_of_returns = echoes.return_number, echoes.return_count
        record.scan_angle = np.rint(echoes.angle_deg / 0.006).astype(np.int16)
        record.gps_time = np.round(echoes.time_s, 7)
        record.point_source_id = np.full(len(echoes), echoes.strip, dtype=np.uint16)
        for channel, name in enumerate(("red", "green", "blue")):
            setattr(record, name, echoes.rgb[:, channel].astype(np.uint16) * 256)
        return record

    def write(self, record: Any) -> None:
        """Append a point record."""
        if len(record):
            self._file.write_points(record)
            self.count += len(record)
