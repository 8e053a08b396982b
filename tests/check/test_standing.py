"""Small scenes with one fault each: what floats, is buried, is torn or lies upon another is found and named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xmscenes.check.contact import check_contact
from xmscenes.check.delivery import check_delivery
from xmscenes.check.fighting import check_fighting
from xmscenes.check.seams import check_seams
from xmscenes.gltf_parts import Part, read_parts


def part(id_, kind, tri, *, material="plain", rgb=(0.5, 0.5, 0.5), **row):
    tri = np.array(tri, dtype=np.float64).reshape(-1, 3, 3)
    return Part(
        node=kind, id=id_, kind=kind, material=material, tri=tri, rgb=np.tile(np.float32(rgb), (len(tri), 1)), row=row
    )


def sheet(west, south, east, north, z, step=10.0):
    """A level sheet of triangles; z may be a function of x and y."""
    height = z if callable(z) else lambda *_: z
    out = []
    for x in np.arange(west, east, step):
        for y in np.arange(south, north, step):
            a, b, c, d = ((u, v, height(u, v)) for u, v in ((x, y), (x + step, y), (x + step, y + step), (x, y + step)))
            out += [(a, b, c), (a, c, d)]
    return out


def house(x, y, foot, top, size=8.0):
    ring = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    out = []
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        out += [((ax, ay, foot), (bx, by, foot), (bx, by, top)), ((ax, ay, foot), (bx, by, top), (ax, ay, top))]
    a, b, c, d = ((*p, top) for p in ring)
    return [*out, (a, b, c), (a, c, d)]


def wall(a, b, top, foot):
    (ax, ay), (bx, by) = a, b
    return [((ax, ay, top), (ax, ay, foot), (bx, by, foot)), ((ax, ay, top), (bx, by, foot), (bx, by, top))]


TERRAIN = part("terrain/0_0", "terrain", sheet(0, 0, 100, 100, 5.0))


def codes(issues):
    return [issue.code for issue in issues]


def test_a_sound_scene_has_nothing_to_say():
    parts = [TERRAIN, part("甲", "building", house(20, 20, 4.8, 15.0)), part("径", "path", sheet(50, 50, 60, 60, 5.1))]
    assert check_contact(parts, "x") == []
    assert check_seams(parts, "x") == []
    assert check_fighting(parts, "x") == []


def test_a_floating_house_is_named_with_its_gap():
    issues = check_contact([TERRAIN, part("悬楼", "building", house(20, 20, 5.4, 15.0))], "x")
    assert codes(issues) == ["BUILDING_FLOATS"]
    assert "悬楼 (0.40 m)" in issues[0].message
    assert issues[0].hint


def test_a_house_over_a_dip_floats_though_its_corners_stand():
    dip = part("terrain/0_0", "terrain", sheet(0, 0, 100, 100, lambda x, _: 4.0 if x == 50 else 5.0))
    issues = check_contact([dip, part("跨沟", "building", house(44, 20, 4.95, 15.0, size=12.0))], "x")
    assert codes(issues) == ["BUILDING_FLOATS"]


def test_a_buried_house_is_named_and_a_deep_foot_on_a_slope_is_not():
    issues = check_contact([TERRAIN, part("埋屋", "building", house(20, 20, 0.0, 6.0))], "x")
    assert codes(issues) == ["BUILDING_BURIED"]
    assert "埋屋 (5.00 m)" in issues[0].message
    slope = part("terrain/0_0", "terrain", sheet(0, 0, 100, 100, lambda x, _: 0.5 * x))
    assert check_contact([slope, part("坡屋", "building", house(20, 20, 9.8, 22.0))], "x") == []


def test_a_lifted_way_is_named_and_a_tunnel_mouth_is_not():
    lifted = part("路", "path", sheet(50, 50, 60, 60, 5.6))
    issues = check_contact([TERRAIN, lifted], "x")
    assert codes(issues) == ["PATH_OFF_GROUND"]
    assert "路 (0.60 m)" in issues[0].message
    assert check_contact([TERRAIN, replace(lifted, row={"source": "tunnel"})], "x") == []
    sunk = part("路", "path", sheet(50, 50, 60, 60, 4.8))
    assert codes(check_contact([TERRAIN, sunk], "x")) == ["PATH_OFF_GROUND"]


def test_a_torn_border_between_tiles_is_found_with_its_length():
    east = part("terrain/1_0", "terrain", sheet(100, 0, 200, 100, 5.2))
    issues = check_seams([TERRAIN, east], "x")
    assert codes(issues) == ["TERRAIN_CRACK"]
    assert "along 200.0 m" in issues[0].message
    whole = part("terrain/1_0", "terrain", sheet(100, 0, 200, 100, 5.0, step=20.0))  # other vertices, no step
    assert check_seams([TERRAIN, whole], "x") == []


def test_a_vertex_in_the_middle_of_an_edge_tears_nothing_though_a_sliver_beside_it_is_steep():
    a, b, c, apex = (50.0, 0.0, 5.0), (50.0, 50.0, 5.0), (50.0, 100.0, 5.0), (50.02, 50.0, 5.09)
    low, high = (100.0, 0.0, 5.0), (100.0, 100.0, 5.0)
    east = [(a, apex, c), (a, low, apex), (low, high, apex), (apex, high, c)]
    west = [((0.0, 0.0, 5.0), a, b), ((0.0, 0.0, 5.0), b, (0.0, 100.0, 5.0)), ((0.0, 100.0, 5.0), b, c)]
    assert check_seams([part("terrain/0_0", "terrain", west + east)], "x") == []
    lower = [[(x, y, z - 0.05) for x, y, z in face] for face in west]
    assert codes(check_seams([part("terrain/0_0", "terrain", lower + east)], "x")) == ["TERRAIN_CRACK"]


def test_a_hole_in_the_ground_is_a_hole():
    holed = replace(TERRAIN, tri=np.delete(TERRAIN.tri, [110, 111], axis=0))
    issues = check_seams([holed], "x")
    assert codes(issues) == ["TERRAIN_CRACK"]
    assert "over a hole" in issues[0].message
    assert "(4 over a hole)" in issues[0].message


def test_the_shore_needs_its_wall_and_the_water_must_reach_it():
    water = part("water/sea/1_0", "water", sheet(100, 0, 200, 100, 0.0), material="water")
    assert codes(check_seams([TERRAIN, water], "x")) == ["TERRAIN_CRACK"]  # no wall down to the water
    walls = [face for y in range(0, 100, 10) for face in wall((100, y), (100, y + 10), 5.0, -1.5)]
    walled = replace(TERRAIN, tri=np.concatenate([TERRAIN.tri, np.array(walls)]))
    assert check_seams([walled, water], "x") == []
    short = part("water/sea/1_0", "water", sheet(110, 0, 200, 100, 0.0), material="water")
    assert codes(check_seams([walled, short], "x")) == ["SHORE_GAP"]


def test_water_may_end_at_a_bank_as_steep_as_a_wall():
    land = replace(TERRAIN, tri=TERRAIN.tri - [0.03, 0.0, 0.0])
    bank = [((99.97, 0, 5.0), (100, 0, 4.3), (100, 100, 4.3)), ((99.97, 0, 5.0), (100, 100, 4.3), (99.97, 100, 5.0))]
    water = part("water/sea/1_0", "water", sheet(100, 0, 200, 100, 0.0), material="water")
    held = [*bank, *wall((100, 0), (100, 100), 4.3, -1.5)]
    issues = check_seams([replace(land, tri=np.concatenate([land.tri, np.array(held)])), water], "x")
    assert "SHORE_GAP" not in codes(issues)


def test_two_sheets_a_centimetre_apart_fight_and_three_centimetres_do_not():
    near = part("板", "building", sheet(40, 40, 50, 50, 5.01, step=2.0), rgb=(0.9, 0.2, 0.2))
    issues = check_fighting([TERRAIN, near], "x")
    assert codes(issues) == ["Z_FIGHTING"]
    assert "building and terrain" in issues[0].message
    far = part("板", "building", sheet(40, 40, 50, 50, 5.03, step=2.0), rgb=(0.9, 0.2, 0.2))
    assert check_fighting([TERRAIN, far], "x") == []


def test_faces_back_to_back_or_side_by_side_do_not_fight():
    under = part("底", "building", [face[::-1] for face in sheet(40, 40, 50, 50, 5.0, step=2.0)], rgb=(0.9, 0.2, 0.2))
    assert check_fighting([TERRAIN, under], "x") == []
    beside = part("terrain/1_0", "terrain", sheet(100, 0, 200, 100, 5.0), rgb=(0.9, 0.2, 0.2))
    assert check_fighting([TERRAIN, beside], "x") == []


def test_upright_sheets_fight_as_level_ones_do():
    front = part("墙", "building", wall((0, 0), (10, 0), 10.0, 0.0))
    panel = part("牌", "building", wall((2, -0.01), (8, -0.01), 8.0, 2.0), rgb=(0.9, 0.1, 0.1))
    assert codes(check_fighting([front, panel], "x")) == ["Z_FIGHTING"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    from built import Workshop
    from worlds import World

    shop = Workshop(World().write(tmp_path_factory.mktemp("village")))
    shop.build()
    return shop


def test_a_written_scene_stands_on_its_ground(built) -> None:
    parts = read_parts(built.out / "xr" / "scene.glb")
    assert {"terrain", "building"} <= {p.kind for p in parts}
    assert check_contact(parts, "x") == []
    assert check_seams(parts, "x") == []


def test_a_plain_file_tells_kinds_by_node(built) -> None:
    parts = read_parts(built.out / "plain" / f"{built.spec.stem}_LOD0.glb")
    kinds = {p.kind for p in parts}
    assert "terrain" in kinds
    assert kinds & {"building", "buildings"}  # the only one of its tile is known, several are pooled
    assert check_seams(parts, "x") == []


def test_the_check_of_a_delivery_asks_all_of_it(built, monkeypatch: pytest.MonkeyPatch) -> None:
    from xmscenes.check import delivery
    from xmscenes.scenes import load_spec

    def torn(path: Path) -> list[Part]:
        return [*read_parts(path), part("悬楼", "building", house(0, 0, 90.0, 99.0))]

    monkeypatch.setattr(delivery, "read_parts", torn)
    issues = check_delivery(built.out, built.spec.stem, load_spec(str(built.spec)).spec)
    assert "BUILDING_FLOATS" in codes(issues)
