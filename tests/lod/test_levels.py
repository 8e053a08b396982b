"""Rendering levels of a tile."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from houses import block, dressed, gabled, ground, ground_feature, house, tile

from xmscenes.geometry.extrude import solid_to_mesh
from xmscenes.geometry.meshes import keep_faces, merge_meshes
from xmscenes.lod import make_levels
from xmscenes.lod.ladder import Rung, coarsest_within
from xmscenes.options import LodOptions
from xmscenes.records import Feature, LodChain, Origin, Outcome, Surface

LODS = LodOptions()


def chain(name: str, *features: Feature, options: LodOptions = LODS) -> LodChain:
    return next(c for c in make_levels(tile(*features), options).chains if c.id == name)


def test_chains_are_named_after_kind_and_tile_and_a_hero_stands_alone() -> None:
    hero = Feature(id="日光岩", kind="hero", mesh=ground(4), outcome=Outcome(origin=Origin.INFERRED))
    path = Feature(id="p", kind="path", mesh=ground(4), outcome=Outcome(origin=Origin.INFERRED))
    made = make_levels(tile(house("a", 0, 0), hero, path, ground_feature(ground())), LODS)
    assert [c.id for c in made.chains] == ["buildings/0_0", "hero/日光岩", "site/0_0", "terrain/0_0"]


def test_triangles_fall_and_errors_never_fall_and_obey_their_limits() -> None:
    made = make_levels(tile(*(house(f"w{i}", 30.0 * i, 0) for i in range(5)), ground_feature(ground(60))), LODS)
    for c in made.chains:
        triangles = [len(level.mesh.faces) for level in c.levels]
        errors = [level.error_m for level in c.levels]
        assert all(b < a for a, b in pairwise(triangles)), (c.id, triangles)
        assert errors == sorted(errors)
        assert all(level.error_m <= LODS.max_error_m[level.index] for level in c.levels[1:]), errors
        assert all(level.error_max_m >= level.error_m for level in c.levels)


def test_level_zero_is_what_was_modelled() -> None:
    mesh = house("a", 0, 0).mesh
    level = chain("buildings/0_0", house("a", 0, 0)).levels[0]
    assert level.error_m == 0.0
    assert np.array_equal(level.mesh.faces, mesh.faces)


def test_a_facade_with_relief_becomes_its_plain_solid_at_level_one() -> None:
    plain = dressed(solid_to_mesh(gabled(0, 0)))
    sills = [solid_to_mesh(block(1.0 + 1.5 * i, -0.2, 0.8, 0.2, 3.0)) for i in range(9)]
    relief, _ = merge_meshes([plain, *map(dressed, sills)])
    levels = chain("buildings/0_0", house("a", 0, 0, mesh=relief)).levels
    assert len(levels[1].mesh.faces) == np.count_nonzero(plain.surface != Surface.FLOOR)
    assert 0.1 < levels[1].error_m <= 0.21


def test_a_roof_keeps_its_ridge_while_a_block_would_err_too_much() -> None:
    levels = chain("buildings/0_0", house("a", 0, 0, rise=5.0)).levels
    tops = {level.index: level.mesh.vertices[:, 2].max() for level in levels}
    assert tops[1] == pytest.approx(13.0)
    assert 2 not in tops, "a block errs by about 3.5 m here, so level 2 would save nothing"


def test_touching_houses_of_one_height_become_one_block() -> None:
    row = [house(f"w{i}", 16.0 * i, 0, rise=0.4) for i in range(4)]
    levels = {level.index: level for level in chain("buildings/0_0", *row).levels}
    assert len(levels[2].mesh.faces) == 10, "four walls and a roof"
    assert set(levels[2].feature_of_face) <= set(range(4))
    assert levels[2].error_m <= 1.0


def test_a_tower_does_not_merge_with_the_shed_beside_it() -> None:
    levels = chain("buildings/0_0", house("a", 0, 0, rise=0.4), house("b", 16, 0, rise=0.4, eave=20.0)).levels
    assert len(levels[-1].mesh.faces) == 20
    assert levels[-1].error_m < 1.0


def test_a_pinned_building_keeps_full_detail_in_every_level() -> None:
    row = [house(f"w{i}", 16.0 * i, 0, rise=0.4) for i in range(4)]
    levels = chain("buildings/0_0", *row, options=LodOptions(pin=("w1",))).levels
    assert [np.count_nonzero(level.feature_of_face == 1) for level in levels] == [16] * len(levels)


def test_a_level_that_saves_nothing_is_left_out() -> None:
    flat = ground(1)
    assert len(chain("terrain/0_0", ground_feature(flat)).levels) == 1


def test_tile_borders_keep_every_vertex_so_that_any_two_levels_meet() -> None:
    made = chain("terrain/0_0", ground_feature(ground(40)))

    def border(mesh_vertices: np.ndarray) -> set[tuple[float, ...]]:
        on = (mesh_vertices[:, :2] < 1e-9).any(axis=1) | (mesh_vertices[:, :2] > 200 - 1e-9).any(axis=1)
        return set(map(tuple, mesh_vertices[on]))

    assert len(made.levels) == 4
    for level in made.levels[1:]:
        assert border(level.mesh.vertices) == border(made.levels[0].mesh.vertices)


def test_a_narrow_path_is_gone_when_it_is_thinner_than_the_limit() -> None:
    ribbon = block(0, 0, 60.0, 2.0, 0.05)
    mesh = solid_to_mesh(ribbon)
    top = mesh.surface == Surface.ROOF
    path = Feature(id="p", kind="path", mesh=keep_faces(mesh, top), outcome=Outcome(origin=Origin.INFERRED))
    levels = chain("site/0_0", path).levels
    assert levels[-1].index == 3
    assert levels[-1].mesh.is_empty
    assert levels[-1].error_m == pytest.approx(2.0, abs=0.1)


def test_a_level_is_as_coarse_as_any_that_keeps_its_limit() -> None:
    rungs = [Rung(mesh=ground(size), error_m=error) for size, error in ((30, 0.2), (20, 0.25), (10, 0.9))]
    assert coarsest_within((0.3, 1.0, 3.0), rungs) == [rungs[1], rungs[2], rungs[2]]
    assert coarsest_within((0.1, 0.5, 3.0), rungs) == [rungs[0], rungs[1], rungs[2]]


def test_levels_do_not_depend_on_the_order_of_the_features() -> None:
    row = [house(f"w{i}", 16.0 * i, 0, rise=0.4) for i in range(4)]
    one, two = chain("buildings/0_0", *row), chain("buildings/0_0", *reversed(row))
    for a, b in zip(one.levels, two.levels, strict=True):
        assert a.mesh.vertices.tobytes() == b.mesh.vertices.tobytes()
        assert a.error_m == b.error_m


def test_a_textured_wall_keeps_its_mean_colour_in_coarse_levels() -> None:
    from houses import facade

    from xmscenes.look.colour import albedo_over, linear_from_srgb, srgb_from_linear

    mesh = facade(house("a", 0, 0).mesh)
    levels = chain("buildings/0_0", house("a", 0, 0, mesh=mesh)).levels
    far = levels[-1].mesh
    wall = far.rgb[far.surface == Surface.WALL][0, 0]
    uv = mesh.uv[mesh.surface == Surface.WALL]
    expected = srgb_from_linear(linear_from_srgb(np.array([220, 205, 180])) * albedo_over("facade", uv).mean(axis=0))
    assert np.abs(wall.astype(int) - expected).max() < 20


def test_relief_that_no_plain_form_may_replace_is_decimated() -> None:
    plain = dressed(solid_to_mesh(gabled(0, 0)))
    one = block(0.0, -1.2, 0.2, 0.1, 12.0)  # its south side: loose bays of a screen before the house
    bays = [keep_faces(solid_to_mesh(one), slice(2, 4)) for _ in range(80)]
    screen = [replace(bay, vertices=bay.vertices + np.array([0.2 * i, 0, 0])) for i, bay in enumerate(bays)]
    relief, _ = merge_meshes([plain, *map(dressed, screen)])
    levels = chain("buildings/0_0", house("a", 0, 0, mesh=relief)).levels
    assert levels[1].index == 1
    assert len(levels[1].mesh.faces) < 0.7 * len(relief.faces)
    assert levels[1].error_m <= 0.3


def test_one_level_can_be_asked_for() -> None:
    made = make_levels(tile(house("a", 0, 0), ground_feature(ground())), LodOptions(max_error_m=(0.0,)))
    assert [len(c.levels) for c in made.chains] == [1, 1]
