"""Houses wall to wall: what hangs out of one does not lie in the parapets and rooms of the next."""

import numpy as np
import pytest

from xmscenes.check.fighting import check_fighting
from xmscenes.geometry.extrude import polygon_block
from xmscenes.gltf_parts import Part
from xmscenes.look.bench import Bench
from xmscenes.look.beside import Beside, free_edges
from xmscenes.look.dress import dress_building
from xmscenes.look.facade import divide, storey_grid
from xmscenes.look.loggia import CHEEK_M, HIGHEST_STEP_M, LIFT_M, add_loggia
from xmscenes.look.materials import INDEX
from xmscenes.look.shell import read_shell
from xmscenes.look.style import styles
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Feature, Footprint, Form, Mesh, Origin, Outcome


def square(west, south=0.0, wide=10.0, deep=12.0):
    return np.array([[west, south], [west + wide, south], [west + wide, south + deep], [west, south + deep]])


LEFT, RIGHT, APART = (Footprint(id=i, ring=square(w)) for i, w in (("左", 0.0), ("右", 10.0), ("远", 22.0)))


def test_only_outlines_that_touch_are_beside():
    beside = Beside([LEFT, RIGHT, APART])
    taken = beside.taken("左")
    assert taken is not None
    assert taken(np.array([[10.2, 5.0], [9.8, 5.0], [23.0, 5.0]])).tolist() == [True, False, False]
    assert beside.taken("远") is None
    assert beside.taken("不在") is None


def test_edges_against_a_neighbour_are_not_free_and_those_on_the_street_are():
    shell = read_shell(polygon_block((LEFT.ring, ()), 0.0, 9.0))
    free = free_edges(shell, Beside([LEFT, RIGHT]).taken("左"))
    middles = [shell.vertices[list(edge), :2].mean(axis=0).tolist() for _, edge in free]
    assert len(shell.eaves) == 4
    assert sorted(middles) == [[0.0, 6.0], [5.0, 0.0], [5.0, 12.0]]


VERANDA = styles()["qilou"]


def recess(ground_at=None, taken=None, depth=2.0):
    shell = read_shell(polygon_block((LEFT.ring, ()), 0.0, 9.0))
    wall = next(wall for wall in shell.walls if wall.outward[1] < -0.9)
    grid = storey_grid(shell, VERANDA)
    bays = divide(wall, grid, VERANDA.bay_m)
    bench = Bench()
    white = np.full(3, 200.0)
    add_loggia(
        bench, bays, grid, VERANDA, range(1), depth, white, white, 0, arcade=True, ground_at=ground_at, taken=taken
    )
    mesh = bench.mesh()
    corners = mesh.vertices[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return corners, normal / np.linalg.norm(normal, axis=1)[:, None], grid


def floors(corners, normal, grid):
    return corners[(normal[:, 2] > 0.99) & (corners[..., 2].max(axis=1) < grid.first + 1.0)]


@pytest.mark.parametrize("rise", [0.0, 0.02, 0.045, 0.2, 0.6])
def test_floors_of_a_recess_lie_clear_of_sloping_ground(rise):
    def slope(xy):
        return grid.first - 0.05 + rise * xy[:, 0] / 4.0

    grid = recess()[2]
    corners, normal, grid = recess(slope)
    level = floors(corners, normal, grid)
    over = level[..., 2] - slope(level.reshape(-1, 3)).reshape(-1, 3)
    assert over.min(initial=LIFT_M) > 0.03
    assert len(level) >= (2 if 2.5 * rise < HIGHEST_STEP_M else 0)


def test_a_closed_end_stands_clear_of_an_outline_that_reaches_over_it():
    def reaching(xy):
        return xy[:, 0] > 10.0 - 0.13

    for taken, inside in ((None, CHEEK_M), (reaching, CHEEK_M + 0.13)):
        corners, normal, _ = recess(taken=taken)
        ends = corners[(normal[:, 0] < -0.99) & (np.ptp(corners[..., 1], axis=1) > 1.5)]
        assert len(ends)
        assert ends[..., 0].max() == pytest.approx(10.0 - inside, abs=0.03)
        assert ends[..., 0].max() <= 10.0 - inside + 1e-9


@pytest.mark.parametrize("style", ["qilou", "slab_1980s", "colonial"])
@pytest.mark.parametrize("step", [-0.4, 0.0, 0.012, 0.3])
def test_two_houses_of_a_row_do_not_fight(style, step):
    beside, found = Beside([LEFT, RIGHT]), []
    for footprint, top in ((LEFT, 9.0), (RIGHT, 9.0 + step)):
        solid = polygon_block((footprint.ring, ()), 0.0, top)
        feature = Feature(
            id=footprint.id,
            kind="building",
            mesh=Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), np.int32), surface=np.zeros(0, np.uint8)),
            outcome=Outcome(origin=Origin.MEASURED, source="points"),
            solids={Form.BLOCK: (solid,)},
        )
        override = BuildingLookOptions(id=footprint.id, style=style)
        found.append(dress_building(feature, LookOptions(), override, taken=beside.taken(footprint.id)))
    names = {index: name for name, index in INDEX.items()}
    parts = []
    for feature in found:
        mesh = feature.mesh
        for m in np.unique(mesh.material).tolist():
            own = mesh.material == m
            rgb = (mesh.rgb[own, 0] / 255.0).astype(np.float32)
            tri = mesh.vertices[mesh.faces[own]]
            parts.append(Part(node="n", id=feature.id, kind="building", material=names[m], tri=tri, rgb=rgb, row={}))
    assert [issue.message for issue in check_fighting(parts, "")] == []
