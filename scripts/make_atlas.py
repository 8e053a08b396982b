"""Make the atlas images under assets/look. Same numbers in, same pixels out; the images are CC0."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from atlas_paint.foliage import foliage_sheet
from atlas_paint.sheets import facade_sheet, ground_grain, paving_slabs, roof_tile, storeys_sheet
from PIL import Image

from xmscenes.look.atlas import ATLASES, BANDS, CELL_PIXELS, ROW_PIXELS, STRIPS

NAMES = ("facade", "storeys", "roof", "ground", "paving", "foliage")


def save(image: np.ndarray, path: Path, quality: int, scale: float = 1.0) -> None:
    """Write floats in [0, 1] as JPEG, shrunk by ``scale``."""
    picture = Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype("u1"))
    if scale != 1.0:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.BOX)
    picture.save(path, quality=quality, optimize=True, subsampling=0 if quality > 88 else 2)


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """Turn sRGB in [0, 1] to linear light."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def mean_rgb(image: np.ndarray) -> tuple[int, int, int]:
    """Mean colour in linear light, as sRGB bytes."""
    light = to_linear(image[..., :3]).reshape(-1, 3).mean(0)
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    red, green, blue = np.rint(srgb * 255).astype(int).tolist()
    return red, green, blue


def write_means(out: Path, path: Path) -> None:
    """Write the mean colour of every strip, band and cover, for levels that wear colours only."""
    facade = np.asarray(Image.open(out / "facade_albedo.jpg")) / 255.0
    lines = [
        '"""Mean sRGB colours of the atlas images, written by scripts/make_atlas.py."""',
        "",
        "from __future__ import annotations",
        "",
    ]
    lines += ["STRIP_RGB: dict[str, tuple[int, int, int]] = {"]
    for name, (row, first, cells) in STRIPS.items():
        part = facade[row * ROW_PIXELS : (row + 1) * ROW_PIXELS, first * CELL_PIXELS : (first + cells) * CELL_PIXELS]
        lines.append(f'    "{name}": {mean_rgb(part)},')
    lines += [f'    "{name}": {mean_rgb(facade[top:bottom])},' for name, (top, bottom, _) in BANDS.items()]
    lines += ["}", "COVER_RGB: dict[str, tuple[int, int, int]] = {"]
    for name in ("roof", "ground", "paving"):
        lines.append(f'    "{name}": {mean_rgb(np.asarray(Image.open(out / ATLASES[name].albedo)) / 255.0)},')
    path.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def main() -> None:
    """Paint and save what was asked for, or everything."""
    root = Path(__file__).parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, help=", ".join(NAMES))
    parser.add_argument("--out", type=Path, default=root / "assets" / "look")
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if "foliage" in arguments.names:
        foliage_sheet().save(out / "foliage_albedo.png", optimize=True)
    for name, paint in (("facade", facade_sheet), ("storeys", storeys_sheet)):
        if name in arguments.names:
            albedo, normal, orm, emissive = paint()
            save(albedo, out / f"{name}_albedo.jpg", 86)
            save(normal, out / f"{name}_normal.jpg", 84, 0.5)
            save(orm, out / f"{name}_orm.jpg", 80, 0.5)
            save(emissive, out / f"{name}_emissive.jpg", 80, 0.5)
    for name, paint in (("roof", roof_tile), ("ground", ground_grain), ("paving", paving_slabs)):
        if name in arguments.names:
            albedo, normal = paint()
            save(albedo, out / f"{name}_albedo.jpg", 86)
            save(normal, out / f"{name}_normal.jpg", 84)
    write_means(out, root / "xmscenes" / "look" / "means.py")


if __name__ == "__main__":
    main()
