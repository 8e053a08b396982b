"""What stands for copies at each level, and how they are gathered near by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from houses import small_scene

from xmscenes.check.lod import check_lods
from xmscenes.check.payload import check_payload
from xmscenes.export.cells import FeatureRows
from xmscenes.export.near import MOST_COPIES, clustered, without_metal
from xmscenes.export.plain import write_plain
from xmscenes.export.standing import THIN_WIDTH, copies_error_m, standing
from xmscenes.export.xr import write_xr
from xmscenes.gltf_drawn import lod_ids
from xmscenes.gltf_read import Glb, load_glb
from xmscenes.lod import make_prototypes
from xmscenes.look.materials import INDEX
from xmscenes.manifest import level_table
from xmscenes.records import Origin, Placement, Scene

if TYPE_CHECKING:
    from pathlib import Path


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
    scene = scene_with(placed)
    parts = clustered(scene, FeatureRows(scene)).tiles[0].placements
    assert len(parts) == 4
    assert max(len(part.xyz) for part in parts) <= MOST_COPIES
    together = np.concatenate([part.xyz for part in parts])
    assert np.array_equal(np.sort(together, axis=0), np.sort(placed.xyz, axis=0))


def test_houses_of_a_dense_tile_switch_in_parts_and_every_face_stays_with_its_house(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = small_scene()
    chain = next(chain for chain in scene.tiles[0].chains if chain.kind == "buildings")
    monkeypatch.setattr("xmscenes.export.near.MOST_TRIANGLES", len(chain.levels[0].mesh.faces) // 2)
    rows = FeatureRows(scene)
    whole = rows.of_level(chain, chain.levels[0])
    parts = [c for c in clustered(scene, rows).tiles[0].chains if c.kind == "buildings"]
    assert [part.id for part in parts] == [f"{chain.id}/{number}" for number in range(len(parts))]
    owners = [set(rows.of_level(part, part.levels[0]).tolist()) for part in parts]
    assert len(parts) > 1
    assert set.union(*owners) == set(whole.tolist())
    assert sum(map(len, owners)) == len(set(whole.tolist()))
    for k, level in enumerate(chain.levels):
        assert sum(len(part.levels[k].mesh.faces) for part in parts) == len(level.mesh.faces)


def test_parts_of_a_dense_tile_show_their_piece_of_its_coarser_mesh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xmscenes.export.near.MOST_TRIANGLES", 40)
    scene = small_scene()
    path = write_xr(scene, tmp_path / "scene.glb")
    assert check_lods(path) == []
    assert check_payload(path, write_plain(scene, tmp_path)) == []
    glb = load_glb(path)
    parts = [node for node in glb.items("nodes") if node["name"].startswith("buildings/") and lod_ids(node)]
    assert len(parts) > 1
    for node in parts:
        (far,) = lod_ids(node)
        assert houses_in(glb, node["mesh"]) == houses_in(glb, glb.item("nodes", far)["mesh"])


def houses_in(glb: Glb, mesh: int) -> set[int]:
    primitives = glb.item("meshes", mesh)["primitives"]
    return {row for p in primitives for row in glb.accessor(p["attributes"]["_FEATURE_ID_0"]).tolist()}


def test_metal_of_houses_is_plain_near_by_and_that_of_heroes_is_not() -> None:
    chain = next(chain for chain in small_scene().tiles[0].chains if chain.kind == "buildings")
    mesh = replace(chain.levels[0].mesh, material=np.full(len(chain.levels[0].mesh.faces), INDEX["metal"], np.uint8))
    assert set(without_metal(chain, mesh).material) == {INDEX["plain"]}
    assert set(without_metal(replace(chain, kind="hero"), mesh).material) == {INDEX["metal"]}
