"""Mean sRGB colours of the atlas images, written by scripts/make_atlas.py."""

from __future__ import annotations

STRIP_RGB: dict[str, tuple[int, int, int]] = {
    "amoy_arch": (178, 141, 123),
    "amoy_rect": (167, 131, 112),
    "colonial": (203, 201, 192),
    "dacuo": (186, 146, 125),
    "qilou": (205, 200, 185),
    "shop": (141, 129, 116),
    "slab": (181, 178, 170),
    "house": (202, 199, 190),
    "curtain": (102, 124, 138),
    "school": (180, 172, 163),
    "lancet": (206, 201, 191),
    "veranda": (176, 168, 156),
    "door_villa": (166, 133, 117),
    "door_dacuo": (168, 114, 100),
    "door_steel": (186, 181, 171),
    "door_church": (203, 195, 185),
    "brick": (188, 131, 106),
    "stucco": (232, 228, 217),
    "granite": (173, 165, 154),
    "mosaic": (206, 202, 191),
    "baluster": (188, 184, 174),
    "cornice": (214, 211, 201),
    "white": (236, 232, 221),
}
COVER_RGB: dict[str, tuple[int, int, int]] = {
    "roof": (148, 87, 67),
    "ground": (218, 217, 213),
    "paving": (214, 214, 214),
}
