"""Edges of triangle meshes, each named by the corner (3 f + k) where a face enters it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


def edge_ends(faces: NDArray[np.int32]) -> tuple[Integers, Integers]:
    """Vertices where the edge of every corner (3 F,) starts and ends."""
    return faces.reshape(-1).astype(np.int64), np.roll(faces, -1, axis=1).reshape(-1).astype(np.int64)


def grouped_edges(faces: NDArray[np.int32], vertices: int) -> tuple[Integers, Integers, Integers]:
    """Corners (3 F,) in an order in which those of one edge, whatever its direction, stand together.

    Also gives where each of these groups starts, and how many corners it has: 1 on a border, 2 inside a surface.
    """
    start, end = edge_ends(faces)
    key = np.minimum(start, end) * vertices + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])[: len(key)])
    return order, first, np.diff(np.concatenate([first, [len(key)]]))


def next_corner(corner: Integers) -> Integers:
    """The corner after each in its face."""
    return corner - corner % 3 + (corner % 3 + 1) % 3
