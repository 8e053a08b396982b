"""Make the atlas images under assets/look. Same numbers in, same pixels out; the images are CC0."""

from __future__ import annotations

import argparse
from pathlib import Path

from atlas_paint.foliage import foliage_sheet


def main() -> None:
    """Paint and save what was asked for, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["foliage"], help="foliage, facade, roof, ground, paving")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "assets" / "look")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if "foliage" in arguments.names:
        foliage_sheet().save(arguments.out / "foliage_albedo.png", optimize=True)


if __name__ == "__main__":
    main()
