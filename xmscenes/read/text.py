"""XYZ, CSV and TXT as point clouds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.read.crs import read_crs
from xmscenes.read.points import PointFacts, PointSource, RawPoints, scan_bounds, with_crs
from xmscenes.read.table import number_chunks, read_dialect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_PROBE_ROWS = 20_000
_SCAN_ROWS = 500_000


class TextSource(PointSource):
    """A table of points. It is read through once on opening, because no header tells its count and extent."""

    def __init__(self, path: Path, crs: str | None = None) -> None:
        super().__init__()
        self.dialect = read_dialect(path)
        columns = self.dialect.columns
        facts = PointFacts(
            path=path,
            kind=f"text, {len(self.dialect.names) or 'unnamed'} columns",
            point_count=None,
            bounds=None,
            crs=read_crs("EPSG:4326") if self.dialect.is_degrees else None,
            classes=None if "point_class" not in columns else (),
            has_rgb="red" in columns and "green" in columns and "blue" in columns,
            has_intensity="intensity" in columns,
        )
        self.facts = with_crs(facts, crs)
        self._colour_factor = 1.0 / 257.0 if self._greatest_colour() > 255 else 1.0
        count, bounds = scan_bounds(self._records(_SCAN_ROWS))
        self.facts = replace(self.facts, point_count=count, bounds=bounds)

    def _greatest_colour(self) -> float:
        """Greatest colour value of the first rows; decided once, so that it cannot differ between chunks."""
        if not self.facts.has_rgb:
            return 0.0
        rows = next(number_chunks(self.facts.path, self.dialect, _PROBE_ROWS))
        at = [n for n, purpose in enumerate(self.dialect.columns) if purpose in ("red", "green", "blue")]
        return float(np.nan_to_num(rows[:, at]).max())

    def _records(self, chunk_size: int) -> Iterator[RawPoints]:
        columns = self.dialect.columns
        for rows in number_chunks(self.facts.path, self.dialect, chunk_size):
            named = {purpose: np.ascontiguousarray(rows[:, n]) for n, purpose in enumerate(columns)}
            colours = [named[c] for c in ("red", "green", "blue")] if self.facts.has_rgb else None
            yield RawPoints(
                x=named["x"],
                y=named["y"],
                z=named["z"],
                point_class=_whole(named.get("point_class"), 255, np.uint8),
                rgb=None if colours is None else _whole(np.column_stack(colours) * self._colour_factor, 255, np.uint8),
                intensity=_whole(named.get("intensity"), 65535, np.uint16),
            )


def _whole(values: NDArray[np.float64] | None, most: int, kind: Any) -> Any:
    if values is None:
        return None
    return np.clip(np.nan_to_num(values), 0, most).astype(kind)
