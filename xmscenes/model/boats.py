"""Moored boats: copies of a few prototypes at the level of the water they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xmscenes.look.boats import LENGTH
from xmscenes.records import Issue, Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xmscenes.records import Mark

    LevelAt = Callable[[float, float], float | None]

_KINDS = {"sampan": "sampan", "rowing_boat": "sampan", "trawler": "boat", "fishing_boat": "boat"}
_OPEN_BELOW_M = 10.0  # a boat of no known kind that is shorter is an open one
_DEFAULT_M = 9.0


def moor_boats(marks: Sequence[Mark], level_at: LevelAt) -> tuple[tuple[Placement, ...], tuple[Issue, ...]]:
    """Turn boats into copies of prototypes: ``heading_deg``, ``length_m`` and ``kind`` are read from their tags.

    ``level_at`` gives the water's level at a place, None where there is no water: such boats are left out, said in an
    Issue. Boats of one prototype and origin share a placement; they come sorted by id.
    """
    groups: dict[tuple[str, str], list[tuple[float, float, float, float, float]]] = {}
    ashore = []
    for mark in sorted(marks, key=lambda m: m.id):
        level_m = level_at(*mark.xy)
        if level_m is None:
            ashore.append(mark.id)
            continue
        length_m = _number(mark, "length_m", _DEFAULT_M)
        name = _KINDS.get(mark.tags.get("kind", ""), "sampan" if length_m < _OPEN_BELOW_M else "boat")
        # Prototypes look along x, headings count from north.
        row = (*mark.xy, level_m, _number(mark, "heading_deg", 0.0) - 90.0, length_m / LENGTH[name])
        groups.setdefault((name, mark.origin), []).append(row)
    placements = [_placement(name, rows, origin) for (name, origin), rows in sorted(groups.items())]
    return tuple(placements), _said(ashore)


def _placement(name: str, rows: list[tuple[float, float, float, float, float]], origin: str) -> Placement:
    from xmscenes.records import Origin

    table = np.array(rows, dtype=np.float64)
    return Placement(
        prototype=name,
        kind="boat",
        origin=Origin(origin),
        xyz=table[:, :3].copy(),
        heading_deg=(table[:, 3] % 360.0).astype(np.float32),
        scale=np.repeat(table[:, 4:5], 3, axis=1).astype(np.float32),
    )


def _said(ashore: list[str]) -> tuple[Issue, ...]:
    if not ashore:
        return ()
    message = f"{len(ashore)} boats lie on no water of the scene and were left out: {', '.join(ashore[:5])}"
    hint = "move them, or give the water they lie in as a layer"
    return (Issue(code="BOATS_ASHORE", severity="warning", where="boats", message=message, hint=hint),)


def _number(mark: Mark, tag: str, default: float) -> float:
    try:
        value = float(mark.tags[tag])
    except (KeyError, ValueError):
        return default
    return value if np.isfinite(value) else default
