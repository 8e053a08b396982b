"""Roofs: tiles down the slope, eaves that overhang, ridge caps, parapets round terraces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.triangulate import triangulate_face
from xmscenes.geometry.vectors import cross, following
from xmscenes.look.atlas import band_uv
from xmscenes.look.covers import slope_uv
from xmscenes.look.parts import Bench, triangulated
from xmscenes.look.render_coat import add_plain
from xmscenes.look.shell import FLAT_SLOPE
from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmscenes.look.shell import RoofFace, Shell, Wall
    from xmscenes.look.style import Style

    Floats = NDArray[np.float64]

THICK_M = 0.14
WALL_M = 0.22  # thickness of a parapet
OUT_M, BORDER_M = 0.06, 0.03  # its outer face before the wall, or behind that of a wall on the border
NARROW_M = 0.6  # flat strips up to so wide carry no parapet
STEEP = 1.8  # metres a metre, 61 degrees: caps and eaves would lie on the slope or hang down the wall
LONGEST_MITRE = 3.0


def add_cover(bench: Bench, shell: Shell, roof_rgb: Floats, flat_rgb: Floats) -> None:
    """The roof faces themselves: tiles on slopes, slabs on terraces."""
    for roof in shell.roofs:
        faces = np.array(triangulate_face(shell.vertices, roof.rings), dtype=np.int64)
        used, index = np.unique(faces, return_inverse=True)
        vertices = shell.vertices[used]
        material = "paving" if roof.is_flat else "roof"
        uv = slope_uv(vertices[index.reshape(-1, 3)] - vertices[0], material)
        rgb = flat_rgb if roof.is_flat else roof_rgb
        bench.add((vertices, index.reshape(-1, 3)), rgb, material=material, uv=uv, surface=Surface.ROOF)


def _has_eaves(shell: Shell, number: int, roof: RoofFace) -> bool:
    """Whether a slope goes on past its walls: not one as steep as a wall, nor a narrow strip with walls around it."""
    if np.linalg.norm(roof.gradient) > STEEP:
        return False
    if is_wide(shell.vertices, roof):
        return True
    ring = shell.vertices[list(roof.rings[0])]
    around = float(np.linalg.norm(following(ring) - ring, axis=1).sum())
    edges = [shell.vertices[j] - shell.vertices[i] for f, (i, j) in shell.eaves if f == number]
    return sum(float(np.linalg.norm(edge)) for edge in edges) < 0.6 * around


def is_wide(vertices: Floats, roof: RoofFace) -> bool:
    """Whether two parapets have room on a roof, back to back: a narrower strip is itself a measured parapet."""
    outline, *holes = (vertices[list(ring), :2] for ring in roof.rings)
    return not shapely.Polygon(outline, holes).buffer(-NARROW_M / 2, join_style="mitre").is_empty


def corner_moves(
    shell: Shell, edges: list[tuple[int, tuple[int, int]]], reach: dict[tuple[int, int], float]
) -> dict[tuple[int, int], tuple[Floats, Floats]]:
    """How far the ends of each edge move outwards in plan, so that neighbours meet in a mitre; (2,) each."""
    xy = shell.vertices[:, :2]
    outward: dict[tuple[int, int], Floats] = {}
    starts: dict[int, list[tuple[int, int]]] = {}
    for _, (i, j) in edges:
        d = xy[j] - xy[i]
        length = float(np.linalg.norm(d))
        if length < 1e-6:
            continue
        outward[i, j] = np.array([d[1], -d[0]]) / length
        starts.setdefault(i, []).append((i, j))
    ends: dict[int, list[tuple[int, int]]] = {}
    for edge in outward:
        ends.setdefault(edge[1], []).append(edge)
    moves = {}
    for edge, normal in outward.items():
        before = ends.get(edge[0], [])
        after = starts.get(edge[1], [])
        first = (
            _mitre(normal, reach[edge], outward[before[0]], reach[before[0]])
            if len(before) == 1
            else normal * reach[edge]
        )
        last = (
            _mitre(normal, reach[edge], outward[after[0]], reach[after[0]]) if len(after) == 1 else normal * reach[edge]
        )
        moves[edge] = (first, last)
    return moves


def _mitre(n1: Floats, r1: float, n2: Floats, r2: float) -> Floats:
    """The move that is r1 along n1 and r2 along n2; parallel or very sharp corners take n1's alone."""
    det = float(n1[0] * n2[1] - n1[1] * n2[0])
    if abs(det) < 0.2:
        return n1 * r1
    move = np.array([r1 * n2[1] - r2 * n1[1], n1[0] * r2 - n2[0] * r1]) / det
    size = float(np.linalg.norm(move))
    limit = LONGEST_MITRE * max(abs(r1), abs(r2), 1e-9)
    return move if size <= limit else n1 * r1


def add_overhang(
    bench: Bench,
    shell: Shell,
    style: Style,
    roof_rgb: Floats,
    trim_rgb: Floats,
    free: set[tuple[int, int]] | None = None,
) -> None:
    """Eaves and verges of sloping roofs: the slope goes on past the wall, with fascia and soffit.

    Edges that are not ``free`` lie against another house and have none.
    """
    kept = {f for f, roof in enumerate(shell.roofs) if not roof.is_flat and _has_eaves(shell, f, roof)}
    edges = [(f, e) for f, e in shell.eaves if f in kept and (free is None or e in free)]
    reach = {}
    for _, (i, j) in edges:
        level = abs(shell.vertices[i, 2] - shell.vertices[j, 2]) < 0.25 * np.linalg.norm(
            shell.vertices[i, :2] - shell.vertices[j, :2]
        )
        reach[i, j] = style.overhang_m if level else style.overhang_m * 0.55
    moves = corner_moves(shell, edges, reach)
    down = np.array([0, 0, THICK_M])
    for f, edge in edges:
        if edge not in moves:
            continue
        a, b = shell.vertices[edge[0]], shell.vertices[edge[1]]
        gradient = shell.roofs[f].gradient
        out = [np.array([m[0], m[1], float(gradient @ m)]) for m in moves[edge]]
        a2, b2 = a + out[0], b + out[1]
        top = np.array([a, a2, b2, b])
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        corners = top[faces]
        bench.add((top, faces), roof_rgb, material="roof", uv=slope_uv(corners - a, "roof"), surface=Surface.ROOF)
        rim = np.array([a2 - down, b2 - down, b2, a2, a - down, b - down])
        quads = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 1], [4, 1, 0]])
        add_plain(bench, (rim, quads), trim_rgb)


def add_ridges(bench: Bench, shell: Shell, roof_rgb: Floats) -> None:
    """Caps along ridges and hips."""
    for (i, j), one, two in shell.ridges:
        steepest = max(float(np.linalg.norm(shell.roofs[f].gradient)) for f in (one, two))
        if not FLAT_SLOPE <= steepest <= STEEP:
            continue
        a, b = shell.vertices[i], shell.vertices[j]
        direction = (b - a)[:2] / max(float(np.linalg.norm((b - a)[:2])), 1e-9)
        left = np.array([-direction[1], direction[0]]) * 0.16
        drop_l, drop_r = (float(shell.roofs[f].gradient @ v) for f, v in ((one, left), (two, -left)))
        rise = np.array([0.0, 0.0, 0.1])
        points = []
        for p in (a, b):
            points += [p + np.array([*left, drop_l + 0.01]), p + rise, p + np.array([*-left, drop_r + 0.01])]
        quads = np.array([[1, 4, 3], [1, 3, 0], [2, 5, 4], [2, 4, 1], [0, 2, 1], [3, 4, 5]])
        vertices = np.array(points)
        corners = vertices[quads]
        upward = cross(corners[:4, 1] - corners[:4, 0], corners[:4, 2] - corners[:4, 0])[:, 2].sum() > 0
        if not upward:
            quads = quads[:, ::-1]
        add_plain(bench, (vertices, quads), roof_rgb * 0.95, Surface.ROOF)


def add_pediment(bench: Bench, wall: Wall, over: float, wall_rgb: Floats, trim_rgb: Floats) -> None:
    """A curved gable (山花) ``over`` the top of a front, on its parapet; none where the top is stepped or sloping."""
    half = min(2.4, wall.length * 0.28)
    foot = wall.top + over
    under = shapely.box(wall.length / 2 - 1.25 * half, wall.top - 0.5, wall.length / 2 + 1.25 * half, wall.top - 0.05)
    if not wall.is_rectangle and not wall.area.buffer(0.02).contains(under):
        return
    t = np.linspace(0.0, np.pi, 7)
    outline = np.concatenate(
        [
            [[-half * 1.25, 0.0], [half * 1.25, 0.0], [half * 1.25, 0.35]],
            np.column_stack([half * np.cos(t), 0.35 + 1.15 * np.sin(t)]),
            [[-half * 1.25, 0.35]],
        ]
    )
    middle, n = wall.length / 2, len(outline)
    front = wall.point(middle + outline[:, 0], foot + outline[:, 1], 0.1)
    back = wall.point(middle + outline[:, 0], foot + outline[:, 1], -0.2)
    cap = triangulated(outline)
    add_plain(bench, (np.concatenate([front, back]), np.concatenate([cap, cap[:, ::-1] + n])), wall_rgb)
    i = np.arange(1, n)
    j = (i + 1) % n
    rim = np.concatenate([np.column_stack([i, n + i, n + j]), np.column_stack([i, n + j, j])])
    vertices = np.concatenate([front, back])
    add_plain(bench, (vertices, rim[:, ::-1]), trim_rgb)


def add_parapets(
    bench: Bench,
    shell: Shell,
    style: Style,
    wall_rgb: Floats,
    trim_rgb: Floats,
    free: set[tuple[int, int]] | None = None,
) -> None:
    """Parapets round flat roofs: outer face, coping, inner face; balustrades show their balusters.

    Edges that are not ``free`` lie against another house: their parapets stay inside the wall.
    """
    if style.parapet_m <= 0:
        return
    room = {f for f, roof in enumerate(shell.roofs) if roof.is_flat and is_wide(shell.vertices, roof)}
    edges = [(f, e) for f, e in shell.eaves if f in room]
    outer = corner_moves(shell, edges, {e: OUT_M if free is None or e in free else -BORDER_M for _, e in edges})
    inner = corner_moves(shell, edges, {e: -WALL_M for _, e in edges})
    height = np.array([0, 0, style.parapet_m])
    for _, edge in edges:
        if edge not in outer:
            continue
        a, b = shell.vertices[edge[0]], shell.vertices[edge[1]]
        length = float(np.linalg.norm(b - a))
        if length < 2.5 * WALL_M:
            continue
        p = [
            a + np.append(outer[edge][0], 0.0),
            b + np.append(outer[edge][1], 0.0),
            b + np.append(inner[edge][1], 0.0),
            a + np.append(inner[edge][0], 0.0),
        ]
        low, top = np.array(p) - [0, 0, 0.25], np.array(p) + height
        for i, j in ((0, 1), (2, 3)):
            wall = np.array([low[i], low[j], top[j], top[i]])
            faces = np.array([[0, 1, 2], [0, 2, 3]])
            if style.parapet != "baluster":
                add_plain(bench, (wall, faces), wall_rgb)
                continue
            uv = band_uv("baluster", np.array([0, length, length, 0]), np.array([1.0, 1.0, 0.0, 0.0]))
            bench.add((wall, faces), trim_rgb, material="facade", uv=uv[faces], surface=Surface.DETAIL)
        coping = np.array([top[0], top[1], top[2], top[3]])
        add_plain(bench, (coping, np.array([[0, 1, 2], [0, 2, 3]])), trim_rgb)
