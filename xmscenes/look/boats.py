"""Boats of a Chinese harbour beside the plain one of ``prototypes``: the sampan, in copies. Height 1 m, x is ahead."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.parts import Bench, beam, box, loft

if TYPE_CHECKING:
    from xmscenes.records import Mesh

    Levels = tuple[Mesh, ...]

LENGTH: dict[str, float] = {"boat": 2.6, "sampan": 3.6}  # of a prototype of height 1, to scale a copy by its length
_TIMBER, _INSIDE, _MAT, _BAND = (112, 78, 52), (150, 118, 80), (104, 88, 66), (44, 92, 84)


def _sampan(rich: bool) -> Mesh:
    """舢板: a flat-bottomed open boat with an upturned stern, an arched mat awning amidships and a stern oar."""
    bench = Bench()
    stations = [
        (-1.8, 0.3, 0.26, 0.56),
        (-1.1, 0.46, -0.02, 0.36),
        (0.0, 0.54, -0.1, 0.28),
        (1.0, 0.42, -0.03, 0.34),
        (1.8, 0.2, 0.22, 0.48),
    ]
    stations = stations if rich else stations[::2]
    rings = [
        [(x, half, deck), (x, half * 0.7, keel), (x, -half * 0.7, keel), (x, -half, deck)]
        for x, half, keel, deck in stations
    ]
    hull = loft([np.array(ring[::-1], dtype=np.float64) for ring in rings])
    bench.add(hull, _TIMBER)
    bench.add(box((0.0, 0.0, 0.3), (1.9, 0.86, 0.03)), _INSIDE)
    turn = np.linspace(0.0, np.pi, 6 if rich else 4)
    arch = [[(x, np.cos(a) * 0.46, 0.3 + np.sin(a) * 0.44) for a in turn] for x in (-0.85, 0.55)]
    bench.add(loft([np.array(ring, dtype=np.float64) for ring in arch]), _MAT)
    if rich:
        for y in (-0.5, 0.5):
            bench.add(beam((-1.1, y * 0.94, 0.35), (1.0, y * 0.86, 0.34), 0.04, 0.05), _BAND)
        bench.add(beam((-1.2, 0.1, 0.5), (-2.3, 0.22, -0.1), 0.03, 0.03), _INSIDE)
        bench.add(beam((1.05, 0.0, 0.3), (1.05, 0.0, 1.0), 0.03, 0.03), _INSIDE)
        bench.add(box((1.35, 0.0, 0.37), (0.3, 0.36, 0.08)), (60, 106, 112))
    return bench.mesh()


def _far_sampan() -> Mesh:
    """A three-sided hull under its awning."""
    bench = Bench()
    rings = [
        [(x, half, deck), (x, 0.0, keel), (x, -half, deck)]
        for x, half, keel, deck in ((-1.8, 0.3, 0.26, 0.56), (0.0, 0.54, -0.1, 0.28), (1.8, 0.2, 0.22, 0.48))
    ]
    bench.add(loft([np.array(ring[::-1], dtype=np.float64) for ring in rings]), _TIMBER)
    awning = [[(x, 0.46, 0.3), (x, 0.0, 0.74), (x, -0.46, 0.3)] for x in (-0.85, 0.55)]
    bench.add(loft([np.array(ring, dtype=np.float64) for ring in awning]), _MAT)
    return bench.mesh()


@cache
def sampan() -> Levels:
    """A sampan; it floats with its water line at z = 0."""
    return _sampan(True), _sampan(False), _far_sampan()
