"""Tangents of textured surfaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from houses import green

from xmscenes.geometry.meshes import split_corners
from xmscenes.geometry.tangents import vertex_tangents
from xmscenes.records import Mesh

WALL = np.array([[0, 0, 0], [2, 0, 0], [2, 0, 3], [0, 0, 3]], float)  # seen from the south


def textured(uv: list[list[float]]) -> Mesh:
    mesh = green(WALL, [[0, 1, 2], [0, 2, 3]])
    corners = np.array(uv, np.float32)[mesh.faces]
    return Mesh(vertices=mesh.vertices, faces=mesh.faces, surface=mesh.surface, uv=corners)


def test_the_tangent_runs_along_u_and_green_points_up() -> None:
    rows = vertex_tangents(split_corners(textured([[0, 1], [1, 1], [1, 0], [0, 0]])))
    assert rows == pytest.approx(np.tile([1, 0, 0, 1], (4, 1)), abs=1e-6)
    bitangent = np.cross([0, -1, 0], rows[0, :3]) * rows[0, 3]
    assert bitangent == pytest.approx([0, 0, 1])


def test_a_mirrored_picture_has_the_other_hand() -> None:
    rows = vertex_tangents(split_corners(textured([[1, 1], [0, 1], [0, 0], [1, 0]])))
    assert rows == pytest.approx(np.tile([-1, 0, 0, -1], (4, 1)), abs=1e-6)


def test_without_a_direction_any_perpendicular_does() -> None:
    rows = vertex_tangents(split_corners(textured([[0, 0]] * 4)))
    assert np.linalg.norm(rows[:, :3], axis=1) == pytest.approx(1.0)
    assert rows[:, 1] == pytest.approx(0.0)


def test_what_lies_along_an_axis_lies_there_exactly() -> None:
    askew = WALL @ np.array([[1.0, 1e-5, -2e-5], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    mesh = textured([[0, 1], [1, 1], [1, 0], [0, 0]])
    rows = vertex_tangents(split_corners(replace(mesh, vertices=askew)))
    assert (rows[:, 1:3] == 0.0).all()
    assert rows[:, 0] == pytest.approx(1.0)
