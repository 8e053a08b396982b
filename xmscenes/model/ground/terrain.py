"""The terrain of a tile as a mesh: ground, ways cut into it, and the walls that hold it against the water."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.covers import COVER_M
from xmscenes.look.materials import INDEX
from xmscenes.model.ground.colours import TIDE, WALL, ground_rgb
from xmscenes.model.ground.cover import Cover
from xmscenes.records import Feature, Mesh, Origin, Outcome, Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.model.ground.site import Site
    from xmscenes.records import Box

_SLABS = (Cover.LANE, Cover.PATH, Cover.STEPS, Cover.SQUARE, Cover.SIDEWALK)
_WAYS = (*_SLABS, Cover.STREET, Cover.KERB, Cover.KERB_FACE, Cover.MARK, Cover.MARK_YELLOW)
_OVER_PHOTO = (Cover.KERB, Cover.KERB_FACE, Cover.MARK, Cover.MARK_YELLOW)  # finer than a vertex can carry
_ROCK_SLOPE = 1.0
_WALL_SLOPE = 1.75  # 60 degrees
_WALL_M, _WALL_BESIDE_M = 0.5, 2.5
_BUILT = (*_WAYS, Cover.YARD, Cover.PAVED)
_WALL_DEPTH_M = 1.5  # how far a shore wall goes below the water


def model_terrain(site: Site) -> Feature | None:
    """The land of a tile as one mesh; None where all is water.

    Vertices on the tile's border depend on the border alone, so neighbouring tiles match exactly. Along water a
    wall leads from the land's edge to below the water's level.
    """
    tin = site.tin
    dry = tin.label >= 0
    if not dry.any():
        return None
    faces, kind = tin.faces[dry], tin.label[dry]
    corners = tin.vertices[faces]
    steepness = _steepness(corners)
    surface = np.where(np.isin(kind, _WAYS), int(Surface.ROAD), int(Surface.GROUND))
    surface[((steepness > _ROCK_SLOPE) & np.isin(kind, (Cover.LAND, Cover.GREEN))) | (kind == Cover.ROCK)] = (
        Surface.ROCK
    )
    rgb = ground_rgb(kind, corners, steepness)
    if site.photo is not None:
        seen = ~np.isin(kind, _OVER_PHOTO)
        rgb[seen] = np.rint(site.photo.at(corners[seen][..., :2])).clip(0, 255).astype(np.uint8)
    held = _retaining(site, corners, kind, steepness)
    rgb[held] = WALL
    wall_vertices, wall_faces, wall_rgb = _shore_walls(site)
    vertices = np.vstack([tin.vertices, wall_vertices])
    faces = np.vstack([faces, wall_faces])
    surface = np.concatenate([surface, np.full(len(wall_faces), int(Surface.ROCK))])
    smooth, paved = np.zeros((2, len(faces)), dtype=np.bool_)
    smooth[: len(kind)] = (kind != Cover.KERB_FACE) & ~held
    paved[: len(kind)] = np.isin(kind, (*_SLABS, Cover.YARD, Cover.PAVED)) | held
    mesh = compact(vertices, faces, surface, np.concatenate([rgb, wall_rgb]), smooth)
    mesh = _textured(mesh, paved, site.tile.bounds_m)
    return Feature(
        id=f"terrain/{site.tile.key}", kind="terrain", mesh=mesh, outcome=_outcome(site), name="",
    )  # fmt: skip


def _textured(mesh: Mesh, paved: NDArray[np.bool_], box: Box) -> Mesh:
    """Lay paving and grain on the ground, seen from above, and on walls by their height.

    The texture runs on over tile borders: it starts at a whole number of its widths from the local zero.
    """
    material = np.where(paved, INDEX["paving"], INDEX["ground"]).astype(np.uint8)
    corners = mesh.vertices[mesh.faces]
    width = COVER_M["ground"]
    start = np.floor(np.array(box[:2]) / width) * width
    uv = (corners[..., :2] - start) / width * np.array([1.0, -1.0])
    wall = ~mesh.smooth
    uv[wall] = np.stack([corners[wall].sum(axis=-1) - start.sum() - corners[wall][..., 2], -corners[wall][..., 2]], -1)
    uv[wall] /= width
    return replace(mesh, material=material, uv=uv.astype(np.float32))


def _outcome(site: Site) -> Outcome:
    quality = {"max_error_m": round(site.tin.error_m, 4), "lost_edges": site.tin.lost_edges}
    if site.ground.point_count:
        return Outcome(
            origin=site.tile.points_origin,
            source="ground points",
            point_count=site.ground.point_count,
            quality=quality,
        )
    known = site.tile.dem is not None
    fallback = "no ground points" if known else "no ground points, no heights: flat"
    return Outcome(origin=Origin.INFERRED, source="spot heights" if known else "", fallback=fallback, quality=quality)


def _steepness(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    rise: NDArray[np.float64] = np.hypot(normal[:, 0], normal[:, 1]) / np.maximum(normal[:, 2], 1e-9)
    return rise


def _retaining(
    site: Site, corners: NDArray[np.float64], kind: NDArray[np.int32], steepness: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Faces of retaining walls: ground too steep to lie by itself, beside a way or a house; elsewhere it is rock."""
    held = (steepness > _WALL_SLOPE) & (np.ptp(corners[..., 2], axis=1) > _WALL_M)
    held &= ~np.isin(kind, (Cover.ROCK, Cover.KERB_FACE))
    steep = np.flatnonzero(held)
    built = [p.shape for p in site.patches if p.kind in _BUILT]
    if len(steep) and built:
        spots = shapely.points(corners[steep, :, :2].mean(axis=1))
        held[steep] = np.any([shapely.dwithin(shape, spots, _WALL_BESIDE_M) for shape in built], axis=0)
    return held if built else np.zeros_like(held)


def shore_edges(site: Site) -> NDArray[np.int64]:
    """Edges (E, 3) between land and water: from, to (land on the left), and the water's label."""
    tin = site.tin
    start = tin.faces.astype(np.int64).ravel()
    end = np.roll(tin.faces, -1, axis=1).astype(np.int64).ravel()
    label = np.repeat(tin.label.astype(np.int64), 3)
    key, back = start * len(tin.vertices) + end, end * len(tin.vertices) + start
    order = np.argsort(key)
    at = np.minimum(np.searchsorted(key[order], back), len(key) - 1)
    twin = order[at]
    found = key[twin] == back
    shore = found & (label >= 0) & (label[twin] < 0)
    return np.column_stack([start[shore], end[shore], label[twin][shore]])


def _shore_walls(site: Site) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.uint8]]:
    """Strips from the land's edge down into the water; their upper vertices are the terrain's own."""
    edges = shore_edges(site)
    if not len(edges):
        return np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32), np.zeros((0, 3, 3), dtype=np.uint8)
    level = np.array([body.level_m for body in site.waters])[-1 - edges[:, 2]]
    top = np.unique(edges[:, :2])
    foot = np.full(len(top), np.inf)
    for column in (0, 1):
        np.minimum.at(foot, np.searchsorted(top, edges[:, column]), level - _WALL_DEPTH_M)
    below = site.tin.vertices[top].copy()
    below[:, 2] = foot
    a, b = edges[:, 0], edges[:, 1]
    lower = len(site.tin.vertices) + np.searchsorted(top, edges[:, :2])
    # The land lies left of a-b, so the wall faces right.
    faces = np.vstack([np.column_stack([a, lower[:, 0], lower[:, 1]]), np.column_stack([a, lower[:, 1], b])])
    rgb = np.zeros((len(faces), 3, 3), dtype=np.uint8)
    rgb[:] = WALL
    rgb[: len(edges), 1:] = TIDE
    rgb[len(edges) :, 1] = TIDE
    return below, faces.astype(np.int32), rgb


def compact(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    surface: NDArray[np.int64],
    rgb: NDArray[np.uint8],
    smooth: NDArray[np.bool_],
) -> Mesh:
    """A mesh of the vertices that its faces use, in their order."""
    used, index = np.unique(faces, return_inverse=True)
    return Mesh(
        vertices=vertices[used],
        faces=index.reshape(-1, 3).astype(np.int32),
        surface=surface.astype(np.uint8),
        rgb=rgb,
        smooth=smooth,
    )
