import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmscenes.read.fields import parse_number, propose, propose_all


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.5 m", 3.5),
        ("３层", 3.0),
        ("5F", 5.0),
        ("１２．５米", 12.5),
        ("十二层", 12.0),
        ("二十", 20.0),
        ("一百零五", 105.0),
        ("三", 3.0),
        ("3,5", 3.5),
        ("1,250", 1250.0),
        ("1,250.5", 1250.5),
        ("5-6层", 6.0),
        ("3;4", 4.0),
        ("3~5", 5.0),
        ("-2.5", -2.5),
        ("40'", 12.192),
        ("40 ft", 12.192),
        ("6' 6\"", 1.9812),
        ("约 18 米", 18.0),
        ("1e2", 100.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "   ", "无", "yes", "八卦楼", "unknown"])
def test_texts_without_a_number_give_none(text):
    assert parse_number(text) is None


@given(st.text(max_size=30))
def test_no_text_whatever_raises(text):
    value = parse_number(text)
    assert value is None or isinstance(value, float)


@given(st.floats(-1e6, 1e6))
def test_plain_numbers_come_back(value):
    assert parse_number(repr(value)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("fields", "mapping"),
    [
        (("ID", "楼高", "层数", "名称"), {"id": "ID", "height_m": "楼高", "levels": "层数", "name": "名称"}),
        (("osm_id", "building", "building:levels"), {"id": "osm_id", "levels": "building:levels"}),
        (("建筑高度值", "地下层数"), {"height_m": "建筑高度值"}),
        (("建筑高",), {"height_m": "建筑高"}),
        (("building_h",), {"height_m": "building_h"}),
        (("building:levels:underground", "Height", "ground_m"), {"height_m": "Height", "ground_m": "ground_m"}),
        (("高度", "建筑高度"), {"height_m": "建筑高度"}),
        (("ＨＥＩＧＨＴ",), {"height_m": "ＨＥＩＧＨＴ"}),
    ],
)
def test_fields_are_proposed_by_their_names(fields, mapping):
    assert propose_all(fields, ("id", "name", "height_m", "levels", "ground_m")) == mapping


def test_no_field_is_proposed_without_a_reason():
    assert propose("height_m", ("地址", "type", "shape_area")) is None
    assert propose("height_m", ()) is None
