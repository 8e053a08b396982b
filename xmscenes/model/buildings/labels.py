"""Which plane covers which face of the partition: data, smoothness and the height band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from xmscenes.geometry.graphcut import expand_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.geometry.halfedge import Partition
    from xmscenes.model.buildings.roof_planes import RoofPlanes
    from xmscenes.options import BuildingOptions

SMOOTHNESS = 0.15  # square metres of misfit that a metre of border is worth
MEET_M = 0.1  # planes nearer than this at both ends of a border meet there
BAND_M = 0.5  # a roof stays this near to the heights that were measured


def label_faces(
    partition: Partition,
    xyz: NDArray[np.float64],
    roof: RoofPlanes,
    weight: NDArray[np.float64],
    options: BuildingOptions,
) -> NDArray[np.int64]:
    """Choose a plane for every face.

    A point costs its share of the area (``weight``, m²) times its residual, truncated. A face without points costs
    little whatever its plane, but a plane that leaves the band of measured heights there is dear: so no roof shoots
    up into a gap, and the lower of two roofs fills a scanner's shadow.
    """
    if not len(roof.planes):
        return np.zeros(partition.face_count, dtype=np.int64)
    face_of = locate_points(partition, xyz[:, :2] * 1000.0)
    truncate = max(1.5 * roof.eps_m, 0.2)
    data, covered = _data(partition.face_count, face_of, xyz, roof.planes, weight, truncate)
    area, low_high = _face_shape(partition, roof)
    free = np.maximum(area - covered, 0.0)
    band = np.percentile(xyz[:, 2], [2.0, 98.0]) + np.array([-BAND_M, BAND_M])
    outside = np.maximum(band[0] - low_high[:, :, 0], 0.0) + np.maximum(low_high[:, :, 1] - band[1], 0.0)
    middle = low_high.mean(axis=2)
    rise = (middle - middle.min(axis=1, keepdims=True)) / max(float(band[1] - band[0]), 1.0)
    data += free[:, None] * 0.02 * rise + (0.05 + area[:, None]) * np.minimum(outside, 2.0)
    edges, ends, length = face_borders(partition.xy, partition.origin, partition.face)
    heights = roof.heights(partition.xy / 1000.0)
    level = np.ascontiguousarray(heights[ends].transpose(0, 2, 1))
    return expand_labels(data, edges, SMOOTHNESS / options.detail * length, level, MEET_M)


@njit(cache=True)
def _first_edges(origin, face, faces):  # type: ignore[no-untyped-def]
    first = np.full(faces, -1, np.int64)
    for h in range(origin.shape[0] - 1, -1, -1):
        if face[h] >= 0:
            first[face[h]] = h
    return first


@njit(cache=True)
def _locate(xy, origin, following, first, points, order, sorted_x):  # type: ignore[no-untyped-def]
    faces = first.shape[0]
    result = np.full(points.shape[0], -1, np.int64)
    for f in range(faces):
        x0, x1, y0, y1 = 1e300, -1e300, 1e300, -1e300
        h = first[f]
        while True:
            v = origin[h]
            x0, x1 = min(x0, xy[v, 0]), max(x1, xy[v, 0])
            y0, y1 = min(y0, xy[v, 1]), max(y1, xy[v, 1])
            h = following[h]
            if h == first[f]:
                break
        for k in range(np.searchsorted(sorted_x, x0), np.searchsorted(sorted_x, x1)):
            i = order[k]
            x, y = points[i, 0], points[i, 1]
            if y < y0 or y > y1 or result[i] >= 0:
                continue
            odd = False
            h = first[f]
            while True:
                a, b = origin[h], origin[h ^ 1]
                if (xy[a, 1] > y) != (xy[b, 1] > y):
                    cut = xy[a, 0] + (y - xy[a, 1]) / (xy[b, 1] - xy[a, 1]) * (xy[b, 0] - xy[a, 0])
                    odd = odd != (x < cut)
                h = following[h]
                if h == first[f]:
                    break
            if odd:
                result[i] = f
    return result


def locate_points(partition: Partition, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Face (N,) that holds each point (millimetres), -1 for none."""
    first = _first_edges(partition.origin, partition.face, partition.face_count)
    points = np.ascontiguousarray(points)
    order = np.argsort(points[:, 0], kind="stable")
    found: NDArray[np.int64] = _locate(
        partition.xy, partition.origin, partition.following, first, points, order, points[order, 0]
    )
    return found


@njit(cache=True)
def _data(faces, face_of, xyz, planes, weight, truncate):  # type: ignore[no-untyped-def]
    cost = np.zeros((faces, planes.shape[0]))
    covered = np.zeros(faces)
    for i in range(xyz.shape[0]):
        f = face_of[i]
        if f < 0:
            continue
        covered[f] += weight[i]
        for p in range(planes.shape[0]):
            r = planes[p, 0] * xyz[i, 0] + planes[p, 1] * xyz[i, 1] + planes[p, 2] * xyz[i, 2] + planes[p, 3]
            cost[f, p] += weight[i] * min(abs(r) / truncate, 1.0)
    return cost, covered


def _face_shape(partition: Partition, roof: RoofPlanes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area (m²) of every face, and the lowest and highest that each plane gets above it, (F, P, 2)."""
    heights = roof.heights(partition.xy / 1000.0)
    area, low_high = _shapes(partition.xy / 1000.0, partition.origin, partition.face, partition.face_count, heights)
    return area, low_high


@njit(cache=True)
def _shapes(xy, origin, face, faces, heights):  # type: ignore[no-untyped-def]
    area = np.zeros(faces)
    planes = heights.shape[1]
    low_high = np.zeros((faces, planes, 2))
    low_high[:, :, 0], low_high[:, :, 1] = 1e300, -1e300
    for h in range(origin.shape[0]):
        f = face[h]
        if f < 0:
            continue
        a, b = origin[h], origin[h ^ 1]
        area[f] += 0.5 * (xy[a, 0] * xy[b, 1] - xy[b, 0] * xy[a, 1])
        for p in range(planes):
            low_high[f, p, 0] = min(low_high[f, p, 0], heights[a, p])
            low_high[f, p, 1] = max(low_high[f, p, 1], heights[a, p])
    return area, low_high


@njit(cache=True)
def face_borders(xy, origin, face):  # type: ignore[no-untyped-def]
    """Edges between two different faces: the faces (E, 2), the end vertices (E, 2), the lengths in metres (E,)."""
    pairs = np.zeros((origin.shape[0] // 2, 2), np.int64)
    ends = np.zeros((origin.shape[0] // 2, 2), np.int64)
    length = np.zeros(origin.shape[0] // 2)
    count = 0
    for h in range(0, origin.shape[0], 2):
        f, g = face[h], face[h + 1]
        if f < 0 or g < 0 or f == g:
            continue
        a, b = origin[h], origin[h + 1]
        pairs[count, 0], pairs[count, 1] = f, g
        ends[count, 0], ends[count, 1] = a, b
        length[count] = np.hypot(xy[a, 0] - xy[b, 0], xy[a, 1] - xy[b, 1]) / 1000.0
        count += 1
    return pairs[:count].copy(), ends[:count].copy(), length[:count].copy()


@njit(cache=True)
def point_areas(xyz, cell, density):  # type: ignore[no-untyped-def]
    """Share of the area (m²) that each point stands for: its cell's, divided among the cell's points.

    A cell counts for its empty neighbours too, up to 2.5 times its own area.
    """
    n = xyz.shape[0]
    weight = np.zeros(n)
    if n == 0:
        return weight
    x0, y0 = xyz[:, 0].min(), xyz[:, 1].min()
    columns = int((xyz[:, 0].max() - x0) / cell) + 1
    rows = int((xyz[:, 1].max() - y0) / cell) + 1
    count = np.zeros(rows * columns, np.int64)
    key = np.zeros(n, np.int64)
    for i in range(n):
        key[i] = int((xyz[i, 1] - y0) / cell) * columns + int((xyz[i, 0] - x0) / cell)
        count[key[i]] += 1
    filled = 0
    for i in range(rows * columns):
        filled += count[i] > 0
    for i in range(n):
        weight[i] = min(2.5 * cell * cell, n / density / max(filled, 1)) / count[key[i]]
    return weight
