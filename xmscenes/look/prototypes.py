"""What placements copy: trees, boats, lamps. Unit height 1 m, foot at the origin; each with its levels, finest first.

Levels of a tree: crown of leafy shells over a dark core, the same with fewer faces, a few leaves around two crossed
cards, then the cards alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.boats import sampan
from xmscenes.look.parts import Bench, beam, box, loft, revolved
from xmscenes.look.trees import (
    banyan_crown,
    far_cards,
    flame_tree_crown,
    palm_crown,
    shrub_crown,
    sparse_crown,
    sparse_palm,
    tree_crown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from xmscenes.records import Mesh

    Levels = tuple[Mesh, ...]


def _boat(rich: bool) -> Mesh:
    """A wooden harbour boat of Xiamen: raised bow, wheelhouse aft, red below and blue above. Height 1 with the mast."""
    bench = Bench()
    stations = [
        (-1.25, 0.36, -0.1, 0.3),
        (-0.6, 0.45, -0.14, 0.24),
        (0.3, 0.44, -0.14, 0.25),
        (0.95, 0.27, -0.08, 0.34),
        (1.35, 0.03, 0.1, 0.46),
    ]
    stations = stations if rich else stations[::2]
    rings = []
    for x, half, keel, deck in stations:
        rings.append(
            [
                (x, half, deck),
                (x, half * 0.9, 0.06),
                (x, half * 0.5, keel),
                (x, -half * 0.5, keel),
                (x, -half * 0.9, 0.06),
                (x, -half, deck),
            ]
        )
    hull = loft([np.array(ring[::-1], dtype=np.float64) for ring in rings])
    middle = hull[0][hull[1]].mean(1)[:, 2]
    colour = np.where(middle[:, None] < 0.06, [[150, 52, 40]], [[38, 96, 140]]).astype(np.float64)
    bench.add(hull, colour)
    bench.add(box((-0.05, 0, 0.24), (2.0, 0.74, 0.04)), (158, 124, 84))
    bench.add(box((-0.62, 0, 0.26), (0.62, 0.52, 0.36)), (226, 226, 214))
    bench.add(box((-0.6, 0, 0.6), (0.78, 0.64, 0.04)), (46, 112, 118))
    if rich:
        for y in (-0.262, 0.262):
            bench.add(box((-0.62, y, 0.42), (0.46, 0.02, 0.13)), (48, 62, 70))
        bench.add(box((-0.3, 0, 0.42), (0.03, 0.4, 0.13)), (48, 62, 70))
        bench.add(beam((0.15, 0, 0.2), (0.15, 0, 1.0), 0.035, 0.035), (196, 168, 112))
        bench.add(beam((0.13, 0, 0.85), (0.95, 0, 0.62), 0.025, 0.025), (196, 168, 112))
        bench.add(box((0.62, 0, 0.27), (0.4, 0.4, 0.12)), (182, 84, 48))
    return bench.mesh()


def _far_boat() -> Mesh:
    """A three-sided hull with its wheelhouse."""
    bench = Bench()
    rings = [
        [(x, half, deck), (x, 0.0, keel), (x, -half, deck)]
        for x, half, keel, deck in ((-1.25, 0.36, -0.1, 0.3), (-0.2, 0.45, -0.14, 0.25), (1.35, 0.03, 0.1, 0.46))
    ]
    bench.add(loft([np.array(ring[::-1], dtype=np.float64) for ring in rings]), (60, 84, 112))
    bench.add(box((-0.62, 0, 0.26), (0.66, 0.56, 0.38)), (176, 188, 182))
    return bench.mesh()


def _lamp(rich: bool) -> Mesh:
    """A cast-iron lamp of a waterfront walk with one lantern."""
    bench = Bench()
    sides = 6 if rich else 4
    iron = (44, 50, 50)
    bench.add(revolved([(0.035, 0.0), (0.035, 0.05), (0.014, 0.09), (0.011, 0.8), (0.02, 0.82)], sides), iron)
    bench.add(revolved([(0.02, 0.822), (0.042, 0.93)], sides), (250, 236, 200), material="glow")
    bench.add(
        revolved([(0.052, 0.932), (0.02, 0.97), (0.0, 1.0)] if rich else [(0.05, 0.932), (0.0, 1.0)], sides), iron
    )
    return bench.mesh()


def _plain_lamp() -> Mesh:
    """A lamp whose post and lantern are three-sided."""
    bench = Bench()
    bench.add(revolved([(0.03, 0.0), (0.012, 0.92)], 3), (44, 50, 50))
    bench.add(revolved([(0.024, 0.822), (0.05, 0.93), (0.0, 1.0)], 3), (250, 236, 200), material="glow")
    return bench.mesh()


def _post() -> Mesh:
    """What is left of a lamp from afar."""
    bench = Bench()
    bench.add(revolved([(0.02, 0.0), (0.0, 0.95)], 3), (60, 64, 62))
    return bench.mesh()


CROWN_RADIUS: dict[str, float] = {  # of a prototype at unit height: what one multiplies to reach a wanted radius
    "banyan": 0.54, "palm": 0.3, "flame_tree": 0.6, "shrub": 0.68, "tree": 0.35, "boat": 1.3, "sampan": 1.8,
    "lamp": 0.05,
}  # fmt: skip


@cache
def banyan() -> Levels:
    """榕树: a broad dark crown over aerial roots."""
    cards = far_cards("card_banyan", 1.12, 1.02)
    sparse = sparse_crown(cards, "leaf_banyan", (0, 0, 0.64, 0.56, 0.35), 15, 0.52)
    return banyan_crown(True), banyan_crown(False), sparse, cards


@cache
def palm() -> Levels:
    """棕榈: a ringed trunk with eleven arching fronds."""
    return palm_crown(11, 3, 6), palm_crown(7, 2, 3), sparse_palm(5), far_cards("card_palm", 0.62, 1.2)


@cache
def flame_tree() -> Levels:
    """凤凰木: a flat, wide crown in bloom, the city's tree."""
    cards = far_cards("card_flame", 1.2, 1.05)
    sparse = sparse_crown(cards, "leaf_flame", (0, 0, 0.75, 0.62, 0.24), 14, 0.62)
    return flame_tree_crown(True), flame_tree_crown(False), sparse, cards


@cache
def shrub() -> Levels:
    """A low bush, as hedges and slopes have it."""
    cards = far_cards("card_shrub", 1.35, 1.1)
    sparse = sparse_crown(cards, "leaf_shrub", (0.05, 0.0, 0.48, 0.55, 0.5), 7, 0.56)
    return shrub_crown(True), shrub_crown(False), sparse, cards


@cache
def tree() -> Levels:
    """A broad-leaved tree with a tall crown."""
    cards = far_cards("card_tree", 0.72)
    sparse = sparse_crown(cards, "leaf_tree", (0, 0, 0.64, 0.33, 0.36), 10, 0.54)
    return tree_crown(True), tree_crown(False), sparse, cards


@cache
def boat() -> Levels:
    """A harbour boat; x is ahead; it floats with its water line at z = 0."""
    return _boat(True), _boat(False), _far_boat()


@cache
def lamp() -> Levels:
    """A lamp post; its lantern glows at dusk and at night."""
    return _lamp(True), _lamp(False), _plain_lamp(), _post()


PROTOTYPES: dict[str, Callable[[], Levels]] = {
    "banyan": banyan,
    "palm": palm,
    "flame_tree": flame_tree,
    "shrub": shrub,
    "tree": tree,
    "boat": boat,
    "sampan": sampan,
    "lamp": lamp,
}
