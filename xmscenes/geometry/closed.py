"""Whether a solid is closed, outward and flat-faced: the reconstruction's own last look before it hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xmscenes.records import Solid

PLANARITY_M = 0.009  # validators allow 1 cm; keep a margin for their rounding
MIN_EDGE_M = 0.0015


def fault_of(solid: Solid) -> str:
    """Name the first fault of a solid, or return an empty string: open, ragged, bent, short edge, inside out."""
    edges: set[tuple[int, int]] = set()
    for face in solid.faces:
        for ring in face:
            if len(ring) < 3 or len(set(ring)) != len(ring):
                return "a face's ring meets itself"
            for a, b in zip(ring, (*ring[1:], ring[0]), strict=True):
                if (a, b) in edges:
                    return "an edge belongs to more than two faces"
                edges.add((a, b))
    if any((b, a) not in edges for a, b in edges):
        return "the surface is not closed"
    pairs = np.array(list(edges))
    lengths = np.linalg.norm(solid.vertices[pairs[:, 0]] - solid.vertices[pairs[:, 1]], axis=1)
    if lengths.min() < MIN_EDGE_M:
        return "an edge is shorter than 1.5 mm"
    if any(_bend_m(solid, face) > PLANARITY_M for face in solid.faces):
        return "a face is not flat"
    return "" if volume_m3(solid) > 0 else "the volume is not positive"


def volume_m3(solid: Solid) -> float:
    """Volume of a closed solid; positive when its faces look outward."""
    centre = solid.vertices.mean(axis=0)
    total = 0.0
    for face in solid.faces:
        for ring in face:
            points = solid.vertices[list(ring)] - centre
            total += float(np.cross(points[1:-1] - points[0], points[2:] - points[0]).sum(axis=0) @ points[0])
    return total / 6.0


def _bend_m(solid: Solid, face: tuple[tuple[int, ...], ...]) -> float:
    """Largest distance of a face's vertices to their least-squares plane."""
    points = solid.vertices[[v for ring in face for v in ring]]
    if len(points) == 3:
        return 0.0
    points = points - points.mean(axis=0)
    _, vectors = np.linalg.eigh(points.T @ points)
    return float(np.abs(points @ vectors[:, 0]).max())
