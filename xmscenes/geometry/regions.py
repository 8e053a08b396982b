"""Flat regions of a point cloud: local planes, region growing."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def plane_of_moments(m):  # type: ignore[no-untyped-def]
    """Least-squares plane of moments (n, x, y, z, xx, xy, xz, yy, yz, zz): unit normal (up), offset, rms.

    The smallest eigenvalue of the covariance in closed form (Smith, Eigenvalues of a symmetric 3 x 3 matrix, 1961).
    """
    n = m[0]
    cx, cy, cz = m[1] / n, m[2] / n, m[3] / n
    a, b, c = m[4] / n - cx * cx, m[5] / n - cx * cy, m[6] / n - cx * cz
    d, e, f = m[7] / n - cy * cy, m[8] / n - cy * cz, m[9] / n - cz * cz
    q = (a + d + f) / 3.0
    p = np.sqrt(max(((a - q) ** 2 + (d - q) ** 2 + (f - q) ** 2 + 2.0 * (b * b + c * c + e * e)) / 6.0, 1e-30))
    aa, dd, ff, bb, cc, ee = (a - q) / p, (d - q) / p, (f - q) / p, b / p, c / p, e / p
    half = (aa * (dd * ff - ee * ee) - bb * (bb * ff - ee * cc) + cc * (bb * ee - dd * cc)) / 2.0
    phi = np.arccos(min(1.0, max(-1.0, half))) / 3.0
    low = q + 2.0 * p * np.cos(phi + 2.0 * np.pi / 3.0)
    # The eigenvector is orthogonal to two rows of (covariance - low): take the pair that is least parallel.
    r0, r1, r2 = (a - low, b, c), (b, d - low, e), (c, e, f - low)
    best, nx, ny, nz = -1.0, 0.0, 0.0, 1.0
    for u, v in ((r0, r1), (r0, r2), (r1, r2)):
        x, y, z = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
        length = x * x + y * y + z * z
        if length > best:
            best, nx, ny, nz = length, x, y, z
    if best <= 1e-30:
        nx, ny, nz, best = 0.0, 0.0, 1.0, 1.0
    length = np.sqrt(best)
    if nz < 0.0:
        length = -length
    nx, ny, nz = nx / length, ny / length, nz / length
    return nx, ny, nz, -(nx * cx + ny * cy + nz * cz), np.sqrt(max(low, 0.0))


@njit(cache=True)
def add_point(m, x, y, z, w):  # type: ignore[no-untyped-def]
    """Add a weighted point to moments."""
    m[0] += w
    m[1] += w * x
    m[2] += w * y
    m[3] += w * z
    m[4] += w * x * x
    m[5] += w * x * y
    m[6] += w * x * z
    m[7] += w * y * y
    m[8] += w * y * z
    m[9] += w * z * z


@njit(cache=True)
def local_planes(xyz, neighbours, count):  # type: ignore[no-untyped-def]
    """Plane through the ``count`` nearest neighbours of each point: normals (N, 3) and rms (N,)."""
    n = xyz.shape[0]
    normals = np.zeros((n, 3))
    rms = np.zeros(n)
    m = np.zeros(10)
    for i in range(n):
        m[:] = 0.0
        x0, y0, z0 = xyz[i, 0], xyz[i, 1], xyz[i, 2]
        for k in range(count):
            j = neighbours[i, k]
            add_point(m, xyz[j, 0] - x0, xyz[j, 1] - y0, xyz[j, 2] - z0, 1.0)
        nx, ny, nz, _, s = plane_of_moments(m)
        normals[i, 0], normals[i, 1], normals[i, 2] = nx, ny, nz
        rms[i] = s * np.sqrt(count / max(count - 3.0, 1.0))
    return normals, rms


@njit(cache=True)
def patch_noise(xyz, normals, seeds, index, cos_angle, reach):  # type: ignore[no-untyped-def]
    """Rms of the plane through each seed's patch (S, K of point indices), -1 where few points agree with the seed.

    A point agrees when its normal does, and when it lies within ``reach`` of the seed's own plane.
    """
    out = np.full(seeds.shape[0], -1.0)
    m = np.zeros(10)
    for s in range(seeds.shape[0]):
        i = seeds[s]
        m[:] = 0.0
        for j in index[s]:
            cosine = normals[i, 0] * normals[j, 0] + normals[i, 1] * normals[j, 1] + normals[i, 2] * normals[j, 2]
            x, y, z = xyz[j, 0] - xyz[i, 0], xyz[j, 1] - xyz[i, 1], xyz[j, 2] - xyz[i, 2]
            away = normals[i, 0] * x + normals[i, 1] * y + normals[i, 2] * z
            if abs(cosine) > cos_angle and abs(away) < reach:
                add_point(m, x, y, z, 1.0)
        if m[0] >= max(12.0, 0.4 * index.shape[1]):
            out[s] = plane_of_moments(m)[4] * np.sqrt(m[0] / (m[0] - 3.0))
    return out


@njit(cache=True)
def grow_regions(xyz, neighbours, normals, order, eps, cos_angle, least):  # type: ignore[no-untyped-def]  # noqa: C901
    """Grow flat regions from the seeds in ``order``: label (N,) of each point, -1 for none.

    A neighbour joins when it lies within ``eps`` of the region's plane and its normal within the angle; the plane is
    refitted each time that the region has grown by a third. Regions of fewer than ``least`` points are given back.
    """
    n, k = neighbours.shape
    labels = np.full(n, -1, np.int64)
    seen = np.full(n, -1, np.int64)
    queue = np.zeros(n, np.int64)
    m = np.zeros(10)
    count = 0
    for turn in range(n):
        seed = order[turn]
        if labels[seed] >= 0:
            continue
        m[:] = 0.0
        nx, ny, nz = normals[seed, 0], normals[seed, 1], normals[seed, 2]
        d = -(nx * xyz[seed, 0] + ny * xyz[seed, 1] + nz * xyz[seed, 2])
        queue[0] = seed
        seen[seed] = turn
        first, last, refit = 0, 1, 6
        add_point(m, xyz[seed, 0], xyz[seed, 1], xyz[seed, 2], 1.0)
        while first < last:
            p = queue[first]
            first += 1
            for i in range(1, k):
                q = neighbours[p, i]
                if labels[q] >= 0 or seen[q] == turn:
                    continue
                if abs(nx * xyz[q, 0] + ny * xyz[q, 1] + nz * xyz[q, 2] + d) > eps:
                    continue
                if abs(nx * normals[q, 0] + ny * normals[q, 1] + nz * normals[q, 2]) < cos_angle:
                    continue
                seen[q] = turn
                queue[last] = q
                last += 1
                add_point(m, xyz[q, 0], xyz[q, 1], xyz[q, 2], 1.0)
                if last >= refit:
                    nx, ny, nz, d, _ = plane_of_moments(m)
                    refit = last + max(3, last // 3)
        if last < least:
            continue
        nx, ny, nz, d, _ = plane_of_moments(m)
        kept = 0
        for i in range(last):
            p = queue[i]
            if abs(nx * xyz[p, 0] + ny * xyz[p, 1] + nz * xyz[p, 2] + d) <= eps:
                kept += 1
        if kept < least:
            continue
        for i in range(last):
            p = queue[i]
            if abs(nx * xyz[p, 0] + ny * xyz[p, 1] + nz * xyz[p, 2] + d) <= eps:
                labels[p] = count
        count += 1
    return labels
