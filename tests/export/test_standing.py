"""What stands for copies at each level, and how they are gathered near by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from houses import small_scene

from xmscenes.export.near import MOST_COPIES, clustered, without_metal
from xmscenes.export.standing import THIN_WIDTH, copies_error_m, standing
from xmscenes.lod import make_prototypes
from xmscenes.look.materials import INDEX
from xmscenes.manifest import level_table
from xmscenes.records import Origin, Placement, Scene


def wood(count: int, prototype: str = "tree", kind: str = "tree", size: float = 8.0) -> Placement:
    rng = np.random.default_rng(3)
    return Placement(
        prototype=prototype,
        kind=kind,
        xyz=np.column_stack([rng.uniform(0, 200, (count, 2)), np.zeros(count)]),
        heading_deg=np.zeros(count, np.float32),
        scale=np.full((count, 3), size, np.float32),
        origin=Origin.INFERRED,
    )


def scene_with(*placements: Placement) -> Scene:
    scene = small_scene()
    tile = replace(scene.tiles[0], placements=placements)
    names = {placed.prototype for placed in placements}
    return replace(scene, tiles=(tile, *scene.tiles[1:]), prototypes={**scene.prototypes, **make_prototypes(names)})


def test_a_wood_keeps_its_cover_with_half_the_cards_and_then_with_a_quarter() -> None:
    placed = wood(80)
    scene = scene_with(placed)
    counts = [len(standing(scene, placed, level)[1].xyz) for level in range(4)]
    assert counts == [80, 80, 40, 20]
    wide = standing(scene, placed, 3)[1].scale
    assert np.allclose(wide[:, :2], 8.0 * THIN_WIDTH**2)
    assert np.allclose(wide[:, 2], 8.0), "no tree grows"


def test_triangles_of_a_crown_fall_to_a_sixth_and_then_to_cards() -> None:
    placed = wood(10)
    scene = scene_with(placed)
    faces = [len(standing(scene, placed, level)[0].faces) for level in range(4)]
    assert faces[1] < 0.18 * faces[0]
    assert faces[2:] == [4, 4]


def test_a_lamp_is_gone_where_a_metre_is_two_pixels() -> None:
    placed = wood(10, "lamp", "lamp", 5.0)
    scene = scene_with(placed)
    assert [len(standing(scene, placed, level)[1].xyz) for level in range(4)] == [10, 10, 0, 0]


def test_outlines_of_copies_are_told_apart_from_surfaces_of_chains() -> None:
    scene = scene_with(wood(10))
    rows = level_table(scene)
    assert rows[0]["copies_error_m"] == 0.0
    assert rows[1]["copies_error_m"] == round(copies_error_m(scene, 1), 4) > 0.1
    assert rows[1]["error_m"] <= 0.3


def test_a_chain_without_a_level_shows_and_counts_the_finer_one() -> None:
    scene = small_scene()
    tile = scene.tiles[0]
    chains = tuple(
        replace(chain, levels=(chain.levels[0], *(level for level in chain.levels[1:] if level.index == 3)))
        for chain in tile.chains
    )
    rows = level_table(replace(scene, tiles=(replace(tile, chains=chains),)))
    assert rows[1]["error_m"] == rows[2]["error_m"] == 0.0
    assert rows[1]["triangles"] >= rows[3]["triangles"]


def test_a_large_wood_is_cut_into_clusters_that_hold_every_tree_once() -> None:
    placed = wood(3 * MOST_COPIES)
    parts = clustered(scene_with(placed)).tiles[0].placements
    assert len(parts) == 4
    assert max(len(part.xyz) for part in parts) <= MOST_COPIES
    together = np.concatenate([part.xyz for part in parts])
    assert np.array_equal(np.sort(together, axis=0), np.sort(placed.xyz, axis=0))


def test_metal_of_houses_is_plain_near_by_and_that_of_heroes_is_not() -> None:
    chain = next(chain for chain in small_scene().tiles[0].chains if chain.kind == "buildings")
    mesh = replace(chain.levels[0].mesh, material=np.full(len(chain.levels[0].mesh.faces), INDEX["metal"], np.uint8))
    assert set(without_metal(chain, mesh).material) == {INDEX["plain"]}
    assert set(without_metal(replace(chain, kind="hero"), mesh).material) == {INDEX["metal"]}
