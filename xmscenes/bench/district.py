"""A generated district of about 1.5 million triangles: towers with recessed windows on rolling ground.

It stands in for a large place wherever size and speed of levels and files are measured. Nothing in it is random but
the seeded sizes, so every run measures the same thing.
"""

from __future__ import annotations

import numpy as np

from xmscenes.frame import Frame
from xmscenes.geometry.extrude import polygon_block, solid_to_mesh
from xmscenes.geometry.meshes import keep_faces, merge_meshes, welded
from xmscenes.look.materials import INDEX
from xmscenes.records import (
    Feature,
    Form,
    HeightGrid,
    Mesh,
    Origin,
    Outcome,
    Scene,
    Solid,
    Surface,
    TileKey,
    TileLods,
    TileModel,
)

TILE_M = 200.0
TILES = 4  # tiles a side
HOUSES = 4  # houses a tile's side
CELLS = 125  # ground cells a tile's side
BAY_M, STOREY_M, RECESS_M = 3.0, 3.3, 0.25


def district_models(*, tiles: int = TILES, houses: int = HOUSES, cells: int = CELLS, seed: int = 4) -> list[TileModel]:
    """Model ``tiles`` x ``tiles`` tiles with ``houses`` x ``houses`` houses and 2 ``cells``² ground triangles each."""
    rng = np.random.default_rng(seed)
    models = []
    for column in range(tiles):
        for row in range(tiles):
            west, south = column * TILE_M, row * TILE_M
            pitch = TILE_M / houses
            features = [_ground(column, row, cells)]
            for i in range(houses * houses):
                x, y = west + pitch * (i % houses) + 8.0, south + pitch * (i // houses) + 8.0
                bays, depth, storeys = rng.integers(5, 9), rng.integers(4, 6), rng.integers(5, 14)
                features.append(_house(f"house/{column}_{row}/{i}", x, y, int(bays), int(depth), int(storeys)))
            models.append(
                TileModel(
                    key=TileKey(column=column, row=row),
                    bounds_m=(west, south, west + TILE_M, south + TILE_M),
                    features=tuple(features),
                    ground=HeightGrid(z=np.zeros((2, 2), np.float32), cell_m=TILE_M, corner_m=(west, south)),
                )
            )
    return models


def district_scene(tiles: list[TileLods]) -> Scene:
    """Make a scene of levels."""
    return Scene(
        name="district",
        title="生成的街区",
        title_en="Generated district",
        licence="CC0-1.0",
        frame=Frame(lon_deg=118.1, lat_deg=24.5),
        tiles=tuple(tiles),
    )


def _height(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    rough = 0.04 * np.sin(x * 2.1) * np.sin(y * 1.7) + 0.03 * np.sin(x * 5.3 + y * 3.1)
    return np.asarray(5.0 * np.sin(x / 90.0) * np.cos(y / 120.0) + 0.8 * np.sin(x / 17.0 + y / 23.0) + rough)


def _ground(column: int, row: int, cells: int) -> Feature:
    axis = np.linspace(0.0, TILE_M, cells + 1)
    x, y = np.meshgrid(axis + column * TILE_M, axis + row * TILE_M)
    at = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, 1:].ravel(), at[1:, :-1].ravel()
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])]).astype(np.int32)
    vertices = np.column_stack([x.ravel(), y.ravel(), _height(x, y).ravel()])
    mesh = Mesh(
        vertices=vertices,
        faces=faces,
        surface=np.full(len(faces), Surface.GROUND, np.uint8),
        rgb=np.full((len(faces), 3, 3), (112, 128, 92), np.uint8),
        smooth=np.ones(len(faces), dtype=bool),
    )
    return Feature(id=f"terrain/{column}_{row}", kind="terrain", mesh=mesh, outcome=Outcome(origin=Origin.SIMULATED))


def _house(name: str, x: float, y: float, bays: int, depth: int, storeys: int) -> Feature:
    length, width = bays * BAY_M, depth * BAY_M
    floor = float(_height(np.array(x), np.array(y))) - 2.0
    top = floor + 2.0 + storeys * STOREY_M
    ring = np.array([[x, y], [x + length, y], [x + length, y + width], [x, y + width]])
    block = polygon_block((ring, ()), floor, top)
    base = polygon_block((ring, ()), floor, floor + 2.0)
    foot = solid_to_mesh(base)
    foot = keep_faces(foot, foot.surface != Surface.ROOF)
    lid = solid_to_mesh(block)
    lid = keep_faces(lid, lid.surface == Surface.ROOF)
    shell, _ = merge_meshes([_worn(foot), _worn(lid), _walls(ring, floor + 2.0, storeys)])
    solids: tuple[Solid, ...] = (block,)
    return Feature(
        id=name,
        kind="building",
        form=Form.ROOFED,
        mesh=welded(shell),
        outcome=Outcome(origin=Origin.SIMULATED, source="generated", rmse_m=0.0),
        solids=dict.fromkeys(Form, solids),
    )


def _worn(mesh: Mesh) -> Mesh:
    count = len(mesh.faces)
    rgb = np.where((mesh.surface == Surface.ROOF)[:, None], (150, 80, 60), (205, 196, 180)).astype(np.uint8)
    return Mesh(
        vertices=mesh.vertices,
        faces=mesh.faces,
        surface=mesh.surface,
        material=np.zeros(count, np.uint8),
        rgb=np.repeat(rgb[:, None], 3, axis=1),
    )


def _window() -> tuple[np.ndarray, np.ndarray]:
    """One bay: 18 triangles of (along, up, in), and where they lie on its picture."""
    outer = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    inner = 0.5 + (outer - 0.5) * [0.5, 0.55]
    quads, flat = [], []
    for k in range(4):  # the wall around the window, then the reveal
        j = (k + 1) % 4
        quads += [[(*outer[k], 0), (*outer[j], 0), (*inner[j], 0), (*inner[k], 0)]]
        quads += [[(*inner[k], 0), (*inner[j], 0), (*inner[j], 1), (*inner[k], 1)]]
        flat += [[outer[k], outer[j], inner[j], inner[k]]] * 2
    cell = np.array([*quads, [(*p, 1) for p in inner]], float)
    picture = np.array([*flat, list(inner)], float)
    halves = ([0, 1, 2], [0, 2, 3])
    return np.concatenate([cell[:, h] for h in halves]), np.concatenate([picture[:, h] for h in halves])


def _walls(ring: np.ndarray, floor: float, storeys: int) -> Mesh:
    """Four walls of windows, each set back by ``RECESS_M``."""
    triangles, painted = _window()
    parts, uvs = [], []
    for side in range(4):
        start, end = ring[side], ring[(side + 1) % 4]
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        inward = np.array([-along[1], along[0]])
        bays = np.meshgrid(np.arange(round(length / BAY_M)), np.arange(storeys))
        bay, storey = (grid.ravel()[:, None, None] for grid in bays)
        u, v, w = (triangles[None, ..., axis] for axis in range(3))
        xy = start + ((u + bay) * BAY_M)[..., None] * along + (w * RECESS_M + 0 * bay)[..., None] * inward
        z = floor + (v + storey) * STOREY_M
        parts.append(np.concatenate([xy, z[..., None]], axis=-1).reshape(-1, 3, 3))
        cell = np.concatenate([(bay + side) % 4 * 0.125, storey % 2 * 0.125], axis=-1)[:, None]
        uvs.append((painted[None] * 0.125 + cell).reshape(-1, 3, 2))
    corners, uv = np.concatenate(parts), np.concatenate(uvs)
    count = len(corners)
    return Mesh(
        vertices=corners.reshape(-1, 3),
        faces=np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        surface=np.full(count, Surface.WALL, np.uint8),
        material=np.full(count, INDEX["facade"], np.uint8),
        rgb=np.full((count, 3, 3), 255, np.uint8),
        uv=uv.astype(np.float32),
    )
