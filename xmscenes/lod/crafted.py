"""Levels of a landmark: what was made by hand with less, or what decimation makes of it, whichever is smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmscenes.lod.ladder import Rung
from xmscenes.lod.measured import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xmscenes.records import Mesh


def crafted_rungs(mesh: Mesh, coarser: Sequence[Mesh], decimated: list[Rung], limits_m: Sequence[float]) -> list[Rung]:
    """One rung a limit: the one of fewest triangles among the decimated and those made by hand that obey the limit.

    Decimation stops at the seams of a tower's storeys; a tower made with fewer storeys does not have them.
    """
    reference = Reference(mesh)
    errors = [(other, reference.error(other)) for other in coarser]
    by_hand = [Rung(mesh=other, error_m=error.p99_m, error_max_m=error.max_m) for other, error in errors]
    return [
        min([rung, *(made for made in by_hand if made.error_m <= limit)], key=lambda r: len(r.mesh.faces))
        for rung, limit in zip(decimated, limits_m, strict=True)
    ]
