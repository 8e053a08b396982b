"""Made-up but plausible buildings between digitised streets, with a fixed seed. Every outline is simulated and says so.

Rows of arcade houses stand wall to wall along streets; slabs run east-west for the sun; towers keep their distance.
A building is placed only where nothing stands yet: a one-metre canvas remembers what is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import affinity, box
from shapely.geometry import LineString, Polygon

from xmscenes.survey.canvas import Canvas
from xmscenes.survey.plan import rng_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CELL_M = 0.5


@dataclass
class Fabric:
    """Buildings placed so far, and where there is still room."""

    place: str
    seed: int
    bounds_m: tuple[float, float, float, float]
    buildings: list[tuple[dict[str, Any], Polygon]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take nothing yet."""
        self.canvas = Canvas.over(self.bounds_m, CELL_M)
        self.taken = np.zeros(self.canvas.shape, dtype=np.uint8)
        self.near: dict[tuple[int, int], list[Polygon]] = {}

    def reserve(self, shapes: Iterable[Any]) -> None:
        """Keep buildings off polygons: streets, water, parks, landmarks."""
        for shape in shapes:
            parts = getattr(shape, "geoms", [shape])
            self.canvas.burn(self.taken, [p for p in parts if isinstance(p, Polygon) and not p.is_empty], 1)

    def try_place(self, polygon: Polygon, zone: np.ndarray, tags: dict[str, Any], margin_m: float = 0.0) -> bool:
        """Place a building if its outline, grown by a margin, is free and inside the zone."""
        if not box(*self.bounds_m).contains(polygon):
            return False
        window = self.canvas.window(polygon.buffer(margin_m + 1.0).bounds)
        if window is None:
            return False
        r0, r1, c0, c1 = window
        corner = (float(self.canvas.x[c0]), float(self.canvas.y[r0]))
        small = Canvas(shape=(r1 - r0, c1 - c0), cell_m=CELL_M, corner_m=corner)
        mask = np.zeros(small.shape, dtype=np.uint8)
        # without a margin neighbours may touch, so the raster test looks at the middle and the exact test decides
        small.burn(mask, [polygon.buffer(margin_m if margin_m else -0.9, join_style="mitre")], 1)
        at = mask > 0
        if not at.any() or self.taken[r0:r1, c0:c1][at].any() or not zone[r0:r1, c0:c1][at].all():
            return False
        if self._overlaps(polygon):
            return False
        small.burn(self.taken[r0:r1, c0:c1], [polygon], 1)
        number = len(self.buildings) + 1
        name = {"id": f"sim/{self.place}/{number:04d}", "origin": "simulated"}
        self.buildings.append((name | tags, polygon))
        return True

    def _overlaps(self, polygon: Polygon) -> bool:
        west, south, east, north = (int(v // 40) for v in polygon.bounds)
        cells = [(i, j) for i in range(west, east + 1) for j in range(south, north + 1)]
        if any(other.intersection(polygon).area > 0.02 for cell in cells for other in self.near.get(cell, ())):
            return True
        for cell in cells:
            self.near.setdefault(cell, []).append(polygon)
        return False

    def zone_mask(self, polygon: Polygon) -> np.ndarray:
        """Cells of a zone."""
        mask = np.zeros(self.canvas.shape, dtype=np.uint8)
        self.canvas.burn(mask, getattr(polygon, "geoms", [polygon]), 1)
        return mask

    def rng(self, *names: str | int) -> np.random.Generator:
        """Random numbers of a named part of the place."""
        return rng_for(self.seed, self.place, *names)

    def row_houses(
        self,
        name: str,
        line: LineString,
        zone: np.ndarray,
        *,
        setback_m: float,
        front_m: tuple[float, float] = (4.2, 7.5),
        depth_m: tuple[float, float] = (11.0, 17.0),
        levels: tuple[int, int] = (3, 4),
        sides: Sequence[int] = (1, -1),
        tags: dict[str, Any],
    ) -> None:
        """Houses wall to wall along a street: 骑楼 and shop houses. Every so often an alley is left open."""
        rng = self.rng("row", name)
        for side in sides:
            for a, b in zip(line.coords[:-1], line.coords[1:], strict=True):
                self._row(np.array(a), np.array(b), side, rng, zone, setback_m, front_m, depth_m, levels, tags)

    def _row(
        self,
        a: np.ndarray,
        b: np.ndarray,
        side: int,
        rng: np.random.Generator,
        zone: np.ndarray,
        setback_m: float,
        front_m: tuple[float, float],
        depth_m: tuple[float, float],
        levels: tuple[int, int],
        tags: dict[str, Any],
    ) -> None:
        along = (b - a) / np.hypot(*(b - a))
        out = np.array([-along[1], along[0]]) * side
        at, end = 2.0, float(np.hypot(*(b - a))) - 2.0
        depth = rng.uniform(*depth_m)
        while at + front_m[0] < end:
            if rng.random() < 0.07:
                at += 2.5  # an alley
                depth = rng.uniform(*depth_m)
            width = min(float(rng.uniform(*front_m)), end - at)
            if rng.random() < 0.3:
                depth = rng.uniform(*depth_m)
            front = a + along * at + out * setback_m
            ring = [front, front + along * width, front + along * width + out * depth, front + out * depth]
            storeys = int(rng.integers(levels[0], levels[1] + 1))
            self.try_place(Polygon(ring), zone, tags | {"building:levels": storeys})
            at += width

    def blocks(
        self,
        name: str,
        area: Polygon,
        zone: np.ndarray,
        *,
        axis_deg: float,
        length_m: tuple[float, float],
        depth_m: tuple[float, float],
        gap_m: tuple[float, float],
        levels: tuple[int, int],
        share: float = 0.9,
        margin_m: float = 2.5,
        jitter_deg: float = 2.0,
        shapes: dict[str, float] | None = None,
        tags: dict[str, Any],
    ) -> None:
        """Fill an area row by row with buildings along an axis (0: east-west), ``gap_m`` apart along and across."""
        rng = self.rng("blocks", name)
        centre = area.centroid
        turned = affinity.rotate(area, -axis_deg, origin=centre)
        west, south, east, north = turned.bounds
        names = sorted(shapes or {"bar": 1.0})
        weights = np.array([(shapes or {"bar": 1.0})[n] for n in names])
        y = south + rng.uniform(1.0, 6.0)
        while y < north:
            depth = rng.uniform(*depth_m)
            x = west + rng.uniform(0.0, 10.0)
            while x < east:
                length = rng.uniform(*length_m)
                shape = names[int(rng.choice(len(names), p=weights / weights.sum()))]
                plan = _plan(shape, x, y, length, depth, rng)
                polygon = affinity.rotate(plan, rng.normal(0.0, jitter_deg))
                polygon = affinity.rotate(polygon, axis_deg, origin=centre)
                step = 4.0
                if rng.random() < share:
                    storeys = int(rng.integers(levels[0], levels[1] + 1))
                    if self.try_place(polygon, zone, tags | {"building:levels": storeys}, margin_m):
                        step = length + rng.uniform(*gap_m)
                else:
                    step = length
                x += step
            y += depth + rng.uniform(*gap_m)


def _plan(shape: str, x: float, y: float, length: float, depth: float, rng: np.random.Generator) -> Polygon:
    """Outline with its south-west corner at (x, y): bar, square point block, L, T, or a bar with stair bays."""
    bar = box(x, y, x + length, y + depth)
    if shape == "L":
        wing = depth * rng.uniform(0.8, 1.1)
        return bar.union(box(x, y, x + wing, y + depth + wing * rng.uniform(0.7, 1.2)))
    if shape == "T":
        middle, half = x + length / 2, depth * 0.45
        return bar.union(box(middle - half, y - depth * 0.7, middle + half, y + depth))
    if shape == "cross":  # a point tower with cut corners, as flats of the 1990s have
        cut = 0.18 * min(length, depth)
        return box(x + cut, y, x + length - cut, y + depth).union(box(x, y + cut, x + length, y + depth - cut))
    if shape == "bays":  # a slab of flats with stair towers on its north side
        out = bar
        count = max(int(length // 14), 1)
        for k in range(count):
            middle = x + length * (k + 0.5) / count
            out = out.union(box(middle - 1.7, y + depth - 0.1, middle + 1.7, y + depth + 1.6))
        return out
    return bar
