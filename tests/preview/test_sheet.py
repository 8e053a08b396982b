from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xmscenes.errors import RenderError
from xmscenes.preview import captions, sheet
from xmscenes.preview.captions import camera_caption, origins_caption
from xmscenes.preview.sheet import Cell, fitted, font, make_sheet


def cell(value: int, caption: str = "主景 · LOD0") -> Cell:
    return Cell(pixels=np.full((90, 160, 3), value, "u1"), caption=caption, detail="1,234 三角形")


def test_rows_and_columns_lie_beside_each_other_with_captions() -> None:
    page = make_sheet("鼓浪屿", [[cell(10), cell(60)], [cell(110), cell(160)]], ["数据来源：实测"])
    values = [int(v) for v in (10, 60, 110, 160) if (page == v).all(axis=2).sum() >= 90 * 160]
    assert values == [10, 60, 110, 160]
    ink = (page < 100).all(axis=2) & ~(page == 10).all(axis=2) & ~(page == 60).all(axis=2)
    assert ink.sum() > 200  # text was drawn


def test_the_same_sheet_has_the_same_pixels() -> None:
    assert (make_sheet("筼筜湖", [[cell(9)]], []) == make_sheet("筼筜湖", [[cell(9)]], [])).all()


def test_an_empty_sheet_is_refused() -> None:
    with pytest.raises(RenderError, match="no picture to show"):
        make_sheet("x", [], [])


def test_the_font_knows_the_places_and_all_captions() -> None:
    face = font(30)
    missing = face.getmask("\uffff").getbbox()
    text = "鼓浪屿沙坡尾筼筜湖日光岩八卦楼三角形数据来源" + "".join(
        [*captions.CAMERA_WORDS.values(), *captions.ORIGIN_WORDS.values(), *captions.THEME_WORDS.values()]
    )
    tofu = bytes(face.getmask("\ue000"))
    assert [c for c in text if bytes(face.getmask(c)) == tofu] == []
    assert missing is not None


def test_a_missing_font_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "FONT", Path("/nowhere/font.otf"))
    with pytest.raises(RenderError, match="caption font missing or unreadable; install xmscenes again"):
        make_sheet("x", [[cell(1)]], [])


def test_long_lines_end_with_an_ellipsis() -> None:
    face = font(20)
    short = fitted("© OpenStreetMap contributors, ODbL 1.0 " * 9, face, 300)
    assert short.endswith("…")
    assert face.getlength(short) <= 300
    assert fitted("短", face, 300) == "短"


def test_captions_speak_chinese_where_the_word_is_known() -> None:
    assert camera_caption("hero") == "主景 hero"
    assert camera_caption("菽庄花园") == "菽庄花园"
    assert origins_caption(["measured", "simulated"]) == "实测、模拟"
    assert origins_caption([]) == "未标注"
