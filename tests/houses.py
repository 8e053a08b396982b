"""Hand-made houses and grounds for the tests of levels."""

from __future__ import annotations

import numpy as np

from xmscenes.geometry.extrude import polygon_block, solid_to_mesh
from xmscenes.records import (
    Feature,
    Form,
    HeightGrid,
    Mesh,
    Origin,
    Outcome,
    Placement,
    Solid,
    TileKey,
    TileModel,
)

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
