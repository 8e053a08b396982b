"""How far outlines lie apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmscenes.geometry.silhouette import outline_distance
from xmscenes.records import Mesh


def column(half: float, high: float = 1.0, sides: int = 32) -> Mesh:
    """An upright round column without lids: from every side a rectangle."""
    turn = np.arange(sides) * 2 * np.pi / sides
    ring = np.column_stack([np.cos(turn) * half, np.sin(turn) * half])
    vertices = np.vstack([np.column_stack([ring, np.full(sides, z)]) for z in (0.0, high)])
    k, after = np.arange(sides), (np.arange(sides) + 1) % sides
    faces = np.vstack([np.column_stack([k, after, after + sides]), np.column_stack([k, after + sides, k + sides])])
    return Mesh(vertices=vertices, faces=faces.astype("i4"), surface=np.zeros(len(faces), "u1"))


def test_a_thing_has_the_outline_of_itself() -> None:
    assert outline_distance(column(0.3), column(0.3)) == 0.0


def test_a_wider_column_moves_its_outline_by_so_much() -> None:
    """Its sides move by 0.1, its top not at all."""
    assert 0.06 < outline_distance(column(0.3), column(0.4)) <= 0.101


def test_leaves_inside_the_outline_do_not_count() -> None:
    fine, inner = column(0.3), column(0.2, 0.9)
    both = replace(
        fine,
        vertices=np.vstack([fine.vertices, inner.vertices]),
        faces=np.vstack([fine.faces, inner.faces + len(fine.vertices)]).astype("i4"),
        surface=np.zeros(2 * len(fine.faces), "u1"),
    )
    assert outline_distance(both, fine) == 0.0


def test_holes_of_a_picture_are_no_outline() -> None:
    """A card whose right half is cut away is as wide as a card of the left half alone."""
    card = Mesh(
        vertices=np.array([(-0.5, 0.0, 0.0), (0.5, 0.0, 0.0), (0.5, 0.0, 1.0), (-0.5, 0.0, 1.0)]),
        faces=np.array([(0, 1, 2), (0, 2, 3)], "i4"),
        surface=np.zeros(2, "u1"),
        material=np.zeros(2, "u1"),
        uv=np.array([[(0, 1), (1, 1), (1, 0)], [(0, 1), (1, 0), (0, 0)]], "f4"),
    )
    half = replace(card, vertices=card.vertices * [0.5, 1, 1] - [0.25, 0, 0], material=None, uv=None)
    holes = np.array([[True, False]])
    assert outline_distance(half, card, holes, np.array([True])) < 0.02
    assert outline_distance(half, card) > 0.1


def test_nothing_has_no_outline() -> None:
    nothing = replace(column(0.3), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))
    assert outline_distance(nothing, column(0.3)) == 0.0
