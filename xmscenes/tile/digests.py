"""What a tile depends on, as digests: equal inputs give equal digests, and the names say which input changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from xmscenes.records import Area, ColourGrid, HeightGrid, Line


def of_parts(parts: Iterable[Any]) -> str:
    """SHA-256 over arrays and plain values, each with its type and length so that parts cannot run together."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            head = f"array {part.dtype.str} {part.shape} "
            body = np.ascontiguousarray(part).tobytes()
        else:
            head, body = "", json.dumps(part, sort_keys=True, ensure_ascii=False).encode()
        digest.update(f"{head}{len(body)}:".encode())
        digest.update(body)
    return digest.hexdigest()


def of_feature(feature: Area | Line) -> str:
    """Digest of one feature: geometry, tags, origin and height hints."""
    geometry: list[NDArray[Any]] = [feature.xy] if hasattr(feature, "xy") else [feature.ring, *feature.holes]
    hints = [getattr(feature, name, None) for name in ("height_m", "levels", "ground_m")]
    return of_parts([type(feature).__name__, feature.id, feature.origin, dict(feature.tags), hints, *geometry])


def of_features(features: Iterable[Area | Line]) -> str:
    """Digest of a layer's features within a tile, whatever order they came in."""
    return of_parts(sorted(of_feature(feature) for feature in features))


def of_colours(grid: ColourGrid | None) -> str:
    """Digest of an orthophoto, empty text without one."""
    return "" if grid is None else of_parts([grid.rgb, grid.known, grid.cell_m, list(grid.corner_m)])


def of_grid(grid: HeightGrid | None) -> str:
    """Digest of an elevation grid, empty text without one."""
    return "" if grid is None else of_parts([grid.z, grid.cell_m, list(grid.corner_m), grid.surface])
