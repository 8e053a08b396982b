"""Small files in every format, written for one test and thrown away."""

from __future__ import annotations

import json
from pathlib import Path

import laspy
import numpy as np
import pyproj
import pytest
import shapefile

from xmscenes.frame import Frame, horizontal_to

GULANGYU = (118.0625, 24.4472)


@pytest.fixture
def frame():
    return Frame(lon_deg=GULANGYU[0], lat_deg=GULANGYU[1])


@pytest.fixture
def survey_xyz(rng):
    """3,000 points over 100 x 100 m beside the frame's zero, in EPSG:4548."""
    corner = horizontal_to(np.array([GULANGYU]), "EPSG:4326", "EPSG:4548")[0]
    xy = corner + rng.uniform(0, 100, (3000, 2))
    return np.column_stack([xy, rng.uniform(2, 20, 3000)]).round(3)


@pytest.fixture
def write_las(tmp_path, survey_xyz):
    """Write a LAS or LAZ file: name, version, point format, CRS and the fields given by name."""

    def write(name="survey.laz", *, version="1.4", point_format=6, crs="EPSG:4548", xyz=survey_xyz, **fields):
        header = laspy.LasHeader(point_format=point_format, version=version)
        header.scales, header.offsets = [0.001] * 3, np.floor(xyz.min(axis=0))
        if crs is not None:
            header.add_crs(pyproj.CRS(crs))
        las = laspy.LasData(header)
        las.x, las.y, las.z = xyz.T
        for field, values in fields.items():
            las[field] = values
        path = tmp_path / name
        las.write(path)
        return path

    return write


@pytest.fixture
def write_geojson(tmp_path):
    """Write features, each a geometry and its properties, as GeoJSON in WGS 84."""

    def write(features, name="楼.geojson"):
        rows = [{"type": "Feature", "properties": p, "geometry": g} for g, p in features]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False), "utf-8")
        return path

    return write


@pytest.fixture
def write_shapefile(tmp_path):
    """Write outlines with text fields as a Shapefile; ``cpg`` and ``language`` as a vendor may or may not set them."""

    def write(rows, *, encoding="gbk", cpg=None, language=0, name="建筑", prj=None) -> Path:
        stem = tmp_path / name
        with shapefile.Writer(str(stem), shapeType=shapefile.POLYGON, encoding=encoding) as writer:
            for field in rows[0]:
                writer.field(field, "C", 40)
            for n, row in enumerate(rows):
                writer.poly([[list(p) for p in square(n * 0.0002)]])
                writer.record(*row.values())
        table = stem.with_suffix(".dbf")
        data = bytearray(table.read_bytes())
        data[29] = language
        table.write_bytes(bytes(data))
        stem.with_suffix(".cpg").unlink(missing_ok=True)
        if cpg:
            stem.with_suffix(".cpg").write_text(cpg)
        if prj:
            stem.with_suffix(".prj").write_text(pyproj.CRS(prj).to_wkt("WKT1_ESRI"))
        return stem.with_suffix(".shp")

    return write


def square(east=0.0, north=0.0, size=0.0001, clockwise=False):
    """Closed ring of about 10 m beside the frame's zero, in degrees."""
    west, south = GULANGYU[0] + east, GULANGYU[1] + north
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return ring[::-1] if clockwise else ring


@pytest.fixture
def box_ring():
    return square
