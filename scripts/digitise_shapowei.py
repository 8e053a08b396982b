"""Shapowei: digitise streets, bridge, parks and landmark outlines; simulate the buildings between them; moor boats.

Run: python scripts/digitise_shapowei.py. Only the coastline (with the dock) and SRTM are real. Streets and parks are
digitised from general knowledge of the place, good to 50-100 m unless a vertex is tied to a fact (said beside it).
"""

from __future__ import annotations

from chains_shapowei import BRIDGE, FURONG_LAKE, FURONG_LEVEL_M, HEROES, PARKS, STREETS
from fabric_shapowei import BOUNDS_DEG, PLACE, SEED, build_fabric, land, moor_boats, yards
from place_files import DIGITISED, MEASURED_SRTM, OPENSTREETMAP, POINTS, SIMULATED, smooth_line
from shapely import box
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import unary_union
from srtm_ground import ground_from_srtm


def write_layers() -> dict[str, list[tuple[dict, object]]]:
    """Write the digitised layers; returns them in local metres."""
    streets = [
        (
            {"id": f"street/{i:02d}", "name": n, "highway": h, "width_m": w, "origin": "digitised"},
            LineString(PLACE.to_local(c)),
        )
        for i, (n, h, w, c) in enumerate(STREETS)
    ]
    note = "Centrelines digitised from general knowledge, good to 50-100 m; kept clear of the OpenStreetMap shore."
    PLACE.write_layer("streets.geojson", streets, **DIGITISED, note=note)
    bridge = smooth_line(LineString(PLACE.to_local(BRIDGE)))
    sizes = {"width_m": 26.0, "deck_m": 5.0, "thickness_m": 2.2, "pier_spacing_m": 45.0, "lanes": 6}
    sizes |= {"girder": "fish_belly", "pier": "ellipse"}
    tags = {"id": "bridge/yanwu", "name": "演武大桥", "bridge": "yes", "highway": "primary", "origin": "digitised"}
    note = (
        f"Off the OpenStreetMap shore, to the published 2.2 km (here {bridge.length:.0f} m), 26 m wide, deck at +5 m."
    )
    PLACE.write_layer("bridges.geojson", [(tags | sizes, bridge)], **DIGITISED, note=note)
    lake = PLACE.polygon(FURONG_LAKE)
    tags = {
        "id": "water/furong",
        "name": "芙蓉湖",
        "natural": "water",
        "level_m": FURONG_LEVEL_M,
        "origin": "digitised",
    }
    PLACE.write_layer(
        "water.geojson", [(tags, lake)], **DIGITISED, note="Digitised from general knowledge; level a guess."
    )
    shore = land()
    beach = shore.difference(shore.buffer(-28.0)).intersection(
        PLACE.polygon([(118.0940, 24.4330), (118.0940, 24.4350), (118.1002, 24.4338), (118.1002, 24.4310)])
    )
    beach = max(getattr(beach, "geoms", [beach]), key=lambda p: p.area)
    kinds = {"wood": {"natural": "wood"}, "grass": {"landuse": "grass"}, "park": {"leisure": "park"}}
    roads = unary_union([g.buffer(t["width_m"] / 2 + 2.0) for t, g in streets])
    greens = [({"id": "beach/白城", "name": "白城沙滩", "natural": "beach", "origin": "digitised"}, beach)]
    for name, kind, ring in PARKS:
        polygon = PLACE.polygon(ring).difference(roads).difference(lake).intersection(shore.buffer(-4.0))
        for k, part in enumerate(p for p in getattr(polygon, "geoms", [polygon]) if p.area > 150.0):
            greens.append(({"id": f"green/{name}/{k}", "name": name, "origin": "digitised"} | kinds[kind], part))
    heroes = [
        ({"id": f"hero/{n}", "name": n, "origin": "digitised"}, _outline(lon, lat, a, b, h))
        for n, lon, lat, a, b, h in HEROES
    ]
    PLACE.write_layer(
        "hero_footprints.geojson",
        heroes,
        **DIGITISED,
        note="Ground that landmarks take; positions from landmark facts.",
    )
    return {"streets": streets, "greens": greens, "water": [(tags, lake)], "heroes": heroes, "bridge": [(tags, bridge)]}


def _outline(lon: float, lat: float, half_x: float, half_y: float, heading_deg: float) -> Polygon:
    from shapely import affinity

    x, y = PLACE.to_local([(lon, lat)])[0]
    return affinity.rotate(box(x - half_x, y - half_y, x + half_x, y + half_y), -heading_deg)


def main() -> None:
    """Write all layers and SOURCES.toml."""
    shore = "OpenStreetMap natural=coastline of 2026-08-23, simplified to about 25 m, by way of GitHub "
    shore += "clairesun6767/1949-guningtou, commit 515d1eb75887525620fee8d3614abf8070f69118; includes the dock."
    PLACE.note("coastline.geojson", **OPENSTREETMAP, note=shore)
    PLACE.note(
        "srtm_xiamen_132m.tif",
        **MEASURED_SRTM,
        note="84 x 51 cells of 132 m, a coarse surface model; "
        "registration good to about one cell; nothing south of 24.437.",
    )
    layers = write_layers()
    heights = ground_from_srtm(PLACE.folder / "srtm_xiamen_132m.tif", BOUNDS_DEG, 2.5)
    dry = land()
    on_land = [dry.buffer(-25.0).contains(Point(*xy)) for xy in PLACE.to_local(heights)]
    PLACE.write_heights(
        "ground_heights.csv",
        heights[on_land],
        **MEASURED_SRTM,
        note="SRTM cells on land; roofs taken off by the 25th percentile of 3 x 3 cells, woods by 4 m.",
    )
    fabric = build_fabric(layers)
    note = f"Seeded fabric (seed {SEED}) between the digitised streets: no building of it exists, levels are made up."
    PLACE.write_layer("footprints_simulated.geojson", fabric.buildings, **SIMULATED, note=note)
    note = "Hills where SRTM rises, parks and the beach: digitised from general knowledge, 50-100 m. Features with "
    note += "origin = simulated are the gardens left between simulated buildings."
    PLACE.write_layer("greens.geojson", layers["greens"] + yards(fabric, layers), **DIGITISED, note=note)
    boats = moor_boats(dry)
    PLACE.write_layer("boats.geojson", boats, **SIMULATED, note="Moored boats: point, length_m, heading_deg.")
    PLACE.note("points/*.laz", **POINTS)
    PLACE.write_sources(
        "# 沙坡尾: the shore is OpenStreetMap, heights are SRTM; the rest is digitised or simulated, file by file."
    )
    print(len(fabric.buildings), "buildings", len(boats), "boats")


if __name__ == "__main__":
    main()
