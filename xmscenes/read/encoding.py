"""Which encoding the attributes of a Shapefile are in. Chinese vendors deliver GBK without saying so.

Order: the ``.cpg`` file, the language byte of the ``.dbf``, strict UTF-8, GB18030. A claim that the bytes
contradict is passed over. The language bytes 0x03 and 0x57 only mean "the Windows of whoever wrote it", so there
the bytes decide.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmscenes.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Language driver ids: dBASE and Esri's "Shapefile code page" list.
_LANGUAGE = {
    0x01: "cp437",
    0x02: "cp850",
    0x13: "cp932",
    0x4D: "gbk",
    0x4E: "cp949",
    0x4F: "cp950",
    0x64: "cp852",
    0x65: "cp866",
    0x78: "cp950",
    0x79: "cp949",
    0x7A: "gbk",
    0x7B: "cp932",
    0xC8: "cp1250",
    0xC9: "cp1251",
}
_ANSI = (0x03, 0x57)
_SAMPLE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """An encoding and why it was chosen."""

    name: str
    reason: str

    def decode(self, raw: bytes) -> tuple[str, bool]:
        """Text of a field, and whether it was sound. A last character cut by the field's width is dropped."""
        decoder = codecs.getincrementaldecoder(self.name)("strict")
        try:
            return decoder.decode(raw, final=False), True
        except UnicodeDecodeError:
            return raw.decode(self.name, errors="replace"), False


def python_codec(name: str) -> str | None:
    """Python's codec for what people write into ``.cpg`` files: UTF-8, GBK, 936, ANSI 936, CP936; None when unknown."""
    text = name.strip().strip("\ufeff").lower().removeprefix("ansi").strip(" _-")
    if text.isdigit():
        text = {"65001": "utf-8", "20936": "gb2312", "54936": "gb18030"}.get(text, f"cp{text}")
    try:
        codec = codecs.lookup(text).name
    except LookupError:
        return None
    return "gb18030" if codec in ("gbk", "gb2312", "cp936") else codec


def shapefile_encoding(path: Path) -> Encoding:
    """Choose the encoding of the attributes beside ``path`` (the ``.shp``). Without a ``.dbf`` it is UTF-8."""
    dbf = _beside(path, ".dbf")
    if dbf is None:
        return Encoding(name="utf-8", reason="no .dbf")
    language, texts = _dbf_texts(dbf)
    notes = []
    cpg = _beside(path, ".cpg")
    if cpg is not None:
        claim = cpg.read_bytes()[:80].decode("ascii", errors="replace").strip()
        codec = python_codec(claim)
        if codec and _fits(texts, codec):
            return Encoding(name=codec, reason=f".cpg says {claim}")
        notes.append(f".cpg says {claim!r}, which {'the bytes contradict' if codec else 'is unknown'}")
    if language in _LANGUAGE:
        codec = python_codec(_LANGUAGE[language]) or _LANGUAGE[language]
        if _fits(texts, codec):
            return Encoding(name=codec, reason="; ".join([*notes, f"language byte 0x{language:02X} of the .dbf"]))
        notes.append(f"language byte 0x{language:02X} contradicts the bytes")
    return _by_bytes(texts, language, notes)


def _by_bytes(texts: list[tuple[bytes, int]], language: int, notes: list[str]) -> Encoding:
    if _fits(texts, "utf-8"):
        plain = all(text.isascii() for text, _ in texts)
        return Encoding(name="utf-8", reason="; ".join([*notes, "plain ASCII" if plain else "the bytes are UTF-8"]))
    if language in _ANSI and not _looks_chinese(texts) and _fits(texts, "cp1252"):
        reason = f"language byte 0x{language:02X} and no Chinese byte pairs"
        return Encoding(name="cp1252", reason="; ".join([*notes, reason]))
    return Encoding(name="gb18030", reason="; ".join([*notes, "not UTF-8, so GB18030 (GBK)"]))


def _fits(texts: list[tuple[bytes, int]], codec: str) -> bool:
    for text, width in texts:
        decoder = codecs.getincrementaldecoder(codec)("strict")
        try:
            # Only a text that fills its field may end inside a character.
            decoder.decode(text, final=len(text) < width)
        except UnicodeDecodeError:
            return False
    return True


def _looks_chinese(texts: list[tuple[bytes, int]]) -> bool:
    """Whether high bytes come in the pairs of GB 2312 (both 0xA1 or more), not alone as in Western text."""
    paired = lone = 0
    for text, _ in texts:
        n = 0
        while n < len(text):
            if text[n] < 0x80:
                n += 1
            elif n + 1 < len(text) and text[n] >= 0xA1 and text[n + 1] >= 0xA1:
                paired, n = paired + 1, n + 2
            else:
                lone, n = lone + 1, n + 1
    return paired > 4 * lone


def _beside(path: Path, suffix: str) -> Path | None:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def _dbf_texts(path: Path) -> tuple[int, list[tuple[bytes, int]]]:
    """Language byte, and field names and character values of a dBASE table, each with its field's width."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_SAMPLE_BYTES)
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from error
    if len(data) < 33:
        raise InputError(f"{path.name}: cut off at {len(data)} bytes; copy the Shapefile again")
    count, head, record = struct.unpack_from("<IHH", data, 4)
    fields = [data[n : n + 32] for n in range(32, min(head, len(data)) - 1, 32) if data[n] != 0x0D]
    texts = [(f[:10].split(b"\0")[0], 10) for f in fields if len(f) == 32]
    return data[29], texts + list(_values(data, fields, count, head, record))


def _values(data: bytes, fields: list[bytes], count: int, head: int, record: int) -> Iterator[tuple[bytes, int]]:
    start = 1
    for field in fields:
        if len(field) < 32:
            return
        width = field[16]
        if field[11:12] == b"C":
            for row in range(min(count, (len(data) - head) // max(record, 1))):
                text = data[head + row * record + start : head + row * record + start + width]
                if not text.isascii():
                    yield text.rstrip(b" \0"), width
        start += width
