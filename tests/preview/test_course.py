from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from xmscenes.errors import InputError
from xmscenes.frame import Frame
from xmscenes.preview import read_course

if TYPE_CHECKING:
    from pathlib import Path

FRAME = Frame(lon_deg=118.06, lat_deg=24.44)
LINE = [[118.06, 24.44], [118.061, 24.44], [118.061, 24.441, 12.0]]
GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="厦门马拉松" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>环岛路</name><trkseg>
<trkpt lat="24.44" lon="118.06"><ele>3</ele></trkpt><trkpt lat="24.44" lon="118.061"/>
<trkpt lat="24.441" lon="118.061"/>
</trkseg></trk></gpx>"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_drawn_line_and_a_walked_track_give_the_same_course(tmp_path: Path) -> None:
    short = {"type": "LineString", "coordinates": [[118.06, 24.44], [118.0601, 24.44]]}
    features = [{"type": "Feature", "geometry": g} for g in (short, {"type": "MultiLineString", "coordinates": [LINE]})]
    drawn = write(tmp_path / "路线.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    course = read_course(drawn, FRAME)
    assert course.shape == (3, 2)
    assert course[0] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert course[1] == pytest.approx([101.4, 0.0], abs=0.2)
    assert np.allclose(course, read_course(write(tmp_path / "路线.gpx", GPX), FRAME))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.geojson", "{", "not a GeoJSON or GPX file"),
        ("a.geojson", "[]", "not a GeoJSON or GPX file"),
        ("a.gpx", "<gpx>", "not a GeoJSON or GPX file"),
        ("a.gpx", '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', "it declares a document type"),
        ("a.geojson", '{"type": "Point", "coordinates": [118, 24]}', "no line of at least two places"),
        ("a.geojson", '{"type": "LineString", "coordinates": [[1, 2], [600000, 2]]}', "save the course in WGS 84"),
    ],
)
def test_what_is_no_course_is_named_with_what_to_do(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_course(write(tmp_path / name, text), FRAME)


def test_a_missing_course_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"没有\.gpx: cannot be read"):
        read_course(tmp_path / "没有.gpx", FRAME)
