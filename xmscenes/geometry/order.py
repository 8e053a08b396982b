"""The order in which vertices are first used: compressed files store the step from each vertex to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def steady_order(faces: NDArray[np.uint32], place: NDArray[np.int32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Turn triangles, and swap the two of a quad, so that neighbours in the vertex list share coordinates.

    ``place`` (N, 3) are vertices on a grid. Gives the triangles (F, 3), each still seen from the same side, with new
    vertex numbers in order of first use, and the old number of each new vertex. A wall of windows then changes one
    axis at a time: such steps are zero bytes, which is what vertex codecs live on.

    The size of a step decides, not which of its bytes change, so alike bays are walked alike wherever they stand and
    gzip finds them again: 1.69 instead of 1.87 MB for LOD0 of a district of 1.4 M triangles, 1 % less for places.
    """
    turned = np.array(faces, dtype=np.uint32, order="C")
    order = np.zeros(len(place), np.int64)
    count = _walk(turned, np.ascontiguousarray(place, dtype=np.int32), np.full(len(place), -1, np.int32), order)
    return turned, order[:count]


@njit(cache=True)
def _cost(place: Any, one: int, two: int) -> int:
    """Bits of the step between two vertices, as a vertex codec stores it: bytes in groups of 0, 2, 4 or 8 bits."""
    cost = 0
    for axis in range(3):
        step = abs(np.int64(place[two, axis]) - np.int64(place[one, axis]))
        if step > 127:
            cost += 16
        elif step > 7:
            cost += 8
        elif step > 1:
            cost += 4
        elif step > 0:
            cost += 2
    return cost


@njit(cache=True)
def _best_turn(place: Any, number: Any, face: Any, fourth: int, last: int) -> Any:
    """The cheapest turn of a triangle whose new vertices follow ``last`` and precede ``fourth`` (-1: none)."""
    best, least = 0, 1 << 30
    for turn in range(3):
        cost, before = 0, last
        for k in range(3):
            vertex = face[(turn + k) % 3]
            if number[vertex] < 0:
                cost += _cost(place, before, vertex)
                before = vertex
        if fourth >= 0:
            cost += _cost(place, before, fourth)
        if cost < least:
            best, least = turn, cost
    return best, least


@njit(cache=True)
def _other(face: Any, mate: Any) -> int:
    """The corner of ``mate`` that ``face`` lacks when they share an edge; -1 when they do not."""
    shared, found = 0, -1
    for k in range(3):
        if mate[k] == face[0] or mate[k] == face[1] or mate[k] == face[2]:
            shared += 1
        else:
            found = mate[k]
    return found if shared == 2 else -1


@njit(cache=True)
def _emit(faces: Any, i: int, turn: int, number: Any, order: Any, count: int) -> int:
    """Turn a triangle and number its new vertices."""
    a, b, c = faces[i, turn], faces[i, (turn + 1) % 3], faces[i, (turn + 2) % 3]
    for k, vertex in enumerate((a, b, c)):
        if number[vertex] < 0:
            number[vertex] = count
            order[count] = vertex
            count += 1
        faces[i, k] = number[vertex]
    return count


@njit(cache=True)
def _walk(faces: Any, place: Any, number: Any, order: Any) -> int:
    """Number all vertices along the triangles, which change in place; gives how many there are."""
    count, last, i = 0, 0, 0
    while i < len(faces):
        fourth, back = -1, -1
        if i + 1 < len(faces):
            fourth = _other(faces[i], faces[i + 1])
            if fourth >= 0 and number[fourth] < 0:
                back = _other(faces[i + 1], faces[i])
                if number[back] >= 0:
                    back = -1
            else:
                fourth = -1
        turn, least = _best_turn(place, number, faces[i], fourth, last)
        if back >= 0:
            swapped, cost = _best_turn(place, number, faces[i + 1], back, last)
            if cost < least:
                turn = swapped
                for k in range(3):
                    faces[i, k], faces[i + 1, k] = faces[i + 1, k], faces[i, k]
        count = _emit(faces, i, turn, number, order, count)
        last = order[count - 1]
        i += 1
    return count
