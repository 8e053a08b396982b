"""Ways as features: who they are; their surface is a part of the terrain, only steps and railings stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from xmscenes.geometry.meshes import empty_mesh, merge_meshes
from xmscenes.model.ground.cover import Cover
from xmscenes.model.ground.rails import rails_of
from xmscenes.model.ground.steps import steps_mesh
from xmscenes.model.ground.tunnels import tunnel_mesh
from xmscenes.model.ground.ways import is_tunnel, kind_of, width_of
from xmscenes.records import Feature, Mesh, Outcome

if TYPE_CHECKING:
    from xmscenes.model.ground.site import Site
    from xmscenes.options import RoadOptions
    from xmscenes.records import Box, Line


def model_paths(site: Site, options: RoadOptions) -> tuple[Feature, ...]:
    """Every way whose middle lies in the tile, and the steps, railings and tunnel mouths that stand in it, by id.

    The surface of a way is cut into the terrain, where it can neither float nor fight for depth; its feature has
    an empty mesh and says what is known of it.
    """
    found: dict[str, Feature] = {}
    height = site.drawn_height()
    rails = rails_of(site) if options.railings else None
    for way in site.ways:
        is_flight = way.kind is Cover.STEPS and options.steps
        steps = steps_mesh(way.xy, way.width_m, site.ground, site.tile.bounds_m, height) if is_flight else None
        made = [mesh for mesh in (steps, rails(way) if rails else None) if mesh is not None]
        mesh = merge_meshes(made)[0] if made else None
        _add(found, way.line, mesh, way.width_m, "on the terrain", site)
    for line in site.tile.lines.get("paths", ()):
        if is_tunnel(line) and len(line.xy) > 1:
            width = width_of(line, options)
            _add(found, line, tunnel_mesh(line.xy, width, site.ground, site.tile.bounds_m), width, "tunnel", site)
    return tuple(found[name] for name in sorted(found))


def _add(found: dict[str, Feature], line: Line, mesh: Mesh | None, width_m: float, source: str, site: Site) -> None:
    owned = _holds(site.tile.bounds_m, line)
    if mesh is None and not owned:
        return
    name = line.id if owned else f"{line.id}@{site.tile.key}"
    while name in found:  # a way that is split keeps one id for all its parts
        name += "+"
    found[name] = Feature(
        id=name,
        kind="path",
        mesh=empty_mesh() if mesh is None else mesh,
        outcome=Outcome(
            origin=line.origin, source=source, quality={"width_m": round(width_m, 2), "way": kind_of(line)}
        ),
        name=line.tags.get("name", ""),
        tags=dict(line.tags),
    )


def _holds(box: Box, line: Line) -> bool:
    middle = shapely.line_interpolate_point(shapely.LineString(line.xy), 0.5, normalized=True)
    x, y = np.round(shapely.get_coordinates(middle)[0], 3)
    return bool(box[0] <= x < box[2] and box[1] <= y < box[3])
