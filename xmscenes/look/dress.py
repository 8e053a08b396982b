"""Dress a reconstructed building: a style, a facade on every wall, a cover on every roof, relief within a budget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.look.beside import Around, Beside, free_edges
from xmscenes.look.facade import Bays, Grid, add_wall, divide, storey_grid
from xmscenes.look.halls import add_halls, compound_of
from xmscenes.look.loggia import add_loggia, has_room, open_sides
from xmscenes.look.means import COVER_RGB, STRIP_RGB
from xmscenes.look.parts import Bench
from xmscenes.look.relief import add_balconies, add_buttresses, add_cornice, add_steps
from xmscenes.look.roof import add_cover, add_overhang, add_parapets, add_pediment, add_ridges
from xmscenes.look.rooftop import add_chimney, add_cross, add_rooftop
from xmscenes.look.shell import Shell, read_shell
from xmscenes.look.style import Style, seeded
from xmscenes.look.swallow import add_swallow_tails
from xmscenes.look.wear import Wear, plain_building, plain_mesh, solids_of, wear_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from xmscenes.options import BuildingLookOptions, LookOptions
    from xmscenes.records import Feature, Footprint, Line

    Floats = NDArray[np.float64]
    Taken = Callable[[Floats], NDArray[np.bool_]]

__all__ = ["dress_building", "dress_buildings", "plain_building"]

MOST_LOGGIA_BAYS = 14  # of one building; an arch costs about 30 triangles
MOST_BALCONIES = 24


def dress_building(
    feature: Feature,
    look: LookOptions,
    override: BuildingLookOptions | None = None,
    *,
    path_xy: Floats | None = None,
    ground_at: Callable[[Floats], Floats] | None = None,
    highest_at: Callable[[Floats], Floats] | None = None,
    taken: Taken | None = None,
) -> Feature:
    """Dress a building for the finest level: facades with whole windows, a door, roof cover, relief.

    ``path_xy`` is the nearest point of a path (2,): the door and the veranda look that way; without it the longest
    wall is the front. ``ground_at`` gives ground heights for points (N, 2), so that a door on a slope opens on the
    right floor, ``highest_at`` how high it may be drawn at most, so that floors and steps lie clear of it; ``taken``
    tells of points (N, 2) whether they lie in another outline: no eaves reach over it. A
    feature without solids comes back as it is. The style's name goes into ``tags["xm:style"]``.
    """
    solids = solids_of(feature)
    if not solids:
        return feature
    shells = [read_shell(solid) for solid in solids]
    wear = wear_of(feature, shells, look, override)
    tags = {**feature.tags, "xm:style": wear.name}
    if not look.facades:
        return replace(feature, tags=tags, mesh=plain_mesh(solids, wear))
    bench = Bench()
    front, around = _front(shells, path_xy), Around(ground_at, highest_at or ground_at, taken)
    for number, shell in enumerate(shells):
        faces = front[1] if front[0] == number else None
        _dress_shell(bench, shell, wear, feature.id, faces, look.relief, around)
    return replace(feature, tags=tags, mesh=bench.mesh())


def _front(shells: list[Shell], path_xy: Floats | None) -> tuple[int, int]:
    """Which shell and which of its walls is the front: near to the path and facing it, long rather than short."""
    best, found = -np.inf, (0, -1)
    for number, shell in enumerate(shells):
        for k, wall in enumerate(shell.walls):
            if wall.low > shell.base + 0.6 or wall.length < 1.8:
                continue
            score = 0.35 * wall.length
            if path_xy is not None:
                middle = wall.point(wall.length / 2, 0.0)[:2]
                to_path = np.asarray(path_xy, dtype=np.float64) - middle
                distance = float(np.linalg.norm(to_path))
                score += 12.0 * float(to_path @ wall.outward) / max(distance, 1.0) - 0.8 * distance
            if score > best:
                best, found = score, (number, k)
    return found


def _dress_shell(
    bench: Bench,
    shell: Shell,
    wear: Wear,
    id_: str,
    front: int | None,
    relief: bool,
    around: Around,
) -> None:
    style = wear.style
    if relief and style.halls and front is not None and front >= 0:
        compound = compound_of(shell, shell.walls[front].outward, style.halls)
        if compound is not None:
            add_halls(bench, shell, compound, wear)
            return
    grid = storey_grid(shell, style)
    rng = seeded(id_, "relief")
    start = int(rng.integers(4))
    divided = [divide(wall, grid, style.bay_m) for wall in shell.walls]
    skips = [np.zeros_like(bays.whole) for bays in divided]
    if relief:
        _loggias(bench, shell, divided, skips, grid, wear, front, start, rng, around)
    for k, (bays, skip) in enumerate(zip(divided, skips, strict=True)):
        door = _door(bays, skip, grid, around.ground_at) if k == front else None
        add_wall(bench, bays, grid, style, wear.wall, door=door, skip=skip, start=start + k)
        if door is not None and relief and door[0] == 0 and grid.first - grid.base > 0.25:
            add_steps(bench, bays.wall, (door[1] + 0.5) * bays.width, grid, wear.trim, around)
    add_cover(bench, shell, wear.roof, wear.flat)
    if relief:
        _relief(bench, shell, divided, skips, grid, wear, rng, start, around)
        if style.parapet == "gabled" and front is not None and front >= 0 and shell.kind == "flat":
            add_pediment(bench, shell.walls[front], style.parapet_m - 0.05, wear.wall, wear.trim)


def _door(
    bays: Bays, skip: NDArray[np.bool_], grid: Grid, ground_at: Callable[[Floats], Floats] | None
) -> tuple[int, int] | None:
    """The cell (storey, bay) of the door: the middle one, on the storey whose floor is nearest to the ground there."""
    middle = sorted(range(bays.count), key=lambda b: abs(b + 0.5 - bays.count / 2))
    storey = 0
    if ground_at is not None:
        spot = bays.wall.point(bays.wall.length / 2, 0.0, 1.0)[:2]
        rise = float(np.asarray(ground_at(spot[None, :])).reshape(-1)[0]) - grid.first
        storey = int(np.clip(round(rise / grid.storey_m), 0, max(grid.count - 1, 0)))
    for b in middle:
        if storey < len(bays.whole) and bays.whole[storey, b] and not skip[storey, b]:
            return storey, b
    return None


def _loggias(
    bench: Bench,
    shell: Shell,
    divided: list[Bays],
    skips: list[NDArray[np.bool_]],
    grid: Grid,
    wear: Wear,
    front: int | None,
    start: int,
    rng: np.random.Generator,
    around: Around,
) -> None:
    """Verandas on the front (and on the wall behind it now and then), or the arcade of a 骑楼."""
    style = wear.style
    draw = rng.uniform()
    if front is None or front < 0 or not (style.arcade or draw < style.veranda):
        return
    depth = style.arcade_depth_m if style.arcade else style.veranda_depth_m
    outline = shapely.unary_union(
        [shapely.Polygon(shell.vertices[list(r.rings[0]), :2]).buffer(0.01) for r in shell.roofs]
    )
    left = MOST_LOGGIA_BAYS
    order = [front, *sorted((k for k in range(len(divided)) if k != front), key=lambda k: -divided[k].wall.length)]
    for turn, k in enumerate(order[: 1 if style.arcade else 2]):
        bays, wall = divided[k], divided[k].wall
        storeys = range(1) if style.arcade else range(min(grid.count, 3))
        cost = bays.count * len(storeys)
        if turn and draw > 0.5 * style.veranda:
            break
        if turn and abs(float(divided[front].wall.outward @ wall.outward)) < 0.9:
            continue
        if (
            cost > left
            or bays.count < (1 if style.arcade else 2)
            or len(bays.whole) < len(storeys)
            or not bays.whole[: len(storeys)].all()
        ):
            continue
        if not has_room(wall, outline, depth):
            continue
        left -= cost
        skips[k][: len(storeys)] = True
        closed = (True, True)
        if style.arcade:
            left_open, right_open = open_sides(divided, skips, k, grid, style.bay_m, depth)
            closed = (not left_open, not right_open)
        add_loggia(
            bench, bays, grid, style, storeys, depth, wear.wall, wear.trim, start,
            arcade=style.arcade, closed=closed, ground_at=around.highest_at, taken=around.taken,
        )  # fmt: skip


def _tone(style: Style) -> Floats:
    """Tint that gives plain parts the mean colour of the style's walls without windows: brick, mosaic, glass."""
    tone: Floats = np.array(STRIP_RGB[style.blank]) / np.array(STRIP_RGB["white"])
    return tone


def _relief(
    bench: Bench,
    shell: Shell,
    divided: list[Bays],
    skips: list[NDArray[np.bool_]],
    grid: Grid,
    wear: Wear,
    rng: np.random.Generator,
    start: int,
    around: Around,
) -> None:
    style = wear.style
    eaves = shell.eaves if around.taken is None else free_edges(shell, around.taken)
    free = {edge for _, edge in eaves}
    if rng.uniform() < style.balcony:
        _balconies(bench, divided, skips, grid, wear, start)
    if style.overhang_m > 0:
        add_overhang(bench, shell, style, wear.roof, wear.trim, free)
    if style.ridge != "none":
        add_ridges(bench, shell, wear.roof * np.array(COVER_RGB["roof"]) / np.array(STRIP_RGB["white"]))
    if style.ridge == "swallow":
        add_swallow_tails(bench, shell, wear.trim)
    for bays in divided if style.buttress else []:
        add_buttresses(bench, bays, grid, wear.trim)
    if style.cross:
        add_cross(bench, shell, wear.trim)
    if style.cornice:
        add_cornice(bench, replace(shell, eaves=eaves), wear.trim, 0.42)
    add_parapets(bench, shell, style, wear.wall * _tone(style), wear.trim, free)
    if rng.uniform() < style.chimney:
        add_chimney(bench, shell, wear.wall, wear.trim)
    add_rooftop(bench, shell, style, rng, wear.wall * _tone(style))


def _balconies(
    bench: Bench, divided: list[Bays], skips: list[NDArray[np.bool_]], grid: Grid, wear: Wear, start: int
) -> None:
    """Balconies on the two longest walls."""
    left = MOST_BALCONIES
    for k in sorted(range(len(divided)), key=lambda k: -divided[k].wall.length)[:2]:
        if not skips[k].any():
            left -= add_balconies(bench, divided[k], grid, wear.wall, wear.trim, start, left)


def dress_buildings(
    features: Sequence[Feature],
    look: LookOptions,
    overrides: Sequence[BuildingLookOptions] = (),
    *,
    paths: Sequence[Line] = (),
    ground_at: Callable[[Floats], Floats] | None = None,
    highest_at: Callable[[Floats], Floats] | None = None,
    outlines: Sequence[Footprint] = (),
) -> tuple[Feature, ...]:
    """Dress all buildings of a tile; each looks at the nearest of ``paths``. Other kinds of features pass through.

    The result of one building depends on itself, its override, the paths, and the ``outlines`` that touch its own,
    never on how its neighbours look.
    """
    beside = Beside(outlines)
    by_id = {override.id: override for override in overrides}
    lines = [shapely.LineString(line.xy) for line in paths if len(line.xy) > 1]
    tree = shapely.STRtree(lines) if lines else None
    dressed = []
    for feature in features:
        if feature.kind != "building":
            dressed.append(feature)
            continue
        near = None
        if tree is not None and (solids := solids_of(feature)):
            middle = shapely.Point(np.asarray(solids[0].vertices)[:, :2].mean(0))
            line = lines[int(tree.nearest(middle))]
            near = shapely.get_coordinates(line.interpolate(line.project(middle)))[0]
        dressed.append(
            dress_building(
                feature,
                look,
                by_id.get(feature.id),
                path_xy=near,
                ground_at=ground_at,
                highest_at=highest_at,
                taken=beside.taken(feature.id),
            )
        )
    return tuple(dressed)
