"""What a hero is: a landmark with a parametric model of its own, and the facts that it is measured against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xmscenes.records import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from xmscenes.records import Mesh

    Floats = NDArray[np.float64]

LEVELS = 4  # rendering levels that ``make`` knows, 0 the finest


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Ground that a hero takes the place of: an ellipse in its own metres, cut down to a plane through its middle.

    A survey sees a boulder as terrain; where a hero is that boulder, both would stand in one another.
    """

    centre_m: tuple[float, float] = (0.0, 0.0)  # right, ahead
    half_m: tuple[float, float]  # half axes
    turn_deg: float = 0.0  # of the first half axis, counter-clockwise
    level_m: float = 0.0  # of the plane at the hero's anchor, over its foot
    slope: tuple[float, float] = (0.0, 0.0)  # rise a metre to the right and ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    """A landmark: where it stands, what it is called, how big it is, and how to make it.

    ``make(level)`` gives a mesh in metres around the anchor: x right, y ahead (the front looks along +y), z up, z = 0
    at the foot. Parts below z = 0 are footings that hide in the ground. ``sizes_m`` are published or, where ``source``
    says so, estimated; each key is measured by ``sizes.measured``.
    """

    id: str
    name: str
    name_en: str
    scene: str  # of the shipped scenes; a user's own scene may take any hero
    lon_deg: float
    lat_deg: float
    heading_deg: float = 0.0  # of the front, clockwise from north
    elevation_m: float | None = None  # of the foot; None: on the terrain, or at ``sea_level`` things' own level
    make: Callable[[int], Mesh]
    sizes_m: Mapping[str, float] = field(default_factory=dict)  # "height", "width", "length" …
    seats: tuple[Seat, ...] = ()
    # Makes the hero with what a survey saw of it: points (N, 3) in its own metres; None when they are too few.
    from_points: Callable[[Floats], Callable[[int], Mesh] | None] | None = None
    replaces: tuple[str, ...] = ()  # footprints that the hero stands on
    position_origin: Origin = Origin.OPENSTREETMAP
    source: str = ""
