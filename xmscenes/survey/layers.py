"""The GeoJSON and CSV layers that the truth scene is built from, in local metres."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame
    from xmscenes.records import Box

_LONLAT = "EPSG:4326"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A feature of a layer: its tags and a shapely geometry in local metres."""

    id: str
    tags: dict[str, str]
    geometry: Any


def read_shapes(path: Path, frame: Frame) -> list[Shape]:
    """Read a GeoJSON layer (lon/lat) in file order. Multi-part geometries become one shape a part."""
    import shapely
    from shapely.geometry import shape

    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a GeoJSON FeatureCollection ({error})") from error
    shapes = []
    for i, feature in enumerate(features):
        tags = {k: str(v) for k, v in (feature.get("properties") or {}).items() if v is not None}
        name = tags.get("osm_id") or tags.get("id") or str(i)
        whole = shapely.force_2d(shape(feature["geometry"]))
        for part in getattr(whole, "geoms", [whole]):
            local = shapely.transform(part, lambda lonlat: frame.to_local(lonlat, _LONLAT))
            shapes.append(Shape(id=name, tags=tags, geometry=local))
    return shapes


def read_spots(path: Path, frame: Frame) -> NDArray[np.float64]:
    """Read spot heights, a CSV with lon, lat, elevation columns, as (N, 3) local metres."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))[1:]
        lonlat_z = np.array([[float(v) for v in row[:3]] for row in rows], dtype=np.float64).reshape(-1, 3)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InputError(f"{path}: not lon, lat, elevation in numbers ({error})") from error
    return frame.to_local(lonlat_z, _LONLAT)


def box_of(bounds_deg: tuple[float, float, float, float], frame: Frame) -> Box:
    """Bounding box in local metres of a lon/lat box."""
    west, south, east, north = bounds_deg
    lonlat = [[x, y] for x in (west, (west + east) / 2, east) for y in (south, (south + north) / 2, north)]
    xy = frame.to_local(np.array(lonlat, dtype=np.float64), _LONLAT)
    return float(xy[:, 0].min()), float(xy[:, 1].min()), float(xy[:, 0].max()), float(xy[:, 1].max())
