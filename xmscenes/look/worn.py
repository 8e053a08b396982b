"""What colour a dressed face has when one is too far away to see its texture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.atlas import BANDS, CELL_PIXELS, COLUMNS, FACADE_PIXELS, ROW_PIXELS, STRIPS
from xmscenes.look.materials import MATERIALS
from xmscenes.look.means import COVER_RGB, STRIP_RGB

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.records import Mesh


@cache
def _facade_table() -> NDArray[np.float64]:
    """Mean colours of the facade sheet by row and cell: (rows + bands, 8, 3); bands fill their row."""
    rows = max(row for row, _, _ in STRIPS.values()) + 1
    table = np.full((rows + len(BANDS), FACADE_PIXELS // CELL_PIXELS, 3), 255.0)
    for name, (row, first, count) in STRIPS.items():
        table[row, first : first + count] = STRIP_RGB[name]
    for k, name in enumerate(BANDS):
        table[rows + k] = STRIP_RGB[name]
    return table


def worn_rgb(mesh: Mesh) -> NDArray[np.float64]:
    """Mean sRGB colour of every face, (F, 3): its own colour, its material's, and the mean of the atlas under it."""
    size = len(mesh.faces)
    colour = np.full((size, 3), 255.0) if mesh.rgb is None else mesh.rgb.astype(np.float64).mean(axis=1)
    if mesh.material is None:
        return colour
    for index in np.unique(mesh.material).tolist():
        look = MATERIALS[index]
        at = mesh.material == index
        colour[at] *= np.array(look.base_rgb) / 255.0
        if look.texture in COVER_RGB:
            colour[at] *= np.array(COVER_RGB[look.texture]) / 255.0
        elif look.texture == "facade" and mesh.uv is not None:
            colour[at] *= _facade_rgb(mesh.uv[at].astype(np.float64).mean(axis=1)) / 255.0
        elif look.texture == "storeys" and mesh.uv is not None:
            order = sorted(COLUMNS, key=lambda name: COLUMNS[name])
            column = mesh.uv[at][..., 0].astype(np.float64).mean(axis=1) * len(order)
            colour[at] *= np.array([STRIP_RGB[name] for name in order])[column.astype(int) % len(order)] / 255.0
    return colour


def _facade_rgb(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    table = _facade_table()
    pixel = (uv - np.floor(uv)) * FACADE_PIXELS
    row = (pixel[:, 1] // ROW_PIXELS).astype(int)
    rows = len(table) - len(BANDS)
    for k, (top, bottom, _) in enumerate(BANDS.values()):
        row[(pixel[:, 1] >= top) & (pixel[:, 1] < bottom)] = rows + k
    column = np.minimum((pixel[:, 0] // CELL_PIXELS).astype(int), table.shape[1] - 1)
    return np.asarray(table[np.minimum(row, len(table) - 1), column])
