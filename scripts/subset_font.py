"""Cut the caption font of the previews out of Noto Sans SC: GB2312, ASCII, punctuation, and our own names.

Usage: subset_font.py NotoSansCJK-Regular.ttc LICENCE. Debian: fonts-noto-cjk. Writes xmscenes/preview/fonts/.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "xmscenes" / "preview" / "fonts"
LARGEST_BYTES = 2_500_000
MARKS = "·×°±²³–—…‘’“”、。《》「」『』【】〈〉〔〕・！（），－．／：；？～←↑→↓■□●○©"


def characters() -> str:
    """What captions may hold: the characters of GB2312 (rows 16 to 87), and every one of our specs and layers."""
    cells = ((row, cell) for row in range(16, 88) for cell in range(1, 95))
    chinese = (bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312", "ignore") for row, cell in cells)
    ascii_only = (chr(c) for c in range(32, 127))
    files = sorted([*ROOT.glob("scenes/*.toml"), *ROOT.glob("assets/*/*.geojson"), *ROOT.glob("assets/*/*.toml")])
    own = (char for path in files for char in path.read_text(encoding="utf-8") if ord(char) > 0x2000)
    return "".join(sorted({*"".join(chinese), *ascii_only, *MARKS, *own}))


def main() -> None:
    """Write the subset and its licence."""
    source, licence = Path(sys.argv[1]), Path(sys.argv[2])
    fonts = TTCollection(source).fonts
    font = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = Options(layout_features=["kern"], hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    TARGET.mkdir(exist_ok=True)
    out = TARGET / "NotoSansSC-subset.otf"
    font.save(out)
    text = licence.read_text(encoding="utf-8")
    owner = font["name"].getDebugName(0)
    (TARGET / "OFL.txt").write_text(f"{owner}\n\n{text[text.index('This Font Software') :]}", encoding="utf-8")
    size = out.stat().st_size
    print(f"{out.relative_to(ROOT)}: {size} bytes, {len(characters())} characters")
    if size > LARGEST_BYTES:
        sys.exit(f"larger than {LARGEST_BYTES} bytes; take fewer characters")


if __name__ == "__main__":
    main()
