"""Judging a whole file: the truth itself is perfect, and known harm shows as known numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from xmscenes.bench.roof_city import roof_of
from xmscenes.bench.roof_clouds import write_cloud
from xmscenes.bench.roof_kinds import box, slopes
from xmscenes.bench.roof_truth import from_faces, write_truth
from xmscenes.bench.roofs import judge_roofs, run_roofs
from xmscenes.export.cityjson import write_cityjson
from xmscenes.frame import Frame
from xmscenes.records import Feature, Form, Mesh, Origin, Outcome, Solid, Surface

CRS = "EPSG:28992"
FRAME = Frame(lon_deg=4.2698811, lat_deg=52.1049382)
NO_MESH = Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))


def house(ridge: float) -> Solid:
    xyz = np.array(
        [
            *[(0, 0, 0), (10, 0, 0), (10, 6, 0), (0, 6, 0), (0, 0, 3), (10, 0, 3), (10, 6, 3), (0, 6, 3)],
            *[(0, 3, ridge), (10, 3, ridge)],
        ],
        dtype=float,
    )
    rings = [(3, 2, 1, 0), (4, 5, 9, 8), (6, 7, 8, 9), (0, 1, 5, 4), (2, 3, 7, 6), (1, 2, 6, 9, 5), (3, 0, 4, 8, 7)]
    kinds = [Surface.FLOOR, Surface.ROOF, Surface.ROOF, *[Surface.WALL] * 4]
    return Solid(vertices=xyz, faces=tuple((r,) for r in rings), surface=np.array(kinds, "u1"))


@pytest.fixture
def world(tmp_path):
    """One true house with ridge at 5 m, exact points on its roof, and a second footprint that nobody models."""
    _, faces = roof_of([box(5, 3, 10, 6, *slopes(10, 6, 3.0, None, 2 / 3))])
    place = np.append(FRAME.to_crs(np.array([[0.0, 0.0]]), CRS)[0], 0.0)
    turned = [np.concatenate([_to_crs(f), f[:, :, 2:]], axis=2) for f in faces]
    ring = shapely.Polygon(_to_crs(np.array([[[0, 0], [10, 0], [10, 6], [0, 6]]], dtype=float))[0])
    away = shapely.box(50, 50, 60, 60)
    truth = from_faces(
        CRS, ["房", "缺"], [ring, shapely.affinity.translate(away, *place[:2])], [0.0, 0.0], [turned, [turned[0] + 50]]
    )
    write_truth(truth, tmp_path)
    u = np.random.default_rng(1).uniform((0.05, 0.05), (9.95, 5.95), (3000, 2))
    z = 5 - np.abs(u[:, 1] - 3) * 2 / 3
    xyz = np.column_stack([_to_crs(u[None])[0], z])
    write_cloud(tmp_path / "points.laz", (xyz, np.full(len(xyz), 6, np.uint8)), CRS)
    return tmp_path


def _to_crs(xy):
    return FRAME.to_crs(xy[:, :, :2].reshape(-1, 2), CRS).reshape(*xy.shape[:2], 2)


def judged(folder: Path, *solids: Solid) -> dict:
    feature = Feature(
        id="房", kind="building", form=Form.ROOFED, mesh=NO_MESH, outcome=Outcome(origin=Origin.MEASURED),
        solids=dict.fromkeys(Form, solids),
    )  # fmt: skip
    write_cityjson(folder / "a.city.json", [feature], frame=FRAME, crs=CRS, title="t")
    return run_roofs(folder / "a.city.json", folder / "points.laz", folder / "footprints.gpkg", folder / "truth.npz")


def test_a_model_that_is_the_truth_is_perfect(world):
    out = judged(world, house(5.0))
    assert out["rate"] == 0.5
    assert out["gt"]["rmse_m"] < 2e-4
    assert out["gt"]["cover"] == 1.0
    assert out["p2r"]["rmse_m"] < 8e-4  # the points are rounded to the millimetre
    assert out["dsm"]["in20"] == 1.0
    assert out["planes"] == {"found": 2, "true": 2, "exact": 1.0, "mae": 0.0, "too_few": 0.0, "too_many": 0.0}
    assert out["scanned"]["buildings"] == 1
    for form in ("1.2", "1.3", "2.2"):
        assert (
            out["solids"][form]["valid"] == out["solids"][form]["watertight"] == out["solids"][form]["manifold"] == 1.0
        )
        assert out["solids"][form]["triangles_per_building"] == 2 + 4 + 4 + 6
    assert out["solids"]["2.2"]["shortest_edge_m"] == pytest.approx(3.0, abs=0.01)


def test_a_ridge_half_a_metre_too_high_shows_in_every_measure(world):
    out = judged(world, house(5.5))
    # the error grows from 0 at the eaves to 0.5 at the ridge: cells from 0.25 m inside on
    assert out["gt"]["mae_m"] == pytest.approx(0.27, abs=0.01)
    assert out["gt"]["in20"] == pytest.approx(0.345, abs=0.03)
    # against the plane, not straight up: less by the cosine of the model's slope
    cosine = 1 / np.hypot(1, 2.5 / 3)
    assert out["p2r"]["mae_m"] == pytest.approx(0.25 * cosine, abs=0.01)
    assert out["planes"]["exact"] == 1.0


def test_a_missing_wall_is_neither_valid_nor_manifold(world):
    sound = house(5.0)
    broken = Solid(vertices=sound.vertices, faces=sound.faces[:-1], surface=sound.surface[:-1])
    out = judged(world, broken)["solids"]["2.2"]
    assert (out["valid"], out["manifold"], out["watertight"]) == (0.0, 0.0, 0.0)
    assert out["not_valid"] == ["房"]
    assert "NOT_CLOSED" in out["faults"]


def test_a_roof_that_covers_half_covers_half(world):
    sound = house(5.0)
    kinds = sound.surface.copy()
    kinds[1] = Surface.WALL
    out = judged(world, Solid(vertices=sound.vertices, faces=sound.faces, surface=kinds))
    assert out["gt"]["cover"] == pytest.approx(0.5, abs=0.02)
    assert out["planes"]["too_few"] == 1.0


def test_verdicts_come_in_the_order_of_the_layer(world):
    judged(world, house(5.0))
    files = (world / "a.city.json", world / "points.laz", world / "footprints.gpkg", world / "truth.npz")
    verdicts, _ = judge_roofs(*files)
    assert [(v.id, v.has_model) for v in verdicts] == [("房", True), ("缺", False)]


def test_the_verdict_can_be_stored_as_json(world):
    assert json.loads(json.dumps(judged(world, house(5.0)), ensure_ascii=False))["buildings"] == 2
