"""The whole river on the synthetic district: truth, determinism, what is built again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from built import Workshop, files_of, manifest_of
from validator import complaints
from worlds import HOUSES, World

from xmscenes.check.solids import check_solids
from xmscenes.errors import InputError


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    shop = Workshop(World().write(tmp_path_factory.mktemp("district")))
    shop.build()
    return shop


def test_every_house_is_there_with_its_height(workshop: Workshop) -> None:
    rows = {row["id"]: row for row in manifest_of(workshop.out)["buildings"]["features"]}
    assert sorted(rows) == sorted(h.id for h in HOUSES)
    for house in HOUSES:
        inside = np.array([house.centre_m])
        top = house.roof_z(inside)[0]
        row = rows[house.id]
        assert row["origin"] == "measured"
        assert row["form"] == "roofed"
        assert row["name"] == house.name
        assert row["rmse_m"] < 0.08
        assert row["ground_m"] == pytest.approx(10.0 + 0.03 * house.centre_m[0], abs=0.5)
        assert row["ground_m"] + row["height_m"] <= top + 0.3


def test_the_files_please_the_khronos_validator(workshop: Workshop) -> None:
    known = frozenset({"VALUE_NOT_IN_LIST", "IMAGE_UNRECOGNIZED_FORMAT"})
    assert complaints(*sorted(workshop.out.rglob("*.glb")), known=known) == []


def test_the_cityjson_opens_in_cjio_with_every_house_and_its_crs(workshop: Workshop) -> None:
    from xmscenes.check.cityjson_read import read_cityjson

    path = next((workshop.out / "cityjson").glob("*.json"))
    cjio = Path(sys.executable).with_name("cjio")
    judged = subprocess.run([str(cjio), str(path), "info", "--long"], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    model = read_cityjson(path)
    assert model.reference_system.endswith("EPSG/0/4548")
    assert sorted(model.buildings) == sorted(h.id for h in HOUSES)


def test_levels_fall_in_triangles_and_rise_in_error(workshop: Workshop) -> None:
    levels = manifest_of(workshop.out)["levels"]
    assert len(levels) >= 2
    triangles = [row["triangles"] for row in levels]
    errors = [row["error_m"] for row in levels]
    assert triangles == sorted(triangles, reverse=True)
    assert errors == sorted(errors)
    assert errors[0] == 0.0


def test_the_manifest_lists_every_file_with_its_hash(workshop: Workshop) -> None:
    listed = {row["path"] for row in manifest_of(workshop.out)["outputs"]}
    assert listed | {"scene.json"} == set(files_of(workshop.out))


def test_nothing_changed_builds_nothing(workshop: Workshop) -> None:
    assert workshop.to_build() == {}
    assert workshop.build().was_up_to_date


def test_two_builds_and_two_jobs_give_the_same_bytes(workshop: Workshop, tmp_path: Path) -> None:
    again = Workshop(Path(shutil.copytree(workshop.spec.parent, tmp_path / "again")) / workshop.spec.name)
    shutil.rmtree(again.cache)
    shutil.rmtree(again.out)
    again.build(jobs=2)
    first, second = files_of(workshop.out), files_of(again.out)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_one_changed_footprint_builds_one_tile_again(workshop: Workshop, tmp_path: Path) -> None:
    shop = Workshop(Path(shutil.copytree(workshop.spec.parent, tmp_path / "changed")) / workshop.spec.name)
    path = shop.spec.parent / "房屋.geojson"
    collection = json.loads(path.read_text(encoding="utf-8"))
    house = next(f for f in collection["features"] if f["properties"]["id"] == "h1")
    house["properties"]["name"] = "新平房"
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    todo = shop.to_build()
    owner = {tile for tile, why in todo.items() if "footprints changed" in why}
    assert len(owner) == 1
    assert all(set(why) <= {"footprints changed", "nearby changed"} for why in todo.values())
    shop.build()
    rows = {row["id"]: row for row in manifest_of(shop.out)["buildings"]["features"]}
    assert rows["h1"]["name"] == "新平房"
    assert shop.to_build() == {}


def test_a_changed_option_is_named_as_the_reason(workshop: Workshop) -> None:
    why = {reason for reasons in workshop.to_build("terrain.max_error_m=0.2").values() for reason in reasons}
    assert why == {"[terrain] changed"}
    rows = workshop.plan("lod.max_error_m=[0.0,0.5]")["tiles"]
    assert {tuple(row["stages"]) for row in rows} == {("lod",)}


def test_a_lost_output_is_written_again(workshop: Workshop) -> None:
    victim = next((workshop.out / "plain").glob("*.glb"))
    victim.unlink()
    assert not workshop.build().was_up_to_date
    assert victim.is_file()


def test_points_without_classes_give_the_same_houses(tmp_path: Path) -> None:
    shop = Workshop(World(with_classes=False).write(tmp_path / "bare"))
    shop.build("export.profiles=['cityjson']")
    rows = {row["id"]: row for row in manifest_of(shop.out)["buildings"]["features"]}
    assert all(rows[h.id]["origin"] == "measured" for h in HOUSES)


def test_a_scene_without_points_infers_heights_and_says_so(tmp_path: Path) -> None:
    shop = Workshop(World().write(tmp_path / "flat"))
    text = shop.spec.read_text(encoding="utf-8").replace('points = "点云.laz"', "")
    shop.spec.write_text(text, encoding="utf-8")
    shop.build("export.profiles=['plain']")
    buildings = manifest_of(shop.out)["buildings"]
    assert buildings["by_origin"] == {"inferred": len(HOUSES)}
    assert buildings["count"] == len(HOUSES)


def test_missing_points_and_footprints_are_an_error(tmp_path: Path) -> None:
    shop = Workshop(World().write(tmp_path / "none"))
    (shop.spec.parent / "点云.laz").unlink()
    with pytest.raises(InputError, match=r"inputs\.points = '点云\.laz': no such file"):
        shop.build()


def test_solids_of_the_district_are_closed(workshop: Workshop) -> None:
    from xmscenes.check.cityjson_read import read_cityjson

    model = read_cityjson(next((workshop.out / "cityjson").glob("*.json")))
    solids = [s for b in model.buildings.values() for group in b.solids.values() for s in group]
    assert len(solids) >= 3 * len(HOUSES)
    assert check_solids(solids, [str(i) for i in range(len(solids))]) == ()
