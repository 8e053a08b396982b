"""Layers that are missing, elsewhere, or at odds: the scene is built with what is there, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from built import manifest_of
from worlds import FRAME, HOUSES, World, write_geojson, write_laz

from xmscenes import cli
from xmscenes.gltf_parts import joined, read_parts

HALF_M = 45.0


def lonlat(xy: list[tuple[float, float]]) -> list[list[float]]:
    return FRAME.to_crs(np.array(xy, dtype=np.float64), "EPSG:4326").tolist()


def box(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [lonlat([(west, south), (east, south), (east, north), (west, north), (west, south)])]


def polygon(id_: str, ring: list[list[list[float]]], **tags: object) -> dict:
    return {"properties": {"id": id_} | tags, "geometry": {"type": "Polygon", "coordinates": ring}}


def line(id_: str, places: list[list[float]]) -> dict:
    return {"properties": {"id": id_, "highway": "footway"}, "geometry": {"type": "LineString", "coordinates": places}}


def district(folder: Path) -> Path:
    spec = World(houses=HOUSES[:3], half_size_m=HALF_M, density_per_m2=3.0).write(folder)
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("size_m = 75.0", "size_m = 100.0"), encoding="utf-8")
    return spec


def add_input(spec: Path, key: str, value: str) -> None:
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("[tile]", f"{key} = {value}\n[tile]"), encoding="utf-8")


def run(spec: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> tuple[int, Path]:
    """Build through the command line; gives the exit code and the output folder."""
    monkeypatch.setenv("XMSCENES_CACHE", str(spec.parent / "cache"))
    out = spec.parent / "out"
    profiles = 'export.profiles=["plain"]'
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", str(spec), "--out", str(out), "-q", "--no-preview", "--set", profiles, "-j", "1", *more])
    return int(ended.value.code or 0), out


def said(out: Path) -> dict[str, str]:
    return {issue["code"]: issue["message"] for issue in manifest_of(out)["issues"]}


def ground_z(out: Path, name: str = "小区") -> np.ndarray:
    return joined(read_parts(out / "plain" / f"{name}_LOD0.glb"), "terrain")[:, :, 2]


def test_layers_at_odds_are_built_around_and_every_fault_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = district(tmp_path / "村")
    folder = spec.parent
    far = [[116.39, 39.90], [116.40, 39.90], [116.40, 39.91], [116.39, 39.91], [116.39, 39.90]]
    write_geojson(folder / "绿地.geojson", [polygon("公园", [far], natural="wood")])
    write_geojson(folder / "海岸.geojson", [polygon("邻岛", box(5000, 5000, 6000, 6000))])
    # The pond runs through the first house.
    x, y = HOUSES[0].centre_m
    write_geojson(folder / "水.geojson", [polygon("池", box(x - 15, y - 2, x + 15, y + 12), level_m=9.0)])
    write_geojson(folder / "小路.geojson", [line("p1", lonlat([(-40, 30), (40, 30)])), line("一点", lonlat([(0, 0)]))])
    add_input(spec, "greens", '"绿地.geojson"')
    add_input(spec, "coastline", '"海岸.geojson"')
    add_input(spec, "water", '"水.geojson"')
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("[tile]", "[[building]]\nid = '无此屋'\nstyle = 'dacuo'\n\n[tile]"), encoding="utf-8")
    code, out = run(spec, monkeypatch)
    assert code in (0, 1), capsys.readouterr().err
    messages = said(out)
    assert "绿地.geojson" in json.dumps(manifest_of(out)["issues"], ensure_ascii=False)
    assert "km from the frame's zero" in " ".join(
        i["message"] for i in manifest_of(out)["issues"] if i["code"] == "LAYER_ELSEWHERE"
    )
    assert HOUSES[0].id in messages["BUILDING_IN_WATER"]
    assert messages["BUILDING_UNKNOWN"] == "no footprint has this id"
    assert "left out" in messages["LINE_EMPTY"]  # the way of one point
    parts = read_parts(out / "plain" / "小区_LOD0.glb")
    assert {p.id for p in parts if p.kind == "building"} == {h.id for h in HOUSES[:3]}
    assert {p.kind for p in parts} >= {"terrain", "water", "building"}
    water = joined(parts, "water")
    assert set(np.round(water[:, :, 2].ravel(), 3)) == {9.0}  # the pond; the far coastline made no sea


def test_points_on_one_half_only_leave_the_other_to_what_else_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = district(tmp_path / "村")
    xyz, classes = World(houses=HOUSES[:3], half_size_m=HALF_M, density_per_m2=3.0).points()
    half = xyz[:, 0] < 0
    write_laz(spec.parent / "点云.laz", xyz[half], classes[half])
    code, out = run(spec, monkeypatch, "--set", "area.bounds_deg=" + str(bounds()))
    assert code in (0, 1)
    rows = {row["id"]: row for row in manifest_of(out)["buildings"]["features"]}
    assert set(rows) == {h.id for h in HOUSES[:3]}
    scanned = {h.id for h in HOUSES[:3] if h.centre_m[0] < 0}
    assert all(rows[id_]["points"] > 50 for id_ in scanned)
    for id_ in set(rows) - scanned:
        assert rows[id_]["fallback"], rows[id_]
        assert rows[id_]["origin"] == "inferred"
    assert np.isfinite(ground_z(out)).all()


def bounds() -> list[float]:
    corners = np.array(lonlat([(-HALF_M, -HALF_M), (HALF_M, HALF_M)]))
    return [float(v) for v in corners.ravel()]


def write_dem(path: Path, z: np.ndarray, nodata: float = -9999.0) -> None:
    """A GeoTIFF of 10 m cells over the district and around it."""
    import rasterio
    from rasterio.transform import Affine

    west, south, east, north = np.array(lonlat([(-200, -200), (200, 200)])).ravel()
    transform = Affine((east - west) / z.shape[1], 0.0, west, 0.0, (south - north) / z.shape[0], north)
    profile = {"driver": "GTiff", "width": z.shape[1], "height": z.shape[0], "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", **profile, crs="EPSG:4326", transform=transform, nodata=nodata) as raster:
        raster.write(z.astype(np.float32), 1)


@pytest.mark.parametrize(("unit", "factor"), [("m", 1.0), ("ft", 0.3048)])
def test_a_dem_with_voids_or_in_feet_gives_the_ground_in_metres(
    unit: str, factor: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = district(tmp_path / "村")
    z = np.full((40, 40), 12.0 / factor)
    z[18:22, 10:30] = -9999.0  # voids right through the middle
    write_dem(spec.parent / "高程.tif", z)
    text = spec.read_text(encoding="utf-8").replace('points = "点云.laz"\n', "")
    spec.write_text(text, encoding="utf-8")
    add_input(spec, "dem", f'{{ path = "高程.tif", unit = "{unit}" }}')
    code, out = run(spec, monkeypatch)
    assert code in (0, 1)
    height = ground_z(out)
    assert np.isfinite(height).all()
    assert np.abs(height - 12.0).max() < 0.2


def test_a_layer_that_is_named_but_not_there_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = district(tmp_path / "村")
    add_input(spec, "bridges", '"桥.geojson"')
    code, out = run(spec, monkeypatch)
    err = capsys.readouterr().err
    assert code == 2
    assert err.startswith("error: ")
    assert "inputs.bridges = '桥.geojson': no such file" in err
    assert not out.exists()
