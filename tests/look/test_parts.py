from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from xmscenes.look.parts import Bench, ball, beam, box, circle, joined, loft, moved, prism, revolved, swept
from xmscenes.look.walls import add_storeyed, stack
from xmscenes.records import Mesh

SHAPES = {
    "box": box((1, 2, 3), (4, 5, 6), 30),
    "L prism": prism([[0, 0], [8, 0], [8, 3], [3, 3], [3, 8], [0, 8]], 0, 5),
    "cone": revolved([(2, 0), (1, 3), (0, 4)], 8),
    "spindle": revolved([(0, 0), (1, 1), (0, 2)], 6),
    "ball": ball(1),
    "level beam": beam((0, 0, 5), (10, 3, 6), 0.5, 0.8),
    "upright beam": beam((0, 0, 0), (0, 0, 6), 0.5, 0.5),
    "arc": swept([(0, 0, 0), (2, 0, 3), (5, 1, 4), (9, 1, 3)], 0.4, 0.6, sides=6),
    "mirrored": moved(box((0, 0, 0), (1, 2, 3)), (4, 0, 0), 15, (-1, 1, 2)),
    "lying loft": loft([np.array([[x, -1.0, 0.0], [x, 1.0, 0.0], [x, 1.0, 2.0], [x, -1.0, 2.0]]) for x in (0.0, 5.0)]),
}


def unmatched(faces: np.ndarray) -> int:
    edges = Counter(map(tuple, faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).tolist()))
    return sum(1 for (a, b), n in edges.items() if edges.get((b, a), 0) != n)


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_primitives_are_closed_and_look_outwards(name: str) -> None:
    vertices, faces = SHAPES[name]
    assert unmatched(faces) == 0
    assert volume(vertices, faces) > 0


def test_the_volume_of_a_prism_is_area_times_height() -> None:
    assert volume(*prism([[0, 0], [8, 0], [8, 3], [3, 3], [3, 8], [0, 8]], 0, 5)) == pytest.approx(39 * 5)


def test_joined_shapes_keep_their_faces() -> None:
    one, two = box((0, 0, 0), (1, 1, 1)), box((5, 0, 0), (1, 1, 1))
    assert volume(*joined([one, two])) == pytest.approx(2.0)


def storeyed(ring: list[list[float]]) -> Mesh:
    bench = Bench()
    add_storeyed(bench, ring, stack(0.0, [1.0, 3.3, 3.3], ["granite", "amoy_arch", "amoy_rect"]))
    return bench.mesh()


def test_a_shell_with_storeys_is_closed_although_its_walls_are_cut_at_bays() -> None:
    mesh = storeyed([[0, 0], [20, 0], [20, 10], [8, 10], [8, 20], [0, 20]])
    assert unmatched(mesh.faces) == 0
    assert volume(mesh.vertices, mesh.faces) == pytest.approx(280 * 7.6)


def test_circle_runs_counter_clockwise() -> None:
    ring = circle(1.0, 12)
    after = np.roll(ring, -1, axis=0)
    assert (ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum() > 0
