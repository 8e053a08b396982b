"""Hand-made houses, grounds and scenes for the tests of levels, deliveries and checks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.geometry.extrude import polygon_block, solid_to_mesh
from xmscenes.geometry.meshes import keep_faces
from xmscenes.lod import make_levels
from xmscenes.look.materials import INDEX
from xmscenes.options import LodOptions
from xmscenes.records import (
    Feature,
    Form,
    HeightGrid,
    LodChain,
    LodLevel,
    Mesh,
    Origin,
    Outcome,
    Placement,
    Scene,
    Solid,
    Source,
    Surface,
    TileKey,
    TileModel,
)

if TYPE_CHECKING:
    from pathlib import Path

RED, CREAM = (170, 70, 50), (220, 205, 180)


def gabled(
    x: float, y: float, *, length: float = 16.0, width: float = 10.0, eave: float = 8.0, rise: float = 3.0
) -> Solid:
    """A gabled house whose ridge runs east; floor at zero."""
    x1, y1, ridge = x + length, y + width, eave + rise
    vertices = [
        [x, y, 0],
        [x1, y, 0],
        [x1, y1, 0],
        [x, y1, 0],
        [x, y, eave],
        [x1, y, eave],
        [x1, y1, eave],
        [x, y1, eave],
    ]
    vertices += [[x, (y + y1) / 2, ridge], [x1, (y + y1) / 2, ridge]]
    faces = (
        ((0, 3, 2, 1),), ((0, 1, 5, 4),), ((1, 2, 6, 9, 5),), ((2, 3, 7, 6),), ((3, 0, 4, 8, 7),),
        ((4, 5, 9, 8),), ((6, 7, 8, 9),),
    )  # fmt: skip
    return Solid(vertices=np.array(vertices, float), faces=faces, surface=np.array([6, 5, 5, 5, 5, 4, 4], np.uint8))


def block(x: float, y: float, length: float, width: float, top: float) -> Solid:
    ring = np.array([[x, y], [x + length, y], [x + length, y + width], [x, y + width]], float)
    return polygon_block((ring, ()), 0.0, top)


def dressed(mesh: Mesh) -> Mesh:
    rgb = np.where((mesh.surface == 4)[:, None], RED, CREAM).astype(np.uint8)
    return Mesh(vertices=mesh.vertices, faces=mesh.faces, surface=mesh.surface, rgb=np.repeat(rgb[:, None], 3, axis=1))


def house(name: str, x: float, y: float, *, rise: float = 3.0, eave: float = 8.0, mesh: Mesh | None = None) -> Feature:
    roofed, plain = gabled(x, y, rise=rise, eave=eave), (block(x, y, 16.0, 10.0, eave + 0.7 * rise),)
    return Feature(
        id=name,
        kind="building",
        name="八卦楼",
        form=Form.ROOFED,
        mesh=mesh or dressed(solid_to_mesh(roofed)),
        outcome=Outcome(origin=Origin.MEASURED, source="points", point_count=321, rmse_m=0.0812),
        solids={Form.ROOFED: (roofed,), Form.STEPPED: plain, Form.BLOCK: plain},
    )


def ground(cells: int = 30, size_m: float = 200.0, x0: float = 0.0, y0: float = 0.0) -> Mesh:
    """Rolling ground; the height is a function of the place, so neighbours meet."""
    axis = np.linspace(0.0, size_m, cells + 1)
    x, y = np.meshgrid(axis + x0, axis + y0)
    z = 6.0 * np.sin(x / 40.0) * np.cos(y / 55.0)
    at = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])]).astype(np.int32)
    return Mesh(
        vertices=np.column_stack([x.ravel(), y.ravel(), z.ravel()]),
        faces=faces,
        surface=np.ones(len(faces), np.uint8),
        rgb=np.full((len(faces), 3, 3), (110, 130, 90), np.uint8),
        smooth=np.ones(len(faces), bool),
    )


def tile(*features: Feature, column: int = 0, row: int = 0, size_m: float = 200.0, trees: int = 0) -> TileModel:
    west, south = column * size_m, row * size_m
    xyz = np.column_stack([west + 3.0 + 7.0 * np.arange(trees), np.full(trees, south + 5.0), np.full(trees, 2.0)])
    placements = (
        Placement(
            prototype="ball",
            xyz=xyz,
            heading_deg=np.arange(trees, dtype=np.float32) * 40,
            scale=np.tile(np.array([[6, 6, 8]], np.float32), (trees, 1)),
        ),
    )
    return TileModel(
        key=TileKey(column=column, row=row),
        bounds_m=(west, south, west + size_m, south + size_m),
        features=features,
        placements=placements if trees else (),
        ground=HeightGrid(z=np.zeros((2, 2), np.float32), cell_m=size_m, corner_m=(west, south)),
    )


def ground_feature(mesh: Mesh, name: str = "terrain") -> Feature:
    return Feature(id=name, kind="terrain", mesh=mesh, outcome=Outcome(origin=Origin.SIMULATED))


def ball_chain() -> LodChain:
    """A prototype of one metre: an octahedron, then a card."""
    top = np.array([[0, 0, 1], [0.3, 0, 0.5], [0, 0.3, 0.5], [-0.3, 0, 0.5], [0, -0.3, 0.5], [0, 0, 0]], float)
    faces = [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 1], [5, 2, 1], [5, 3, 2], [5, 4, 3], [5, 1, 4]]
    card = np.array([[-0.3, 0, 0], [0.3, 0, 0], [0.3, 0, 1], [-0.3, 0, 1]], float)
    meshes = [green(top, faces), green(card, [[0, 1, 2], [0, 2, 3]])]
    levels = tuple(LodLevel(index=k, mesh=mesh, error_m=0.1 * k) for k, mesh in enumerate(meshes))
    return LodChain(id="ball", kind="prototype", levels=levels)


def green(vertices: np.ndarray, faces: list[list[int]]) -> Mesh:
    return Mesh(
        vertices=vertices,
        faces=np.array(faces, np.int32),
        surface=np.full(len(faces), Surface.FOLIAGE, np.uint8),
        rgb=np.full((len(faces), 3, 3), (60, 110, 50), np.uint8),
    )


def facade(mesh: Mesh) -> Mesh:
    """Dress walls in the facade atlas."""
    wall = mesh.surface == Surface.WALL
    span = np.ptp(mesh.vertices, axis=0).max()
    uv = (mesh.vertices[mesh.faces][:, :, [0, 2]] - mesh.vertices.min(axis=0)[[0, 2]]) / span
    return replace(mesh, material=np.where(wall, INDEX["facade"], 0).astype(np.uint8), uv=uv.astype(np.float32))


@cache
def small_scene() -> Scene:
    """Three tiles in a row with houses, ground, trees and a pond; some walls wear the facade atlas."""
    tiles = []
    for column in range(3):
        west = 200.0 * column
        homes = [house(f"way/{column}{i}", west + 20.0 + 25.0 * i, 40.0, rise=0.5 + i) for i in range(5)]
        homes[0] = replace(homes[0], mesh=facade(homes[0].mesh))
        pond = solid_to_mesh(block(west + 120, 120, 30, 20, 0.3))
        pond = replace(keep_faces(pond, pond.surface == Surface.ROOF), material=np.full(2, INDEX["water"], np.uint8))
        water = Feature(
            id=f"pond/{column}", kind="water", mesh=pond, outcome=Outcome(origin=Origin.DIGITISED), name="日月池"
        )
        model = tile(*homes, water, ground_feature(ground(24, x0=west), f"terrain/{column}"), column=column, trees=9)
        tiles.append(make_levels(model, LodOptions()))
    osm = Source(
        path="assets/probe/footprints.geojson",
        sha256="0" * 64,
        licence="ODbL-1.0",
        attribution="© OpenStreetMap contributors, ODbL 1.0",
        origin=Origin.OPENSTREETMAP,
    )
    return Scene(
        name="probe",
        title="试验场",
        title_en="Probe",
        licence="CC-BY-4.0",
        frame=Frame(lon_deg=118.06, lat_deg=24.44, undulation_m=10.0),
        tiles=tuple(tiles),
        prototypes={"ball": ball_chain()},
        sources=(osm,),
    )


def painted_assets(folder: Path) -> Path:
    """An assets folder with small pictures for every atlas."""
    from PIL import Image

    from xmscenes.look.atlas import ATLASES

    (folder / "look").mkdir(parents=True, exist_ok=True)
    for atlas in ATLASES.values():
        for name in (atlas.albedo, atlas.normal, atlas.orm, atlas.emissive):
            if name:
                pixels = np.indices((64, 64)).sum(axis=0)[..., None] % 17 * np.array([14, 12, 9])
                Image.fromarray(pixels.astype(np.uint8)).save(folder / "look" / name)
    return folder
