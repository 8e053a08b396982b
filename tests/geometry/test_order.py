from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.geometry.order import steady_order


def loops(points: np.ndarray, faces: np.ndarray) -> set[tuple[tuple[int, ...], ...]]:
    """Triangles as corner loops that begin at their smallest corner: what they look like, whatever comes first."""
    found = set()
    for face in faces:
        corners = [tuple(int(v) for v in points[i]) for i in face]
        k = corners.index(min(corners))
        found.add(tuple(corners[k:] + corners[:k]))
    return found


@settings(deadline=None, max_examples=60)
@given(data=st.data(), count=st.integers(1, 30))
def test_the_same_triangles_are_seen_from_the_same_side(data: st.DataObject, count: int) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    place = np.unique(rng.integers(0, 3000, (3 * count, 3)), axis=0).astype(np.int32)
    faces = np.array([rng.choice(len(place), 3, replace=False) for _ in range(count)] if len(place) > 2 else [], "u4")
    faces = faces.reshape(-1, 3)
    turned, order = steady_order(faces, place)
    assert loops(place[order], turned) == loops(place, faces)
    assert len(order) == len(np.unique(faces))
    seen = turned.reshape(-1)
    assert np.array_equal(np.unique(seen, return_index=True)[1].argsort(), np.arange(len(order)))


def test_a_row_of_windows_changes_few_coordinates_from_vertex_to_vertex() -> None:
    quads, faces = [], []
    for k in range(12):
        left, right = 1000 + 301 * k, 1290 + 301 * k
        quads += [[left, 700, left // 2], [right, 700, right // 2], [right, 1340, right // 2], [left, 1340, left // 2]]
        faces += [[4 * k, 4 * k + 1, 4 * k + 2], [4 * k, 4 * k + 2, 4 * k + 3]]
    place = np.array(quads, np.int32)
    _, order = steady_order(np.array(faces, np.uint32), place)
    steps = (np.diff(place[order], axis=0) != 0).sum()
    assert steps < 0.9 * (np.diff(place, axis=0) != 0).sum()
