"""Small tiles for the tests of the ground: a hillside by the sea with a path, seen by two neighbouring tiles."""

import numpy as np

from xmscenes.model.ground.site import survey_site
from xmscenes.options import VegetationOptions
from xmscenes.records import Area, Footprint, Line, PointClass, PointCloud, Tile, TileKey
from xmscenes.spec import FrameSection, InputsSection, Layer, Spec

SIZE, BUFFER = 100.0, 40.0
SHORE = np.array(
    [[-300.0, 22.0], [40.0, 20.0], [103.0, 27.3], [180.0, 15.0], [400.0, 24.0], [400.0, 400.0], [-300.0, 400.0]]
)


def hill(xy):
    """Elevation of the land: 1.5 m at the shore, rising north, with a knoll."""
    knoll = 6.0 * np.exp(-((xy[:, 0] - 95.0) ** 2 + (xy[:, 1] - 70.0) ** 2) / 400.0)
    return 1.5 + 0.08 * np.maximum(xy[:, 1] - 20.0, 0.0) + knoll


def cloud(rng, box=(-60.0, 0.0, 260.0, 160.0), per_m2=6.0, noise_m=0.02):
    """Ground points on the hill, none on the water."""
    west, south, east, north = box
    xy = rng.uniform((west, south), (east, north), (int(per_m2 * (east - west) * (north - south)), 2))
    xy = xy[xy[:, 1] > 27.0]
    z = hill(xy) + rng.normal(0, noise_m, len(xy))
    classes = np.full(len(xy), PointClass.GROUND, dtype=np.uint8)
    return PointCloud(xyz=np.column_stack([xy, z]), point_class=classes)


def line(way, xy, **tags):
    return Line(id=way, xy=np.array(xy, dtype=float), tags=tags)


WAYS = (
    line("way/1", [(-20, 60), (60, 62), (130, 55), (220, 66)], highway="footway", name="海滨步道"),
    line("way/2", [(80, 30), (90, 58)], highway="steps"),
    line("way/3", [(50, 90), (150, 95)], highway="living_street"),
)
HOUSE = Footprint(id="way/9", ring=np.array([[60.0, 70.0], [72.0, 70.0], [72.0, 80.0], [60.0, 80.0]]))


def tile(column=0, points=None, **layers):
    west, east = column * SIZE, (column + 1) * SIZE
    bounds = (west, 0.0, east, SIZE)
    window = (west - BUFFER, -BUFFER, east + BUFFER, SIZE + BUFFER)
    points = points or PointCloud(xyz=np.zeros((0, 3)), point_class=np.zeros(0, dtype=np.uint8))
    x, y = points.xyz[:, 0], points.xyz[:, 1]
    inside = (x >= window[0]) & (x <= window[2]) & (y >= window[1]) & (y <= window[3])
    given = {
        "lines": {"paths": WAYS},
        "areas": {"coastline": (Area(id="coast", ring=SHORE),)},
        "footprints": (HOUSE,) if column == 0 else (),
        "nearby": () if column == 0 else (HOUSE,),
    }
    return Tile(
        key=TileKey(column=column, row=0),
        bounds_m=bounds,
        window_m=window,
        points=points.take(inside),
        **(given | layers),
    )


SPEC = Spec(
    title="海边",
    frame=FrameSection(lon_deg=118.0, lat_deg=24.0),
    inputs=InputsSection(footprints=Layer(path="房屋.geojson")),
    vegetation=VegetationOptions(scatter=False),
)


def site(column=0, points=None, **layers):
    return survey_site(tile(column, points, **layers), SPEC)
