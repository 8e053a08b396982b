"""How far two surfaces are apart, measured from points spread evenly over each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from xmscenes.geometry.meshes import face_crosses
from xmscenes.geometry.nearest import build_tree, nearest_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceError:
    """Distance between two surfaces in metres; each figure is the larger one of the two ways."""

    p99_m: float
    max_m: float
    rms_m: float


@dataclass(frozen=True, slots=True)
class Surface3:
    """Triangles without anything else: ``vertices`` (V, 3) float64 and ``faces`` (F, 3) int32."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]


def sample_surface(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], count: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Spread ``count`` points evenly over the faces by area; returns (count, 3) points and the face of each.

    Deterministic: equal steps along the running area, places inside the faces from the R2 sequence (Roberts, 2018).
    No area gives no points.
    """
    areas = np.linalg.norm(face_crosses(vertices, faces), axis=1)
    running = np.cumsum(areas)
    if not len(running) or running[-1] <= 0.0:
        return np.zeros((0, 3)), np.zeros(0, np.int64)
    face = np.searchsorted(running, (np.arange(count) + 0.5) * (running[-1] / count), side="right")
    face = face.clip(0, len(faces) - 1)
    return _places(vertices, faces, face), face


@njit(cache=True)
def _places(vertices: Any, faces: Any, face: Any) -> Any:
    out = np.zeros((len(face), 3))
    for k in range(len(face)):
        u = (0.5 + k * 0.7548776662466927) % 1.0
        v = (0.5 + k * 0.5698402909980532) % 1.0
        if u + v > 1.0:
            u, v = 1.0 - u, 1.0 - v
        for axis in range(3):
            a = vertices[faces[face[k], 0], axis]
            b, c = vertices[faces[face[k], 1], axis], vertices[faces[face[k], 2], axis]
            out[k, axis] = a + u * (b - a) + v * (c - a)
    return out


def distances_to(points: NDArray[np.float64], surface: Surface3, limit_m: float = np.inf) -> NDArray[np.float64]:
    """Distance from every point to the nearest place on the surface; infinite when it has no faces.

    Ends early, as ``nearest_distances`` does, where the 99th percentile is sure to be beyond ``limit_m``.
    """
    if not len(surface.faces):
        return np.full(len(points), np.inf)
    return nearest_distances(build_tree(surface.vertices, surface.faces), points, limit_m)


def surface_error(reference: Surface3, other: Surface3, samples: int = 20_000) -> SurfaceError:
    """Measure two surfaces against each other, both ways, with ``samples`` points on each.

    The largest distance also looks at every vertex of ``other``, where a coarse surface errs most.
    Two empty surfaces agree; one empty surface is infinitely far.
    """
    if not len(reference.faces) and not len(other.faces):
        return SurfaceError(p99_m=0.0, max_m=0.0, rms_m=0.0)
    there = distances_to(sample_surface(reference.vertices, reference.faces, samples)[0], other)
    back = distances_to(sample_surface(other.vertices, other.faces, samples)[0], reference)
    used = other.vertices[np.unique(other.faces)] if len(other.faces) else np.zeros((0, 3))
    return summarize(there, back, distances_to(used, reference))


def summarize(*ways: NDArray[np.float64]) -> SurfaceError:
    """Summarize distances of two ways (and extra points that count for the maximum only)."""
    surfaces = [way for way in ways[:2] if len(way)]
    if not surfaces:
        return SurfaceError(p99_m=0.0, max_m=0.0, rms_m=0.0)
    return SurfaceError(
        p99_m=max(_percentile_99(way) for way in surfaces),
        max_m=max(float(way.max()) for way in ways if len(way)),
        rms_m=max(float(np.sqrt(np.mean(way**2))) for way in surfaces),
    )


def _percentile_99(distances: NDArray[np.float64]) -> float:
    """99th percentile, the next higher of the distances themselves: as ``np.quantile`` in half its time."""
    place = int(np.ceil(0.99 * (len(distances) - 1)))
    return float(np.partition(distances, place)[place])
