"""A bench to put meshes together on: shapes with colour, material and texture coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.materials import INDEX
from xmscenes.records import Mesh, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Shape = tuple[Floats, NDArray[np.int64]]
    Shade = Callable[[Floats], Floats]

Rgb = tuple[float, float, float]


@dataclass(slots=True)
class Bench:
    """Collects parts and turns them into one ``Mesh``."""

    _vertices: list[Floats] = field(default_factory=list)
    _faces: list[NDArray[np.int64]] = field(default_factory=list)
    _looks: list[tuple[Floats, Floats, NDArray[np.int64]]] = field(default_factory=list)
    _count: int = 0

    def add(
        self,
        shape: Shape,
        rgb: ArrayLike = (200, 200, 200),
        *,
        material: str = "plain",
        uv: ArrayLike | None = None,
        surface: Surface = Surface.DETAIL,
        smooth: bool = False,
        shade: Shade | None = None,
    ) -> None:
        """Put one part on the bench.

        ``rgb`` is one sRGB colour, one a face (F, 3), or one a corner (F, 3, 3); ``uv`` is (F, 3, 2) or one point.
        ``shade`` gives a factor for each corner position (N, 3), e.g. darker towards the ground.
        """
        vertices, faces = np.asarray(shape[0], dtype=np.float64), np.asarray(shape[1], dtype=np.int64)
        if not len(faces):
            return
        colour = np.asarray(rgb, dtype=np.float64)
        if colour.ndim == 2:
            colour = colour[:, None, :]
        corner = np.zeros((len(faces), 3, 3))
        corner[:] = colour
        if shade is not None:
            corner *= shade(vertices[faces].reshape(-1, 3)).reshape(len(faces), 3, 1)
        texture = np.zeros((len(faces), 3, 2))
        if uv is not None:
            texture[:] = uv
        marks = np.zeros((len(faces), 3), dtype=np.int64)
        marks[:] = INDEX[material], int(surface), int(smooth)
        self._vertices.append(vertices)
        self._faces.append(faces + self._count)
        self._looks.append((corner, texture, marks))
        self._count += len(vertices)

    @property
    def triangles(self) -> int:
        """Count the triangles on the bench."""
        return sum(len(faces) for faces in self._faces)

    def add_mesh(self, mesh: Mesh) -> None:
        """Put the triangles of a finished mesh on the bench, looks and all."""
        size = len(mesh.faces)
        if not size:
            return
        material = np.zeros(size, int) if mesh.material is None else mesh.material.astype(int)
        smooth = np.zeros(size, int) if mesh.smooth is None else mesh.smooth.astype(int)
        self._vertices.append(np.array(mesh.vertices))
        self._faces.append(mesh.faces.astype(np.int64) + self._count)
        rgb = np.full((size, 3, 3), 255.0) if mesh.rgb is None else mesh.rgb.astype(np.float64)
        uv = np.zeros((size, 3, 2)) if mesh.uv is None else mesh.uv.astype(np.float64)
        self._looks.append((rgb, uv, np.column_stack([material, mesh.surface.astype(int), smooth])))
        self._count += len(mesh.vertices)

    def mesh(self) -> Mesh:
        """Everything on the bench as one mesh, in the order in which it was added."""
        if not self._faces:
            return Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), "i4"), surface=np.zeros(0, "u1"))
        rgb, uv, marks = (np.concatenate([look[i] for look in self._looks]) for i in range(3))
        return Mesh(
            vertices=np.concatenate(self._vertices),
            faces=np.concatenate(self._faces).astype("i4"),
            surface=marks[:, 1].astype("u1"),
            material=marks[:, 0].astype("u1"),
            rgb=np.clip(np.rint(rgb), 0, 255).astype("u1"),
            uv=uv.astype("f4"),
            smooth=marks[:, 2].astype(bool),
        )
