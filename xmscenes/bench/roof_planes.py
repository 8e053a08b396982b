"""Count the distinct roof planes of a model: faces that lie in one plane are one, small ones do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.solid_pack import triangulate_face

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Solid

SAME_DEG = 2.0
SAME_M = 0.05
LEAST_M2 = 1.0


def roof_faces(solids: Iterable[Solid]) -> list[NDArray[np.float64]]:
    """Triangles (T, 3, 3) of every roof face of some solids, in file order; faces that cannot be cut are left out."""
    from xmscenes.records import Surface

    faces = []
    for solid in solids:
        for face, kind in zip(solid.faces, solid.surface.tolist(), strict=True):
            if kind == Surface.ROOF:
                cut = triangulate_face(solid.vertices, face)
                if cut:
                    faces.append(solid.vertices[np.array(cut)])
    return faces


def count_planes(faces: Sequence[NDArray[np.float64]]) -> int:
    """Count the planes over 1 m2 among faces given as triangles (T, 3, 3).

    Greedy in file order: a face joins the first plane whose first face agrees within 2 degrees and 5 cm, the offset
    measured from the mean of its triangles' vertices to the plane through that of the first face.
    """
    firsts: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    areas: list[float] = []
    least = np.cos(np.radians(SAME_DEG))
    for face in faces:
        vectors = np.cross(face[:, 1] - face[:, 0], face[:, 2] - face[:, 0]) / 2
        area = float(np.linalg.norm(vectors, axis=1).sum())
        size = float(np.linalg.norm(vectors.sum(axis=0)))
        if size == 0.0:
            continue
        normal, middle = vectors.sum(axis=0) / size, face.reshape(-1, 3).mean(axis=0)
        for k, (other, through) in enumerate(firsts):
            if normal @ other > least and abs((middle - through) @ other) < SAME_M:
                areas[k] += area
                break
        else:
            firsts.append((normal, middle))
            areas.append(area)
    return sum(area > LEAST_M2 for area in areas)
