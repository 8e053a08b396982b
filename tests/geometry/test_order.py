from __future__ import annotations

import numpy as np
import pytest
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


def row_of_windows(corners: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Twelve windows of two triangles in a wall that stands askew; ``corners`` says where each triangle begins."""
    quads, faces = [], []
    for k in range(12):
        left, right = 1000 + 301 * k, 1290 + 301 * k
        quads += [[left, 700, left // 2], [right, 700, right // 2], [right, 1340, right // 2], [left, 1340, left // 2]]
        for one, begin in zip(([0, 1, 2], [0, 2, 3]), corners, strict=True):
            faces.append([4 * k + one[(begin + i) % 3] for i in range(3)])
    return np.array(quads, np.int32), np.array(faces, np.uint32)


def test_a_row_of_windows_changes_few_coordinates_from_vertex_to_vertex() -> None:
    place, faces = row_of_windows([2, 1])
    _, naive = np.unique(faces.reshape(-1), return_index=True)
    written = faces.reshape(-1)[np.sort(naive)]
    _, order = steady_order(faces, place)
    changes = [np.diff(place[rows].reshape(12, 4, 3), axis=1) != 0 for rows in (order, written)]
    assert changes[0].sum() < 0.85 * changes[1].sum()


@pytest.mark.parametrize("corners", [[0, 0], [1, 2], [2, 1]])
def test_windows_that_are_alike_are_walked_alike_wherever_they_stand(corners: list[int]) -> None:
    place, faces = row_of_windows(corners)
    here, there = steady_order(faces, place), steady_order(faces, place + np.array([37, 4099, 523], np.int32))
    assert np.array_equal(here[0], there[0])
    assert np.array_equal(here[1], there[1])
