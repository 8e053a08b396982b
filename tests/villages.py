"""Small glTF scenes in which every face is known: boxes, a meadow, a row of trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.bench.city import GlbBuilder, flat_shaded, leaf_pixels

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> NDArray[np.float64]:
    """Triangles of a closed box, seen from outside, glTF axes: (12, 3, 3)."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    p = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)], dtype="f8")
    quads = [(0, 1, 3, 2), (6, 7, 5, 4), (0, 4, 5, 1), (3, 7, 6, 2), (2, 6, 4, 0), (1, 5, 7, 3)]
    return np.array([[p[q[i]] for i in tri] for q in quads for tri in ((0, 1, 2), (0, 2, 3))])


def ground(size_m: float = 60.0, y: float = 0.0) -> NDArray[np.float64]:
    """Two triangles that face up."""
    s = size_m / 2
    a, b, c, d = [-s, y, s], [s, y, s], [s, y, -s], [-s, y, -s]
    return np.array([[a, b, c], [a, c, d]])


def coloured(triangles: NDArray[np.float64], rgb: tuple[float, float, float]) -> dict[str, NDArray[Any]]:
    return flat_shaded(triangles, np.tile(rgb, (len(triangles), 1)))


def village(path: Path, **changes: Any) -> Path:
    """A meadow with three coloured houses and a row of trees; ``changes`` break one thing each."""
    builder = GlbBuilder()
    plain = builder.material("plain")
    builder.node("terrain/0_0", builder.mesh(coloured(ground(), (0.12, 0.2, 0.06)), plain))
    wall = builder.material("plain", roughness=0.2) if changes.get("material") else plain
    shift = float(changes.get("moved_m", 0.0))
    for k, (x, rgb) in enumerate(((-14.0, (0.55, 0.1, 0.05)), (0.0, (0.6, 0.55, 0.45)), (14.0, (0.1, 0.2, 0.5)))):
        moved = shift if k == 1 else 0.0
        walls = box((x - 4 + moved, 0, -4), (x + 4 + moved, 9, 4))
        if k == 1 and changes.get("flipped"):
            walls[10:12] = walls[10:12, ::-1]  # the face towards the camera
        if k == 1 and changes.get("material"):
            rgb = (0.6, 0.3, 0.45)
        builder.node(f"buildings/{k}", builder.mesh(coloured(walls, rgb), wall))
    if not changes.get("no_trees"):
        leaves = builder.material(
            "foliage", texture=leaf_pixels(64), alphaMode="MASK", alphaCutoff=0.5, doubleSided=True
        )
        card = np.array([[[-2, 0, 0], [2, 0, 0], [2, 5, 0]], [[-2, 0, 0], [2, 5, 0], [-2, 5, 0]]], dtype="f8")
        arrays = flat_shaded(card)
        arrays["TEXCOORD_0"] = np.array([[0, 1], [1, 1], [1, 0], [0, 1], [1, 0], [0, 0]], "f4")
        mesh = builder.mesh(arrays, leaves)
        for x in (-20.0, -7.0, 7.0, 20.0):
            builder.node("trees/0", mesh, translation=[x, 0.0, 8.0])
    return builder.write(path)
