from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmscenes.look.atlas import (
    CELL_PIXELS,
    COLUMN_CELLS,
    COLUMN_STOREYS,
    COLUMNS,
    FACADE_PIXELS,
    ROW_PIXELS,
    STOREYS_PIXELS,
    STRIPS,
)
from xmscenes.look.covers import unstretched
from xmscenes.look.dress import dress_building, dress_buildings, plain_building
from xmscenes.look.materials import INDEX
from xmscenes.look.samples import SAMPLES, flat_house, gable_house, hip_house, sample, stepped_house
from xmscenes.options import BuildingLookOptions, LookOptions
from xmscenes.records import Feature, Form, Line, Mesh, Surface

LOOK = LookOptions(mix="villas")
STREET = np.array([0.0, -40.0])
FULL_RES = 85.3  # pixels a metre at which the sheet was painted


def dressed(style: str, feature: Feature | None = None) -> Mesh:
    feature = feature or sample(style)
    return dress_building(feature, LOOK, BuildingLookOptions(id=feature.id, style=style), path_xy=STREET).mesh


def house(solid: object, id_: str = "way/7") -> Feature:
    return replace(sample("plain"), id=id_, solids={Form.ROOFED: (solid,)})


def strip_of(mesh: Mesh) -> np.ndarray:
    """Name of the strip that each facade face shows; empty for other faces."""
    names = np.full(len(mesh.faces), "", dtype=object)
    middle = mesh.uv.astype(float).mean(axis=1) * FACADE_PIXELS
    for name, (row, first, count) in STRIPS.items():
        inside = (middle[:, 1] // ROW_PIXELS == row) & (middle[:, 0] // CELL_PIXELS >= first)
        inside &= middle[:, 0] // CELL_PIXELS < first + count
        names[inside & (mesh.material == INDEX["facade"])] = name
    for name, first in COLUMNS.items():
        cell = middle[:, 0] // CELL_PIXELS
        names[(cell >= first) & (cell < first + COLUMN_CELLS) & (mesh.material == INDEX["storeys"])] = name
    return names


@pytest.mark.parametrize("style", sorted(SAMPLES))
def test_every_style_stays_within_its_triangles(style: str) -> None:
    most = 3500 if style == "sida_cuo" else 700  # four halls with their courtyards; few houses are known to be one
    assert 60 < len(dressed(style).faces) < most


def test_a_plinth_is_one_quad_of_slabs_however_long() -> None:
    short, long = (dressed("slab_1980s", house(flat_house(w, 12.0, 16.0))) for w in (12.0, 60.0))
    stone = [(m.material == INDEX["paving"]) & (m.surface == Surface.WALL) for m in (short, long)]
    assert stone[0].sum() == stone[1].sum() == 8
    corner, uv = long.vertices[long.faces[stone[1]]], long.uv[stone[1]].astype(float)
    assert unstretched(corner, uv, 512) == pytest.approx(FULL_RES, rel=0.01)
    red, green, blue = long.rgb[stone[1]].reshape(-1, 3).mean(axis=0)
    assert red > green > blue


def test_plain_relief_wears_no_picture() -> None:
    mesh = dressed("slab_1980s", house(flat_house(24.0, 12.0, 16.0)))
    relief = mesh.surface == Surface.DETAIL
    assert (mesh.material[relief] == INDEX["plain"]).sum() > 20
    pictured = mesh.material == INDEX["facade"]
    assert (np.ptp(mesh.uv[pictured], axis=1).max(axis=1) > 0).all()


@pytest.mark.parametrize("style", sorted(SAMPLES))
def test_texel_density_on_walls_stays_within_twofold(style: str) -> None:
    mesh = dressed(style)
    walls = (mesh.surface == Surface.WALL) & (strip_of(mesh) != "")
    corner = mesh.vertices[mesh.faces[walls]]
    slivers = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) < 0.04
    sheet = np.where((mesh.material[walls] == INDEX["storeys"])[:, None], STOREYS_PIXELS, FACADE_PIXELS)
    density = unstretched(corner, mesh.uv[walls].astype(float) * sheet[:, None], 1)
    density = density[np.isfinite(density).all(axis=1) & ~slivers]
    assert density.min() > FULL_RES / 2
    assert density.max() < FULL_RES * 2


@pytest.mark.parametrize("style", sorted(SAMPLES))
def test_walls_of_the_same_height_are_covered_without_holes(style: str) -> None:
    """The area of the dressed wall equals that of the solid's, where no veranda cuts into it."""
    feature = sample(style)
    look = LookOptions(mix="villas", relief=False)
    mesh = dress_building(feature, look, BuildingLookOptions(id=feature.id, style=style), path_xy=STREET).mesh
    plain = plain_building(feature, look, BuildingLookOptions(id=feature.id, style=style))
    assert area(mesh, Surface.WALL) == pytest.approx(area(plain, Surface.WALL), rel=1e-6)
    assert area(mesh, Surface.ROOF) == pytest.approx(area(plain, Surface.ROOF), rel=1e-6)


def area(mesh: Mesh, surface: Surface) -> float:
    corner = mesh.vertices[mesh.faces[mesh.surface == surface]]
    return float(np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1).sum() / 2)


def test_windows_come_in_whole_bays_and_never_reach_round_a_corner() -> None:
    mesh = dressed("slab_1980s", house(flat_house(17.3, 9.1, 12.4)))
    at = strip_of(mesh) == "slab"
    u = mesh.uv[at].astype(float)[..., 0] * FACADE_PIXELS / CELL_PIXELS
    assert np.allclose(u, np.rint(u), atol=0.01)


def test_a_tower_costs_no_more_walls_than_a_low_slab() -> None:
    low, high = (dressed("curtain_wall", house(flat_house(24.0, 18.0, h))) for h in (16.0, 94.0))
    windows = [mesh.material == INDEX["storeys"] for mesh in (low, high)]
    assert windows[0].sum() == windows[1].sum() > 0
    storeys = np.ptp(high.uv[windows[1]][..., 1], axis=1).max() * COLUMN_STOREYS
    assert storeys == pytest.approx(np.rint(storeys), abs=1e-4)
    assert 20 < storeys < 26


def test_balconies_one_above_another_are_one_glazed_shaft() -> None:
    meshes = [dressed("slab_1980s", replace(house(flat_house(24.0, 12.0, 16.0)), id=f"way/{k}")) for k in range(4)]
    before = [m.vertices[:, 1].min() for m in meshes]
    assert min(before) == pytest.approx(-6.0 - 1.15, abs=0.01)
    mesh = meshes[int(np.argmin(before))]
    front = (mesh.vertices[mesh.faces][..., 1] < -7.1).all(axis=1) & (mesh.material == INDEX["storeys"])
    assert 2 <= front.sum() <= 16
    assert np.ptp(mesh.vertices[mesh.faces[front]][..., 2], axis=1).min() > 8.0


def test_the_door_opens_on_the_side_of_the_path() -> None:
    for target in (np.array([0.0, -40.0]), np.array([0.0, 40.0]), np.array([60.0, 0.0])):
        feature = house(gable_house(12.0, 9.0, 6.4, 2.4))
        mesh = dress_building(feature, LOOK, BuildingLookOptions(id="way/7", style="plain"), path_xy=target).mesh
        doors = mesh.vertices[mesh.faces[strip_of(mesh) == "door_steel"]].reshape(-1, 3)
        assert len(doors)
        toward = target / np.linalg.norm(target)
        assert (doors[:, :2] @ toward).mean() > 4.0


def test_the_door_stands_on_the_plinth_and_not_in_the_air() -> None:
    mesh = dressed("plain", house(flat_house(12.0, 9.0, 7.0)))
    doors = mesh.vertices[mesh.faces[strip_of(mesh) == "door_steel"]].reshape(-1, 3)
    assert 0.0 <= doors[:, 2].min() <= 0.35


def test_tiles_run_down_the_slope() -> None:
    mesh = dressed("plain", house(gable_house(12.0, 9.0, 6.4, 2.4)))
    roof = mesh.material == INDEX["roof"]
    corner, uv = mesh.vertices[mesh.faces[roof]], mesh.uv[roof].astype(float)
    highest, lowest = corner[..., 2].argmax(axis=1), corner[..., 2].argmin(axis=1)
    rows = np.arange(len(corner))
    assert np.all(uv[rows, lowest, 1] >= uv[rows, highest, 1] - 1e-6)


def test_a_villa_on_the_street_gets_a_veranda_and_closes_it_behind() -> None:
    seen = 0
    for k in range(12):
        feature = replace(sample("amoy_villa"), id=f"way/{k}")
        mesh = dressed("amoy_villa", feature)
        inner = mesh.vertices[mesh.faces[strip_of(mesh) == "veranda"]].reshape(-1, 3)
        if len(inner):
            seen += 1
            assert inner[:, 1].min() == pytest.approx(-6.25 + 1.7, abs=0.01)
    assert 5 <= seen <= 11


def test_bays_that_stand_half_against_a_lower_neighbour_part_stay_blank() -> None:
    mesh = dressed("plain", house(stepped_house(20.0, 9.0, 4.2, 9.8)))
    blank = strip_of(mesh) == "stucco"
    assert blank.any()


def test_facades_can_be_switched_off() -> None:
    feature = dress_building(sample("plain"), LookOptions(facades=False))
    assert set(np.unique(feature.mesh.material).tolist()) == {INDEX["plain"]}
    assert feature.tags["xm:style"] == "plain"


def test_an_override_tints_the_walls() -> None:
    override = BuildingLookOptions(id="sample/plain", style="plain", wall_rgb=(10, 200, 30))
    mesh = dress_building(sample("plain"), LOOK, override).mesh
    walls = strip_of(mesh) == "house"
    assert np.all(mesh.rgb[walls] == (10, 200, 30))


def test_a_building_looks_the_same_alone_and_among_neighbours() -> None:
    features = [replace(sample(name), id=f"way/{k}") for k, name in enumerate(sorted(SAMPLES))]
    lines = [Line(id="street", xy=np.array([[-60.0, -25.0], [60.0, -25.0]]))]
    together = dress_buildings(features, LOOK, paths=lines)
    for feature, twin in zip(features, together, strict=True):
        alone = dress_buildings([feature], LOOK, paths=lines)[0]
        assert np.array_equal(alone.mesh.vertices, twin.mesh.vertices)
        assert np.array_equal(alone.mesh.rgb, twin.mesh.rgb)


def test_a_feature_without_solids_passes_through() -> None:
    feature = replace(sample("plain"), solids={})
    assert dress_building(feature, LOOK) is feature


@settings(max_examples=40, deadline=None)
@given(
    width=st.floats(1.0, 80.0),
    depth=st.floats(1.0, 40.0),
    height=st.floats(0.6, 120.0),
    rise=st.floats(0.3, 6.0),
    style=st.sampled_from(sorted(SAMPLES)),
    kind=st.sampled_from(["flat", "gable", "hip"]),
)
def test_any_house_can_be_dressed(
    width: float, depth: float, height: float, rise: float, style: str, kind: str
) -> None:
    width = max(width, depth)
    make = {"flat": lambda: flat_house(width, depth, height)}
    make["gable"] = lambda: gable_house(width, depth, height, rise)
    make["hip"] = lambda: hip_house(width + 1, depth, height, rise)
    mesh = dressed(style, house(make[kind]()))
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.uv).all()
    assert len(mesh.faces) < 9000


def test_one_walks_through_an_arcade_from_house_to_house() -> None:
    """The side walls of an arcade are open behind the corner pier, and solid above and farther back."""
    mesh = dressed("qilou")
    corner = mesh.vertices[mesh.faces[mesh.surface == Surface.WALL]]
    side = corner[(np.abs(np.abs(corner[:, :, 0]) - 7.0) < 0.02).all(axis=1)]
    middle = side.mean(axis=1)
    assert len(side)
    for y, z, solid in ((-4.5, 1.5, False), (-4.5, 3.75, True), (0.0, 1.5, True)):
        low, high = side[:, :, 1:].min(axis=1), side[:, :, 1:].max(axis=1)
        hit = ((low <= [y, z]) & (high >= [y, z])).all(axis=1) & (middle[:, 0] > 0)
        assert any(_holds(t[:, 1:], (y, z)) for t in side[hit]) is solid


def _holds(triangle: np.ndarray, point: tuple[float, float]) -> bool:
    a, b, c = triangle
    turns = [
        float((q - p)[0] * (point[1] - p[1]) - (q - p)[1] * (point[0] - p[0])) for p, q in ((a, b), (b, c), (c, a))
    ]
    return min(turns) >= -1e-9 or max(turns) <= 1e-9
