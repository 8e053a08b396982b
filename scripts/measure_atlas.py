"""Measure the atlas images for far levels: mean colours and leaves, to xmscenes/look/means.json and cutouts.json."""

from __future__ import annotations

import json
from pathlib import Path

from xmscenes.look.colour import MEANS, measure_means
from xmscenes.look.cutouts import CUTOUTS, measure_cutouts

if __name__ == "__main__":
    home = Path(__file__).resolve().parent.parent
    MEANS.write_text(json.dumps(measure_means(home / "assets"), separators=(",", ":")) + "\n", encoding="utf-8")
    CUTOUTS.write_text(json.dumps(measure_cutouts(home / "assets"), separators=(",", ":")) + "\n", encoding="utf-8")
    for path in (MEANS, CUTOUTS):
        print(path, path.stat().st_size, "bytes")
