"""What the attributes of a layer mean: names that people give to heights and storeys, and numbers written as text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# In order of trust. Written without case, blanks, underscores, hyphens and colons.
ALIASES: dict[str, tuple[str, ...]] = {
    "id": (
        *(
            "osmid",
            "@id",
            "id",
            "featureid",
            "entitycode",
            "实体编码",
            "空间身份编码",
            "建筑编号",
            "建筑物编号",
            "楼号",
        ),
        *(
            "标识码",
            "编号",
            "编码",
            "唯一标识",
            "bsm",
            "buildingid",
            "bldgid",
            "gmlid",
            "identificatie",
            "uuid",
            "guid",
        ),
        *("cleabs", "objectid", "fid", "gid", "oid", "序号"),
    ),
    "name": ("name", "namezh", "名称", "建筑名称", "楼名", "楼栋名称", "mc", "title", "地名", "nameen"),
    "height_m": (
        *("楼高", "建筑高度", "建筑物高度", "房屋高度", "建筑高", "房高", "高度", "相对高度", "高", "jzgd", "lg", "gd"),
        *("height", "buildingheight", "bldgheight", "heightm", "hgt", "hauteur", "hoehe", "measuredheight", "relh"),
    ),
    "levels": (
        *("层数", "楼层", "楼层数", "地上层数", "建筑层数", "房屋层数", "总层数", "层", "cs", "dscs", "lc"),
        *(
            "buildinglevels",
            "levels",
            "floors",
            "floor",
            "storeys",
            "stories",
            "numfloors",
            "nbetages",
            "numberoffloors",
        ),
    ),
    "ground_m": (
        *("地面高程", "地面标高", "室外地坪", "基底高程", "地面高", "基底标高", "dmgc", "jdgc"),
        *("groundm", "ground", "groundelevation", "groundz", "basez", "baseelevation", "groundheight", "ele"),
    ),
    "elevation_m": (
        "elevationm",
        "elevation",
        "高程",
        "标高",
        "ele",
        "height",
        "alt",
        "altitude",
        "z",
        "gc",
        "groundm",
    ),
}
_NEVER = ("地下", "underground", "basement")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:[.,]\d+)?(?:e[-+]?\d+)?|[-+]?[.,]\d+", re.IGNORECASE)
_FEET = re.compile(r"^\s*[-+]?[\d.,]+\s*(?:ft|feet|foot|英尺|')")
_INCHES = re.compile(r"'\s*([\d.]+)\s*(?:\"|''|in)")


def plain(name: str) -> str:
    """A field name without case, width, blanks and separators, for comparing."""
    return re.sub(r"[\s_\-:：.()（）\[\]]", "", unicodedata.normalize("NFKC", name)).lower()


def propose(purpose: str, fields: Sequence[str]) -> str | None:
    """Field that most likely holds ``purpose`` (a key of ``ALIASES``), or None.

    Exact names first, in the order of trust; then names that begin with a Chinese alias (建筑高度值); then names that
    a Shapefile's ten bytes may have cut off. Names about underground parts never count.
    """
    by_name = {plain(field): field for field in reversed(fields)}
    names = [name for name in sorted(by_name) if not any(word in name for word in _NEVER)]
    for fits in (_is_same, _begins_with, _is_cut_off):
        for alias in ALIASES[purpose]:
            for name in names:
                if fits(name, alias):
                    return by_name[name]
    return None


def _is_same(name: str, alias: str) -> bool:
    return name == alias


def _begins_with(name: str, alias: str) -> bool:
    return len(alias) >= 2 and not alias.isascii() and name.startswith(alias)


def _is_cut_off(name: str, alias: str) -> bool:
    # Ten bytes are ten letters, of which a separator may be gone here, or three Chinese characters in UTF-8.
    return len(name) >= (9 if name.isascii() else 3) and alias.startswith(name)


def propose_all(fields: Sequence[str], purposes: Iterable[str]) -> dict[str, str]:
    """Proposed field for each purpose that has one."""
    found = {purpose: propose(purpose, fields) for purpose in purposes}
    return {purpose: field for purpose, field in found.items() if field is not None}


def parse_number(text: str) -> float | None:
    """Read a number as people write it: ``3.5 m``, ``３层``, ``5F``, ``十二层``, ``40'``, ``1,250``; None without one.

    Feet become metres. Of a range (``5-6``, ``3;4``) the greatest counts: the building reaches up to it.
    """
    text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if not text:
        return None
    numbers = [_to_float(found) for found in _NUMBER.findall(_without_ranges(text))]
    if not numbers:
        return _chinese_number(text)
    if _FEET.match(text):
        inches = _INCHES.search(text)
        return (numbers[0] + (float(inches.group(1)) / 12.0 if inches else 0.0)) * 0.3048
    return max(numbers)


def _without_ranges(text: str) -> str:
    """Turn the hyphen of a range into a blank, so that it is no minus sign."""
    return re.sub(r"(?<=[\d层楼fFm米])\s*[-~–—至到]\s*(?=\d)", " ", text)


def _to_float(text: str) -> float:
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def _chinese_number(text: str) -> float | None:
    """Value of 三, 十二层, 二十一, 一百零五; None when the text is no Chinese numeral."""
    # Only as a whole, with a unit: 三层 is a number, 八卦楼 is not.
    found = re.fullmatch(r"第?([零〇一二两俩三四五六七八九十百]+)\s*[层層楼樓米]?", text)
    if not found:
        return None
    total = digit = 0
    for c in found.group(1):
        if c in "十百":
            total += (digit or 1) * {"十": 10, "百": 100}[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return float(total + digit)
