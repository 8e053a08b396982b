"""Elevation models and orthophotos from GeoTIFF. rasterio has its home here."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import FrameError, InputError
from xmscenes.read.crs import Crs, read_crs
from xmscenes.read.place import require_place
from xmscenes.records import Box, ColourGrid, HeightGrid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame

_UNITS_M = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "米"), 1.0),
    **dict.fromkeys(("ft", "foot", "feet", "international foot", "英尺"), 0.3048),
    **dict.fromkeys(("us-ft", "us survey foot", "us survey feet", "foot_us", "ftus", "survey foot"), 1200.0 / 3937.0),
    **dict.fromkeys(("cm", "centimetre", "centimeter", "厘米"), 0.01),
    **dict.fromkeys(("dm", "decimetre", "decimeter", "分米"), 0.1),
}
_MOST_CELLS = 60_000_000
_ROWS_AT_ONCE = 512
_ORTHO_CELL_M = 0.5


def read_dem(
    path: Path,
    frame: Frame,
    bounds_m: Box | None = None,
    crs: str | None = None,
    *,
    unit: str | None = None,
    cell_m: float | None = None,
    surface: str = "dtm",
) -> HeightGrid:
    """Read an elevation model onto a square grid in local metres; voids are NaN.

    The centre of every cell is brought into the file's system and its height taken between the four cells around it
    (the nearest one where some of them are void). ``bounds_m`` crops; ``crs`` and ``unit`` (``"m"``, ``"ft"``,
    ``"us-ft"``) win over the file. ``cell_m`` is the file's own resolution unless given. ``InputError`` when the file
    cannot be read or covers nothing of ``bounds_m``, ``FrameError`` when it has no CRS or lies elsewhere.
    """
    import rasterio

    from xmscenes.read.vector import require_readable

    require_readable(path)
    with translated(path), rasterio.open(path) as raster:
        system = _crs_of(path, raster, crs)
        middle = _to_map(raster, np.array([[raster.width / 2, raster.height / 2]]))[0]
        require_place(path.name, (float(middle[0]), float(middle[1])), system, frame)
        factor = _unit_m(path, raster, system, unit)
        extent = _crop(_extent(raster, system, frame), bounds_m)
        if extent is None:
            raise InputError(f"{path.name}: covers nothing of the area; check the file's crs and area.bounds_deg")
        cell = cell_m or _resolution_m(raster, system, frame)
        columns, rows = (max(1, math.ceil((extent[k + 2] - extent[k]) / cell)) for k in (0, 1))
        if columns * rows > _MOST_CELLS:
            raise InputError(
                f"{path.name}: {columns} x {rows} cells of {cell:.3g} m are too many; "
                "set area.bounds_deg or a coarser cell"
            )
        corner = (extent[0] + cell / 2, extent[1] + cell / 2)
        z = _resampled(raster, system, frame, corner, cell, (rows, columns)) * factor - frame.elevation_m
    if not np.isfinite(z).any():
        raise InputError(f"{path.name}: nothing but voids in the area; check nodata and area.bounds_deg")
    return HeightGrid(z=z.astype(np.float32), cell_m=cell, corner_m=corner, surface=surface)


def read_ortho(path: Path, frame: Frame, bounds_m: Box | None = None, crs: str | None = None) -> ColourGrid:
    """Read an orthophoto onto a square grid in local metres, cells of half a metre or the file's own if coarser.

    Finer pixels are averaged. One band of bytes is taken for grey; 16-bit bands are scaled to bytes. ``InputError``
    when the file cannot be read, holds no colours or covers nothing of ``bounds_m``; ``FrameError`` without a CRS.
    """
    import rasterio
    from rasterio.enums import Resampling

    from xmscenes.read.vector import require_readable

    require_readable(path)
    with translated(path), rasterio.open(path) as raster:
        system = _crs_of(path, raster, crs, "ortho")
        middle = _to_map(raster, np.array([[raster.width / 2, raster.height / 2]]))[0]
        require_place(path.name, (float(middle[0]), float(middle[1])), system, frame)
        if set(raster.dtypes[:3]) - {"uint8", "uint16"}:
            raise InputError(f"{path.name}: bands of {raster.dtypes[0]} are no colours; export an 8-bit RGB GeoTIFF")
        extent = _crop(_extent(raster, system, frame), bounds_m)
        if extent is None:
            raise InputError(f"{path.name}: covers nothing of the area; check the file's crs and area.bounds_deg")
        pixel_m = _resolution_m(raster, system, frame)
        cell = max(pixel_m, _ORTHO_CELL_M)
        shape = tuple(max(1, round(n * pixel_m / cell)) for n in (raster.height, raster.width))
        bands = [1, 2, 3] if raster.count >= 3 else [1, 1, 1]
        if shape[0] * shape[1] > _MOST_CELLS:
            raise InputError(f"{path.name}: too large ({raster.width} x {raster.height}); cut it to the area first")
        image = raster.read(bands, out_shape=(3, *shape), resampling=Resampling.average)
        seen = raster.dataset_mask(out_shape=shape) > 0
        if image.dtype != np.uint8:
            image = (image >> 8).astype(np.uint8)
        columns, rows = (max(1, math.ceil((extent[k + 2] - extent[k]) / cell)) for k in (0, 1))
        corner = (extent[0] + cell / 2, extent[1] + cell / 2)
        x, y = corner[0] + np.arange(columns) * cell, corner[1] + np.arange(rows) * cell
        there = frame.to_crs(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2), system.text)
        place = np.floor(_to_cells(raster, there) * [shape[1] / raster.width, shape[0] / raster.height]).astype(int)
    inside = ((place >= 0) & (place < [shape[1], shape[0]])).all(axis=1)
    column, row = np.clip(place, 0, [shape[1] - 1, shape[0] - 1]).T
    rgb = np.moveaxis(image, 0, -1)[row, column].reshape(rows, columns, 3)
    known = (seen[row, column] & inside).reshape(rows, columns)
    return ColourGrid(rgb=rgb, known=known, cell_m=cell, corner_m=corner)


def _crs_of(path: Path, raster: Any, wanted: str | None, key: str = "dem") -> Crs:
    text = wanted or (raster.crs.to_wkt() if raster.crs else None)
    if text is None:
        raise FrameError(f"{path.name}: no CRS in the file; set inputs.{key}.crs, for example EPSG:4548")
    try:
        return read_crs(text)
    except FrameError as error:
        raise FrameError(f"{path.name}: {error}") from error


def _unit_m(path: Path, raster: Any, system: Crs, unit: str | None) -> float:
    """Metres in one unit of height: the option, the band's unit, the vertical system; horizontal feet say nothing."""
    said = unit or (raster.units[0] if raster.units else None)
    if said is None:
        return system.height_unit_m if system.vertical else 1.0
    factor = _UNITS_M.get(said.strip().lower())
    if factor is None:
        raise InputError(f"{path.name}: unit {said!r} of the heights is unknown; give unit = m, ft or us-ft")
    return factor


def _border(raster: Any) -> NDArray[np.float64]:
    steps = np.linspace(0.0, 1.0, 33)
    ring = np.concatenate([np.column_stack([steps, steps * 0 + k]) for k in (0, 1)])
    ring = np.concatenate([ring, ring[:, ::-1]]) * [raster.width, raster.height]
    return _to_map(raster, ring)


def _to_map(raster: Any, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions (N, 2) in the file's system of columns and rows (N, 2); whole numbers are corners of cells."""
    turn, shift = _affine(raster)
    return np.asarray(cells @ turn.T + shift)


def _to_cells(raster: Any, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo ``_to_map``."""
    turn, shift = _affine(raster)
    return np.asarray(np.linalg.solve(turn, (xy - shift).T).T)


def _affine(raster: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    t = raster.transform
    return np.array([[t.a, t.b], [t.d, t.e]]), np.array([t.c, t.f])


def _extent(raster: Any, system: Crs, frame: Frame) -> Box:
    border = frame.to_local(_border(raster), system.text)
    border = border[np.isfinite(border).all(axis=1)]
    if not len(border):
        return (0.0, 0.0, 0.0, 0.0)
    (west, south), (east, north) = border.min(axis=0), border.max(axis=0)
    return (float(west), float(south), float(east), float(north))


def _crop(extent: Box, bounds: Box | None) -> Box | None:
    if bounds is None:
        return extent
    west, south = max(extent[0], bounds[0]), max(extent[1], bounds[1])
    east, north = min(extent[2], bounds[2]), min(extent[3], bounds[3])
    return (west, south, east, north) if west < east and south < north else None


def _resolution_m(raster: Any, system: Crs, frame: Frame) -> float:
    """Side of the file's cells in metres, measured in the middle of the file and kept to a millimetre."""
    middle = np.array([raster.width / 2, raster.height / 2])
    corners = middle + np.array([[0, 0], [1, 0], [0, 1]])
    local = frame.to_local(_to_map(raster, corners), system.text)
    sides = np.hypot(*(local[1:] - local[0]).T)
    return max(0.001, round(float(np.sqrt(sides[0] * sides[1])), 3))


def _resampled(
    raster: Any, system: Crs, frame: Frame, corner: tuple[float, float], cell: float, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Heights at the centres of a local grid, in strips so that a large file is never read whole."""
    rows, columns = shape
    z = np.full(shape, np.nan)
    x = corner[0] + np.arange(columns) * cell
    for first in range(0, rows, _ROWS_AT_ONCE):
        y = corner[1] + np.arange(first, min(rows, first + _ROWS_AT_ONCE)) * cell
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        there = frame.to_crs(grid, system.text)
        column, row = _to_cells(raster, there).T - 0.5  # centres of cells lie at half numbers
        z[first : first + len(y)] = _between(raster, row, column).reshape(len(y), columns)
    return z


def _between(raster: Any, row: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    from rasterio.windows import Window

    out = np.full(len(row), np.nan)
    inside = (row > -0.5) & (column > -0.5) & (row < raster.height - 0.5) & (column < raster.width - 0.5)
    if not inside.any():
        return out
    row, column = row[inside], column[inside]
    top, left = max(0, math.floor(row.min())), max(0, math.floor(column.min()))
    height, width = (
        min(raster.height, math.ceil(row.max()) + 1) - top,
        min(raster.width, math.ceil(column.max()) + 1) - left,
    )
    band = raster.read(1, window=Window(left, top, width, height), masked=True).astype(np.float64)
    values = band.filled(np.nan) * raster.scales[0] + raster.offsets[0]
    out[inside] = bilinear(values, np.clip(row - top, 0, height - 1), np.clip(column - left, 0, width - 1))
    return out


def bilinear(z: NDArray[np.float64], row: NDArray[np.float64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights between cell centres; where one of the four neighbours is void, that of the nearest cell.

    ``z`` is (R, C) with NaN for voids; ``row`` and ``column`` are (N,) positions within [0, R-1] and [0, C-1].
    """
    low_r, low_c = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    high_r, high_c = np.minimum(low_r + 1, z.shape[0] - 1), np.minimum(low_c + 1, z.shape[1] - 1)
    v, u = row - low_r, column - low_c
    mixed = (z[low_r, low_c] * (1 - u) + z[low_r, high_c] * u) * (1 - v)
    mixed += (z[high_r, low_c] * (1 - u) + z[high_r, high_c] * u) * v
    nearest = z[np.floor(row + 0.5).astype(np.int64), np.floor(column + 0.5).astype(np.int64)]
    return np.asarray(np.where(np.isfinite(mixed), mixed, nearest))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Say what GDAL found wrong, in one line."""
    from rasterio.errors import RasterioError, RasterioIOError

    try:
        yield
    except (RasterioIOError, RasterioError) as error:
        text = " ".join(str(error).split())
        raise InputError(f"{path.name}: cannot be read as a raster ({text[:160]}); export a GeoTIFF") from error
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
