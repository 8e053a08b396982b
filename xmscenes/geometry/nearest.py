"""A tree of boxes over triangles, and the nearest distance from points to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAF = 4  # triangles a leaf; 2 and 8 were 10-20 % slower
SLIVER = 1e-6  # of its edges' squares: a flatter triangle's normal is noise, and left at zero
ROUNDING_M = 1e-6  # normals of other triangles may be wrong by so much at a kilometre's end


@dataclass(frozen=True, slots=True)
class Tree:
    """A complete binary tree: node n has children 2n and 2n+1, the leaves hold ``LEAF`` triangles each."""

    boxes: NDArray[np.float64]  # (2 L, 6) low xyz, high xyz; node 1 is the root
    # (F, 15) in Morton order: a corner, edges ab and ac from it, ab.ab, ac.ac, ab.ac, unit normal (zero for a sliver)
    triangles: NDArray[np.float64]


def build_tree(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> Tree:
    """Sort the triangles along a Morton curve and box them, bottom-up."""
    triangles = np.ascontiguousarray(vertices[faces])
    triangles = triangles[np.argsort(_morton(triangles), kind="stable")]
    leaves = 1
    while leaves * LEAF < len(faces):
        leaves *= 2
    return Tree(_box(triangles, leaves), _prepared(triangles))


def nearest_distances(tree: Tree, points: NDArray[np.float64], limit_m: float = np.inf) -> NDArray[np.float64]:
    """Distance from each of (N, 3) points to the nearest triangle of the tree.

    Ends where more than a hundredth of all points has turned out to be farther off than ``limit_m``: the 99th
    percentile of the distances given, fewer than N then, is beyond it as that of all would be.
    """
    points = np.ascontiguousarray(points, dtype=np.float64)
    spare = len(points) - int(0.99 * (len(points) - 1))
    return np.sqrt(_nearest(tree.boxes, tree.triangles, points, limit_m * limit_m * (1.0 + 1e-12), spare))


def all_beyond(
    points: NDArray[np.float64], vertices: NDArray[np.float64], faces: NDArray[np.int32], limit_m: float
) -> bool:
    """Whether each of a few points is farther than ``limit_m`` from all triangles: quicker than to build a tree."""
    return bool(_all_beyond(_prepared(vertices[faces]), points, limit_m * limit_m * (1.0 + 1e-12)))


@njit(cache=True)
def _all_beyond(triangles: Any, points: Any, limit2: Any) -> bool:
    for i in range(len(points)):
        for t in range(len(triangles)):
            if _triangle_distance2(triangles, t, points[i, 0], points[i, 1], points[i, 2], limit2) <= limit2:
                return False
    return True


@njit(cache=True)
def _morton(triangles: Any) -> Any:
    """Place of every triangle's middle on a Morton curve through a cube of 1024 cells a side."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for t in range(len(triangles)):
        for axis in range(3):
            sum3 = triangles[t, 0, axis] + triangles[t, 1, axis] + triangles[t, 2, axis]
            low[axis], high[axis] = min(low[axis], sum3), max(high[axis], sum3)
    scale = 1023.0 / max((high - low).max(), 1e-9)
    codes = np.zeros(len(triangles), np.int64)
    for t in range(len(triangles)):
        code = np.int64(0)
        for axis in range(3):
            sum3 = triangles[t, 0, axis] + triangles[t, 1, axis] + triangles[t, 2, axis]
            cell = np.int64((sum3 - low[axis]) * scale)
            for bit in range(10):
                code |= ((cell >> bit) & 1) << (3 * bit + axis)
        codes[t] = code
    return codes


@njit(cache=True)
def _box(triangles: Any, leaves: int) -> Any:
    boxes = np.zeros((2 * leaves, 6))
    boxes[:, :3] = np.inf
    boxes[:, 3:] = -np.inf
    for t in range(len(triangles)):
        node = leaves + t // LEAF
        for corner in range(3):
            for axis in range(3):
                value = triangles[t, corner, axis]
                boxes[node, axis] = min(boxes[node, axis], value)
                boxes[node, 3 + axis] = max(boxes[node, 3 + axis], value)
    for node in range(leaves - 1, 0, -1):
        for axis in range(3):
            boxes[node, axis] = min(boxes[2 * node, axis], boxes[2 * node + 1, axis])
            boxes[node, 3 + axis] = max(boxes[2 * node, 3 + axis], boxes[2 * node + 1, 3 + axis])
    return boxes


@njit(cache=True)
def _dot(a0: Any, a1: Any, a2: Any, b0: Any, b1: Any, b2: Any) -> Any:
    return a0 * b0 + a1 * b1 + a2 * b2


@njit(cache=True)
def _prepared(triangles: Any) -> Any:
    """What every distance to a triangle starts from: searches look at nineteen triangles a point."""
    out = np.zeros((len(triangles), 15))
    for t in range(len(triangles)):
        row = out[t]
        for axis in range(3):
            row[axis] = triangles[t, 0, axis]
            row[3 + axis] = triangles[t, 1, axis] - triangles[t, 0, axis]
            row[6 + axis] = triangles[t, 2, axis] - triangles[t, 0, axis]
        row[9] = _dot(row[3], row[4], row[5], row[3], row[4], row[5])
        row[10] = _dot(row[6], row[7], row[8], row[6], row[7], row[8])
        row[11] = _dot(row[3], row[4], row[5], row[6], row[7], row[8])
        x = row[4] * row[8] - row[5] * row[7]
        y = row[5] * row[6] - row[3] * row[8]
        z = row[3] * row[7] - row[4] * row[6]
        length = np.sqrt(x * x + y * y + z * z)
        if length > SLIVER * (row[9] + row[10]):
            row[12], row[13], row[14] = x / length, y / length, z / length
    return out


@njit(cache=True)
def _box_distance2(boxes: Any, node: Any, x: Any, y: Any, z: Any) -> Any:
    dx = max(boxes[node, 0] - x, 0.0, x - boxes[node, 3])
    dy = max(boxes[node, 1] - y, 0.0, y - boxes[node, 4])
    dz = max(boxes[node, 2] - z, 0.0, z - boxes[node, 5])
    return dx * dx + dy * dy + dz * dz


@njit(cache=True)
def _triangle_distance2(t: Any, n: Any, x: Any, y: Any, z: Any, best: Any) -> Any:
    """Squared distance from a point to triangle ``n``, by the regions of Ericson, Real-Time Collision Detection, 5.1.5.

    Infinite when the triangle's plane alone is farther off than ``best``.
    """
    ap0, ap1, ap2 = x - t[n, 0], y - t[n, 1], z - t[n, 2]
    off = abs(_dot(t[n, 12], t[n, 13], t[n, 14], ap0, ap1, ap2)) - ROUNDING_M
    if off > 0.0 and off * off > best:
        return np.inf
    ab0, ab1, ab2 = t[n, 3], t[n, 4], t[n, 5]
    ac0, ac1, ac2 = t[n, 6], t[n, 7], t[n, 8]
    d1, d2 = _dot(ab0, ab1, ab2, ap0, ap1, ap2), _dot(ac0, ac1, ac2, ap0, ap1, ap2)
    d3, d4, d5, d6 = d1 - t[n, 9], d2 - t[n, 11], d1 - t[n, 11], d2 - t[n, 10]
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    if d1 <= 0.0 and d2 <= 0.0:
        v, w = 0.0, 0.0
    elif d3 >= 0.0 and d4 <= d3:
        v, w = 1.0, 0.0
    elif d6 >= 0.0 and d5 <= d6:
        v, w = 0.0, 1.0
    elif vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        v, w = (d1 / (d1 - d3) if d1 > d3 else 0.0), 0.0
    elif vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        v, w = 0.0, (d2 / (d2 - d6) if d2 > d6 else 0.0)
    elif va <= 0.0 and d4 >= d3 and d5 >= d6:
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6)) if (d4 - d3) + (d5 - d6) > 0.0 else 0.0
        v = 1.0 - w
    else:
        total = va + vb + vc
        v, w = vb / total, vc / total
    dx, dy, dz = ap0 - v * ab0 - w * ac0, ap1 - v * ab1 - w * ac1, ap2 - v * ab2 - w * ac2
    return dx * dx + dy * dy + dz * dz


@njit(cache=True)
def _nearest(boxes: Any, triangles: Any, points: Any, limit2: Any, spare: Any) -> Any:
    leaves = len(boxes) // 2
    out = np.full(len(points), np.inf)
    stack = np.zeros(128, np.int64)
    bound = np.zeros(128)
    missed = 0
    last = 0  # samples come along the surface: the triangle of the one before is a good first guess
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        best = _triangle_distance2(triangles, last, x, y, z, np.inf)
        top = 0
        stack[0], bound[0] = 1, 0.0
        while top >= 0:
            node, reach = stack[top], bound[top]
            top -= 1
            while node < leaves and reach < best:
                near, far = 2 * node, 2 * node + 1
                reach, beyond = _box_distance2(boxes, near, x, y, z), _box_distance2(boxes, far, x, y, z)
                if beyond <= reach:
                    near, far, reach, beyond = far, near, beyond, reach
                if beyond < best:
                    top += 1
                    stack[top], bound[top] = far, beyond
                node = near
            if reach >= best:
                continue
            first = (node - leaves) * LEAF
            for t in range(first, min(first + LEAF, len(triangles))):
                distance = _triangle_distance2(triangles, t, x, y, z, best)
                if distance < best:
                    best, last = distance, t
        out[i] = best
        missed += best > limit2
        if missed > spare:
            return out[: i + 1]
    return out
