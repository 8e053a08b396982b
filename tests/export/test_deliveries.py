"""plain, xr and tiles of a small scene, reopened."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from houses import painted_assets, small_scene

from xmscenes.check.gltf import check_glb
from xmscenes.check.lod import check_lods
from xmscenes.check.payload import check_payload
from xmscenes.check.tiles import check_tileset
from xmscenes.export.plain import write_plain
from xmscenes.export.tiles import write_tiles
from xmscenes.export.xr import write_xr
from xmscenes.gltf_drawn import read_glb
from xmscenes.gltf_read import load_glb
from xmscenes.records import TileKey

BROWSER = Path(__file__).resolve().parent.parent / "browser"
KNOWN_INFOS = {
    "UNSUPPORTED_EXTENSION",  # meshopt, MSFT_lod and the others that the validator does not know
    "UNUSED_OBJECT",  # nodes and accessors that only such an extension refers to
    "URI_GLB",  # tiles share their pictures
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("试验")
    assets = painted_assets(tmp_path_factory.mktemp("assets"))
    write_plain(small_scene(), folder / "plain", assets)
    write_xr(small_scene(), folder / "xr" / "scene.glb", assets)
    write_tiles(small_scene(), folder / "tiles", assets)
    return folder


def plain_files(built: Path) -> list[Path]:
    return sorted((built / "plain").glob("*.glb"))


def test_our_own_checks_find_nothing(built: Path) -> None:
    issues = [issue for path in sorted(built.rglob("*.glb")) for issue in check_glb(path)]
    issues += check_lods(built / "xr" / "scene.glb")
    issues += check_payload(built / "xr" / "scene.glb", plain_files(built))
    issues += check_tileset(built / "tiles")
    assert issues == []


def test_the_khronos_validator_finds_neither_errors_nor_warnings(built: Path) -> None:
    if not (BROWSER / "node_modules" / "gltf-validator").is_dir():
        pytest.skip("node packages are not installed: run scripts/test, or npm ci in tests/browser")
    files = [str(path) for path in sorted(built.rglob("*.glb"))]
    run = subprocess.run(["node", "validate.mjs", *files], cwd=BROWSER, capture_output=True, check=True)
    for report in json.loads(run.stdout):
        assert (report["errors"], report["warnings"]) == (0, 0), report
        plain = "/plain/" in report["file"]
        assert {m["code"] for m in report["messages"]} <= (set() if plain else KNOWN_INFOS), report["file"]


def test_plain_is_core_gltf_with_a_file_a_level(built: Path) -> None:
    assert [path.name for path in plain_files(built)] == [f"probe_LOD{k}.glb" for k in range(4)]
    for path in plain_files(built):
        glb = load_glb(path)
        assert glb.json.get("extensionsUsed", []) in ([], ["KHR_materials_variants"])
        assert "extensionsRequired" not in glb.json
        kinds = {name for mesh in glb.items("meshes") for item in mesh["primitives"] for name in item["attributes"]}
        assert kinds <= {"POSITION", "NORMAL", "TANGENT", "TEXCOORD_0", "COLOR_0"}


def test_plain_reopens_in_trimesh_with_its_nodes(built: Path) -> None:
    import trimesh

    scene = trimesh.load(plain_files(built)[0])
    names = set(scene.graph.nodes_geometry)
    assert any(name.startswith("buildings/0_0") for name in names)
    assert scene.bounds[1][0] == pytest.approx(600.0, abs=0.1)


def test_node_extras_say_what_every_feature_is_and_where_it_comes_from(built: Path) -> None:
    node = next(n for n in load_glb(plain_files(built)[0]).items("nodes") if n["name"] == "buildings/0_0")
    first = node["extras"]["features"][0]
    assert first == {
        "id": "way/00", "kind": "building", "origin": "measured", "name": "八卦楼", "form": "roofed",
        "source": "points", "points": 321, "rmse_m": 0.081,
    }  # fmt: skip


def test_a_picked_face_leads_to_its_building(built: Path) -> None:
    glb = load_glb(built / "xr" / "scene.glb")
    table = glb.json["scenes"][0]["extras"]["features"]
    for level in range(4):
        for drawn in read_glb(built / "xr" / "scene.glb", level):
            if drawn.feature is None or "copies" in drawn.name:
                continue
            for row in np.unique(drawn.feature).tolist():
                assert table["id"][row]
    near = next(d for d in read_glb(built / "xr" / "scene.glb") if d.name == "buildings/1_0")
    assert {table["id"][row] for row in np.unique(near.feature)} <= {f"way/1{i}" for i in range(5)}


def test_far_away_the_whole_place_is_a_few_draw_calls(built: Path) -> None:
    counts = [len(read_glb(built / "xr" / "scene.glb", level)) for level in range(4)]
    assert counts[0] > 10
    assert counts[3] == 2, "everything opaque, and the water"
    triangles = [
        sum(len(d.faces) * len(d.instances) for d in read_glb(built / "xr" / "scene.glb", k)) for k in range(4)
    ]
    assert triangles == sorted(triangles, reverse=True)


def test_the_coarsest_level_comes_first_in_the_file(built: Path) -> None:
    glb = load_glb(built / "xr" / "scene.glb")
    starts: dict[int, int] = {}
    for node in glb.items("nodes"):
        if "mesh" not in node or node["name"] == "water":
            continue  # water is drawn from everywhere, so it comes with the coarsest level
        for primitive in glb.items("meshes")[node["mesh"]]["primitives"]:
            view = glb.items("bufferViews")[glb.items("accessors")[primitive["indices"]]["bufferView"]]
            start = view["extensions"]["EXT_meshopt_compression"]["byteOffset"]
            level = node.get("extras", {}).get("lod", 0)
            starts[level] = min(starts.get(level, start), start)
    assert [starts[level] for level in sorted(starts, reverse=True)] == sorted(starts.values())


def test_what_has_one_level_only_comes_with_the_coarsest_of_the_rest(tmp_path: Path) -> None:
    scene = small_scene()
    terrain = next(chain for chain in scene.tiles[0].chains if chain.kind == "terrain")
    land = replace(terrain, id="site/land", kind="site", levels=terrain.levels[:1])
    away = replace(scene.tiles[0], key=TileKey(column=800, row=0), chains=(land,), placements=())
    glb = load_glb(write_xr(replace(scene, tiles=(*scene.tiles, away)), tmp_path / "scene.glb"))

    def ends_at(name: str) -> int:
        node = next(node for node in glb.items("nodes") if node["name"] == name)
        accessor = glb.items("meshes")[node["mesh"]]["primitives"][0]["indices"]
        view = glb.items("bufferViews")[glb.items("accessors")[accessor]["bufferView"]]
        packed = view["extensions"]["EXT_meshopt_compression"]
        return int(packed["byteOffset"] + packed["byteLength"])

    assert ends_at("site/land") < ends_at("terrain/0_0")
    assert ends_at("site/land") < len(glb.bin) / 2


def test_all_levels_of_one_height_meet_on_one_grid(built: Path) -> None:
    for node in load_glb(built / "xr" / "scene.glb").items("nodes"):
        if "scale" in node and "mesh" in node:
            steps = np.array(node["translation"]) / node["scale"][0]
            assert np.abs(steps - np.rint(steps)).max() < 1e-6


def test_copies_stand_where_they_were_placed(built: Path) -> None:
    drawn = [d for d in read_glb(built / "xr" / "scene.glb") if len(d.instances) == 9]
    assert len(drawn) == 3
    feet = []
    for item in drawn:
        corners = np.einsum("nij,vj->nvi", item.instances[:, :3, :3], item.vertices) + item.instances[:, None, :3, 3]
        feet.append(corners[:, :, 1].min(axis=1))
        tops = corners[:, :, 1].max(axis=1)
        assert tops == pytest.approx(10.0, abs=0.02)
    assert np.concatenate(feet) == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize("name", ["xr/scene.glb", "plain/probe_LOD0.glb"])
def test_night_glows_and_day_does_not(built: Path, name: str) -> None:
    glb = load_glb(built / name)
    assert [v["name"] for v in glb.json["extensions"]["KHR_materials_variants"]["variants"]] == ["day", "dusk", "night"]
    glow = {m["name"]: m.get("emissiveFactor") for m in glb.items("materials") if m["name"].startswith("facade")}
    assert glow == {"facade": None, "facade dusk": [0.7] * 3, "facade night": [1.0] * 3}
    lit = [m for m in glb.items("materials") if m["name"] == "facade night"]
    assert all("emissiveTexture" in m for m in lit)


def test_in_plain_faces_that_stay_the_same_by_night_come_last_in_a_mesh(built: Path) -> None:
    glb = load_glb(built / "plain" / "probe_LOD0.glb")
    changes = [["extensions" in part for part in mesh["primitives"]] for mesh in glb.items("meshes")]
    assert any(any(parts) and not all(parts) for parts in changes)  # Blender 3.4 fails on any other order
    assert all(parts == sorted(parts, reverse=True) for parts in changes)


def test_all_water_is_one_draw_call_that_never_changes(built: Path) -> None:
    for level in range(4):
        wet = [d for d in read_glb(built / "xr" / "scene.glb", level) if d.material.get("name") == "water"]
        assert [(d.name, len(d.faces)) for d in wet] == [("water", 6)]


def test_copies_have_a_middle_level_that_shares_their_places(built: Path) -> None:
    glb = load_glb(built / "xr" / "scene.glb")
    trees = [n for n in glb.items("nodes") if n["name"].startswith("tree/") and "MSFT_lod" in n["extensions"]]
    assert len(trees) == 3
    for tree in trees:
        (middle,) = (glb.items("nodes")[i] for i in tree["extensions"]["MSFT_lod"]["ids"])
        assert middle["extensions"]["EXT_mesh_gpu_instancing"] == tree["extensions"]["EXT_mesh_gpu_instancing"]
        assert middle["mesh"] != tree["mesh"]


def test_title_licence_and_attribution_are_in_the_file(built: Path) -> None:
    glb = load_glb(built / "xr" / "scene.glb")
    packet = glb.json["extensions"]["KHR_xmp_json_ld"]["packets"][0]
    assert packet["dc:title"]["rdf:_1"]["@value"] == "试验场"
    assert "OpenStreetMap" in packet["dc:rights"]["rdf:_1"]["@value"]
    assert "CC-BY-4.0" in glb.json["asset"]["copyright"]


def test_no_file_tells_where_on_earth_it_is_unless_asked(built: Path, tmp_path: Path) -> None:
    for path in [*built.rglob("*.glb"), built / "tiles" / "tileset.json"]:
        data = path.read_bytes()
        assert b"118.06" not in data
        assert b"24.44" not in data
    assert "transform" not in json.loads((built / "tiles" / "tileset.json").read_bytes())["root"]
    write_tiles(small_scene(), tmp_path, georeference=True)
    assert len(json.loads((tmp_path / "tileset.json").read_bytes())["root"]["transform"]) == 16


def test_the_same_scene_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assets = painted_assets(tmp_path / "assets")
    write_plain(small_scene(), tmp_path / "plain", assets)
    write_xr(small_scene(), tmp_path / "xr" / "scene.glb", assets)
    write_tiles(small_scene(), tmp_path / "tiles", assets)
    for path in sorted(p for p in built.rglob("*") if p.is_file()):
        assert (tmp_path / path.relative_to(built)).read_bytes() == path.read_bytes(), path.name


def test_the_root_of_the_tileset_shows_the_whole_place(built: Path) -> None:
    body = json.loads((built / "tiles" / "tileset.json").read_bytes())
    root = body["root"]
    assert root["content"]["uri"] == "content/place_LOD3.glb"
    assert 0.0 < root["geometricError"] < body["geometricError"]
    assert all(child["geometricError"] < root["geometricError"] for child in root["children"])
    drawn = read_glb(built / "tiles" / root["content"]["uri"])
    assert max(d.vertices.max() * d.instances[0][0, 0] + d.instances[0][0, 3] for d in drawn) > 500.0


def test_an_error_below_what_the_tileset_writes_counts_as_none(tmp_path: Path) -> None:
    scene = small_scene()
    tiles = tuple(
        replace(
            tile,
            chains=tuple(
                replace(chain, levels=tuple(replace(level, error_m=2e-5 * level.index) for level in chain.levels))
                for chain in tile.chains
            ),
            placements=(),
        )
        for tile in scene.tiles
    )
    write_tiles(replace(scene, tiles=tiles), tmp_path)
    assert [issue for issue in check_tileset(tmp_path) if issue.code == "TILES_ERROR_ORDER"] == []


def test_tiles_know_their_features(built: Path) -> None:
    glb = load_glb(built / "tiles" / "content" / "tile_0_0_LOD0.glb")
    table = glb.json["extensions"]["EXT_structural_metadata"]["propertyTables"][0]
    offsets = np.frombuffer(glb.view_bytes(table["properties"]["name"]["stringOffsets"]), "<u4")
    values = glb.view_bytes(table["properties"]["name"]["values"])
    names = [values[a:b].decode() for a, b in pairwise(offsets)]
    assert set(names) == {"八卦楼", "日月池", ""}
    assert all(view.get("byteOffset", 0) % 8 == 0 for view in map(glb.items("bufferViews").__getitem__, range(-2, 0)))


def test_a_leaf_that_is_too_large_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmscenes.export.tiles.LARGEST_BYTES", 9_000)
    files = write_tiles(small_scene(), tmp_path)
    assert sum("LOD0" in path.name for path in files) > 9
    assert check_tileset(tmp_path) == []


def test_a_scene_of_one_level_and_a_scene_of_nothing_can_be_written(tmp_path: Path) -> None:
    from dataclasses import replace

    bare = [
        replace(tile, chains=tuple(replace(chain, levels=chain.levels[:1]) for chain in tile.chains))
        for tile in small_scene().tiles
    ]
    for name, tiles in (("one", tuple(bare)), ("nothing", ())):
        scene = replace(small_scene(), tiles=tiles)
        path = write_xr(scene, tmp_path / name / "scene.glb")
        write_plain(scene, tmp_path / name)
        write_tiles(scene, tmp_path / name / "tiles")
        assert check_glb(path) == []
        assert check_lods(path) == []
        assert check_tileset(tmp_path / name / "tiles") == []
