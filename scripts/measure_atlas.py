"""Measure the mean colours of the atlas images for far levels: writes xmscenes/look/means.json."""

from __future__ import annotations

import json
from pathlib import Path

from xmscenes.look.colour import MEANS, measure_means

if __name__ == "__main__":
    home = Path(__file__).resolve().parent.parent
    MEANS.write_text(json.dumps(measure_means(home / "assets"), separators=(",", ":")) + "\n", encoding="utf-8")
    print(MEANS, MEANS.stat().st_size, "bytes")
