"""Faces of one house keep 2 cm apart, so that none flickers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from xmscenes.check.fighting import check_fighting
from xmscenes.gltf_parts import Part
from xmscenes.look.bench import Bench
from xmscenes.look.blank import add_blank
from xmscenes.look.dress import dress_building
from xmscenes.look.materials import INDEX
from xmscenes.look.roof import add_overhang, add_parapets, is_wide
from xmscenes.look.samples import SAMPLES, sample, stepped_house
from xmscenes.look.shell import RoofFace, Shell, Wall, read_shell
from xmscenes.look.style import styles
from xmscenes.look.swallow import add_verge
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Mesh

GREY = np.full(3, 180.0)
WALL = Wall(np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, -1.0]), 40.0, shapely.box(0, 0, 40, 9), True)
RING = (0, 1, 2, 3)
SQUARE_RING = ((0, 1), (1, 2), (2, 3), (3, 0))


def fights(mesh: Mesh) -> list[str]:
    assert mesh.material is not None
    assert mesh.rgb is not None
    names = {index: name for name, index in INDEX.items()}
    triangles, rgb = mesh.vertices[mesh.faces], (mesh.rgb[:, 0] / 255.0).astype(np.float32)
    parts = [
        Part(
            node="house",
            id="way/1",
            kind="building",
            material=names[m],
            tri=triangles[mesh.material == m],
            rgb=rgb[mesh.material == m],
            row={},
        )
        for m in np.unique(mesh.material).tolist()
    ]
    return [issue.message for issue in check_fighting(parts, "tile")]


def terrace(width: float, gradient: float = 0.0) -> Shell:
    vertices = np.array([[0.0, 0, 6], [8, 0, 6], [8, width, 6 + gradient * width], [0, width, 6 + gradient * width]])
    roof = RoofFace((RING,), np.array([0.0, gradient]), gradient == 0)
    return Shell(vertices, (), (roof,), tuple((0, edge) for edge in SQUARE_RING), (), 0.0, 6.0, 8 * width)


@pytest.mark.parametrize("style", sorted(SAMPLES))
def test_no_sample_house_fights_with_itself(style: str) -> None:
    override = BuildingLookOptions(id=style, style=style)
    assert fights(dress_building(sample(style), LookOptions(), override).mesh) == []


@pytest.mark.parametrize("left", [0.0, 1.0, 5.9, 17.3])
def test_what_is_left_of_a_wall_is_drawn_once_where_it_crosses_the_picture_end(left: float) -> None:
    bench, area = Bench(), shapely.box(left, 3.2, left + 5.0, 4.4)
    add_blank(bench, WALL, area, 3.0, "stucco", GREY)
    triangles = bench.mesh().vertices[bench.mesh().faces]
    normal = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    assert np.linalg.norm(normal, axis=1).sum() / 2 == pytest.approx(area.area)


def test_a_measured_parapet_carries_no_second_one_nor_eaves() -> None:
    style = next(style for _, style in sorted(styles().items()) if style.parapet_m > 0)
    sloping = next(style for _, style in sorted(styles().items()) if style.overhang_m > 0)
    for width, some in ((0.22, False), (3.0, True)):
        bench = Bench()
        add_parapets(bench, terrace(width), style, GREY, GREY)
        add_overhang(bench, terrace(width, 0.3), sloping, GREY, GREY)
        assert is_wide(terrace(width).vertices, terrace(width).roofs[0]) is some
        assert (len(bench.mesh().faces) > 0) is some


def test_a_face_as_steep_as_a_wall_has_no_eaves_that_hang_down_the_wall() -> None:
    style = next(style for _, style in sorted(styles().items()) if style.overhang_m > 0)
    bench = Bench()
    add_overhang(bench, terrace(2.0, 2.5), style, GREY, GREY)
    assert len(bench.mesh().faces) == 0


@pytest.mark.parametrize("slope", [0.3, 0.7, 1.1, 1.5])
def test_the_coping_of_a_verge_lies_over_its_bricks_however_steep(slope: float) -> None:
    bench = Bench()
    add_verge(bench, [np.zeros(3), np.array([4.0, 0.0, 4.0 * slope])], (220, 210, 200))
    assert fights(bench.mesh()) == []


def test_a_step_of_centimetres_inside_a_roof_is_no_eave() -> None:
    slight, clear = (read_shell(stepped_house(9.0, 7.0, 6.0, high)) for high in (6.1, 8.0))
    assert len(slight.eaves) == len(clear.eaves) - 1
