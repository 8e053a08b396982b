"""Where things lie on the atlas images, and which files hold them. The images are made by scripts/make_atlas.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLIAGE_PIXELS = 1024
FOLIAGE_CELLS: dict[str, tuple[int, int, int, int]] = {  # left, top, right, bottom in pixels
    "leaf_banyan": (0, 0, 256, 256),
    "leaf_tree": (256, 0, 512, 256),
    "leaf_flame": (512, 0, 768, 256),
    "leaf_shrub": (768, 0, 1024, 256),
    "frond_palm": (0, 256, 512, 384),
    "card_banyan": (0, 384, 384, 704),
    "card_flame": (384, 384, 768, 640),
    "card_shrub": (768, 384, 1024, 544),
    "card_tree": (0, 704, 256, 1024),
    "card_palm": (256, 704, 512, 1024),
    "solid": (896, 256, 1024, 384),  # opaque white: wood that wears the leaves' material is one draw call with them
}

FACADE_PIXELS = 2048
CELL_PIXELS = 256  # one bay of a facade across: 3 m at 85 px/m
ROW_PIXELS = 272  # one storey up: 3.2 m at 85 px/m
BAY_M, STOREY_M = 3.0, 3.2  # sizes at which the facade sheet was painted
STRIPS: dict[str, tuple[int, int, int]] = {  # row, first cell, count of cells
    "amoy_arch": (0, 0, 4),
    "amoy_rect": (0, 4, 4),
    "colonial": (1, 0, 4),
    "dacuo": (1, 4, 4),
    "qilou": (2, 0, 4),
    "shop": (2, 4, 4),
    "slab": (3, 0, 4),
    "house": (3, 4, 4),
    "curtain": (4, 0, 4),
    "school": (4, 4, 4),
    "lancet": (5, 0, 2),
    "veranda": (5, 2, 2),
    "door_villa": (5, 4, 1),
    "door_dacuo": (5, 5, 1),
    "door_steel": (5, 6, 1),
    "door_church": (5, 7, 1),
    "brick": (6, 0, 2),
    "stucco": (6, 2, 2),
    "granite": (6, 4, 2),
    "mosaic": (6, 6, 2),
}
COLUMN_CELLS, COLUMN_STOREYS = 2, 4  # bays and storeys of a column before it repeats
STOREYS_PIXELS = (2048, 1024)
COLUMNS: dict[str, int] = {"slab": 0, "house": 2, "curtain": 4, "school": 6}  # first cell; repeat upwards without end
BANDS: dict[str, tuple[int, int, float]] = {  # top and bottom pixel, metres across the whole sheet; repeat in u
    "baluster": (1904, 1968, 24.0),
    "cornice": (1968, 2008, 24.0),
    "white": (2008, 2048, 24.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """The images of one texture name, as paths below ``assets/look``; None: the map is not there."""

    albedo: str
    normal: str | None = None
    orm: str | None = None  # red occlusion, green roughness, blue metallic, as glTF wants it
    emissive: str | None = None
    repeat: bool = True  # False: clamp to the edge


ATLASES: dict[str, Atlas] = {
    "facade": Atlas(
        albedo="facade_albedo.jpg",
        normal="facade_normal.jpg",
        orm="facade_orm.jpg",
        emissive="facade_emissive.jpg",
    ),
    "storeys": Atlas(
        albedo="storeys_albedo.jpg",
        normal="storeys_normal.jpg",
        orm="storeys_orm.jpg",
        emissive="storeys_emissive.jpg",
    ),
    "roof": Atlas(albedo="roof_albedo.jpg", normal="roof_normal.jpg"),
    "ground": Atlas(albedo="ground_albedo.jpg", normal="ground_normal.jpg"),
    "paving": Atlas(albedo="paving_albedo.jpg", normal="paving_normal.jpg"),
    "foliage": Atlas(albedo="foliage_albedo.png", repeat=False),
}


def strip_uv(name: str, bays: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
    """Texture coordinates on a facade strip: ``bays`` from its first cell, ``down`` from 0 (top) to 1 (floor).

    Half a pixel of every outer edge stays unused, so that no neighbour of the strip bleeds in.
    """
    row, first, count = STRIPS[name]
    half = 0.5 / CELL_PIXELS
    placed = np.zeros((*bays.shape, 2))
    placed[..., 0] = (first + _held(bays, half, count - half)) * CELL_PIXELS
    placed[..., 1] = (row + _held(down, 0.5 / ROW_PIXELS, 1 - 0.5 / ROW_PIXELS)) * ROW_PIXELS
    placed /= FACADE_PIXELS
    return placed


def column_uv(name: str, bays: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
    """Texture coordinates on a column of storeys: ``bays`` from its first cell, ``down`` in storeys, as many as like.

    One quad covers any number of storeys, because the sheet repeats upwards.
    """
    half = 0.5 / CELL_PIXELS
    u = (COLUMNS[name] + _held(bays, half, COLUMN_CELLS - half)) * CELL_PIXELS / STOREYS_PIXELS[0]
    placed: NDArray[np.float64] = np.stack([u, down / COLUMN_STOREYS], axis=-1)
    return placed


def _held(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    held: NDArray[np.float64] = np.minimum(np.maximum(values, low), high)  # np.clip takes five times as long
    return held


def band_uv(name: str, along_m: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
    """Texture coordinates on a band that runs round the whole sheet: metres along it, 0 (top) to 1 (bottom)."""
    top, bottom, span_m = BANDS[name]
    placed = np.zeros((*along_m.shape, 2))
    placed[..., 0] = along_m / span_m
    placed[..., 1] = (top + 0.5 + _held(down, 0.0, 1.0) * (bottom - top - 1.0)) / FACADE_PIXELS
    return placed


def foliage_uv(name: str, uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Place texture coordinates in [0, 1] (v down) into a cell of the foliage sheet, half a pixel off its edge."""
    x0, y0, x1, y1 = FOLIAGE_CELLS[name]
    low = np.array([x0 + 0.5, y0 + 0.5])
    size = np.array([x1 - x0 - 1.0, y1 - y0 - 1.0])
    placed: NDArray[np.float64] = (low + np.clip(uv, 0.0, 1.0) * size) / FOLIAGE_PIXELS
    return placed


def find_images(texture: str, assets: Path) -> dict[str, Path]:
    """Find the image files of a texture name: ``albedo`` always, ``normal``, ``orm``, ``emissive`` where it has them.

    ``assets`` is the folder ``assets``. A file that is missing raises ``InputError``.
    """
    atlas = ATLASES[texture]
    names = {"albedo": atlas.albedo, "normal": atlas.normal, "orm": atlas.orm, "emissive": atlas.emissive}
    paths = {kind: assets / "look" / name for kind, name in names.items() if name}
    for path in paths.values():
        if not path.is_file():
            raise InputError(f"{path}: atlas image missing; run scripts/make_atlas.py")
    return paths
