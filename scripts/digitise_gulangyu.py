"""Gulangyu: derive and digitise what the real layers do not hold. Run: python scripts/digitise_gulangyu.py.

Real layers (footprints, paths, coastline, named places, path heights, all OpenStreetMap or SRTM) are never touched.
"""

from __future__ import annotations

import numpy as np
from place_files import DIGITISED, INFERRED, MEASURED_SRTM, ODBL, OPENSTREETMAP, POINTS, Place
from shapely import box
from shapely.geometry import LineString, Polygon
from shapely.ops import unary_union

from xmscenes.frame import Frame

PLACE = Place(name="gulangyu", frame=Frame(lon_deg=118.0625, lat_deg=24.4472))

# Published heights that the coarse surface model misses: lon, lat, elevation.
LANDMARK_HEIGHTS = [
    (118.0622567, 24.4446321, 92.7),  # 日光岩, summit; many travel pages agree (92.68 to 92.7 m)
    (118.0717852, 24.4438617, 29.5),  # 覆鼎岩, the rock under the 郑成功 statue (24 m in one source)
]

# Local metres. The bathing beaches, as boxes that cut a strip off the shore: known places, ends within 50 m.
BEACHES = [
    ("港仔后沙滩", (-310.0, -670.0, 185.0, -560.0), 32.0),  # the bay between 日光岩 and 菽庄花园
    ("大德记沙滩", (420.0, -740.0, 735.0, -670.0), 24.0),  # the south-east bay below 升旗山
    ("美华沙滩", (-760.0, -380.0, -410.0, -270.0), 26.0),  # the west bay below 鸡母山
]

# 四十四桥: OpenStreetMap holds its two ends (way/145410699); the zig-zag over the water between them is digitised
# from its description (low, bent at every few metres, along the rocks of 藏海园) and stays within 12 m of the shore.
BRIDGE_44 = [
    (188.5, -622.9),  # end of the footway on the north shore (OpenStreetMap)
    (186.0, -637.2),  # last mapped vertex of the north end (OpenStreetMap)
    (180.0, -641.0),
    (183.0, -648.0),
    (177.0, -654.0),
    (183.5, -661.0),
    (180.5, -668.0),
    (187.0, -676.0),  # touches the rocks
    (180.0, -684.0),
    (181.0, -692.0),
    (185.0, -700.0),
    (187.0, -706.1),  # first mapped vertex of the south end (OpenStreetMap)
    (190.7, -702.7),
]


def land() -> Polygon:
    """Outline of the island in local metres."""
    return PLACE.read_layer("coastline.geojson")[0][1]


def write_ground_heights() -> None:
    """Spot heights: the paths' SRTM heights and the two published ones."""
    heights = np.loadtxt(PLACE.folder / "path_heights.csv", delimiter=",", skiprows=1)
    PLACE.write_heights(
        "ground_heights.csv",
        np.vstack([heights, LANDMARK_HEIGHTS]),
        **MEASURED_SRTM
        | {
            "note": "path_heights.csv plus two published heights, 日光岩 92.7 m and 覆鼎岩 29.5 m. A coarse surface "
            "model: it tops out at 60 m beside 日光岩, and paths in tunnels carry the hill above them."
        },
    )


def woods(island: Polygon, beaches: list[Polygon]) -> list[Polygon]:
    """What is neither building, path, beach nor shore, and wider than 14 m: gardens and wooded hills."""
    built = unary_union([g.buffer(4.0) for _, g in PLACE.read_layer("footprints.geojson")])
    walked = unary_union([g.buffer(2.5) for _, g in PLACE.read_layer("paths.geojson")])
    free = island.buffer(-10.0).difference(built).difference(walked).difference(unary_union(beaches))
    opened = free.buffer(-7.0).buffer(6.0).simplify(0.7)
    return sorted((p for p in opened.geoms if p.area > 600.0), key=lambda p: p.bounds)


def write_greens() -> None:
    """Beaches digitised by name; woods inferred from where nothing is mapped."""
    island = land()
    beaches, features = [], []
    for name, bounds, depth_m in BEACHES:
        strip = island.difference(island.buffer(-depth_m)).intersection(box(*bounds))
        strip = max(getattr(strip, "geoms", [strip]), key=lambda p: p.area)
        beaches.append(strip)
        features.append(({"id": f"beach/{name}", "name": name, "natural": "beach", "origin": "digitised"}, strip))
    for i, wood in enumerate(woods(island, beaches)):
        features.append(({"id": f"wood/{i:03d}", "natural": "wood", "origin": "inferred"}, wood))
    note = (
        "Beaches digitised from general knowledge (ends within 50 m) on the OpenStreetMap shore; woods and gardens "
        "inferred: land wider than 14 m without building or path. Derived from OpenStreetMap, so ODbL."
    )
    PLACE.write_layer(
        "greens.geojson", features, **INFERRED | {"licence": "ODbL-1.0", "attribution": ODBL, "note": note}
    )


def write_bridges() -> None:
    """四十四桥 as a centreline with its deck height."""
    tags = {"id": "bridge/44", "name": "四十四桥", "bridge": "yes", "highway": "footway", "origin": "digitised"}
    sizes = {"width_m": 2.2, "deck_m": 2.6, "thickness_m": 0.5, "pier_spacing_m": 8.0}
    note = "Ends from OpenStreetMap way/145410699, the zig-zag between them digitised; deck height a guess (low)."
    PLACE.write_layer(
        "bridges.geojson",
        [(tags | sizes, LineString(BRIDGE_44))],
        **DIGITISED | {"licence": "ODbL-1.0", "attribution": ODBL, "note": note},
    )


def note_real_layers() -> None:
    """Say whose the untouched layers are."""
    extract = (
        "Overpass extract of 2026-09-07T04:45:51Z by way of GitHub wyq09/ai-cases, gulangyu-world/data, "
        "commit 18298eef4df2bcec891906135900d2440e6eefc2. "
    )
    PLACE.note(
        "footprints.geojson",
        **OPENSTREETMAP,
        note=extract + "1,152 outlines, rounded to 0.1 m; ground_m is SRTM-based and coarse; no heights, "
        "building:levels on 11.",
    )
    PLACE.note(
        "paths.geojson",
        **OPENSTREETMAP,
        note=extract + "463 centrelines, 43.7 km; corners cut by up to 1 m, side roads may end 1 m short; most of the "
        "13 pedestrian lines outline squares; 龙山洞, 鼓声洞 and 笔山洞 are tunnels without a tag.",
    )
    PLACE.note(
        "coastline.geojson",
        **OPENSTREETMAP,
        note=extract + "One ring, 792 vertices, geodesic area 1,961,398 m2; sharp corners clipped by up to 1.7 m.",
    )
    PLACE.note("named_places.geojson", **OPENSTREETMAP, note=extract + "60 named buildings and 15 named nodes.")
    PLACE.note(
        "path_heights.csv",
        **MEASURED_SRTM,
        note="4,200 heights along the paths (AWS Terrain Tiles z14, SRTM, about 30 m), tapered to the shore by the "
        "same project; values of 1.5 m and less left out.",
    )
    PLACE.note(
        "surroundings.geojson",
        **OPENSTREETMAP,
        note="Fine shores of Gulangyu, Xiamen Island and Dayu (natural=coastline of 2026-08-23, simplified to about "
        "25 m, GitHub clairesun6767/1949-guningtou, commit 515d1eb75887525620fee8d3614abf8070f69118); elsewhere "
        "OpenStreetMap land polygons as PyPI roaring-landmask 0.11.0 embeds them, about 50 m, clipped to "
        "118.02-118.20 E, 24.40-24.56 N. Checked: the two agree to IoU 0.958, 0.995 and 0.870 on the three islands. "
        "Beyond that box land is carried straight on. Made by scripts/surroundings.py.",
    )


def main() -> None:
    """Write the derived layers and SOURCES.toml."""
    note_real_layers()
    write_ground_heights()
    write_greens()
    write_bridges()
    PLACE.note("points/*.laz", **POINTS)
    PLACE.write_sources("# 鼓浪屿: real layers untouched; what is derived, digitised or simulated says so.")


if __name__ == "__main__":
    main()
