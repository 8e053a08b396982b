"""Every landmark of the shipped places, measured in the file that is delivered: spec → hero → levels → GLB → here."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from xmscenes.export.plain import write_plain
from xmscenes.gltf_drawn import read_glb
from xmscenes.lod import make_levels
from xmscenes.model.heroes import HEROES, locate_heroes, place_hero
from xmscenes.records import HeightGrid, Scene, TileKey, TileModel
from xmscenes.scenes import load_spec

PLACES = ("gulangyu", "shapowei", "yundang")
GROUND_M = 12.0  # flat, of the landmarks whose elevation is not published
MOST_TRIANGLES = 15_000
NEAR_M = 2.0
TOLERANCE = 0.05
FOLIAGE = "foliage"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is published of a landmark. Positions WGS 84; elevations above the sea; ``mark`` is what stands there.

    ``mark`` picks the vertices whose middle lies at the published position, by height over the foot; a landmark that
    is symmetrical about it needs none. ``sizes_m``: height, or widths of what lies between two heights over the foot.
    """

    lon_deg: float
    lat_deg: float
    foot_m: float = GROUND_M
    mark: tuple[float, float] | None = None
    height_m: float | None = None
    widths_m: dict[tuple[float, float], float] = field(default_factory=dict)


# Sources: OpenStreetMap for places on Gulangyu; 日光岩 92.7 m and 40 m across, 八卦楼 25.7 m with a dome of 10 m,
# 郑成功 15.7 m tall and 9.2 m wide on 29.5 m, 世茂 300 m, 颂恩楼 about 95 m, 白鹭女神 13.6 m, 国际中心 343.9 m.
PUBLISHED: dict[str, Fact] = {
    "sunlight_rock": Fact(
        lon_deg=118.0622567, lat_deg=24.4446321, foot_m=92.7 - 40.7, mark=(40.8, 45.0), height_m=40.7 + 1.2,
        widths_m={(23.0, 40.0): 40.0},
    ),
    "bagua_mansion": Fact(lon_deg=118.063234, lat_deg=24.450126, mark=(24.0, 30.0), height_m=25.7),
    "koxinga_statue": Fact(
        lon_deg=118.0717852, lat_deg=24.4438617, foot_m=29.5, mark=(14.0, 20.0), height_m=15.7,
        widths_m={(0.5, 15.7): 9.2},
    ),
    "shuzhuang_garden": Fact(lon_deg=118.064438, lat_deg=24.441967),
    "shuzhuang_poem_pavilion": Fact(lon_deg=118.064264, lat_deg=24.442167),
    "shuzhuang_west_gate": Fact(lon_deg=118.063963, lat_deg=24.442233),
    "shuzhuang_east_gate": Fact(lon_deg=118.06535, lat_deg=24.441143),
    "catholic_church": Fact(lon_deg=118.067766, lat_deg=24.44644),
    "union_church": Fact(lon_deg=118.067503, lat_deg=24.446674),
    "trinity_church": Fact(lon_deg=118.062113, lat_deg=24.447073),
    "shimao_twin_towers": Fact(lon_deg=118.08361, lat_deg=24.43833, mark=(290.0, 310.0), height_m=300.0),
    "shapowei_basin": Fact(lon_deg=118.08162, lat_deg=24.44240),
    "xmu_songen": Fact(lon_deg=118.0935, lat_deg=24.4375, mark=(80.0, 100.0), height_m=95.0),
    "egret_goddess": Fact(lon_deg=118.0905, lat_deg=24.4755, foot_m=0.0, height_m=13.6),
    "west_dike_gate": Fact(lon_deg=118.0715, lat_deg=24.4795),
    "xiamen_international_centre": Fact(
        lon_deg=118.070599, lat_deg=24.467512, mark=(300.0, 350.0), height_m=343.9
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Written:
    """One landmark at one level as a client gets it: local metres, z up."""

    vertices: np.ndarray  # (V, 3)
    faces: np.ndarray  # (F, 3), of welded vertices
    solid: np.ndarray  # (F,), False on leaves


def flat(xy: np.ndarray) -> np.ndarray:
    return np.full(len(xy), GROUND_M)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[Written], np.ndarray]]:
    """Levels of every landmark, and where its position lies in the frame of its place, by id."""
    found: dict[str, tuple[list[Written], np.ndarray]] = {}
    for place in PLACES:
        spec = load_spec(place).spec
        frame = spec.to_frame()
        ground = HeightGrid(corner_m=(0.0, 0.0), cell_m=1e4, z=np.zeros((2, 2), "f4"))
        heroes = locate_heroes([h for h in spec.hero if h.model is None], frame, Path)
        box = (-1e4, -1e4, 1e4, 1e4)
        model = TileModel(
            key=TileKey(column=0, row=0), bounds_m=box, ground=ground,
            features=tuple(place_hero(hero, flat) for hero in heroes),
        )  # fmt: skip
        scene = Scene(
            name=place, title=place, title_en=place, licence="CC0-1.0", frame=frame,
            tiles=(make_levels(model, spec.lod),),
        )  # fmt: skip
        levels = [read_level(path) for path in write_plain(scene, tmp_path_factory.mktemp(place))]
        for hero in heroes:
            fact = PUBLISHED[hero.options.id]
            at = frame.to_local(np.array([[fact.lon_deg, fact.lat_deg]]), "EPSG:4326")[0]
            found[hero.options.id] = ([level[f"hero/{hero.options.id}"] for level in levels], at)
    return found


def read_level(path: Path) -> dict[str, Written]:
    parts: dict[str, list] = {}
    for item in read_glb(path):
        points = item.vertices.astype("f8") @ item.instances[0, :3, :3].T + item.instances[0, :3, 3]
        parts.setdefault(item.name, []).append((points, item.faces, item.material.get("name") != FOLIAGE))
    return {name: weld(pieces) for name, pieces in parts.items()}


def weld(pieces: list) -> Written:
    starts = np.cumsum([0] + [len(p) for p, _, _ in pieces])
    points = np.concatenate([p for p, _, _ in pieces])
    faces = np.concatenate([f.astype(int) + n for (_, f, _), n in zip(pieces, starts[:-1], strict=True)])
    solid = np.concatenate([np.full(len(f), s) for _, f, s in pieces])
    _, first, index = np.unique(np.round(points, 4), axis=0, return_index=True, return_inverse=True)
    x, y, z = points[first].T
    return Written(vertices=np.column_stack([x, -z, y]), faces=index.reshape(-1)[faces], solid=solid)


def turned(name: str) -> np.ndarray:
    """From local metres to the landmark's own axes: across its front, and ahead."""
    c, s = np.cos(np.radians(HEROES[name].heading_deg)), np.sin(np.radians(HEROES[name].heading_deg))
    return np.array([[c, s], [-s, c]])


HERE = sorted(PUBLISHED)


def test_every_landmark_of_the_places_is_in_the_files(written: dict) -> None:
    assert sorted(written) == HERE
    assert set(HERE) <= set(HEROES)


@pytest.mark.parametrize("name", HERE)
def test_it_stands_within_two_metres_of_its_published_position(name: str, written: dict) -> None:
    levels, at = written[name]
    fact = PUBLISHED[name]
    points = levels[0].vertices
    if fact.mark is not None:
        points = points[(points[:, 2] > fact.foot_m + fact.mark[0]) & (points[:, 2] < fact.foot_m + fact.mark[1])]
    elif name == "shuzhuang_garden":  # the place is that of 真率亭, one end of the long bridge
        points = points[np.linalg.norm(points[:, :2] - at, axis=1) < 6.0]
    own = (points[:, :2] - at) @ turned(name)
    assert np.linalg.norm((own.max(0) + own.min(0)) / 2) < NEAR_M


@pytest.mark.parametrize("name", [n for n in HERE if PUBLISHED[n].height_m or PUBLISHED[n].widths_m])
def test_its_sizes_are_the_published_ones_within_five_per_cent(name: str, written: dict) -> None:
    fact = PUBLISHED[name]
    for level in written[name][0][:2]:
        rise = level.vertices[:, 2] - fact.foot_m
        assert rise.max() == pytest.approx(fact.height_m, rel=TOLERANCE)
    for level in written[name][0][:1]:
        rise = level.vertices[:, 2] - fact.foot_m
        across = level.vertices[:, :2] @ turned(name)[:, 0]
        for (low, high), width in fact.widths_m.items():
            assert np.ptp(across[(rise > low) & (rise < high)]) == pytest.approx(width, rel=TOLERANCE)


def test_the_dome_of_bagua_mansion_is_its_top_ten_metres(written: dict) -> None:
    level = written["bagua_mansion"][0][0]
    rise = level.vertices[:, 2] - PUBLISHED["bagua_mansion"].foot_m
    assert np.ptp(level.vertices[rise > 25.7 - 9.5, :2], axis=0).max() < 15.0
    assert np.ptp(level.vertices[(rise > 9.0) & (rise < 25.7 - 10.5), :2], axis=0).min() > 30.0


@pytest.mark.parametrize("name", HERE)
def test_it_keeps_the_budget_and_gets_lighter_by_levels(name: str, written: dict) -> None:
    counts = [len(level.faces) for level in written[name][0]]
    assert counts[0] <= MOST_TRIANGLES
    assert all(a >= b for a, b in pairwise(counts)), counts
    assert counts[-1] < 0.5 * counts[0]


@pytest.mark.parametrize("name", HERE)
def test_it_is_closed_and_no_face_is_flipped(name: str, written: dict) -> None:
    """Every edge has as many faces on one side as on the other, and what they enclose has a positive volume."""
    for rank, level in enumerate(written[name][0]):
        faces = level.faces[level.solid]
        faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
        a, b = faces[:, [0, 1, 2]].reshape(-1), faces[:, [1, 2, 0]].reshape(-1)
        size = len(level.vertices)
        keys, index = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_inverse=True)
        turns = np.bincount(index, np.where(a < b, 1.0, -1.0), minlength=len(keys))
        assert not turns.any(), f"level {rank}: {np.count_nonzero(turns)} of {len(keys)} edges"
        p, q, r = (level.vertices[faces[:, k]] - level.vertices.mean(0) for k in range(3))
        assert np.einsum("fi,fi->f", p, np.cross(q, r)).sum() > 0
