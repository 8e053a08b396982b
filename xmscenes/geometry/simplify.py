"""Fewer triangles within an absolute error in metres; looks and kept lines survive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xmscenes.geometry.collapse import face_quadrics, line_quadrics
from xmscenes.geometry.edges import edge_ends, grouped_edges, next_corner
from xmscenes.geometry.shrink import fill_heap, link_corners, shrink, small_parts
from xmscenes.geometry.triangles import used_vertices
from xmscenes.records import Mesh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STRETCH_M = 0.5  # errors from here on are seen from 250 m and more
COLOUR_LINE = 24  # neighbours whose sRGB colours differ by more than this along an edge make that edge a kept line


def simplify_mesh(mesh: Mesh, errors_m: Sequence[float], locked: NDArray[np.bool_] | None = None) -> list[Mesh]:
    """Simplify once, and keep the mesh as it stands at each of the rising ``errors_m``.

    An error is the root mean square distance, in metres, between the surface around a removed vertex and the place
    it moves to: a bound on the average, not on the maximum; measure the result. ``locked`` (V,) vertices never move.
    Open borders, edges where material, surface or colour changes, and texture seams count as lines whose sideways
    shift obeys the same limit. Vertices with more than two faces on an edge stay. Below ``STRETCH_M`` no texture is
    stretched over a seam; above it a picture may slide by as much as its vertices do, because seams of every window
    would otherwise hold a facade at full detail, and loose parts smaller than the error are left out.
    """
    return [snapshot.mesh for snapshot in Simplifier(mesh).snapshots(errors_m, locked)]


@dataclass(frozen=True)
class Snapshot:
    """What is left of a mesh at one error. Only where it is asked for a mesh is made of it: most are just counted."""

    source: Mesh
    index: NDArray[np.int64]  # of the faces that are left
    faces: NDArray[np.int32]  # these, in numbers of the source's vertices
    uv: NDArray[np.float32]
    rgb: NDArray[np.uint8]

    @cached_property
    def mesh(self) -> Mesh:
        """It as a mesh, without vertices that nothing uses any more."""
        source = self.source
        used, numbered = used_vertices(self.faces, len(source.vertices))
        return Mesh(
            vertices=source.vertices[used],
            faces=numbered,
            surface=source.surface[self.index],
            material=None if source.material is None else source.material[self.index],
            rgb=None if source.rgb is None else self.rgb,
            uv=None if source.uv is None else self.uv,
            smooth=None if source.smooth is None else source.smooth[self.index],
        )


class Simplifier:
    """A mesh made ready to be simplified, once, or again with other vertices held fast (see ``simplify_mesh``)."""

    # Own collapse, not a library: fast-simplification drops every attribute, the meshoptimizer bindings either state
    # no licence or fail in simplify_with_attributes, and both lock the split corners of city facades.
    def __init__(self, mesh: Mesh) -> None:
        count, vertices = len(mesh.faces), len(mesh.vertices)
        self._mesh = mesh
        self._uv = np.zeros((count, 3, 2), np.float32) if mesh.uv is None else mesh.uv
        self._rgb = np.zeros((count, 3, 3), np.uint8) if mesh.rgb is None else mesh.rgb
        self._label = _labels(mesh)
        lines, self._fixed = _kept_lines(mesh)
        self._on_line = np.zeros(vertices, dtype=bool)
        self._on_line[mesh.faces[lines]] = True
        self._on_line[np.roll(mesh.faces, -1, axis=1)[lines]] = True
        self._xyz = np.ascontiguousarray(mesh.vertices - mesh.vertices.mean(axis=0)) if count else mesh.vertices
        self._quadrics = face_quadrics(self._xyz, mesh.faces), line_quadrics(self._xyz, mesh.faces, lines)
        self._corners = link_corners(mesh.faces, vertices)

    def snapshots(self, errors_m: Sequence[float], locked: NDArray[np.bool_] | None = None) -> list[Snapshot]:
        """Simplify as ``simplify_mesh`` does; where nothing changes from one error to the next both are the same."""
        errors = list(errors_m)
        if errors != sorted(errors):
            raise ValueError(f"errors_m must rise: {errors}")
        mesh, xyz, label, on_line = self._mesh, self._xyz, self._label, self._on_line
        count, vertices = len(mesh.faces), len(mesh.vertices)
        fixed = self._fixed.copy() if locked is None else self._fixed | locked
        faces, uv, rgb = mesh.faces.copy(), self._uv.copy(), self._rgb.copy()
        qf, ql = (quadric.copy() for quadric in self._quadrics)
        head, nexts, tail = (links.copy() for links in self._corners)
        alive = np.ones(count, dtype=bool)
        heap, place = np.zeros(vertices, np.int32), np.full(vertices, -1, np.int32)
        key, target = np.full(vertices, np.inf), np.full(vertices, -1, np.int32)
        mark, stuck = np.zeros(vertices, np.int64), np.zeros(vertices, dtype=bool)
        size = fill_heap(xyz, faces, head, nexts, alive, qf, ql, on_line, fixed, heap, place, key, target)
        stamp, strict = 0, mesh.uv is not None
        found: list[Snapshot] = []
        kept = np.ones(count, dtype=bool)
        for error in errors:
            if strict and error >= STRETCH_M:  # what seams held back may go now
                strict = False
                place[:], stuck[:] = -1, False
                size = fill_heap(xyz, faces, head, nexts, alive, qf, ql, on_line, fixed, heap, place, key, target)
            size, stamp = shrink(
                xyz, faces, uv, rgb, label, strict, head, nexts, tail, alive, qf, ql, on_line, fixed,
                heap, place, key, target, stuck, mark, stamp, size, error * error,
            )  # fmt: skip
            before, kept = kept, alive.copy()
            # Collapses cannot remove a part, and a hero model is made of thousands: balusters, sills, tiles.
            if error >= STRETCH_M and (large := alive & ~small_parts(xyz, faces, alive, error)).any():
                kept = large
            if found and (not kept.any() or np.array_equal(kept, before)):  # every collapse takes a face
                found.append(found[-1])
            elif kept.any():
                index = np.flatnonzero(kept)
                found.append(Snapshot(mesh, index, faces[index], uv[index], rgb[index]))
            else:  # never nothing
                found.append(Snapshot(mesh, np.arange(count), mesh.faces, self._uv, self._rgb))
        return found


def _labels(mesh: Mesh) -> NDArray[np.int32]:
    material = np.zeros(len(mesh.faces), np.int32) if mesh.material is None else mesh.material.astype(np.int32)
    labels: NDArray[np.int32] = material << 8 | mesh.surface.astype(np.int32)
    return labels


def _kept_lines(mesh: Mesh) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Edges (F, 3) that are borders, seams or changes of label, and vertices (V,) that must not move."""
    start, end = edge_ends(mesh.faces)
    order, first, count = grouped_edges(mesh.faces, len(mesh.vertices))
    fixed = np.zeros(len(mesh.vertices), dtype=bool)
    kept = np.zeros(len(order), dtype=bool)
    kept[order[first[count == 1]]] = True
    for group in np.flatnonzero(count > 2):
        crowded = order[first[group] : first[group] + count[group]]
        fixed[start[crowded]] = fixed[end[crowded]] = True
        kept[crowded] = True
    pairs = first[count == 2]
    a, b = order[pairs], order[pairs + 1]
    changes = _looks_change(mesh, a, b) | (start[a] == start[b])  # the same direction twice: not oriented alike
    kept[a[changes]] = kept[b[changes]] = True
    return kept.reshape(-1, 3), fixed


def _looks_change(mesh: Mesh, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the two sides of an edge, given as corners where it starts, wear different things."""
    label = _labels(mesh)
    change: NDArray[np.bool_] = label[a // 3] != label[b // 3]
    after_a, after_b = next_corner(a), next_corner(b)
    if mesh.uv is not None:
        uv = mesh.uv.reshape(-1, 2)
        change |= (uv[a] != uv[after_b]).any(axis=1) | (uv[after_a] != uv[b]).any(axis=1)
    if mesh.rgb is not None:
        rgb = mesh.rgb.reshape(-1, 3).astype(np.int16)
        step = np.maximum(abs(rgb[a] - rgb[after_b]).max(axis=1), abs(rgb[after_a] - rgb[b]).max(axis=1))
        change |= step > COLOUR_LINE
    return change
