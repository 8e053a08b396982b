"""Compiled loops over triangles: areas, unit normals, and which triangles keep an area on a grid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def cross_products(vertices: Any, faces: Any) -> Any:
    """Outward normals (F, 3) float64, as long as twice each triangle's area."""
    out = np.zeros((len(faces), 3))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        out[f, 0], out[f, 1], out[f, 2] = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return out


@njit(cache=True)
def unit_normals(vertices: Any, faces: Any) -> Any:
    """Outward unit normals (F, 3) float64; a triangle without area points up."""
    out = np.zeros((len(faces), 3))
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = np.sqrt(x * x + y * y + z * z)
        if length > 1e-12:
            out[f, 0], out[f, 1], out[f, 2] = x / length, y / length, z / length
        else:
            out[f, 2] = 1.0
    return out


@njit(cache=True)
def blended_normals(vertices: Any, faces: Any, smooth: Any, nearest: float) -> Any:
    """Unit normals of corners (F, 3, 3) float32: those of the faces, or of ``smooth`` faces (F,) around a vertex.

    These weigh by area, and count where their cosine to the face's own normal is ``nearest`` or more.
    """
    flat, total = unit_normals(vertices, faces), np.zeros((len(vertices), 3))
    crosses = cross_products(vertices, faces)
    for f in range(len(faces)):
        if smooth[f]:
            for corner in range(3):
                for k in range(3):
                    total[faces[f, corner], k] += crosses[f, k]
    for v in range(len(vertices)):
        length = np.sqrt(total[v, 0] ** 2 + total[v, 1] ** 2 + total[v, 2] ** 2)
        for k, up in enumerate((0.0, 0.0, 1.0)):
            total[v, k] = total[v, k] / length if length > 1e-12 else up
    out = np.zeros((len(faces), 3, 3), np.float32)
    for f in range(len(faces)):
        for corner in range(3):
            v = faces[f, corner]
            cosine = total[v, 0] * flat[f, 0] + total[v, 1] * flat[f, 1] + total[v, 2] * flat[f, 2]
            for k in range(3):
                out[f, corner, k] = total[v, k] if smooth[f] and cosine >= nearest else flat[f, k]
    return out


@njit(cache=True)
def has_area(place: Any, faces: Any) -> Any:
    """Whether each triangle (F,) spans an area when its vertices are the whole numbers ``place`` (V, 3)."""
    out = np.zeros(len(faces), np.bool_)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = np.int64(place[a, 0]), np.int64(place[a, 1]), np.int64(place[a, 2])
        ux, uy, uz = place[b, 0] - ax, place[b, 1] - ay, place[b, 2] - az
        vx, vy, vz = place[c, 0] - ax, place[c, 1] - ay, place[c, 2] - az
        out[f] = uy * vz != uz * vy or uz * vx != ux * vz or ux * vy != uy * vx
    return out


@njit(cache=True)
def used_vertices(faces: Any, count: int) -> Any:
    """Which of ``count`` vertices some faces (F, 3) use, rising, and the faces in numbers of these."""
    number = np.full(count, -1, np.int32)
    for f in range(len(faces)):
        for k in range(3):
            number[faces[f, k]] = 0
    used = np.zeros(count, np.int64)
    found = 0
    for v in range(count):
        if number[v] == 0:
            used[found] = v
            number[v] = found
            found += 1
    out = np.zeros((len(faces), 3), np.int32)
    for f in range(len(faces)):
        for k in range(3):
            out[f, k] = number[faces[f, k]]
    return used[:found].copy(), out


@njit(cache=True)
def normal_codes(normals: Any) -> Any:
    """Normals (N, 3) float32 as one whole number each, on a grid of 1/511, to compare them by."""
    out = np.zeros(len(normals), np.int32)
    for i in range(len(normals)):
        code = np.int64(0)
        for k in range(3):
            code = code * 1024 + np.int64(np.rint(normals[i, k] * 511.0)) + 512
        out[i] = np.int32(code - (1 << 29))
    return out
