"""Cases for the fuzz run: twenty kinds of footprints, sixteen kinds of clouds, each case made from its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.records import Footprint, PointCloud

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ring = NDArray[np.float64]

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One footprint and one cloud."""

    number: int
    shape: str
    cloud: str
    footprint: Footprint
    points: PointCloud
    ground_z: float | None


def make_case(number: int) -> Case:
    """Make the case of a number; the same number gives the same case."""
    rng = np.random.default_rng([20260907, number])
    shape, cloud = str(rng.choice(sorted(SHAPES))), str(rng.choice(sorted(CLOUDS)))
    ring, holes = SHAPES[shape](rng)
    middle = rng.choice([0.0, 1.0]) * rng.uniform(-4000, 4000, 2)
    ring, holes = ring + middle, tuple(hole + middle for hole in holes)
    floor = float(rng.choice([0.0, 5.3, -2.0, 1800.0]))
    xyz = CLOUDS[cloud](rng, _box(ring), floor)
    kinds = rng.choice([6, 1, 0, 2], p=[0.7, 0.1, 0.1, 0.1])
    kind = np.full(len(xyz), kinds, np.uint8)
    if rng.random() < 0.3:
        kind[rng.random(len(xyz)) < 0.3] = rng.choice([1, 2, 5, 7])
    ground: float | None = None if rng.random() < 0.4 else floor + float(rng.choice([0.0, -3.0, 30.0]))
    footprint = Footprint(id=f"模糊/{number}", ring=ring, holes=holes)
    return Case(number=number, shape=shape, cloud=cloud, footprint=footprint,
                points=PointCloud(xyz=xyz, point_class=kind), ground_z=ground)  # fmt: skip


def _box(ring: Ring) -> tuple[Ring, Ring]:
    low, high = ring.min(axis=0), ring.max(axis=0)
    return low - 2.0, np.maximum(high + 2.0, low - 2.0 + 0.5)


# footprints -----------------------------------------------------------------------------------------------------


def _star(rng: Rng, n: int, radius: float, ragged: float) -> Ring:
    angle = np.sort(rng.uniform(0, 2 * np.pi, n))
    away = radius * rng.uniform(1 - ragged, 1, n)
    return np.column_stack([away * np.cos(angle), away * np.sin(angle)])


def _rectangle(rng: Rng, length: float, width: float) -> Ring:
    a = rng.uniform(0, np.pi)
    ring = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * (length / 2, width / 2)
    return np.asarray(ring @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]))


def _notched(rng: Rng, kind: str) -> Ring:
    a, b = rng.uniform(4, 20, 2)
    c, d = a * rng.uniform(0.2, 0.45), b * rng.uniform(0.2, 0.8)
    rings = {
        "L": [(0, 0), (a, 0), (a, d), (c, d), (c, b), (0, b)],
        "T": [(0, 0), (a, 0), (a, d), (a - c, d), (a - c, b), (c, b), (c, d), (0, d)],
        "U": [(0, 0), (a, 0), (a, b), (a - c, b), (a - c, d), (c, d), (c, b), (0, b)],
    }
    return np.array(rings[kind], dtype=np.float64)


def _courtyard(rng: Rng) -> tuple[Ring, tuple[Ring, ...]]:
    ring = _rectangle(rng, rng.uniform(12, 30), rng.uniform(12, 30))
    inner = ring * rng.choice([0.2, 0.6, 0.97, 0.9999])
    return ring, (inner[::-1], *([inner * 0.3] if rng.random() < 0.3 else []))


def _touching_hole(rng: Rng) -> tuple[Ring, tuple[Ring, ...]]:
    a = rng.uniform(6, 20)
    ring = np.array([(0, 0), (a, 0), (a, a), (0, a)], dtype=np.float64)
    corner = rng.choice([0.0, 0.0005, 0.01])
    return ring, (np.array([(corner, corner), (a / 3, a / 2), (a / 2, a / 3)]),)


def _doubled(rng: Rng) -> Ring:
    ring = _star(rng, int(rng.integers(3, 12)), rng.uniform(3, 15), 0.6)
    ring = np.repeat(ring, rng.integers(1, 4, len(ring)), axis=0)
    jitter = rng.choice([0, 1e-7, 4e-4]) * rng.standard_normal((len(ring) + 1, 2))
    return np.asarray(np.vstack([ring, ring[:1]]) + jitter)


def _spiked(rng: Rng) -> Ring:
    ring = _rectangle(rng, rng.uniform(5, 20), rng.uniform(5, 20))
    return np.insert(ring, 1, [ring[0] * 3, ring[0]], axis=0)


def _teeth(rng: Rng) -> Ring:
    n = int(rng.integers(4, 30))
    top = np.column_stack([np.repeat(np.arange(n), 2) * rng.uniform(0.05, 1.5), np.tile([3.0, 6.0], n)])
    return np.vstack([[(0, 0), (top[-1, 0], 0)], top[::-1]])


def _figure_eight(rng: Rng) -> Ring:
    a = rng.uniform(3, 15)
    corners = [(0, 0), (a, 0), (a, a), (2 * a, a), (2 * a, 2 * a), (a, 2 * a), (a, a), (0, a)]
    return np.array(corners, dtype=np.float64)


SHAPES: dict[str, Callable[[Rng], tuple[Ring, tuple[Ring, ...]]]] = {
    "rectangle": lambda r: (_rectangle(r, r.uniform(4, 30), r.uniform(4, 15)), ()),
    "clockwise": lambda r: (_rectangle(r, 12, 8)[::-1], ()),
    "sliver": lambda r: (_rectangle(r, r.uniform(5, 40), 10 ** r.uniform(-4, -0.3)), ()),
    "L": lambda r: (_notched(r, "L"), ()),
    "T": lambda r: (_notched(r, "T"), ()),
    "U": lambda r: (_notched(r, "U"), ()),
    "courtyard": _courtyard,
    "touching hole": _touching_hole,
    "self-touching": lambda r: (_figure_eight(r), ()),
    "bow-tie": lambda r: (_rectangle(r, r.uniform(3, 20), r.uniform(3, 20))[[0, 2, 1, 3]], ()),
    "scribble": lambda r: (r.uniform(-10, 10, (int(r.integers(4, 14)), 2)), ()),
    "star": lambda r: (_star(r, int(r.integers(3, 40)), r.uniform(2, 40), 0.9), ()),
    "doubled": lambda r: (_doubled(r), ()),
    "spiked": lambda r: (_spiked(r), ()),
    "teeth": lambda r: (_teeth(r), ()),
    "tiny": lambda r: (_rectangle(r, 10 ** r.uniform(-3, 0.3), 10 ** r.uniform(-3, 0.3)), ()),
    "huge": lambda r: (_star(r, int(r.integers(4, 200)), r.uniform(100, 400), 0.4), ()),
    "line": lambda r: (np.outer(np.linspace(0, 9, int(r.integers(2, 6))), (0.6, 0.8)), ()),
    "point": lambda r: (np.tile(r.uniform(-5, 5, 2), (int(r.integers(1, 5)), 1)), ()),
    "round": lambda r: (_star(r, 120, r.uniform(3, 25), 0.0), ()),
}


# clouds ---------------------------------------------------------------------------------------------------------

Boxed = tuple["Ring", "Ring"]


def _spread(rng: Rng, box: Boxed, n: int | None = None) -> Ring:
    low, high = box
    area = float(np.prod(high - low))
    count = n if n is not None else int(np.clip(area * 10 ** rng.uniform(0, 1.5), 10, 20_000))
    return rng.uniform(low, high, (count, 2))


def _lifted(xy: Ring, z: Any) -> NDArray[np.float64]:
    return np.column_stack([xy, np.broadcast_to(z, len(xy))])


def _pitched(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    xy = _spread(rng, box)
    middle, along = (box[0] + box[1]) / 2, rng.uniform(0, np.pi)
    across = np.abs((xy - middle) @ (np.cos(along), np.sin(along)))
    z = floor + 9 - across * rng.uniform(0.2, 1.4) + rng.normal(0, rng.choice([0.0, 0.03, 0.2]), len(xy))
    clutter = rng.random(len(xy)) < 0.01
    return _lifted(xy, np.maximum(z, floor + 2) + clutter * rng.uniform(0, 20, len(xy)))


def _stepped(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    xy = _spread(rng, box)
    cell = np.floor(xy / rng.uniform(1.5, 6)).astype(np.int64)
    return _lifted(xy, floor + 3 + (cell[:, 0] * 7 + cell[:, 1] * 13) % 5 * rng.uniform(0.1, 4))


def _dome(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    xy = _spread(rng, box)
    radius = float((box[1] - box[0]).max()) / 2
    away = np.linalg.norm(xy - (box[0] + box[1]) / 2, axis=1)
    return _lifted(xy, floor + 5 + np.sqrt(np.maximum(radius**2 - away**2, 0)) + rng.normal(0, 0.03, len(xy)))


def _lattice(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    step = max(float((box[1] - box[0]).max()) / 120, 0.25)
    x, y = (np.arange(low, high, step) for low, high in zip(*box, strict=True))
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return _lifted(xy, floor + 4 + rng.choice([0.0, 0.5, 1.0]) * (xy[:, 0] - box[0][0]))


def _collinear(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    t = rng.random((int(rng.integers(2, 500)), 1))
    ends = rng.uniform(box[0], box[1], (2, 2))
    return _lifted(ends[0] + t * (ends[1] - ends[0]), floor + 5 + t[:, 0] * rng.choice([0.0, 3.0]))


def _upright(rng: Rng, box: Boxed, floor: float) -> NDArray[np.float64]:
    line = _collinear(rng, box, floor)
    return np.column_stack([line[:, :2], rng.uniform(floor, floor + 12, len(line))])


CLOUDS: dict[str, Callable[[Rng, Boxed, float], NDArray[np.float64]]] = {
    "none": lambda *_: np.zeros((0, 3)),
    "one": lambda r, b, f: _lifted(_spread(r, b, 1), f + 6),
    "five": lambda r, b, f: _lifted(_spread(r, b, 5), f + r.uniform(2, 9, 5)),
    "collinear": _collinear,
    "upright": _upright,
    "one plane": lambda r, b, f: (lambda xy: _lifted(xy, f + 6 + (xy - b[0]) @ r.uniform(-0.7, 0.7, 2)))(_spread(r, b)),
    "level": lambda r, b, f: _lifted(_spread(r, b), f + r.choice([0.0, 0.02, 0.4, 6.0, 200.0])),
    "noise": lambda r, b, f: (lambda xy: _lifted(xy, f + r.uniform(0, 15, len(xy))))(_spread(r, b)),
    "same place": lambda r, b, f: np.tile(_lifted(_spread(r, b, 1), f + 6), (int(r.integers(2, 400)), 1)),
    "pitched": _pitched,
    "stepped": _stepped,
    "dome": _dome,
    "lattice": _lattice,
    "under ground": lambda r, b, f: _lifted(_spread(r, b), f - 7),
    "far up": lambda r, b, f: (lambda xy: _lifted(xy, f + 10 ** r.uniform(0, 5, len(xy))))(_spread(r, b)),
    "half": lambda r, b, f: (lambda p: p[p[:, 0] < (b[0][0] + b[1][0]) / 2])(_pitched(r, b, f)),
}
