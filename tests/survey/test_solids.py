"""Solids of the truth scene are closed: every edge is used once each way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from shapely import box
from shapely.geometry import Polygon

from xmscenes.survey.solids import Solid, deck, ellipsoid, prism, slab

LOOK = {"point_class": 6, "top_rgb": (1, 2, 3), "side_rgb": (4, 5, 6)}


def open_edges(solid: Solid) -> int:
    """Edges that do not meet exactly one partner running the other way."""
    edges: Counter = Counter()
    for triangle in np.round(solid.triangles, 6):
        corners = [tuple(c) for c in triangle]
        if len(set(corners)) < 3:
            continue  # a triangle that closed up at a pole
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            edges[a, b] += 1
    return sum(abs(n - edges.get((b, a), 0)) for (a, b), n in edges.items())


def volume(solid: Solid) -> float:
    a, b, c = solid.triangles.transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


SOLIDS = {
    "slab": slab(box(0, 0, 10, 6), -1.0, 5.0, **LOOK),
    "slab with a court": slab(box(0, 0, 10, 10).difference(box(3, 3, 6, 6)), 0.0, 4.0, **LOOK),
    "clockwise ring": slab(Polygon([(0, 0), (0, 5), (5, 5), (5, 0)]), 0.0, 1.0, **LOOK),
    "sloping top": prism(box(0, 0, 10, 6), 0.0, lambda xy: 3.0 + 0.5 * xy[:, 0], **LOOK),
    "ball": ellipsoid((0, 0, 0), (2, 2, 2), **LOOK),
    "dome": ellipsoid((0, 0, 5), (4, 4, 3), lowest=0.0, **LOOK),
    "deck": deck(np.array([[0.0, 0.0], [30.0, 0.0]]), np.array([5.0, 6.0]), 8.0, 1.0, **LOOK)[0],
}


@pytest.mark.parametrize("name", SOLIDS)
def test_a_solid_is_closed_and_turned_outward(name: str) -> None:
    assert open_edges(SOLIDS[name]) == 0
    assert volume(SOLIDS[name]) > 0


def test_a_slab_holds_its_area_times_its_height() -> None:
    assert volume(SOLIDS["slab with a court"]) == pytest.approx((100 - 9) * 4.0)


def test_tops_look_up() -> None:
    for name in ("slab", "sloping top", "deck", "dome"):
        solid = SOLIDS[name]
        a, b, c = solid.triangles[solid.is_top].transpose(1, 0, 2)
        assert (np.cross(b - a, c - a)[:, 2] > -1e-9).all(), name


def test_a_bent_deck_keeps_its_width_and_leaves_no_gap() -> None:
    centre = np.array([[0.0, 0.0], [40.0, 0.0], [70.0, 30.0]])
    solids = deck(centre, np.full(3, 5.0), 10.0, 1.0, **LOOK)
    tops = [Polygon(t[:, :2]) for s in solids for t in s.triangles[s.is_top]]
    assert sum(t.area for t in tops) == pytest.approx(10.0 * (40.0 + np.hypot(30, 30)), rel=0.02)
