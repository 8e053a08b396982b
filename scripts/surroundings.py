#!/usr/bin/env python3
"""Land around the three places: fine OpenStreetMap shores where there are any, a coarse extract of its land elsewhere.

surroundings.py LAND.geojson COAST.geojson writes assets/gulangyu/surroundings.geojson. LAND is clipped to a box, its
``metadata.bbox``. Where land meets that box it is carried on outwards: no shore may be drawn where none is known.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import box, mapping, shape
from shapely.geometry.polygon import orient

TARGET = Path(__file__).resolve().parent.parent / "assets" / "gulangyu" / "surroundings.geojson"
CARRIED_DEG = 0.12  # 12 km: farther than any place's surroundings reach
LEAST_DEG2 = 5e-7  # 0.6 ha
FINE_DEG = 0.002  # coarse land so near to a fine island is that island or a rock beside it


def carried_on(land: shapely.Geometry, limits: tuple[float, float, float, float]) -> shapely.Geometry:
    """Extend land straight outwards where it meets the limits of what is known."""
    west, south, east, north = limits
    low, high = (west - CARRIED_DEG, south - CARRIED_DEG), (east + CARRIED_DEG, north + CARRIED_DEG)
    beyond = []
    for side in ((west, south, west, north), (east, south, east, north), (west, south, east, south),
                 (west, north, east, north)):  # fmt: skip
        met = shapely.intersection(land, box(side[0] - 1e-6, side[1] - 1e-6, side[2] + 1e-6, side[3] + 1e-6))
        for part in shapely.get_parts(met)[~shapely.is_empty(shapely.get_parts(met))]:
            x0, y0, x1, y1 = part.bounds
            if side[0] == side[2]:
                x0, x1 = (low[0], x1) if side[0] == west else (x0, high[0])
            else:
                y0, y1 = (low[1], y1) if side[1] == south else (y0, high[1])
            beyond.append(box(x0, y0, x1, y1))
    for x, far_x in ((west, low[0]), (east, high[0])):
        for y, far_y in ((south, low[1]), (north, high[1])):
            if shapely.distance(land, shapely.Point(x, y)) < 1e-5:
                beyond.append(box(min(x, far_x), min(y, far_y), max(x, far_x), max(y, far_y)))
    return shapely.union_all([land, *beyond])


def features(land: dict[str, Any], coast: dict[str, Any]) -> list[dict[str, Any]]:
    """The fine islands as they are, then coarse land apart from them, largest first."""
    fine = [shape(f["geometry"]) for f in coast["features"]]
    near = shapely.buffer(shapely.union_all(fine), FINE_DEG)
    coarse = shapely.union_all([shapely.make_valid(shape(f["geometry"])) for f in land["features"]])
    apart = [p for p in shapely.get_parts(coarse) if p.area > LEAST_DEG2]
    apart = [p for p in apart if shapely.area(shapely.intersection(p, near)) < 0.5 * p.area]
    parts = shapely.get_parts(carried_on(shapely.union_all(apart), tuple(land["metadata"]["bbox"])))
    found = [{"type": "Feature", "properties": f["properties"], "geometry": f["geometry"]} for f in coast["features"]]
    for number, part in enumerate(sorted(parts, key=lambda p: (-p.area, p.bounds))):
        name = "海沧与大陆" if number == 0 else ""
        about = {"id": f"osm_land/{number}", "name": name, "natural": "coastline", "side": "land"}
        outline = orient(shapely.transform(part.simplify(2e-6), lambda xy: xy.round(6)))
        found.append({"type": "Feature", "properties": about, "geometry": mapping(outline)})
    return found


def main() -> None:
    """Read both layers and write the surroundings."""
    land, coast = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    collection = {"type": "FeatureCollection", "name": "surroundings", "features": features(land, coast)}
    TARGET.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
