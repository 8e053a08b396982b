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
def has_area(place: Any, faces: Any) -> Any:
    """Whether each triangle (F,) spans an area when its vertices are the whole numbers ``place`` (V, 3)."""
    out = np.zeros(len(faces), np.bool_)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        u = np.zeros(3, np.int64)
        v = np.zeros(3, np.int64)
        for k in range(3):
            u[k] = np.int64(place[b, k]) - place[a, k]
            v[k] = np.int64(place[c, k]) - place[a, k]
        out[f] = (
            u[1] * v[2] != u[2] * v[1] or u[2] * v[0] != u[0] * v[2] or u[0] * v[1] != u[1] * v[0]
        )  # fmt: skip
    return out


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
