"""A long bridge is taken apart at the borders of tiles; everything else stays where it is."""

import numpy as np

from xmscenes.export.cells import FeatureRows
from xmscenes.export.spread import spread_scene
from xmscenes.frame import Frame
from xmscenes.geometry.mesh_cuts import cut_at_squares
from xmscenes.geometry.meshes import face_areas
from xmscenes.records import FeatureInfo, LodChain, LodLevel, Mesh, Origin, Outcome, Scene, TileKey, TileLods


def deck(west, east, pieces):
    """A deck 4 m wide along y = 10 in so many pieces."""
    x = np.linspace(west, east, pieces + 1)
    vertices = np.concatenate([np.column_stack([x, np.full_like(x, y), np.full_like(x, 5.0)]) for y in (8.0, 12.0)])
    i, n = np.arange(pieces), pieces + 1
    faces = np.concatenate([np.column_stack([i, i + 1, n + i + 1]), np.column_stack([i, n + i + 1, n + i])])
    return Mesh(vertices=vertices, faces=faces.astype(np.int32), surface=np.zeros(2 * pieces, np.uint8))


def scene(west, east):
    about = Outcome(origin=Origin.MEASURED, source="测试")
    levels = tuple(
        LodLevel(
            index=k, mesh=mesh, error_m=0.1 * k, error_max_m=0.1 * k,
            feature_of_face=np.zeros(len(mesh.faces), np.int32),
        )
        for k, mesh in enumerate(cut_at_squares(deck(west, east, pieces), 100.0)[0] for pieces in (60, 7))
    )  # fmt: skip
    chain = LodChain(
        id="site/0_0", kind="site", levels=levels, features=(FeatureInfo(id="演武大桥", kind="bridge", outcome=about),)
    )
    tiles = (
        TileLods(key=TileKey(column=0, row=0), bounds_m=(0.0, 0.0, 100.0, 100.0), chains=(chain,)),
        TileLods(key=TileKey(column=1, row=0), bounds_m=(100.0, 0.0, 200.0, 100.0), chains=()),
    )
    return Scene(
        name="桥", title="桥", title_en="", licence="CC0", frame=Frame(lon_deg=118.06, lat_deg=24.44), tiles=tiles,
        tile_m=100.0, prototypes={},
    )  # fmt: skip


def test_a_long_bridge_is_in_every_tile_that_it_crosses_whole_at_every_level():
    whole = scene(-150.0, 350.0)
    rows = FeatureRows(whole)
    cut = spread_scene(whole, rows)
    assert [str(tile.key) for tile in cut.tiles] == ["-2_0", "-1_0", "0_0", "1_0", "2_0", "3_0"]
    for k in range(2):
        parts = [tile.chains[0].levels[k] for tile in cut.tiles]
        assert np.isclose(sum(face_areas(part.mesh).sum() for part in parts), 500.0 * 4.0)
    for tile in cut.tiles:
        (part,) = tile.chains
        west, _, east, _ = tile.bounds_m
        x = part.levels[0].mesh.vertices[:, 0]
        assert west - 1e-9 <= x.min() < x.max() <= east + 1e-9
        assert (rows.of_level(part, part.levels[0]) == 0).all()
        assert part.features[0].id == "演武大桥"


def test_a_short_one_stays_with_its_tile():
    whole = scene(-50.0, 150.0)
    assert spread_scene(whole, FeatureRows(whole)) is whole
