"""Are the building solids valid? Every fault becomes an Issue that names the building, the fault and its size.

The tests are those of val3dity (101-104, 201-208, 301-307, 405) for solids without inner shells, and four of our own:
vertices and edges under 1 mm, volume, watertight triangles, and surfaces that look where their name says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.records import Issue, Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xmscenes.records import Feature, Solid

_TEXTS = (  # in the order of geometry.solid_faults.Fault: code, message, hint
    ("SOLID_UNREADABLE", "an index has no vertex or a coordinate is not a number", "build the solid again"),
    ("SOLID_TOO_FEW_FACES", "only {worst:.0f} faces, a closed solid has at least 4", "build the solid again"),
    ("SOLID_RING_TOO_SHORT", "{count} rings with fewer than 3 vertices (face {place})", "leave such faces out"),
    ("SOLID_DUPLICATE_VERTEX", "the same place twice, in a row or within 1 mm (vertex {place})", "merge the vertices"),
    ("SOLID_SHORT_EDGE", "{count} edges under 1 mm (face {place}, {worst:.6f} m)", "merge the edge's ends"),
    ("SOLID_RING_CROSSES", "{count} faces whose rings cross or touch themselves (face {place})", "split the face"),
    ("SOLID_HOLE_ASTRAY", "{count} faces with a hole outside, nested or turned (face {place})", "cut the face again"),
    ("SOLID_NOT_PLANAR", "{count} faces out of plane (face {place}, {worst:.4f} m, at most 0.01 m)", "triangulate it"),
    ("SOLID_TWISTED", "{count} triangles tilted against their face (face {place}, {worst:.1f} degrees)", "split it"),
    ("SOLID_NOT_CLOSED", "{count} edges with one face only (face {place})", "add the missing face"),
    ("SOLID_NOT_MANIFOLD", "edges of more than two faces or pinched vertices (face {place})", "move them apart"),
    ("SOLID_IN_PIECES", "{worst:.0f} pieces that do not hang together", "make a solid of each"),
    ("SOLID_SELF_INTERSECTION", "{worst:.0f} pairs of triangles cross or touch (face {place})", "model it simpler"),
    ("SOLID_FLIPPED", "{count} edges run the same way in both faces, or all faces look inward (face {place})",
     "turn the face"),
    ("SOLID_NO_VOLUME", "its volume is {worst:.9f} m3", "raise its roof above its floor"),
    ("SOLID_TRIANGLES_OPEN", "its triangles leave {worst:.0f} edges open", "triangulate with all ring vertices"),
)  # fmt: skip

_WALL_NZ = 0.1  # walls of a 2.5D model stand upright; 6 degrees leave room for reprojection and rounding


def check_solids(solids: Sequence[Solid], where: Sequence[str]) -> tuple[Issue, ...]:
    """Judge building solids one by one and name every fault, in their order.

    ``where`` gives one address a solid, e.g. ``"cityjson/x.city.json#/way/1/2.2/0"``. One Issue a kind of fault and
    solid, with how often and how badly. Surfaces that look the wrong way for their name are warnings, the rest
    errors. No solid raises; no solids give no issues.
    """
    from xmscenes.geometry.solid_faults import find_faults

    faults = find_faults(solids)
    issues = []
    for s, solid in enumerate(solids):
        for f in np.flatnonzero(faults.count[s]):
            code, message, hint = _TEXTS[f]
            text = message.format(count=faults.count[s, f], place=faults.place[s, f], worst=faults.worst[s, f])
            issues.append(Issue(code=code, severity="error", where=where[s], message=text, hint=hint))
        if not faults.count[s, 0]:
            issues.extend(_check_surfaces(solid, where[s]))
    return tuple(issues)


def check_building(feature: Feature) -> tuple[Issue, ...]:
    """Judge every solid of one building in every form, and whether its mesh is watertight."""
    solids = [(form, i, solid) for form in sorted(feature.solids) for i, solid in enumerate(feature.solids[form])]
    where = [f"{feature.id}/{form.citygml}/{i}" for form, i, _ in solids]
    issues = check_solids([solid for *_, solid in solids], where)
    return issues + check_watertight(feature.mesh.faces, f"{feature.id}/mesh")


def check_watertight(faces: NDArray[np.integer], where: str) -> tuple[Issue, ...]:
    """Judge whether triangles (F, 3) close: every edge met by one triangle running each way, on shared indices."""
    from xmscenes.geometry.solid_shell import count_open_triangle_edges

    tri = np.asarray(faces, dtype=np.int64)
    open_edges = count_open_triangle_edges(tri, int(tri.max(initial=0)) + 1)
    if open_edges == 0:
        return ()
    message = f"{open_edges} edges are not met by one triangle from each side"
    return (Issue(code="MESH_NOT_WATERTIGHT", severity="error", where=where, message=message, hint="share vertices"),)


def _check_surfaces(solid: Solid, where: str) -> list[Issue]:
    if len(solid.surface) != len(solid.faces):
        message = f"{len(solid.faces)} faces but {len(solid.surface)} surface kinds"
        return [Issue(code="SOLID_SURFACE", severity="error", where=where, message=message, hint="name each face")]
    nz = _upward(solid)
    expected = {Surface.WALL: np.abs(nz) <= _WALL_NZ, Surface.ROOF: nz > 0.0, Surface.FLOOR: nz < 0.0}
    right = np.zeros(len(nz), dtype=bool)
    for kind, looks_so in expected.items():
        right |= (solid.surface == kind) & looks_so
    wrong = np.flatnonzero(~right)
    if not len(wrong):
        return []
    message = f"{len(wrong)} faces do not look where their kind says (face {wrong[0]})"
    hint = "roofs look up, floors down, walls sideways"
    return [Issue(code="SOLID_SURFACE", severity="warning", where=where, message=message, hint=hint)]


def _upward(solid: Solid) -> NDArray[np.float64]:
    """Vertical part of every face's unit normal (F,), by Newell's sum over its outer ring; 0 for one without area."""
    rings = [face[0] if face else () for face in solid.faces]
    count = np.array([len(ring) for ring in rings], dtype=np.intp)
    face = np.repeat(np.arange(len(rings)), count)
    corner = np.array([v for ring in rings for v in ring], dtype=np.intp)
    follower = np.array([v for ring in rings for v in (*ring[1:], *ring[:1])], dtype=np.intp)
    first = np.array([ring[0] if ring else 0 for ring in rings], dtype=np.intp)[face]
    cross = np.cross(*(solid.vertices[index] - solid.vertices[first] for index in (corner, follower)))
    normal = np.column_stack([np.bincount(face, cross[:, axis], len(rings)) for axis in range(3)])
    size = np.linalg.norm(normal, axis=1)
    upward: NDArray[np.float64] = np.divide(normal[:, 2], size, out=np.zeros(len(rings)), where=size > 0)
    return upward
