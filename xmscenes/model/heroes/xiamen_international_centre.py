"""厦门国际中心: 343.9 m, 68 floors, the tallest tower of the skyline. Height and floors published, shape estimated."""

from __future__ import annotations

import numpy as np

from xmscenes.look.parts import Bench, box, joined
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.model.heroes.hero import Hero
from xmscenes.model.heroes.kit import rectangle
from xmscenes.records import Mesh, Origin, Surface

HEIGHT_M, FLOORS = 343.9, 68
GLASS, FIN = (190, 214, 228), (224, 228, 230)


def _plan(width: float, cut: float) -> np.ndarray:
    """A square with cut corners."""
    w, c = width / 2, width / 2 - cut
    return np.array([(w, -c), (w, c), (c, w), (-c, w), (-w, c), (-w, -c), (-c, -w), (c, -w)])


def make(level: int) -> Mesh:
    """Make the tower and its podium; z = 0 is the street."""
    bench = Bench()
    rows = (3, 2, 1, 1)[level]
    add_storeyed(
        bench,
        rectangle(120.0, 80.0, 10, -4),
        [(-3.0, 1.5, "granite"), *stack(1.5, [21.0 / rows] * rows, ["curtain"] * rows)],
        wall_rgb=(226, 226, 220),
        top_rgb=(164, 162, 154),
        bay_m=7.0,
    )
    cuts = np.array([20.0, 130.0, 225.0, 290.0, 325.0])
    widths, corners = np.array([54.0, 53.0, 50.0, 45.0, 39.0]), np.array([7.0, 8.0, 9.5, 11.0, 10.5])
    floors = (66, 33, 12, 6)[level]

    def outline(z: float) -> np.ndarray:
        return _plan(float(np.interp(z, cuts, widths)), float(np.interp(z, cuts, corners)))

    add_storeyed(
        bench,
        outline(cuts[0]),
        stack(cuts[0], [(cuts[-1] - cuts[0]) / floors] * floors, ["curtain"] * floors),
        wall_rgb=GLASS,
        top_rgb=(150, 156, 160),
        bay_m=4.8 if level < 2 else 12.0,
        outline_at=outline,
    )
    top = _plan(39.0, 10.5)
    crown = np.array([HEIGHT_M, HEIGHT_M - 6, HEIGHT_M - 10, HEIGHT_M - 10, HEIGHT_M - 6, HEIGHT_M, HEIGHT_M, HEIGHT_M])
    inner = top * 0.93
    vertices = np.concatenate(
        [
            np.column_stack([ring, z])
            for ring, z in ((top, np.full(8, 323.0)), (top, crown), (inner, crown), (inner, np.full(8, 323.0)))
        ]
    )
    faces = []
    for r in range(4):
        for i in range(8):
            a, b = r * 8 + i, r * 8 + (i + 1) % 8
            c, d = ((r + 1) % 4) * 8 + (i + 1) % 8, ((r + 1) % 4) * 8 + i
            faces += [(a, b, c), (a, c, d)]
    bench.add((vertices, np.array(faces)), FIN, surface=Surface.WALL)
    if level < 2:
        for k in range(4):
            low, high = _plan(widths[k] + 0.4, corners[k]), _plan(widths[k + 1] + 0.4, corners[k + 1])
            fins = []
            for a, b in zip(low, high, strict=True):
                fins.append(_fin(a, b, cuts[k], cuts[k + 1]))
            bench.add(joined(fins), FIN)
        bench.add(joined([box((x, y, 22.5), (1.0, 1.0, 1.2)) for x in (-49.5, 69.5) for y in (-43.5, 35.5)]), FIN)
    return bench.mesh()


def _fin(low: np.ndarray, high: np.ndarray, z0: float, z1: float) -> tuple[np.ndarray, np.ndarray]:
    from xmscenes.look.parts import loft

    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    return loft([np.column_stack([square + low, np.full(4, z0)]), np.column_stack([square + high, np.full(4, z1)])])


HERO = Hero(
    id="xiamen_international_centre",
    name="厦门国际中心",
    name_en="Xiamen International Centre",
    scene="yundang",
    lon_deg=118.070599,
    lat_deg=24.467512,
    heading_deg=250.0,
    make=make,
    sizes_m={"height": HEIGHT_M},
    position_origin=Origin.DIGITISED,
    source="343.9 m and 68 floors published; shape estimated",
)
