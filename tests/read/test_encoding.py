import pytest

from xmscenes.read.encoding import Encoding, python_codec, shapefile_encoding
from xmscenes.read.vector import read_vector

ROWS = [{"名称": "八卦楼", "层数": "３层"}, {"名称": "日光岩寺", "层数": "2"}]


def names(path, **options):
    layer = read_vector(path, crs="EPSG:4326", **options)
    return layer.columns["名称"]


@pytest.mark.parametrize(
    ("encoding", "cpg", "language", "chosen", "reason"),
    [
        ("gbk", "GBK", 0, "gb18030", ".cpg says GBK"),
        ("gbk", "936", 0, "gb18030", ".cpg says 936"),
        ("utf-8", "UTF-8", 0, "utf-8", ".cpg says UTF-8"),
        ("gbk", None, 0x4D, "gb18030", "language byte 0x4D of the .dbf"),
        ("utf-8", None, 0, "utf-8", "the bytes are UTF-8"),
        ("gbk", None, 0, "gb18030", "not UTF-8, so GB18030 (GBK)"),
        ("gbk", None, 0x57, "gb18030", "not UTF-8, so GB18030 (GBK)"),
        ("gbk", "UTF-8", 0, "gb18030", "'UTF-8', which the bytes contradict"),
        ("gbk", "Klingon", 0, "gb18030", "'Klingon', which is unknown"),
        ("utf-8", None, 0x4D, "utf-8", "the bytes are UTF-8"),
        ("big5", "Big5", 0, "big5", ".cpg says Big5"),
    ],
)
def test_chinese_attributes_arrive_whatever_the_vendor_left_out(
    write_shapefile, encoding, cpg, language, chosen, reason
):
    rows = ROWS if encoding != "big5" else [{"名稱": "八卦樓"}]
    path = write_shapefile(rows, encoding=encoding, cpg=cpg, language=language)
    layer = read_vector(path, crs="EPSG:4326")
    if encoding == "big5":
        assert layer.columns["名稱"] == ("八卦樓",)
    elif not (encoding == "utf-8" and language == 0x4D):  # see the next test
        assert layer.columns["名称"] == ("八卦楼", "日光岩寺")
        assert layer.columns["层数"] == ("３层", "2")
        assert layer.encoding.name == chosen
        assert reason in layer.encoding.reason
        assert [i.code for i in layer.issues] == ["ENCODING_CHOSEN"]


def test_a_language_byte_that_the_bytes_do_not_contradict_is_believed(write_shapefile):
    path = write_shapefile([{"NAME": "日光"}], encoding="gbk", language=0x4D)
    assert shapefile_encoding(path) == Encoding(name="gb18030", reason="language byte 0x4D of the .dbf")


def test_western_text_under_an_ansi_byte_stays_western(write_shapefile):
    path = write_shapefile([{"NAME": "Straße"}, {"NAME": "Café"}], encoding="cp1252", language=0x57)
    assert read_vector(path, crs="EPSG:4326").columns["NAME"] == ("Straße", "Café")


def test_plain_ascii_is_said_to_be_so(write_shapefile):
    path = write_shapefile([{"NAME": "Bagua"}])
    assert shapefile_encoding(path).reason == "plain ASCII"


def test_the_spec_overrules_everything(write_shapefile):
    path = write_shapefile(ROWS, cpg="UTF-8")
    assert names(path, encoding="GBK") == ("八卦楼", "日光岩寺")


def test_names_cut_inside_a_character_lose_only_that_character(write_shapefile):
    path = write_shapefile([{"ABCDEFGHIJ": "12.5"}], encoding="utf-8", cpg="UTF-8")
    table = path.with_suffix(".dbf")
    # Ten bytes of a UTF-8 field name hold three characters and a third of the fourth.
    table.write_bytes(table.read_bytes().replace(b"ABCDEFGHIJ", "建筑高度值".encode()[:10]))
    assert read_vector(path, crs="EPSG:4326").fields == ("建筑高",)


def test_gbk_with_low_second_bytes_is_read(write_shapefile):
    # 镕 is E9 46, 丂 is 81 40: second bytes below 0x80 and first bytes below 0xA0 must survive the way through GDAL.
    path = write_shapefile([{"名称": "朱镕丂亐"}])
    assert names(path) == ("朱镕丂亐",)


def test_values_that_are_not_sound_are_reported(write_shapefile):
    path = write_shapefile(ROWS)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("岩".encode("gbk"), b"\xff\xff"))
    layer = read_vector(path, crs="EPSG:4326", encoding="GBK")
    assert "ENCODING_UNSOUND" in [i.code for i in layer.issues]
    assert "\ufffd" in layer.columns["名称"][1]


@pytest.mark.parametrize(
    ("written", "codec"),
    [
        *[("UTF-8", "utf-8"), ("utf8", "utf-8"), ("65001", "utf-8"), ("1252", "cp1252"), ("Klingon", None), ("", None)],
        *[(name, "gb18030") for name in ("ANSI 936", "CP936", "GB2312", "GB18030")],
    ],
)
def test_code_page_names_are_understood(written, codec):
    assert python_codec(written) == codec
