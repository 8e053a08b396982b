"""What stands near in ``xr``, made ready for few draw calls and few triangles: clusters of copies, one plain metal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.materials import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xmscenes.records import LodChain, Mesh, Placement, Scene

MOST_COPIES = 100  # of a cluster: a draw call more is worth what stands behind the eye or far enough to be plainer


def clustered(scene: Scene) -> Scene:
    """Cut large placements at their medians into clusters, so that a wood is not at its finest wherever one leaf is."""
    tiles = [
        replace(tile, placements=tuple(part for placed in tile.placements for part in _clusters(placed)))
        for tile in scene.tiles
    ]
    return replace(scene, tiles=tuple(tiles))


def _clusters(placement: Placement) -> Iterator[Placement]:
    xy = placement.xyz[:, :2]
    if len(xy) <= MOST_COPIES:
        yield placement
        return
    axis = int(np.argmax(np.ptp(xy, axis=0)))
    order = np.argsort(xy[:, axis], kind="stable")
    for half in np.array_split(order, 2):
        yield from _clusters(placement.take(np.sort(half)))


def without_metal(chain: LodChain, mesh: Mesh) -> Mesh:
    """Let tanks of houses be plain and flat as walls are: gloss and roundness are not worth two draw calls a tile.

    Heroes keep their metal.
    """
    if mesh.material is None or chain.kind != "buildings" or not (mesh.material == INDEX["metal"]).any():
        return mesh
    metal = mesh.material == INDEX["metal"]
    smooth = None if mesh.smooth is None else mesh.smooth & ~metal
    return replace(mesh, material=np.where(metal, np.uint8(INDEX["plain"]), mesh.material), smooth=smooth)
