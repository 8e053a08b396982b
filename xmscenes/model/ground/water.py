"""Water as surfaces: what lies in a tile, on the terrain's own shore vertices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.materials import INDEX
from xmscenes.model.ground.water_bodies import shore_of
from xmscenes.records import Feature, Mesh, Outcome, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.model.ground.water_bodies import WaterBody

_SHALLOW, _DEEP = np.array([120.0, 152.0, 142.0]), np.array([62.0, 98.0, 110.0])
_DEEP_AT_M = 14.0  # from the shore: shoals lie about twice as far out, so no shade runs on to a far vertex


def model_water(site: Site) -> tuple[Feature, ...]:
    """One level surface a water body of the tile, made of the terrain's triangles beyond the shore."""
    return tuple(f for i, body in enumerate(site.waters) if (f := _surface(site, body, -1 - i)) is not None)


def _surface(site: Site, body: WaterBody, label: int) -> Feature | None:
    wet = site.tin.label == label
    if not wet.any():
        return None
    used, index = np.unique(site.tin.faces[wet], return_inverse=True)
    vertices = site.tin.vertices[used].copy()
    vertices[:, 2] = body.level_m
    faces = index.reshape(-1, 3).astype(np.int32)
    mesh = _water_mesh(vertices, faces, _depth_rgb(vertices[:, :2], site))
    key = site.tile.key
    outcome = Outcome(origin=body.origin, source=body.source, quality={"level_m": body.level_m})
    return Feature(id=f"water/{body.id}/{key}", kind="water", mesh=mesh, outcome=outcome, name=body.name)


def _depth_rgb(xy: NDArray[np.float64], site: Site) -> NDArray[np.float64]:
    """Colour of water vertices: lighter near the land. Only shores inside the window count, not where it cuts them."""
    shore = shore_of(site.waters, site.tile.window_m)
    distance = np.full(len(xy), np.inf) if shapely.is_empty(shore) else shapely.distance(shore, shapely.points(xy))
    share = np.clip(distance / _DEEP_AT_M, 0.0, 1.0)[:, None]
    return np.asarray(_SHALLOW + (_DEEP - _SHALLOW) * share, dtype=np.float64)


def _water_mesh(vertices: NDArray[np.float64], faces: NDArray[np.int32], rgb: NDArray[np.float64]) -> Mesh:
    return Mesh(
        vertices=vertices,
        faces=faces,
        surface=np.full(len(faces), int(Surface.WATER), dtype=np.uint8),
        material=np.full(len(faces), INDEX["water"], dtype=np.uint8),
        rgb=np.rint(rgb).astype(np.uint8)[faces],
        smooth=np.ones(len(faces), dtype=np.bool_),
    )
