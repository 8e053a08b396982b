"""Gulangyu's real outlines, shore and summit, checked vertex by vertex in what was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from xmscenes.build import build
from xmscenes.check.contact import upward
from xmscenes.gltf_parts import Part, joined, read_parts
from xmscenes.inputs import provide_inputs
from xmscenes.layers import read_layers
from xmscenes.progress import Silent
from xmscenes.records import Footprint
from xmscenes.scenes import LoadedSpec, load_spec

ROOT = Path(__file__).resolve().parents[2]
ISLAND_M2 = 1_961_398.0  # geodesic, of the OpenStreetMap shore
IN_PLACE_M = 0.1
PART_M = 120.0  # half a side of the part that the quick test builds


def furthest_m(parts: list[Part], footprints: tuple[Footprint, ...]) -> dict[str, float]:
    """Largest distance in plan from a vertex of an outline to the walls of its written building; inf: not there."""
    faces: dict[str, list[np.ndarray]] = {}
    for part in parts:
        if part.kind == "building":
            faces.setdefault(part.id, []).append(part.tri)
    found = {}
    for footprint in footprints:
        if footprint.id not in faces:
            found[footprint.id] = np.inf
            continue
        tri = np.concatenate(faces[footprint.id])
        normal = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0])
        walls = tri[np.abs(normal[:, 2]) < 0.05 * np.linalg.norm(normal, axis=1)][:, :, :2]
        seen = shapely.multilinestrings(shapely.linestrings(walls))
        places = np.vstack([footprint.ring, *footprint.holes])
        found[footprint.id] = float(shapely.distance(seen, shapely.points(places)).max())
    return found


def outlines(loaded: LoadedSpec, cache: Path) -> tuple[Footprint, ...]:
    return read_layers(loaded, provide_inputs(loaded, cache, Silent())).footprints


def test_the_outlines_of_a_quarter_are_written_in_their_place(tmp_path: Path) -> None:
    """Without points, so that nothing is flown: the outline does not depend on them."""
    full = load_spec(str(ROOT / "scenes" / "gulangyu.toml"))
    corners = np.array([[400.0 - PART_M, -PART_M], [400.0 + PART_M, PART_M]])
    bounds = full.spec.to_frame().to_crs(corners, "EPSG:4326").ravel().tolist()
    spec = tmp_path / "quarter.toml"
    spec.write_text(
        f"""title = "龙头路"
[frame]
lon_deg = {full.spec.frame.lon_deg}
lat_deg = {full.spec.frame.lat_deg}
[area]
bounds_deg = {bounds}
[inputs]
footprints = {{ path = "assets/gulangyu/footprints.geojson", id = "osm_id", levels = "building:levels" }}
ground_heights = {{ path = "assets/gulangyu/ground_heights.csv" }}
coastline = {{ path = "assets/gulangyu/coastline.geojson" }}
[vegetation]
scatter = false
[export]
profiles = ["xr"]
""",
        encoding="utf-8",
    )
    loaded = load_spec(str(spec), data_roots=[ROOT])
    build(loaded, tmp_path / "out", tmp_path / "cache", preview=False, progress=Silent())
    inside = shapely.box(*corners.ravel())
    shapely.prepare(inside)
    mine = tuple(
        f
        for f in outlines(loaded, tmp_path / "cache")
        if shapely.contains(inside, shapely.make_valid(shapely.Polygon(f.ring)))
    )
    assert len(mine) > 40
    off = furthest_m(read_parts(tmp_path / "out" / "xr" / "scene.glb"), mine)
    assert max(off.values()) <= IN_PLACE_M, max(off, key=off.__getitem__)


@pytest.mark.slow
def test_all_1152_outlines_and_the_island_are_written_in_their_place(tmp_path: Path) -> None:
    loaded = load_spec(str(ROOT / "scenes" / "gulangyu.toml"))
    build(loaded, tmp_path / "out", tmp_path / "cache", jobs=2, preview=False, progress=Silent())
    require_island(loaded, tmp_path / "out", tmp_path / "cache")


def require_island(loaded: LoadedSpec, out: Path, cache: Path) -> None:
    """Outlines within 0.1 m (those under heroes are in CityJSON and draw nothing), area within 0.5 %."""
    parts = read_parts(out / "xr" / "scene.glb")
    footprints = outlines(loaded, cache)
    assert len(footprints) == 1152
    off = furthest_m(parts, footprints)
    hidden = {id_ for part in parts if part.kind == "hero" for id_ in str(part.row.get("hides", "")).split()}
    absent = {id_ for id_, metres in off.items() if np.isinf(metres)}
    assert absent <= hidden | replaced(loaded), absent
    assert max(metres for id_, metres in off.items() if id_ not in absent) <= IN_PLACE_M
    land = upward(joined(parts, "terrain"))
    a, b = land[:, 1, :2] - land[:, 0, :2], land[:, 2, :2] - land[:, 0, :2]
    area = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2.0)
    assert area == pytest.approx(ISLAND_M2, rel=0.005)


def replaced(loaded: LoadedSpec) -> set[str]:
    """Outlines on which heroes stand."""
    from xmscenes.model.heroes import hidden_footprints, locate_heroes

    located = locate_heroes(
        loaded.spec.hero, loaded.spec.to_frame(), lambda path: loaded.resolve("hero.model", path)[0]
    )
    return set(hidden_footprints(located))
