"""How a whole place becomes few draw calls from afar: squares of tiles with one merged mesh a coarse level.

Near, a tile shows its chains and its copies. Farther off, the tile is one mesh (level 1), then squares of 2 x 2 tiles
are one mesh (level 2), then squares of 4 x 4 (level 3 and beyond). A far tile of a near square shows its piece of the
square's mesh. Squares are counted from tile (0, 0), so they do not depend on which tiles a scene has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.export.baked import bake_copies, copied_points
from xmscenes.export.standing import THIN_WIDTH, far_copies
from xmscenes.geometry.meshes import keep_faces, merge_meshes
from xmscenes.look.worn import without_textures
from xmscenes.records import FeatureInfo, LodChain, LodLevel, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Mesh, Scene, TileKey, TileLods


# Position grids by size of the square: a step is a fifth of a pixel or less from where the square is first seen merged,
# and few enough triangles vanish on it: 0.4 to 0.7 % at 0.15 m, 1.5 to 1.8 % at 0.25 m.
MERGED_STEP_M = {1: 0.03, 2: 0.1, 4: 0.15}
PLACE_STEP_M = 0.2
THIN_SIZE = 2  # in squares of this size every second tree stands for two
FEW = 64  # triangles that need no second level
WORTH = 0.95  # a level that keeps more of the triangles is none; packing may drop those that rounding flattens


@dataclass(frozen=True, slots=True)
class Lot:
    """A run of faces in a merged mesh: whose they are, how many, and their error. Copies have no chain."""

    tile: TileKey
    chain: str
    faces: int
    error_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The mesh that stands for a square at a level. Its faces lie tile by tile and chain by chain, as ``lots`` tell."""

    level: int
    mesh: Mesh
    feature: NDArray[np.int32]
    lots: tuple[Lot, ...]

    @property
    def error_m(self) -> float:
        """The worst error of what is in it."""
        return max(lot.error_m for lot in self.lots)

    def pieces(self, cell: Cell) -> dict[str, Merged]:
        """Take the mesh apart by what may show a piece of it alone: inner cells, or parts of a tile's buildings."""
        names = {tile.key: inner.name for inner in cell.inner for tile in inner.tiles}
        if not cell.inner:
            parts = [chain.id for chain in cell.tiles[0].chains if chain.kind == "buildings"]
            of_lot = [lot.chain if lot.chain in parts and len(parts) > 1 else "" for lot in self.lots]
        else:
            of_lot = [names[lot.tile] for lot in self.lots]
        of_face = np.repeat(of_lot, [lot.faces for lot in self.lots])
        found = {}
        for name in dict.fromkeys(of_lot):
            own = np.flatnonzero(of_face == name)
            lots = tuple(lot for lot, other in zip(self.lots, of_lot, strict=True) if other == name)
            found[name] = Merged(
                level=self.level, mesh=keep_faces(self.mesh, own), feature=self.feature[own], lots=lots
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A square of ``size`` x ``size`` tiles at (column, row); size 1 is a tile and has no inner cells."""

    size: int
    column: int
    row: int
    tiles: tuple[TileLods, ...]
    inner: tuple[Cell, ...]
    level: int | None  # the level that the merged mesh shows; None: never merged

    @property
    def name(self) -> str:
        """Name of the cell's node."""
        kind = "tile" if self.size == 1 else f"square{self.size}"
        return f"{kind}/{self.column}_{self.row}"


def make_cells(tiles: Sequence[TileLods], levels: int) -> tuple[Cell, ...]:
    """Nest the tiles of a scene with so many levels; returns the largest squares, in the order of their keys."""
    sizes = [1, 2, 4][: max(levels - 1, 1)]
    cells = [
        Cell(size=1, column=t.key.column, row=t.key.row, tiles=(t,), inner=(), level=1 if levels > 1 else None)
        for t in sorted(tiles, key=lambda t: t.key)
    ]
    for number, size in enumerate(sizes[1:], start=2):
        level = levels - 1 if size == sizes[-1] else number
        groups: dict[tuple[int, int], list[Cell]] = {}
        for cell in cells:
            groups.setdefault((cell.column // 2, cell.row // 2), []).append(cell)
        cells = [
            Cell(
                size=size,
                column=column,
                row=row,
                tiles=tuple(tile for cell in inner for tile in cell.tiles),
                inner=tuple(inner),
                level=level,
            )
            for (column, row), inner in sorted(groups.items())
        ]
    return tuple(cells)


def level_at(chain: LodChain, index: int) -> LodLevel | None:
    """Pick the level to show when ``index`` is asked for: that one, or the next finer that exists."""
    return next((level for level in reversed(chain.levels) if level.index <= index), None)


def merge_cell(cell: Cell, scene: Scene, rows: FeatureRows) -> Merged | None:
    """Merge everything in a cell at its level: untextured, trees as cards. None when nothing is there."""
    assert cell.level is not None
    meshes: list[Mesh] = []
    features: list[NDArray[np.int32]] = []
    lots: list[Lot] = []
    for tile in cell.tiles:
        for chain in tile.chains:
            level = level_at(chain, cell.level)
            if level is None or level.mesh.is_empty:
                continue
            meshes.append(without_textures(level.mesh))
            features.append(rows.of_level(chain, level))
            lots.append(Lot(tile.key, chain.id, len(level.mesh.faces), level.error_m))
        for placement in tile.placements:
            mesh = bake_copies(*far_copies(scene, placement, cell.size // THIN_SIZE))
            meshes.append(mesh)
            features.append(np.full(len(mesh.faces), rows.of_copies(placement.prototype), np.int32))
            lots.append(Lot(tile.key, "", len(mesh.faces), 0.0))
    if not meshes:
        return None
    return Merged(level=cell.level, mesh=merge_meshes(meshes)[0], feature=np.concatenate(features), lots=tuple(lots))


def merge_place(scene: Scene, rows: FeatureRows, level: int) -> Merged | None:
    """Merge the whole place at its coarsest level for a first glance from very far: no copies stand on it.

    The error is the worst of its chains or the height of the tallest copy left out, whichever is larger.
    """
    bare = tuple(replace(tile, placements=()) for tile in scene.tiles)
    merged = merge_cell(Cell(size=THIN_SIZE, column=0, row=0, tiles=bare, inner=(), level=level), scene, rows)
    if merged is None:
        return None
    left_out = (
        Lot(tile.key, "", 0, float(placement.scale[:, 2].max()))
        for tile in scene.tiles
        for placement in tile.placements
    )
    return replace(merged, lots=(*merged.lots, *left_out))


def fine_triangles(scene: Scene, tile: TileLods) -> int:
    """Triangles of a tile at its finest, copies included."""
    chains = sum(len(chain.levels[0].mesh.faces) for chain in tile.chains)
    return chains + sum(
        len(placement.xyz) * len(scene.prototypes[placement.prototype].levels[0].mesh.faces)
        for placement in tile.placements
    )


class FeatureRows:
    """The scene's one feature table: every chain's features, then one row for each kind of copy."""

    def __init__(self, scene: Scene) -> None:
        chains = [chain for tile in scene.tiles for chain in tile.chains]
        self.features = [feature for chain in chains for feature in chain.features]
        starts = np.cumsum([0, *(len(chain.features) for chain in chains)])
        self._start: dict[str, int] = {chain.id: int(start) for chain, start in zip(chains, starts, strict=False)}
        self._copies: dict[str, int] = {}
        self.copies_from = len(self.features)  # rows from here on are kinds of copies
        for placement in (p for tile in scene.tiles for p in tile.placements):
            if placement.prototype not in self._copies:
                self._copies[placement.prototype] = len(self.features)
                about = Outcome(origin=placement.origin, source="copies of a prototype")
                self.features.append(FeatureInfo(id=placement.prototype, kind=placement.kind, outcome=about))

    def of_level(self, chain: LodChain, level: LodLevel) -> NDArray[np.int32]:
        """Row of every face of a chain's level."""
        start = self._start[chain.id]
        if level.feature_of_face is None:
            return np.full(len(level.mesh.faces), start, np.int32)
        return (level.feature_of_face + start).astype(np.int32)

    def share(self, part: str, chain: str) -> None:
        """Let a part of a chain have the chain's rows."""
        self._start[part] = self._start[chain]

    def of_copies(self, prototype: str) -> int:
        """Row of all copies of a prototype."""
        return self._copies[prototype]


def all_vertices(scene: Scene, tiles: Sequence[TileLods]) -> list[NDArray[np.float64]]:
    """Vertices of every level and of every copy's bounding box: nothing that these tiles may draw lies outside.

    The boxes are as wide as cards get where each stands for four.
    """
    clouds = [level.mesh.vertices for tile in tiles for chain in tile.chains for level in chain.levels]
    return clouds + copies_corners(scene, tiles, THIN_WIDTH**2)


def copies_corners(scene: Scene, tiles: Sequence[TileLods], wider: float = 1.0) -> list[NDArray[np.float64]]:
    """Corners of the bounding box of every copy, ``wider`` times as wide."""
    names = {placement.prototype for tile in tiles for placement in tile.placements}
    boxes = {name: _bounding_box(scene.prototypes[name]) for name in sorted(names)}
    return [
        copied_points(boxes[placement.prototype], placement, wider) for tile in tiles for placement in tile.placements
    ]


def _bounding_box(chain: LodChain) -> NDArray[np.float64]:
    """Corners (8, 3) of a prototype's bounding box."""
    points = np.concatenate([level.mesh.vertices for level in chain.levels])
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([[(low, high)[i >> k & 1][k] for k in range(3)] for i in range(8)])
