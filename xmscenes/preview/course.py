"""The course of a flight: a line that a user drew or walked, from GeoJSON or GPX, in local metres."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.frame import Frame

MOST_BYTES = 50_000_000


def read_course(path: Path, frame: Frame) -> NDArray[np.float64]:
    """Read the longest line of a GeoJSON file, or the track or route of a GPX file, as (N, 2) local metres.

    Both are WGS 84. A missing or broken file, or one without a line of two places, raises ``InputError``.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: {path.stat().st_size / 1e6:.0f} MB is no course; give a line of some places")
        text = path.read_text(encoding="utf-8-sig")
        lines = _gpx_lines(text) if path.suffix.lower() == ".gpx" else list(_geojson_lines(json.loads(text)))
        places = [np.array([p[:2] for p in line], dtype=np.float64) for line in lines if len(line) > 1]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a GeoJSON or GPX file") from error
    except (ValueError, TypeError, KeyError, IndexError, ElementTree.ParseError) as error:
        raise InputError(f"{path}: not a GeoJSON or GPX file ({error}); save the course as one of them") from error
    if not places:
        raise InputError(f"{path}: no line of at least two places; draw the course as a LineString or a track")
    course = max(places, key=lambda p: float(np.linalg.norm(np.diff(p, axis=0), axis=1).sum()))
    if not (np.abs(course) <= [180.0, 90.0]).all():
        raise InputError(f"{path}: {course.max():.0f} is no longitude or latitude; save the course in WGS 84")
    return frame.to_local(course, "EPSG:4326")[:, :2]


def _geojson_lines(item: dict[str, Any]) -> Iterator[list[list[float]]]:
    kind = item["type"]
    if kind == "FeatureCollection":
        for feature in item["features"]:
            yield from _geojson_lines(feature)
    elif kind == "Feature":
        yield from _geojson_lines(item["geometry"])
    elif kind == "LineString":
        yield item["coordinates"]
    elif kind == "MultiLineString":
        yield from item["coordinates"]


def _gpx_lines(text: str) -> list[list[list[float]]]:
    """Track segments and routes, whatever the version of the format."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # GPX has none, and entities can be made to explode
        raise ValueError("it declares a document type")
    lines = []
    for group in ElementTree.fromstring(text).iter():
        if group.tag.rpartition("}")[2] in ("trkseg", "rte"):
            points = [p for p in group if p.tag.rpartition("}")[2] in ("trkpt", "rtept")]
            lines.append([[float(p.attrib["lon"]), float(p.attrib["lat"])] for p in points])
    return lines
