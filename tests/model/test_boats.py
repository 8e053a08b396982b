import json

import numpy as np
import pytest

from xmscenes.errors import InputError
from xmscenes.export.baked import bake_copies
from xmscenes.frame import Frame
from xmscenes.look.prototypes import PROTOTYPES
from xmscenes.model import moor_boats
from xmscenes.read import read_marks
from xmscenes.records import Mark, Origin
from xmscenes.spec import Layer


def feature(id_, shape, coordinates, **tags):
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"id": id_} | tags, "geometry": geometry}


ROPE = feature("缆", "LineString", [[118.07, 24.45], [118.071, 24.45]])
BOATS = [
    feature("船2", "Point", [118.0701, 24.45], kind="sampan", length_m=8),
    feature("船1", "Point", [118.07, 24.45], length_m=13, heading_deg=90),
]


def write(path, features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return read_marks(path, Layer(path=str(path)), Frame(lon_deg=118.07, lat_deg=24.45))


def at_level(level_m):
    return lambda *_: level_m


def boat(id_, x=0.0, y=0.0, **tags):
    return Mark(id=id_, xy=(x, y), tags=tags, origin=Origin.SIMULATED)


def test_points_are_read_with_their_attributes_and_the_rest_is_said(tmp_path):
    marks, issues = write(tmp_path / "船.geojson", [*BOATS, ROPE])
    assert [m.id for m in marks] == ["船1", "船2"]
    assert marks[0].xy == pytest.approx((0.0, 0.0), abs=1e-6)
    assert marks[1].tags["kind"] == "sampan"
    assert [i.code for i in issues if i.severity == "warning"] == ["MARKS_DROPPED"]


def test_a_layer_without_points_is_an_error_that_says_so(tmp_path):
    with pytest.raises(InputError, match="no point among"):
        write(tmp_path / "线.geojson", [ROPE])


def test_a_boat_floats_at_the_level_of_its_water_with_its_length_and_heading():
    (placement,), issues = moor_boats([boat("船", 10.0, 20.0, length_m="13", heading_deg="90")], at_level(1.25))
    assert not issues
    baked = bake_copies(PROTOTYPES["boat"]()[0], placement).vertices
    assert np.ptp(baked[:, 0]) == pytest.approx(13.0, rel=0.05)  # heading 90: along x
    assert baked[:, 2].min() < 1.25 < baked[:, 2].max()
    bow = baked[np.argmax(baked[:, 0])]
    assert bow[2] > 1.25 + 1.0  # the raised bow lies ahead, to the east


def test_short_boats_without_a_kind_are_sampans_and_all_share_their_prototype():
    marks = [boat(f"b{i}", i, 0.0, length_m=str(6 + i)) for i in range(8)]
    placements, _ = moor_boats(marks, at_level(0.0))
    assert {p.prototype: len(p.xyz) for p in placements} == {"sampan": 4, "boat": 4}
    assert {p.kind for p in placements} == {"boat"}
    assert {p.origin for p in placements} == {Origin.SIMULATED}


def test_a_boat_ashore_is_left_out_and_named():
    placements, issues = moor_boats([boat("搁浅")], at_level(None))
    assert placements == ()
    assert issues[0].code == "BOATS_ASHORE"
    assert "搁浅" in issues[0].message


def test_boats_have_falling_levels_and_float_on_their_water_line():
    for name in ("boat", "sampan"):
        levels = PROTOTYPES[name]()
        assert len(levels[0].faces) > len(levels[1].faces)
        assert len(levels[0].faces) < 320
        assert levels[0].vertices[:, 2].min() < 0.0 < levels[0].vertices[:, 2].max()
