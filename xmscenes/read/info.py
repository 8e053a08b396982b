"""What a file is, where it lies, what is in it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import InputError, XmscenesError
from xmscenes.read import READERS, open_points
from xmscenes.read.crs import Crs, implausible, to_lonlat
from xmscenes.read.fields import parse_number, propose_all
from xmscenes.read.polygons import Findings, feature_ids, outlines, polylines
from xmscenes.read.vector import SUFFIXES, VectorLayer, read_vector

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xmscenes.read.points import PointFacts, PointSource, RawPoints

RASTERS = (".tif", ".tiff", ".vrt", ".img", ".asc")
_PURPOSES = ("id", "name", "height_m", "levels", "ground_m")
_SAMPLE = 400_000
_STRAY_RATIO = 3.0  # of the whole extent to the middle 99.8 % of the points
_EXAMPLES = 3
_NUMERIC = "0123456789０１２３４５６７８９-+."

Facts = dict[str, Any]


def describe(path: Path, crs: str | None = None, encoding: str | None = None) -> Facts:
    """Say what a point, vector or raster file is, as plain values that JSON takes.

    Always there: ``path``, ``kind`` ("points", "vector", "raster"), ``format``, ``bytes``, ``crs``, ``extent``,
    ``extent_deg``, ``size_m`` (None when unknown) and ``problems``, a list of ``code``, ``severity``, ``message``,
    ``hint``. Points add ``points``, vectors ``features``, ``fields``, ``proposals`` and ``encoding``, rasters
    ``raster``. ``InputError`` when the file cannot be read at all.
    """
    name = path.name.lower()
    if any(name.endswith(suffix) for suffix in READERS):
        return _points(path, crs)
    if name.endswith(SUFFIXES):
        return _vector(path, crs, encoding)
    if name.endswith(RASTERS):
        from xmscenes.read.dem_info import describe_raster

        return describe_raster(path, crs)
    known = ", ".join([*READERS, *SUFFIXES, *RASTERS])
    raise InputError(f"{path.name}: {path.suffix or 'no suffix'} is no format known here; use {known}")


def place(bounds: tuple[float, float, float, float] | None, crs: Crs | None) -> Facts:
    """Extent of a layer in its own numbers, in degrees and in metres, with its CRS."""
    facts: Facts = {"crs": None, "extent": bounds, "extent_deg": None, "size_m": None}
    if crs is not None:
        facts["crs"] = {"text": crs.text, "name": crs.name, "vertical": crs.vertical, "is_degrees": crs.is_degrees}
    if crs is None or bounds is None or implausible(*_middle(bounds), crs):
        return facts
    west, south, east, north = bounds
    lonlat = to_lonlat(np.array([[x, y] for x in (west, east) for y in (south, north)]), crs.text)
    if not np.isfinite(lonlat).all():
        return facts
    (w, s), (e, n) = lonlat.min(axis=0), lonlat.max(axis=0)
    facts["extent_deg"] = tuple(round(float(v), 7) for v in (w, s, e, n))
    metres = [(e - w) * 111_320.0 * np.cos(np.radians((s + n) / 2)), (n - s) * 110_700.0]
    if not crs.is_degrees:
        metres = [(east - west) * crs.unit_m, (north - south) * crs.unit_m]
    facts["size_m"] = tuple(round(float(v), 1) for v in metres)
    return facts


def problem(code: str, severity: str, message: str, hint: str) -> Facts:
    """One thing that is wrong."""
    return {"code": code, "severity": severity, "message": message, "hint": hint}


def crs_problems(bounds: tuple[float, float, float, float] | None, crs: Crs | None) -> list[Facts]:
    """No CRS, or one that the numbers contradict."""
    if crs is None:
        hint = "ask the vendor; around Xiamen EPSG:4548 (CGCS2000, 117E) is usual; then set crs in the spec"
        return [problem("NO_CRS", "error", "the file names no CRS", hint)]
    odd = implausible(*_middle(bounds), crs) if bounds else ""
    return [problem("CRS_IMPLAUSIBLE", "error", odd, "set crs in the spec, or export the file again")] if odd else []


def _middle(bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    return (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2


def _points(path: Path, crs: str | None) -> Facts:
    source = open_points(path, crs, require_crs=False)
    facts = source.facts
    bounds = None if facts.bounds is None else (facts.bounds[0], facts.bounds[1], facts.bounds[3], facts.bounds[4])
    sample = source.raw_sample(_SAMPLE)
    classes = Counter() if sample.point_class is None else Counter(sample.point_class.tolist())
    density = facts.density_per_m2
    return {
        "path": str(path),
        "kind": "points",
        "format": facts.kind,
        "bytes": path.stat().st_size,
        **place(bounds, facts.crs),
        "points": {
            "count": facts.point_count,
            "density_per_m2": None if density is None else round(density, 2),
            "z": None if facts.bounds is None else (facts.bounds[2], facts.bounds[5]),
            "classes": {str(number): count for number, count in sorted(classes.items())},
            "classes_from": "all points"
            if len(sample.x) == facts.point_count
            else f"a sample of {len(sample.x)} points",
            "has_rgb": facts.has_rgb,
            "has_intensity": facts.has_intensity,
            "has_returns": facts.has_returns,
            "generator": facts.generator,
        },
        "problems": [*crs_problems(bounds, facts.crs), *_point_problems(source, sample, classes)],
    }


def _point_problems(source: PointSource, sample: RawPoints, classes: Counter[int]) -> list[Facts]:
    facts, found = source.facts, []
    if not classes or set(classes) <= {0, 1}:
        found.append(problem("UNCLASSIFIED", "info", "no point has a class", "ground and buildings are found here"))
    elif 2 not in classes:
        found.append(problem("NO_GROUND_CLASS", "info", "no ground points (class 2)", "ground is found here"))
    elif 6 not in classes:
        found.append(problem("NO_BUILDING_CLASS", "info", "no building points (class 6)", "buildings are found here"))
    finite = np.isfinite(sample.x) & np.isfinite(sample.y) & np.isfinite(sample.z)
    if not finite.all():
        share = 1.0 - float(finite.mean())
        message = f"{share:.2%} of the points looked at have NaN or infinite coordinates"
        found.append(problem("NOT_FINITE", "warning", message, "they are left out"))
    if finite.any() and facts.bounds is not None:
        found += _stray(facts, sample, finite)
    if (density := facts.density_per_m2) is not None and density < 1.0 and not found:
        message = f"only {density:.2g} points a square metre of the extent"
        found.append(problem("SPARSE", "warning", message, "roofs want about 4 or more; blocks can do with 1"))
    return found


def _stray(facts: PointFacts, sample: RawPoints, finite: NDArray[np.bool_]) -> list[Facts]:
    bounds = np.array(facts.bounds).reshape(2, 3)
    found = []
    for axis, name in enumerate("xyz"):
        low, high = np.quantile(getattr(sample, name)[finite], [0.001, 0.999])
        if bounds[1, axis] - bounds[0, axis] > _STRAY_RATIO * max(high - low, 10.0):
            message = f"{name} runs from {bounds[0, axis]:.10g} to {bounds[1, axis]:.10g}, but 99.8 % lie within "
            message += f"{low:.10g} to {high:.10g}"
            found.append(problem("STRAY_POINTS", "warning", message, "set area.bounds_deg; outliers are cleaned away"))
    return found


def _vector(path: Path, crs: str | None, encoding: str | None) -> Facts:
    import shapely

    layer = read_vector(path, crs=crs, encoding=encoding)
    bounds = shapely.bounds(layer.geometries)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    extent = None
    if len(bounds):
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        extent = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    kinds = Counter("none" if g is None else str(g.geom_type) for g in layer.geometries)
    proposals = propose_all(layer.fields, _PURPOSES)
    found = _feature_findings(layer, proposals.get("id"), kinds)
    return {
        "path": str(path),
        "kind": "vector",
        "format": layer.kind,
        "bytes": path.stat().st_size,
        **place(extent, layer.crs),
        "features": {"count": len(layer.geometries), "layer": layer.layer, "geometry": dict(sorted(kinds.items()))},
        "fields": [_field(name, values) for name, values in layer.columns.items()],
        "proposals": proposals,
        "encoding": {"name": layer.encoding.name, "reason": layer.encoding.reason},
        "problems": [
            *crs_problems(extent, layer.crs),
            *(
                problem(issue.code, issue.severity, issue.message, issue.hint)
                for issue in (*layer.issues, *found.issues())
                if issue.code != "ENCODING_CHOSEN"
            ),
        ],
    }


def _feature_findings(layer: VectorLayer, id_field: str | None, kinds: Counter[str]) -> Findings:
    found = Findings(layer.path)
    ids = feature_ids(layer, id_field)
    if any("Polygon" in kind for kind in kinds):
        outlines(layer, ids, found)
    elif any("Line" in kind for kind in kinds):
        polylines(layer, ids, found)
    return found


def _field(name: str, values: tuple[str, ...]) -> Facts:
    filled = [value for value in values if value]
    numbers = [n for n in (parse_number(value) for value in filled[:1000] if value[0] in _NUMERIC) if n is not None]
    is_number = bool(filled) and len(numbers) > 0.9 * min(len(filled), 1000)
    return {
        "name": name,
        "filled": len(filled),
        "examples": list(dict.fromkeys(filled))[:_EXAMPLES],
        "range": (min(numbers), max(numbers)) if is_number else None,
    }


def problems_of(path: Path, error: XmscenesError) -> Facts:
    """What ``describe`` could not read, in the shape of its answer: for a machine that asks about many files."""
    held = path.stat().st_size if path.is_file() else None
    return {
        "path": str(path),
        "kind": "unreadable",
        "format": "",
        "bytes": held,
        **place(None, None),
        "problems": [problem("UNREADABLE", "error", str(error), "")],
    }
