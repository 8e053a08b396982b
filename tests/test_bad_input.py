"""What users get wrong, through the command line: one line that says where, what and what to do; nothing written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from built import Workshop, manifest_of
from worlds import FRAME, HOUSES, World, write_geojson, write_laz

from xmscenes import cli

if TYPE_CHECKING:
    from collections.abc import Callable


def points_of(spec: Path) -> Path:
    return spec.parent / "点云.laz"


def footprints_of(spec: Path) -> Path:
    return spec.parent / "房屋.geojson"


def truncate_points(spec: Path) -> None:
    data = points_of(spec).read_bytes()
    points_of(spec).write_bytes(data[: len(data) // 2])


def empty_points(spec: Path) -> None:
    points_of(spec).write_bytes(b"")


def points_without_crs(spec: Path) -> None:
    write_laz(points_of(spec), *World(density_per_m2=1.0).points(), crs=None)


def points_of_another_zone(spec: Path) -> None:
    """Coordinates of zone 118 E under the header of zone 114 E: four degrees off."""
    import laspy
    import pyproj

    las = laspy.read(points_of(spec))
    las.header.vlrs.clear()
    las.header.add_crs(pyproj.CRS("EPSG:4547"))
    las.write(points_of(spec))


def points_outside(spec: Path) -> None:
    xyz, classes = World(density_per_m2=1.0).points()
    write_laz(points_of(spec), xyz + np.array([9000.0, 0.0, 0.0]), classes)


def only_nan(spec: Path) -> None:
    (spec.parent / "点.xyz").write_text("x y z\n" + "nan nan nan\n" * 9, encoding="utf-8")
    replace('points = "点云.laz"', 'points = { path = "点.xyz", crs = "EPSG:4548" }')(spec)


def empty_footprints(spec: Path) -> None:
    write_geojson(footprints_of(spec), [])


def missing_footprints(spec: Path) -> None:
    footprints_of(spec).unlink()


def broken_footprints(spec: Path) -> None:
    footprints_of(spec).write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")


def replace(old: str, new: str) -> Callable[[Path], None]:
    def change(spec: Path) -> None:
        text = spec.read_text(encoding="utf-8")
        assert old in text
        spec.write_text(text.replace(old, new), encoding="utf-8")

    return change


def link_out(spec: Path) -> None:
    secret = spec.parent.parent / "秘密.laz"
    points_of(spec).rename(secret)
    points_of(spec).symlink_to(secret)


MISTAKES = {
    "truncated LAZ": (truncate_points, "点云.laz: "),
    "empty LAZ": (empty_points, "点云.laz: "),
    "no CRS": (points_without_crs, "点云.laz: no CRS in the header; set inputs.points.crs"),
    "wrong CRS": (points_of_another_zone, "do not meet: the points lie around 115.0700, 24.4400"),
    "all points outside": (points_outside, "do not meet"),
    "only NaN": (only_nan, "点.xyz: "),
    "no footprints in the file": (empty_footprints, "房屋.geojson: "),
    "footprints missing": (missing_footprints, "inputs.footprints = '房屋.geojson': no such file"),
    "broken GeoJSON": (broken_footprints, "房屋.geojson: "),
    "unknown key": (replace("[tile]\nsize_m", "[tile]\nsise_m"), "tile.sise_m: unknown key"),
    "wrong type": (replace("size_m = 75.0", "size_m = 'wide'"), "tile.size_m = 'wide': "),
    "negative length": (replace("size_m = 75.0", "size_m = -75.0"), "tile.size_m = -75.0: "),
    "unknown style": (
        replace("[tile]\n", "[[building]]\nid = 'way/1'\nstyle = '红楼'\n\n[tile]\n"),
        "building way/1: style '红楼' is not known; use one of amoy_villa",
    ),
    "through dots": (replace('points = "点云.laz"', 'points = "../点云.laz"'), "inputs.points = '../点云.laz': "),
    "absolute path": (replace('points = "点云.laz"', 'points = "/etc/hosts"'), "inputs.points = '/etc/hosts': "),
    "through a link": (link_out, "inputs.points = '点云.laz': "),
}


@pytest.mark.parametrize(("spoil", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_ends_with_two_one_line_and_nothing_written(
    spoil: Callable[[Path], None], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    spec = World(density_per_m2=1.0, houses=HOUSES[:2]).write(tmp_path / "村")
    spoil(spec)
    monkeypatch.setenv("XMSCENES_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", str(spec), "--out", str(tmp_path / "out"), "-q"])
    out, err = capsys.readouterr()
    assert ended.value.code == 2, err
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1, err
    assert says in err
    assert not (tmp_path / "out").exists()


def test_odd_footprints_are_repaired_and_said(tmp_path: Path) -> None:
    """A bow tie, an id twice, an empty geometry, heights in the coordinates and a multi-polygon, among good ones."""
    spec = World(houses=HOUSES[:3], half_size_m=50.0, density_per_m2=4.0).write(tmp_path / "村")
    collection = json.loads(footprints_of(spec).read_text(encoding="utf-8"))
    flat, gable, hip = collection["features"]
    ring = np.array(gable["geometry"]["coordinates"][0])
    gable["geometry"]["coordinates"][0] = np.column_stack([ring, np.full(len(ring), 7.0)]).tolist()
    hip["geometry"] = {"type": "MultiPolygon", "coordinates": [hip["geometry"]["coordinates"], square(-10.0, 30.0)]}
    bow = square(40.0, -40.0)
    bow[0][1], bow[0][2] = bow[0][2], bow[0][1]
    more = [
        {"properties": {"id": "h1", "name": "重号"}, "geometry": {"type": "Polygon", "coordinates": square(-40, 40)}},
        {"properties": {"id": "bow", "name": "领结"}, "geometry": {"type": "Polygon", "coordinates": bow}},
        {"properties": {"id": "none", "name": "空"}, "geometry": None},
    ]
    write_geojson(footprints_of(spec), [flat, gable, hip, *more])
    shop = Workshop(spec)
    shop.build("export.profiles=['cityjson']")
    manifest = manifest_of(shop.out)
    rows = {row["id"] for row in manifest["buildings"]["features"]}
    assert {"h1", "h2", "bow"} <= rows
    assert len(rows) >= 6  # the second h1 and both parts of the multi-polygon too
    assert all(row["form"] for row in manifest["buildings"]["features"])
    said = " ".join(f"{i['code']} {i['message']}" for i in manifest["issues"])
    assert "h1" in said or "DUPLICATE" in said


def square(x: float, y: float, size_m: float = 8.0) -> list[list[list[float]]]:
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * size_m + [x, y]
    return [FRAME.to_crs(corners, "EPSG:4326").tolist()]
