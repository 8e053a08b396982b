"""Fetch a place's OpenStreetMap layers by Overpass and use them: real footprints, streets, waters, greens and shore.

    python scripts/fetch_osm.py yundang              # asks Overpass, writes assets/yundang/*_osm.geojson, switches over
    python scripts/fetch_osm.py yundang --query      # prints the query, for a machine that has a network
    python scripts/fetch_osm.py yundang --answer FILE.json    # takes a recorded answer instead of asking

The scene's spec and the simulated survey then name the new layers (``--keep`` leaves them as they are), so that a
survey that was flown over made-up buildings is flown again over the real outlines. Heights stay made up until a real
survey is there. Data © OpenStreetMap contributors, ODbL 1.0: the layers stay in files of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from place_files import OPENSTREETMAP, Place
from shapely import box
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import linemerge, polygonize, unary_union
from shapely.prepared import prep

from xmscenes.frame import Frame

ROOT = Path(__file__).resolve().parent.parent
ENDPOINT = "https://overpass-api.de/api/interpreter"
# layer: Overpass filters; what the layer is called in the spec
FILTERS = {
    "footprints": ['way["building"]', 'relation["building"]["type"="multipolygon"]'],
    "streets": ['way["highway"]["area"!="yes"]'],
    "water": ['way["natural"="water"]', 'relation["natural"="water"]["type"="multipolygon"]'],
    "greens": [
        'way["leisure"~"^(park|garden|pitch)$"]',
        'way["landuse"~"^(grass|forest|recreation_ground)$"]',
        'way["natural"~"^(wood|scrub|beach|sand|bare_rock)$"]',
    ],
    "coastline": ['way["natural"="coastline"]'],
}
# what the new layer takes the place of, in the spec and in survey.toml
REPLACES = {
    "footprints": ("footprints.geojson", "footprints_simulated.geojson"),
    "streets": ("paths.geojson", "streets.geojson"),
    "water": ("lake.geojson", "water.geojson"),
    "greens": ("greens.geojson",),
    "coastline": ("coastline.geojson",),
}


def query_of(bounds_deg: tuple[float, float, float, float]) -> str:
    """Overpass query for all layers inside a box (west, south, east, north)."""
    west, south, east, north = bounds_deg
    parts = [f"  {f}({south},{west},{north},{east});" for filters in FILTERS.values() for f in filters]
    return "[out:json][timeout:180];\n(\n" + "\n".join(parts) + "\n);\nout body geom;\n"


def ask(endpoint: str, query: str) -> dict[str, Any]:
    """Send a query and return the answer; exits with one line when the server cannot be reached."""
    body = urllib.parse.urlencode({"data": query}).encode()
    request = urllib.request.Request(endpoint, data=body, headers={"User-Agent": "xmscenes fetch_osm"})
    try:
        with urllib.request.urlopen(request, timeout=240) as answer:
            return dict(json.load(answer))
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        sys.exit(
            f"{endpoint}: no answer ({error}); try later, or run --query elsewhere and bring it with --answer FILE"
        )


def features_of(answer: dict[str, Any], bounds_deg: tuple[float, float, float, float]) -> dict[str, list[Any]]:
    """Sort the elements of an answer into layers of (tags, geometry in lon/lat), by id; broken ones are left out."""
    layers: dict[str, list[Any]] = {name: [] for name in FILTERS}
    coast = []
    for element in sorted(answer.get("elements", []), key=lambda e: (e["type"], e["id"])):
        tags = dict(element.get("tags", {}))
        layer = _layer_of(tags)
        geometry = _geometry_of(element, layer)
        if layer is None or geometry is None or geometry.is_empty:
            continue
        if layer == "coastline":
            coast.append(geometry)
        else:
            name = f"{element['type']}/{element['id']}"
            layers[layer].append(({"osm_id": name, **tags, "origin": "openstreetmap"}, geometry))
    for i, land in enumerate(land_of(coast, bounds_deg)):
        layers["coastline"].append(({"osm_id": f"coast/{i}", "natural": "coastline", "origin": "openstreetmap"}, land))
    return layers


def _layer_of(tags: dict[str, str]) -> str | None:
    if "building" in tags:
        return "footprints"
    if "highway" in tags:
        return "streets"
    if tags.get("natural") in {"water", "coastline"}:
        return {"water": "water", "coastline": "coastline"}[tags["natural"]]
    return "greens" if {"leisure", "landuse", "natural"} & set(tags) else None


def _geometry_of(element: dict[str, Any], layer: str | None) -> Any:
    if element["type"] == "relation":
        return _multipolygon(element)
    xy = [(p["lon"], p["lat"]) for p in element.get("geometry", []) if p]
    if layer in {"streets", "coastline"}:
        return LineString(xy) if len(xy) >= 2 else None
    return _valid(Polygon(xy)) if len(xy) >= 4 and xy[0] == xy[-1] else None


def _multipolygon(element: dict[str, Any]) -> Any:
    rings: dict[str, list[LineString]] = {"outer": [], "inner": []}
    for member in element.get("members", []):
        xy = [(p["lon"], p["lat"]) for p in member.get("geometry", []) if p]
        if member["type"] == "way" and len(xy) >= 2:
            rings["inner" if member.get("role") == "inner" else "outer"].append(LineString(xy))
    outer = unary_union(list(polygonize(unary_union(rings["outer"])))) if rings["outer"] else None
    if outer is None or outer.is_empty:
        return None
    inner = unary_union(list(polygonize(unary_union(rings["inner"])))) if rings["inner"] else Polygon()
    return _valid(outer.difference(inner))


def _valid(geometry: Any) -> Any:
    fixed = geometry if geometry.is_valid else geometry.buffer(0)
    return None if fixed.is_empty else fixed


def land_of(coast: list[LineString], bounds_deg: tuple[float, float, float, float]) -> list[Polygon]:
    """Land polygons inside a box; OpenStreetMap's coastlines keep the land on their left."""
    if not coast:
        return []
    frame = box(*bounds_deg)
    merged = linemerge(unary_union(coast)) if len(coast) > 1 else coast[0]
    lines = [line.intersection(frame) for line in getattr(merged, "geoms", [merged])]
    parts = [p for g in lines for p in getattr(g, "geoms", [g]) if p.geom_type == "LineString" and p.length > 0]
    faces = sorted(polygonize(unary_union([*parts, frame.exterior])), key=lambda p: p.bounds)
    left = [point for part in parts for point in _left_of(part)]
    return [face for face in faces if any(map(prep(face).contains, left))]


def _left_of(line: LineString) -> list[Point]:
    """A point half a metre to the left of each segment's middle."""
    out = []
    for (x0, y0), (x1, y1) in zip(line.coords[:-1], line.coords[1:], strict=True):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        if length > 0:
            out.append(Point((x0 + x1) / 2 - (y1 - y0) / length * 5e-6, (y0 + y1) / 2 + (x1 - x0) / length * 5e-6))
    return out


def write_place(name: str, layers: dict[str, list[Any]], folder: Path, day: str) -> list[str]:
    """Write the layers that hold anything into a place's folder, with their entries in SOURCES.toml."""
    place = Place(name=name, frame=Frame(lon_deg=0.0, lat_deg=0.0), at=folder)
    place.read_sources()
    written = []
    for layer, features in layers.items():
        if not features:
            continue
        file = f"{layer}_osm.geojson"
        note = f"Overpass extract, data of {day}; written by scripts/fetch_osm.py."
        place.write_lonlat_layer(file, features, **OPENSTREETMAP, note=note)
        written.append(layer)
    place.write_sources("")
    return written


def switch_over(name: str, written: list[str], spec: Path, plan: Path) -> None:
    """Name the new layers in the spec and in survey.toml wherever the old ones stand."""
    for path, prefix in ((spec, f"assets/{name}/"), (plan, "")):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        for layer in written:
            for old in REPLACES[layer]:
                text = text.replace(f'"{prefix}{old}"', f'"{prefix}{layer}_osm.geojson"')
        text = text.replace('footprints_osm.geojson", id = "id"', 'footprints_osm.geojson", id = "osm_id"')
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Fetch, write, switch over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("place", help="name of a scene in scenes/")
    parser.add_argument("--answer", type=Path, help="recorded Overpass answer (JSON) instead of asking")
    parser.add_argument("--query", action="store_true", help="print the query and stop")
    parser.add_argument("--keep", action="store_true", help="do not change the spec and survey.toml")
    parser.add_argument("--endpoint", default=ENDPOINT, help="Overpass server")
    parser.add_argument("--root", type=Path, default=ROOT, help="folder that holds scenes/ and assets/")
    options = parser.parse_args(arguments)
    spec = options.root / "scenes" / f"{options.place}.toml"
    if not spec.is_file():
        sys.exit(f"{spec}: no such file; give the name of a scene in scenes/")
    bounds = tomllib.loads(spec.read_text(encoding="utf-8")).get("area", {}).get("bounds_deg")
    if bounds is None:
        sys.exit(f"{spec.name}: area.bounds_deg is missing; add the box to fetch")
    query = query_of(tuple(bounds))
    if options.query:
        print(query, end="")
        return
    answer = json.loads(options.answer.read_text(encoding="utf-8")) if options.answer else ask(options.endpoint, query)
    day = str(answer.get("osm3s", {}).get("timestamp_osm_base", "unknown date"))
    layers = features_of(answer, tuple(bounds))
    folder = options.root / "assets" / options.place
    written = write_place(options.place, layers, folder, day)
    if not written:
        sys.exit(
            f"{options.place}: the answer holds nothing for this box; check the server's remark: {answer.get('remark')}"
        )
    if not options.keep:
        switch_over(options.place, written, spec, folder / "survey.toml")
    for layer in written:
        print(f"{layer}_osm.geojson: {len(layers[layer])} features")


if __name__ == "__main__":
    main()
