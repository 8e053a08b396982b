"""The contact sheet: every camera at every level on one page, with captions in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FONT = Path(__file__).with_name("fonts") / "NotoSansSC-subset.otf"
_PAPER, _INK, _FAINT = (247, 246, 242), (38, 42, 46), (120, 124, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One picture of the sheet and what is written under it."""

    pixels: NDArray[np.uint8]
    caption: str
    detail: str = ""


def make_sheet(title: str, rows: Sequence[Sequence[Cell]], footer: Sequence[str]) -> NDArray[np.uint8]:
    """Lay pictures out in rows, with a title and lines of small print. All pictures have one size.

    Raises ``RenderError`` when the caption font is missing or there is no picture.
    """
    from PIL import Image, ImageDraw

    if not rows or not rows[0]:
        raise RenderError("contact sheet: no picture to show; name at least one camera")
    h, w = rows[0][0].pixels.shape[:2]
    unit = max(w // 24, 9)
    gap, caption_h, columns = unit, int(unit * 2.2), max(len(row) for row in rows)
    top, bottom = int(unit * 3.6), int(unit * (1.2 + 1.5 * len(footer)))
    page = Image.new("RGB", (gap + columns * (w + gap), top + len(rows) * (h + caption_h) + bottom), _PAPER)
    draw = ImageDraw.Draw(page)
    big, small, fine = font(int(unit * 1.7)), font(int(unit * 1.0)), font(int(unit * 0.85))
    draw.text((gap, unit * 0.7), title, font=big, fill=_INK)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            x, y = gap + c * (w + gap), top + r * (h + caption_h)
            page.paste(Image.fromarray(cell.pixels), (x, y))
            draw.text((x, y + h + unit * 0.3), cell.caption, font=small, fill=_INK)
            draw.text((x + w, y + h + unit * 0.4), cell.detail, font=fine, fill=_FAINT, anchor="ra")
    y = top + len(rows) * (h + caption_h) + unit * 0.4
    for line in footer:
        draw.text((gap, y), fitted(line, fine, page.width - 2 * gap), font=fine, fill=_FAINT)
        y += unit * 1.5
    return np.asarray(page)


def fitted(text: str, face: Any, width: float) -> str:
    """Cut a line so that it fits, with an ellipsis."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


def font(size_px: int) -> Any:
    """Caption font; its absence is an error of the installation."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(str(FONT), max(size_px, 6))
    except OSError as error:
        raise RenderError(f"{FONT}: caption font missing or unreadable; install xmscenes again") from error
