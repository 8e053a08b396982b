"""Cameras that a scene gets unasked: the best of many sampled views, from above, its corners, a street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.frame import Frame
from xmscenes.preview.camera import EYE_HEIGHT_M, Camera, looking
from xmscenes.preview.overview import BUILDING, FOLIAGE, NOTHING, PLAIN, WATER, Overview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.preview.scene import RenderScene

    Spots = Sequence[tuple[float, float, float]]  # x, y in local metres, heading in degrees

_RAYS = (12, 20)  # rows, columns of the sketch that judges a view
_STEPS = 60
_SKY = NOTHING
_PATH_KINDS = frozenset({"path", "road", "site"})
# Shares of a picture that people hang on a wall: about a quarter sky, two fifths buildings, some green, some water.
_IDEAL = {_SKY: 0.26, BUILDING: 0.36, FOLIAGE: 0.13, WATER: 0.13, PLAIN: 0.12}


def automatic_cameras(
    overview: Overview, spots: Spots = (), sun: tuple[float, float, float] = (-0.6, -0.5, 0.6)
) -> tuple[Camera, ...]:
    """Hero, top, four corners and street. ``spots`` lie on paths; without them a clear line of sight is looked for."""
    cameras = [hero_camera(overview, sun), top_camera(overview), *corner_cameras(overview)]
    street = street_camera(overview, spots)
    return (*cameras, street) if street else tuple(cameras)


def top_camera(overview: Overview) -> Camera:
    """Straight down, north on top, the whole scene in a 16:9 picture."""
    (width, depth), (x0, y0) = overview.size_m, overview.corner_m
    fov_deg = 24.0
    half = 0.52 * max(depth, width * 9 / 16)
    x, y, top = x0 + width / 2, y0 + depth / 2, float(np.nanmax(overview.top_m))
    height = half / np.tan(np.radians(fov_deg) / 2)
    return Camera(name="top", eye_m=(x, y, top + float(height)), target_m=(x, y, 0.0), fov_deg=fov_deg)


def corner_cameras(overview: Overview) -> tuple[Camera, ...]:
    """Bird's eye from north-east, south-east, south-west and north-west."""
    x, y, z = overview.centre_m
    reach = overview.reach_m * 2.05
    cameras = []
    for name, azimuth_deg in (("ne", 45.0), ("se", 135.0), ("sw", 225.0), ("nw", 315.0)):
        eye = _around((x, y, z), azimuth_deg, 30.0, reach)
        cameras.append(Camera(name=name, eye_m=eye, target_m=(x, y, z), fov_deg=40.0))
    return tuple(cameras)


def hero_camera(overview: Overview, sun: tuple[float, float, float]) -> Camera:
    """Best of 16 directions, 4 elevations and 2 distances, judged on a sketch of each view."""
    x, y, z = overview.centre_m
    reach = overview.reach_m
    best: tuple[float, Camera] | None = None
    for azimuth_deg in np.arange(0.0, 360.0, 22.5).tolist():
        for elevation_deg in (7.0, 12.0, 18.0, 25.0):
            for share in (1.15, 1.7):
                eye = _around((x, y, z), azimuth_deg, elevation_deg, reach * share)
                ground = overview.ground_at(eye[0], eye[1])
                eye = (eye[0], eye[1], max(eye[2], (ground or 0.0) + 6.0))
                lifted = (x, y, z + 0.04 * reach * share)  # the middle of interest sits below the picture's middle
                camera = Camera(name="hero", eye_m=eye, target_m=lifted, fov_deg=38.0)
                value = score(overview, camera, sun)
                if best is None or value > best[0] + 1e-9:
                    best = (value, camera)
    assert best is not None
    return best[1]


def score(overview: Overview, camera: Camera, sun: tuple[float, float, float]) -> float:
    """How good a view is, in about [0, 1]: balance of what is seen, depth, no wall in the face, light from the side."""
    kind, distance = sketch(overview, camera)
    shares = {code: float((kind == code).mean()) for code in _IDEAL}
    balance = 1.0 - 0.5 * sum(abs(shares[code] - ideal) for code, ideal in _IDEAL.items())
    hit = np.isfinite(distance)
    reach = overview.reach_m
    near = float((distance[hit] < 0.12 * reach).mean()) if hit.any() else 1.0
    depth = float(np.std(np.log(np.clip(distance[hit], 0.05 * reach, None)))) if hit.any() else 0.0
    skyline = np.argmax(kind != _SKY, axis=0)
    rough = float(np.abs(np.diff(skyline)).mean()) / 2.0
    look = np.subtract(camera.target_m, camera.eye_m)[:2]
    look = look / max(float(np.linalg.norm(look)), 1e-9)
    away = float(np.dot(look, np.array(sun[:2]) / max(float(np.hypot(*sun[:2])), 1e-9)))
    side = 1.0 - abs(away + 0.45) / 1.45  # best with the sun behind one shoulder
    return balance + 0.25 * min(depth, 1.0) + 0.15 * min(rough, 1.0) + 0.25 * side - 0.8 * near


def sketch(overview: Overview, camera: Camera) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Coarse picture by marching rays over the height grid: kind (sky is ``NOTHING``) and distance (inf is sky)."""
    rows, columns = _RAYS
    right, up, forward = (np.array([a[0], -a[2], a[1]]) for a in camera.axes())
    half = np.tan(np.radians(camera.fov_deg) / 2)
    v, u = np.meshgrid(np.linspace(1, -1, rows), np.linspace(-1, 1, columns), indexing="ij")
    rays = forward + (u * half * columns / rows)[..., None] * right + (v * half)[..., None] * up
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    far = float(np.linalg.norm(np.subtract(camera.target_m, camera.eye_m))) + 1.2 * max(overview.size_m)
    first = max(0.01 * overview.reach_m, 1.0)
    steps = first * (far / first) ** np.linspace(0, 1, _STEPS)
    points = np.array(camera.eye_m) + rays[..., None, :] * steps[:, None]
    row, column, inside = overview.cells(points[..., :2])
    top = np.where(inside, np.nan_to_num(overview.top_m[row, column], nan=-1e9), -1e9)
    hit = points[..., 2] < top
    seen, at = hit.any(axis=-1), np.argmax(hit, axis=-1)
    r, c = (np.take_along_axis(a, at[..., None], -1)[..., 0] for a in (row, column))
    kind = np.where(seen, overview.kind[r, c], _SKY).astype("u1")
    below = ~seen & (rays[..., 2] < -0.01)  # beyond the border lies water or ground
    kind = np.where(below, WATER if (overview.kind == WATER).any() else PLAIN, kind).astype("u1")
    return kind, np.where(seen, steps[at], np.inf)


def street_camera(overview: Overview, spots: Spots = ()) -> Camera | None:
    """At eye height on a path, looking along it: most buildings along a clear view. None without ground."""
    best: tuple[float, Camera] | None = None
    for x, y, heading_deg in spots or _open_spots(overview):
        ground = overview.ground_at(x, y)
        row, column, inside = overview.cells(np.array([x, y]))
        if ground is None or not inside or overview.kind[row, column] in (BUILDING, WATER):
            continue
        camera = looking("street", (x, y, ground + EYE_HEIGHT_M), heading_deg, 4.0, 62.0)
        kind, distance = sketch(overview, camera)
        middle = distance[4:8, 7:13]
        open_m = float(np.median(np.where(np.isfinite(middle), middle, 150.0)))
        near = float((distance < 5.0).mean())
        flanks = float(((kind == BUILDING) & (distance < 60)).mean()) + 0.4 * float((kind == FOLIAGE).mean())
        value = min(open_m, 90.0) / 90.0 + 2.0 * min(flanks, 0.5) - 2.0 * near
        if best is None or value > best[0] + 1e-9:
            best = (value, camera)
    return best[1] if best else None


def path_spots(scene: RenderScene, limit: int = 240) -> list[tuple[float, float, float]]:
    """Places on the written paths and roads with the way they run, both ways; at most ``limit``, evenly chosen.

    A path is a long, level strip: triangles that face up, at least 4 m long, 0.8 to 8 m wide.
    """
    middles, ways = [np.zeros((0, 3))], [np.zeros((0, 3))]
    for draw in scene.draws:
        if draw.kind in _PATH_KINDS and not scene.material_of(draw).is_water:
            geometry, matrix = scene.geometries[draw.geometry], draw.matrices[0].astype("f8")
            corners = (geometry.positions @ matrix[:3, :3].T + matrix[:3, 3])[geometry.indices.reshape(-1, 3)]
            local = Frame.from_gltf(corners)
            edges = np.roll(local, -1, axis=1) - local
            lengths = np.linalg.norm(edges, axis=2)
            longest = np.argmax(lengths, axis=1)
            normals = np.cross(edges[:, 0], edges[:, 1])
            area2 = np.linalg.norm(normals, axis=1)
            length = lengths.max(axis=1)
            width = area2 / np.maximum(length, 1e-9)
            is_path = (normals[:, 2] > 0.9 * area2) & (length > 4.0) & (width > 0.8) & (width < 8.0)
            middles.append(local.mean(axis=1)[is_path])
            ways.append(edges[np.arange(len(edges)), longest][is_path])
    middle, way = np.concatenate(middles), np.concatenate(ways)
    chosen = np.linspace(0, max(len(middle) - 1, 0), min(len(middle), limit // 2)).astype(int).tolist()
    headings = np.degrees(np.arctan2(way[:, 0], way[:, 1]))
    return [
        (float(middle[k, 0]), float(middle[k, 1]), float(headings[k]) + turn) for k in chosen for turn in (0.0, 180.0)
    ]


def _open_spots(overview: Overview) -> list[tuple[float, float, float]]:
    rows, columns = np.nonzero((overview.kind == PLAIN) & np.isfinite(overview.ground_m))
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), 60)).astype(int) if len(rows) else np.zeros(0, int)
    x = (columns[chosen] + 0.5) * overview.cell_m[0] + overview.corner_m[0]
    y = (rows[chosen] + 0.5) * overview.cell_m[1] + overview.corner_m[1]
    return [(a, b, h) for a, b in zip(x.tolist(), y.tolist(), strict=True) for h in (0.0, 90.0, 180.0, 270.0)]


def _around(
    centre: tuple[float, float, float], azimuth_deg: float, elevation_deg: float, distance_m: float
) -> tuple[float, float, float]:
    a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
    step = distance_m * np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
    x, y, z = (np.array(centre) + step).tolist()
    return x, y, z
