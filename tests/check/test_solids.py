"""The check of building solids: what it lets pass, and every fault that it must find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.check.solids import check_building, check_solids, check_watertight
from xmscenes.geometry.solid_faults import Fault, Limits, find_faults
from xmscenes.geometry.solid_pack import triangulate_face, triangulate_solid
from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid, Surface

ROOF, WALL, FLOOR = Surface.ROOF, Surface.WALL, Surface.FLOOR


def solid(vertices, faces, surface=None) -> Solid:
    faces = tuple(face if isinstance(face[0], tuple) else (tuple(face),) for face in faces)
    kinds = surface or [WALL] * len(faces)
    return Solid(vertices=np.array(vertices, dtype=float), faces=faces, surface=np.array(kinds, dtype="u1"))


def prism(ring, low=0.0, high=3.0) -> Solid:
    n = len(ring)
    vertices = [(x, y, low) for x, y in ring] + [(x, y, high) for x, y in ring]
    walls = [(i, (i + 1) % n, (i + 1) % n + n, i + n) for i in range(n)]
    faces = [tuple(reversed(range(n))), tuple(range(n, 2 * n)), *walls]
    return solid(vertices, faces, [FLOOR, ROOF] + [WALL] * n)


SQUARE = ((0, 0), (10, 0), (10, 6), (0, 6))
BOX = prism(SQUARE)
HOUSE = solid(
    [(0, 0, 0), (10, 0, 0), (10, 6, 0), (0, 6, 0), (0, 0, 3), (10, 0, 3), (10, 6, 3), (0, 6, 3), (0, 3, 5), (10, 3, 5)],
    [(3, 2, 1, 0), (4, 5, 9, 8), (6, 7, 8, 9), (0, 1, 5, 4), (2, 3, 7, 6), (1, 2, 6, 9, 5), (3, 0, 4, 8, 7)],
    [FLOOR, ROOF, ROOF, WALL, WALL, WALL, WALL],
)
COURT = solid(
    [(x, y, z) for z in (0, 3) for x, y in [*SQUARE, (3, 2), (3, 4), (7, 4), (7, 2)]],
    [
        ((3, 2, 1, 0), (7, 6, 5, 4)),
        ((8, 9, 10, 11), (12, 13, 14, 15)),
        *[((i, (i + 1) % 4, (i + 1) % 4 + 8, i + 8),) for i in range(4)],
        *[((i + 4, (i + 1) % 4 + 4, (i + 1) % 4 + 12, i + 12),) for i in range(4)],
    ],
    [FLOOR, ROOF] + [WALL] * 8,
)
SOUND = {"box": BOX, "house": HOUSE, "courtyard": COURT}


def codes(*solids: Solid) -> set[str]:
    return {issue.code for issue in check_solids(solids, ["here"] * len(solids))}


def with_faces(old: Solid, faces, surface=None) -> Solid:
    return Solid(
        vertices=old.vertices, faces=tuple(faces), surface=old.surface[: len(faces)] if surface is None else surface
    )


def with_vertex(old: Solid, vertex: int, xyz) -> Solid:
    moved = old.vertices.copy()
    moved[vertex] = xyz
    return Solid(vertices=moved, faces=old.faces, surface=old.surface)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_solid_has_no_issue(name):
    assert check_solids([SOUND[name]], [name]) == ()


def test_no_solids_give_no_issues():
    assert check_solids([], []) == ()


@pytest.mark.parametrize("name", SOUND)
def test_a_removed_face_leaves_the_solid_open_whichever_face_it_is(name):
    sound = SOUND[name]
    for gone in range(len(sound.faces)):
        faces = sound.faces[:gone] + sound.faces[gone + 1 :]
        found = codes(with_faces(sound, faces))
        assert {"SOLID_NOT_CLOSED", "SOLID_TRIANGLES_OPEN"} <= found, f"{name} without face {gone}: {found}"


@pytest.mark.parametrize("name", SOUND)
def test_a_flipped_face_is_found_whichever_face_it_is(name):
    sound = SOUND[name]
    for turned in range(len(sound.faces)):
        faces = [tuple(r[::-1] for r in f) if i == turned else f for i, f in enumerate(sound.faces)]
        assert "SOLID_FLIPPED" in codes(with_faces(sound, faces)), f"{name}, face {turned}"


@pytest.mark.parametrize("name", SOUND)
def test_a_solid_turned_inside_out_is_flipped(name):
    faces = [tuple(ring[::-1] for ring in face) for face in SOUND[name].faces]
    assert "SOLID_FLIPPED" in codes(with_faces(SOUND[name], faces))


@pytest.mark.parametrize("name", SOUND)
def test_any_vertex_moved_by_five_centimetres_up_bends_a_face(name):
    sound = SOUND[name]
    for vertex in range(len(sound.vertices)):
        if name == "house" and vertex >= 8:
            continue  # the ridge's ends may rise: both roof planes then twist, tested below with a larger move
        moved = with_vertex(sound, vertex, sound.vertices[vertex] + (0, 0, 0.05))
        assert "SOLID_NOT_PLANAR" in codes(moved), f"{name}, vertex {vertex}"


def test_a_ridge_end_that_rises_by_ten_centimetres_bends_both_roofs():
    assert "SOLID_NOT_PLANAR" in codes(with_vertex(HOUSE, 8, (0, 3, 5.1)))


def test_a_face_may_be_one_centimetre_out_of_plane_and_no_more():
    # the vertex of a square that rises by h leaves the least-squares plane by h / 4
    assert "SOLID_NOT_PLANAR" not in codes(with_vertex(BOX, 6, (10, 6, 3.039)))
    assert "SOLID_NOT_PLANAR" in codes(with_vertex(BOX, 6, (10, 6, 3.041)))


def test_the_message_names_place_size_and_remedy():
    (issue,) = [i for i in check_solids([with_vertex(BOX, 6, (10, 6, 3.2))], ["way/1/2.2/0"]) if "PLANAR" in i.code]
    assert issue.where == "way/1/2.2/0"
    assert issue.message == "1 faces out of plane (face 1, 0.0500 m, at most 0.01 m)"
    assert issue.severity == "error"
    assert issue.hint


def test_a_vertex_pulled_through_the_opposite_wall_crosses_it():
    spike = prism(((0, 0), (10, 0), (10, 6), (5, -2), (0, 6)))
    assert {"SOLID_RING_CROSSES", "SOLID_SELF_INTERSECTION"} <= codes(spike)


def test_a_bow_tie_footprint_crosses_itself():
    assert "SOLID_RING_CROSSES" in codes(prism(((0, 0), (10, 6), (10, 0), (0, 6))))


def test_a_roof_that_dips_through_the_floor_is_a_self_intersection():
    dented = solid(
        [(0, 0, 0), (9, 0, 0), (9, 9, 0), (0, 9, 0), (0, 0, 3), (9, 0, 3), (9, 9, 3), (0, 9, 3), (4, 4, -1)],
        [
            (3, 2, 1, 0),
            (0, 1, 5, 4),
            (1, 2, 6, 5),
            (2, 3, 7, 6),
            (3, 0, 4, 7),
            (4, 5, 8),
            (5, 6, 8),
            (6, 7, 8),
            (7, 4, 8),
        ],
    )
    assert "SOLID_SELF_INTERSECTION" in codes(dented)
    assert "SOLID_SELF_INTERSECTION" not in codes(with_vertex(dented, 8, (4, 4, 0.01)))


def test_a_roof_that_only_touches_the_floor_is_a_self_intersection_too():
    touching = solid(
        [(0, 0, 0), (9, 0, 0), (9, 9, 0), (0, 9, 0), (0, 0, 3), (9, 0, 3), (9, 9, 3), (0, 9, 3), (4, 4, 0)],
        [
            (3, 2, 1, 0),
            (0, 1, 5, 4),
            (1, 2, 6, 5),
            (2, 3, 7, 6),
            (3, 0, 4, 7),
            (4, 5, 8),
            (5, 6, 8),
            (6, 7, 8),
            (7, 4, 8),
        ],
    )
    assert "SOLID_SELF_INTERSECTION" in codes(touching)


def test_a_solid_without_height_has_no_volume():
    assert "SOLID_NO_VOLUME" in codes(prism(SQUARE, high=0.0))


def test_two_boxes_that_share_an_edge_are_not_manifold():
    two = solid(
        [
            *[(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)],
            *[(2, 1, 0), (2, 2, 0), (1, 2, 0), (2, 1, 1), (2, 2, 1), (1, 2, 1)],
        ],
        [
            *[(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)],
            *[(10, 9, 8, 2), (6, 11, 12, 13), (2, 8, 11, 6), (8, 9, 12, 11), (9, 10, 13, 12), (10, 2, 6, 13)],
        ],
    )
    assert {"SOLID_NOT_MANIFOLD"} <= codes(two)


def test_two_pyramids_tip_to_tip_are_pinched():
    base = [(0, 0), (2, 0), (2, 2), (0, 2)]
    pinched = solid(
        [(x, y, 0) for x, y in base] + [(1, 1, 1)] + [(x, y, 2) for x, y in base],
        [
            *[(3, 2, 1, 0), (0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)],
            *[(5, 6, 7, 8), (6, 5, 4), (7, 6, 4), (8, 7, 4), (5, 8, 4)],
        ],
    )
    assert {"SOLID_NOT_MANIFOLD", "SOLID_IN_PIECES"} <= codes(pinched)


def test_two_boxes_apart_are_two_pieces():
    far = np.add(BOX.vertices, (30, 0, 0))
    faces = BOX.faces + tuple(tuple(tuple(i + 8 for i in r) for r in f) for f in BOX.faces)
    both = Solid(vertices=np.vstack([BOX.vertices, far]), faces=faces, surface=np.tile(BOX.surface, 2))
    assert codes(both) == {"SOLID_IN_PIECES"}


def test_an_edge_of_half_a_millimetre_is_too_short():
    found = codes(prism(((0, 0), (10, 0), (10, 6), (9.9995, 6), (0, 6))))
    assert {"SOLID_SHORT_EDGE", "SOLID_DUPLICATE_VERTEX"} <= found


def test_two_millimetres_are_long_enough():
    assert codes(prism(((0, 0), (10, 0), (10, 6), (9.998, 6), (0, 6)))) == set()


def test_the_same_vertex_twice_in_a_row_is_named():
    faces = (((3, 2, 1, 0, 0),), *BOX.faces[1:])
    assert "SOLID_DUPLICATE_VERTEX" in codes(with_faces(BOX, faces))


def test_two_vertices_at_the_same_place_are_duplicates_although_no_edge_joins_them():
    doubled = Solid(vertices=np.vstack([BOX.vertices, [[0, 0, 0.0004]]]), faces=BOX.faces, surface=BOX.surface)
    assert codes(doubled) == {"SOLID_DUPLICATE_VERTEX"}


@pytest.mark.parametrize(
    ("hole", "why"),
    [
        (((7, 6, 5, 4), (20, 0), (20, 2), (22, 2), (22, 0)), "outside"),
        (((4, 5, 6, 7), (3, 2), (3, 4), (7, 4), (7, 2)), "turned like the outer ring"),
    ],
)
def test_a_hole_astray_is_found(hole, why):
    order, *places = hole
    moved = COURT.vertices.copy()
    moved[4:8, :2], moved[12:16, :2] = places, places
    faces = (((3, 2, 1, 0), order), *COURT.faces[1:])
    found = codes(Solid(vertices=moved, faces=faces, surface=COURT.surface))
    assert "SOLID_HOLE_ASTRAY" in found, why


def test_a_hole_that_touches_the_outer_ring_in_one_vertex_is_sound():
    ring, hole = [(0, 0), (4, 0), (8, 0), (8, 6), (0, 6)], [(3, 3), (5, 3)]
    xy = ring + hole
    n = len(xy)
    walls = [(i, (i + 1) % 5, (i + 1) % 5 + n, i + n) for i in range(5)]
    walls += [(a, b, b + n, a + n) for a, b in ((1, 5), (5, 6), (6, 1))]
    faces = [((4, 3, 2, 1, 0), (1, 6, 5)), ((7, 8, 9, 10, 11), (8, 12, 13)), *[(w,) for w in walls]]
    touching = solid([(x, y, z) for z in (0, 3) for x, y in xy], faces, [FLOOR, ROOF] + [WALL] * 8)
    # its vertical edge at the contact has four walls: not manifold, but no ring is at fault
    assert "SOLID_RING_CROSSES" not in codes(touching)
    assert "SOLID_NOT_MANIFOLD" in codes(touching)


def test_too_few_faces_and_short_rings_are_named():
    flat = solid([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(0, 1, 2), (2, 1, 0)])
    assert {"SOLID_TOO_FEW_FACES", "SOLID_NO_VOLUME"} <= codes(flat)
    assert "SOLID_RING_TOO_SHORT" in codes(with_faces(BOX, [((0, 1),), *BOX.faces]))


def test_an_index_without_a_vertex_and_a_nan_are_unreadable():
    assert codes(with_faces(BOX, [((0, 1, 99),), *BOX.faces[1:]])) == {"SOLID_UNREADABLE"}
    assert codes(with_vertex(BOX, 0, (np.nan, 0, 0))) == {"SOLID_UNREADABLE"}


def test_an_empty_solid_is_an_issue_not_a_crash():
    empty = Solid(vertices=np.zeros((0, 3)), faces=(), surface=np.zeros(0, "u1"))
    assert {"SOLID_TOO_FEW_FACES", "SOLID_NO_VOLUME"} <= codes(empty)


def test_a_twisted_quad_is_found_by_its_triangles():
    # 6 mm out of plane passes 203, but the narrow quad's triangles are tilted by more than 20 degrees
    ring = ((0, 0), (10, 0), (10, 0.02), (0, 0.02))
    twisted = with_vertex(prism(ring), 6, (10, 0.02, 3.03))
    assert "SOLID_TWISTED" in codes(twisted)


def test_a_roof_that_looks_down_is_a_warning():
    named = Solid(vertices=BOX.vertices, faces=BOX.faces, surface=np.array([ROOF, ROOF, WALL, WALL, WALL, WALL], "u1"))
    (issue,) = check_solids([named], ["here"])
    assert (issue.code, issue.severity) == ("SOLID_SURFACE", "warning")


def test_solids_are_judged_one_by_one():
    far = Solid(vertices=BOX.vertices + 5e5, faces=BOX.faces, surface=BOX.surface)
    issues = check_solids([BOX, prism(SQUARE, high=0.0), far, HOUSE], ["a", "b", "c", "d"])
    assert {issue.where for issue in issues} == {"b"}


def test_coordinates_of_a_national_grid_change_nothing():
    for sound in SOUND.values():
        moved = Solid(
            vertices=np.add(sound.vertices, (532_417.3, 2_706_981.7, 41.2)), faces=sound.faces, surface=sound.surface
        )
        assert codes(moved) == set()
        faults = find_faults([sound, moved])
        assert faults.volume_m3[0] == pytest.approx(faults.volume_m3[1], rel=1e-9)


def test_sizes_are_measured():
    faults = find_faults([BOX, COURT])
    assert faults.volume_m3 == pytest.approx([180.0, 3 * (60 - 8)])
    assert faults.shortest_m == pytest.approx([3.0, 2.0])
    assert faults.flattest_m == pytest.approx([0.0, 0.0], abs=1e-12)
    assert faults.sound.all()


def test_a_triangulation_keeps_vertices_in_the_middle_of_a_straight_edge():
    ring = ((0, 0), (5, 0), (10, 0), (10, 6), (10, 7), (0, 7), (0, 3))
    tri, face = triangulate_solid(prism(ring))
    assert check_watertight(tri, "here") == ()
    assert len(tri) == 2 * (7 - 2) + 2 * 7
    assert face.max() == 8


def test_collinear_corners_with_a_bump_between_do_not_make_a_sound_prism_cross_itself():
    # ear clipping leaves a triangle without area here, whose chord runs through the corner (0, 0)
    ring = ((-0.422, 0), (0, 0), (0.143, -0.071), (0.179, 0), (0.272, 0), (0.272, 0.187), (0.366, 0.376))
    assert codes(prism((*ring, (0.272, 0.423), (0.272, 0.5), (0.118, 0.5), (-0.066, 0.592)))) == set()


def test_a_face_is_cut_in_its_own_direction():
    for face in HOUSE.faces:
        normal = np.zeros(3)
        for a, b, c in triangulate_face(HOUSE.vertices, face):
            p, q, r = HOUSE.vertices[[a, b, c]]
            normal += np.cross(q - p, r - p)
        assert normal @ (HOUSE.vertices[list(face[0])].mean(axis=0) - (5, 3, 2)) > 0


def test_an_open_mesh_is_not_watertight():
    tri, _ = triangulate_solid(BOX)
    assert check_watertight(tri, "here") == ()
    (issue,) = check_watertight(tri[1:], "here")
    assert issue.code == "MESH_NOT_WATERTIGHT"
    assert issue.message.startswith("3 edges")


def test_a_building_is_judged_in_every_form_and_by_its_mesh():
    tri, face = triangulate_solid(BOX)
    mesh = Mesh(vertices=BOX.vertices, faces=tri[:-1], surface=BOX.surface[face][:-1])
    broken = with_faces(BOX, BOX.faces[1:])
    building = Feature(
        id="鼓浪屿/1", kind="building", mesh=mesh, outcome=Outcome(origin=Origin.MEASURED),
        solids={Form.BLOCK: (BOX,), Form.ROOFED: (HOUSE, broken)},
    )  # fmt: skip
    where = {issue.where for issue in check_building(building)}
    assert where == {"鼓浪屿/1/2.2/1", "鼓浪屿/1/mesh"}


def test_every_fault_has_its_own_words():
    from xmscenes.check.solids import _TEXTS

    assert len(_TEXTS) == len(Fault)
    assert len({code for code, *_ in _TEXTS}) == len(Fault)


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(3, 24), seed=st.integers(0, 10_000), turn=st.floats(0, 6.28), high=st.floats(0.05, 80),
)  # fmt: skip
def test_star_shaped_prisms_and_pyramids_are_sound(n, seed, turn, high):
    rng = np.random.default_rng(seed)
    angle = turn + 2 * np.pi * (np.arange(n) + rng.uniform(-0.3, 0.3, n)) / n
    radius = rng.uniform(3, 30, n)
    ring = np.round(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), 4)
    block = prism([tuple(p) for p in ring], high=round(high, 4))
    assert codes(block) == set()
    top = len(block.vertices)
    tip = np.vstack([block.vertices, [[0, 0, round(high, 4) + 2]]])
    roof = [((n + i, n + (i + 1) % n, top),) for i in range(n)]
    if n >= 5:
        assert codes(solid(tip, [block.faces[0], *roof, *block.faces[2:]], [FLOOR] + [ROOF] * n + [WALL] * n)) == set()


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_a_tip_moved_under_a_tall_prism_is_always_caught(seed):
    rng = np.random.default_rng(seed)
    tip = np.append(rng.uniform((1, 1), (9, 5)), rng.uniform(-3, -0.001))
    faces = [BOX.faces[0], ((4, 5, 8),), ((5, 6, 8),), ((6, 7, 8),), ((7, 4, 8),), *BOX.faces[2:]]
    assert "SOLID_SELF_INTERSECTION" in codes(solid(np.vstack([BOX.vertices, tip]), faces))


def bent_prism(out_m: float, up_m: float) -> Solid:
    """A prism whose top has a corner almost in the line between its neighbours, but off its plane."""
    ring = [(0.0, 0.0), (3.0, -out_m), (6.0, 0.0), (6.0, 5.0), (0.0, 5.0)]
    made = prism(ring)
    vertices = np.array(made.vertices)
    vertices[len(ring) + 1, 2] += up_m
    return Solid(vertices=vertices, faces=made.faces, surface=made.surface)


@pytest.mark.parametrize("out_m", [-0.0004, 0.0, 0.0004])
def test_a_nearly_straight_corner_off_its_plane_is_twisted_to_who_asks_for_ears(out_m):
    strict = Limits(ear_m=0.001)
    assert find_faults([bent_prism(out_m, 0.006)], strict).count[0, Fault.TWISTED]
    assert not find_faults([bent_prism(out_m, 0.0)], strict).count[0, Fault.TWISTED]
    assert not find_faults([bent_prism(0.2, 0.006)], strict).count[0, Fault.TWISTED]
