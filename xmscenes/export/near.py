"""What stands near in ``xr``, made ready for few draw calls and few triangles: clusters of copies, one plain metal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.export.spread import part_of
from xmscenes.look.materials import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from xmscenes.export.cells import FeatureRows
    from xmscenes.records import LodChain, Mesh, Placement, Scene

MOST_COPIES = 100  # of a cluster: a draw call more is worth what stands behind the eye or far enough to be plainer
MOST_TRIANGLES = 30_000  # of the houses of a tile that switch as one


def clustered(scene: Scene, rows: FeatureRows) -> Scene:
    """Cut large placements and the houses of dense tiles at their medians into clusters.

    A wood is not at its finest wherever one leaf is, nor a quarter wherever one house is. ``rows`` learns whose the
    parts of chains are.
    """
    tiles = []
    for tile in scene.tiles:
        chains = []
        for chain in tile.chains:
            parts = list(_quarters(chain))
            for part in parts:
                rows.share(part.id, chain.id)
            chains += parts
        placements = tuple(part for placed in tile.placements for part in _clusters(placed))
        tiles.append(replace(tile, chains=tuple(chains), placements=placements))
    return replace(scene, tiles=tuple(tiles))


def _quarters(chain: LodChain) -> Iterator[LodChain]:
    """Parts of a chain of houses, house by house, none of many triangles; each has all levels."""
    finest = chain.levels[0]
    owners = [level.feature_of_face for level in chain.levels if level.feature_of_face is not None]
    if chain.kind != "buildings" or len(owners) < len(chain.levels) or len(finest.mesh.faces) <= MOST_TRIANGLES:
        yield chain
        return
    houses, house, count = np.unique(owners[0], return_inverse=True, return_counts=True)
    middle = finest.mesh.vertices[finest.mesh.faces][..., :2].mean(axis=1)
    xy = np.column_stack([np.bincount(house, middle[:, axis]) / count for axis in (0, 1)])
    for number, part in enumerate(_halves(np.arange(len(houses)), xy, count)):
        own = [np.isin(owner, houses[part]) for owner in owners]
        levels = [part_of(level, inside) for level, inside in zip(chain.levels, own, strict=True)]
        yield replace(chain, id=f"{chain.id}/{number}", levels=tuple(levels))


def _halves(
    chosen: NDArray[np.intp], xy: NDArray[np.float64], triangles: NDArray[np.intp]
) -> Iterator[NDArray[np.intp]]:
    total = triangles[chosen].sum()
    if total <= MOST_TRIANGLES or len(chosen) == 1:
        yield chosen
        return
    axis = int(np.argmax(np.ptp(xy[chosen], axis=0)))
    order = chosen[np.argsort(xy[chosen, axis], kind="stable")]
    cut = int(np.clip(np.searchsorted(np.cumsum(triangles[order]), total / 2), 1, len(order) - 1))
    yield from _halves(order[:cut], xy, triangles)
    yield from _halves(order[cut:], xy, triangles)


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
