"""Leaves, fronds, blossoms and the far cards of trees, on one sheet with alpha."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from xmscenes.look.atlas import FOLIAGE_CELLS, FOLIAGE_PIXELS

OVER = 3  # supersampling
GREENS = {
    "banyan": ((38, 70, 30), (66, 104, 44), (96, 134, 58)),
    "tree": ((50, 84, 36), (82, 120, 50), (118, 152, 68)),
    "flame": ((60, 92, 40), (94, 128, 56), (128, 158, 74)),
    "shrub": ((48, 84, 40), (78, 118, 56), (112, 148, 72)),
    "palm": ((52, 86, 40), (88, 122, 56), (128, 154, 80)),
}
BLOSSOM = ((186, 30, 22), (226, 48, 26), (244, 92, 44))
BARK = (104, 90, 74)


def _mix(colours, weight, rng):
    weight = np.clip(weight + rng.normal(0, 0.16), 0, 1) * (len(colours) - 1)
    i = min(int(weight), len(colours) - 2)
    low, high = np.array(colours[i], float), np.array(colours[i + 1], float)
    return tuple(int(v) for v in np.clip(low + (high - low) * (weight - i) + rng.normal(0, 4, 3), 0, 255))


def _leaf(draw, at, length, angle, colour):
    direction = np.array([np.cos(angle), np.sin(angle)])
    side = np.array([-direction[1], direction[0]]) * length * 0.27
    at = np.asarray(at, float)
    points = [
        at - direction * length / 2,
        at - direction * length * 0.1 + side,
        at + direction * length * 0.2 + side * 0.8,
        at + direction * length / 2,
        at + direction * length * 0.2 - side * 0.8,
        at - direction * length * 0.1 - side,
    ]
    draw.polygon([tuple(p) for p in points], fill=(*colour, 255))


def _sheet(size, ground):
    return Image.new("RGBA", (size[0] * OVER, size[1] * OVER), (*ground, 0))


def leaf_clump(kind, size, rng, blossoms=0.0, leaf_px=11):
    """Paint one ragged clump of leaves: dense in the middle, single leaves at its rim, lit from above."""
    colours = GREENS[kind]
    image = _sheet(size, colours[1])
    draw = ImageDraw.Draw(image)
    w, h = image.size
    lobes = [(0.5, 0.5, 0.3)]
    for i in range(8):
        angle = i * np.pi / 4 + rng.uniform(-0.3, 0.3)
        reach = rng.uniform(0.24, 0.29)
        lobes.append((0.5 + np.cos(angle) * reach, 0.5 + np.sin(angle) * reach, rng.uniform(0.1, 0.17)))
    for x, y, r in lobes:
        dark = tuple(int(c * 0.72) for c in (BLOSSOM[0] if blossoms > 0.5 and rng.uniform() < 0.4 else colours[0]))
        draw.ellipse([(x - r * 0.8) * w, (y - r * 0.8) * h, (x + r * 0.8) * w, (y + r * 0.8) * h], fill=(*dark, 255))
    for i in range(1500):
        x, y, r = lobes[rng.integers(len(lobes)) if rng.uniform() < 0.8 else 0]
        angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform()) * r * 1.12
        at = np.array([x + np.cos(angle) * reach, y + np.sin(angle) * reach])
        light = 0.15 + 0.45 * i / 1500 + 0.4 * ((y - at[1]) / r * 0.5 + 0.5 - at[1] * 0.5)
        bloom = rng.uniform() < blossoms * (0.25 + 0.75 * i / 1500)
        colour = _mix(BLOSSOM if bloom else colours, light, rng)
        at = np.clip(at, 0.04, 0.96) * (w, h)
        _leaf(draw, at, leaf_px * OVER * rng.uniform(0.7, 1.3), rng.uniform(0, 2 * np.pi), colour)
    return image.resize(size, Image.Resampling.LANCZOS)


def frond(size, rng, kind="palm"):
    """Paint one palm frond along u, its rib in the middle, leaflets swept towards the tip."""
    image = _sheet(size, GREENS[kind][1])
    draw = ImageDraw.Draw(image)
    w, h = image.size
    for x in np.linspace(0.03, 0.97, 62):
        reach = h * 0.47 * min(1.0, 0.35 + 2.4 * x) * (1 - max(0.0, x - 0.55) / 0.62) ** 0.8
        for sign in (-1, 1):
            tip = (w * x + reach * 0.75, h / 2 + sign * reach * rng.uniform(0.85, 1.05))
            colour = _mix(GREENS[kind], 0.35 + 0.4 * rng.uniform() + (0.15 if sign < 0 else 0), rng)
            half = 0.0085 * w
            draw.polygon([(w * x - half, h / 2), (w * x + half * 1.2, h / 2), tip], fill=(*colour, 255))
    draw.polygon([(0, h * 0.47), (w * 0.98, h * 0.5), (0, h * 0.53)], fill=(146, 146, 84, 255))
    return image.resize(size, Image.Resampling.LANCZOS)


def _crown(draw, blobs, kind, rng, blossoms=0.0, leaf=7.0):
    """Leaves over ellipses (x, y, rx, ry in pixels), lit from the upper left."""
    for x, y, rx, ry in blobs:
        box = [(x - rx * 0.86) * OVER, (y - ry * 0.86) * OVER, (x + rx * 0.86) * OVER, (y + ry * 0.86) * OVER]
        draw.ellipse(box, fill=(*(int(c * 0.8) for c in GREENS[kind][0]), 255))
    for step in range(3):
        for x, y, rx, ry in blobs:
            count = int(rx * ry / 13)
            for _ in range(count):
                angle, radius = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform()) * (1.02 - 0.08 * step)
                px, py = np.cos(angle) * radius, np.sin(angle) * radius
                light = 0.1 + 0.22 * step + 0.55 * (-py * 0.8 - px * 0.25)
                bloom = rng.uniform() < blossoms * (1.0 if py < 0.25 else 0.35)
                colour = _mix(BLOSSOM if bloom else GREENS[kind], np.clip(light, 0, 1), rng)
                _leaf(
                    draw,
                    ((x + px * rx) * OVER, (y + py * ry) * OVER),
                    leaf * OVER * rng.uniform(0.7, 1.4),
                    rng.uniform(0, 2 * np.pi),
                    colour,
                )


CARDS = {  # trunk half width in pixels, its top, hanging roots, blossoms, blobs as shares of the card
    "banyan": (18, 0.5, 7, 0.0, ((0.5, 0.36, 0.36, 0.33), (0.24, 0.47, 0.22, 0.25), (0.77, 0.46, 0.21, 0.26))),
    "flame": (8, 0.45, 0, 0.55, ((0.5, 0.33, 0.4, 0.28), (0.22, 0.4, 0.2, 0.16), (0.79, 0.4, 0.19, 0.16))),
    "tree": (9, 0.55, 0, 0.0, ((0.5, 0.36, 0.4, 0.33), (0.36, 0.5, 0.3, 0.2), (0.66, 0.52, 0.28, 0.2))),
    "shrub": (0, 1.0, 0, 0.0, ((0.5, 0.55, 0.42, 0.43), (0.24, 0.68, 0.22, 0.3), (0.77, 0.68, 0.21, 0.3))),
}


def card(kind, size, rng):
    """Paint a whole tree as seen from afar; the trunk's foot is the middle of the lower edge."""
    image = _sheet(size, GREENS[kind if kind in GREENS else "tree"][0])
    draw = ImageDraw.Draw(image)
    if kind == "palm":
        _palm_card(draw, size, rng)
        return image.resize(size, Image.Resampling.LANCZOS)
    w, h = size
    half, top, roots, blossoms, blobs = CARDS[kind]
    foot = [(w / 2 - half, h), (w / 2 + half, h), (w / 2 + half * 0.5, top * h), (w / 2 - half * 0.5, top * h)]
    if half:
        draw.polygon([(x * OVER, y * OVER) for x, y in foot], fill=(*BARK, 255))
    for x in np.linspace(0.3, 0.7, roots):
        line = [(x * w * OVER, h * 0.99 * OVER), (x * w * OVER, h * 0.5 * OVER)]
        draw.line(line, fill=(*BARK, 255), width=2 * OVER)
    _crown(draw, [(x * w, y * h, rx * w, ry * h) for x, y, rx, ry in blobs], kind, rng, blossoms=blossoms)
    return image.resize(size, Image.Resampling.LANCZOS)


def _palm_card(draw, size, rng):
    w, h = size
    trunk = [(w * 0.5 * OVER, h * OVER), (w * 0.52 * OVER, h * 0.3 * OVER)]
    draw.line(trunk, fill=(128, 116, 98, 255), width=9 * OVER)
    for angle in np.linspace(-0.35, np.pi + 0.35, 15):
        t = np.linspace(0, 1, 9)
        xs = (w * 0.52 + np.cos(angle) * w * 0.47 * t) * OVER
        ys = (h * 0.3 - np.sin(angle) * h * 0.3 * t + h * 0.16 * t * t) * OVER
        for i in range(8):
            for sign in (-1, 1):
                _leaflets(draw, (xs[i], ys[i]), (xs[i + 1], ys[i + 1]), sign, i, h, rng)


def _leaflets(draw, a, b, sign, i, h, rng):
    dx, dy = b[0] - a[0], b[1] - a[1]
    drop = (14 * (1 - i / 9) + 5) * OVER
    colour = _mix(GREENS["palm"], 0.5 - 0.4 * (a[1] / (h * OVER)) + (0.2 if sign > 0 else 0), rng)
    for s in (0.2, 0.6, 1.0):
        px, py = a[0] + dx * s, a[1] + dy * s
        tip = (px + dx * 0.7 - sign * dy * 0.35, py + dy * 0.7 + drop * (0.9 if sign > 0 else 0.3))
        draw.polygon([(px - 2 * OVER, py), (px + 2 * OVER, py), tip], fill=(*colour, 255))


def bled(sheet):
    """Carry leaf colours out into the transparent pixels, so that no mip level shows a dark or pale fringe."""
    pixels = np.asarray(sheet).astype(float)
    alpha = pixels[..., 3:] / 255
    colour, weight = pixels[..., :3] * alpha, alpha.copy()
    for radius in (1, 2, 4, 8, 16, 32):
        spread = [
            np.asarray(
                Image.fromarray(np.clip(colour[..., c], 0, 255).astype("u1")).filter(ImageFilter.BoxBlur(radius))
            ).astype(float)
            for c in range(3)
        ]
        mass = (
            np.asarray(Image.fromarray((weight[..., 0] * 255).astype("u1")).filter(ImageFilter.BoxBlur(radius))) / 255.0
        )
        fill = np.stack(spread, -1) / np.maximum(mass, 1 / 255)[..., None]
        empty = (weight[..., 0] < 0.5) & (mass > 4 / 255)
        colour[empty], weight[empty] = fill[empty], 1.0
    rgb = np.where(weight > 0, colour / np.maximum(weight, 1e-6), (64, 98, 44))
    rgb = np.where(alpha > 0.98, pixels[..., :3], rgb)
    return Image.fromarray(np.dstack([np.clip(rgb, 0, 255), pixels[..., 3]]).astype("u1"), "RGBA")


def foliage_sheet(seed=7):
    """Paint the whole sheet: leaf squares, a frond, far cards."""
    sheet = Image.new("RGBA", (FOLIAGE_PIXELS, FOLIAGE_PIXELS), (64, 98, 44, 0))
    for i, (name, (x0, y0, x1, y1)) in enumerate(FOLIAGE_CELLS.items()):
        rng = np.random.default_rng([seed, i])
        size = (x1 - x0, y1 - y0)
        what, _, kind = name.partition("_")
        if what == "solid":
            continue
        if what == "leaf":
            tile = leaf_clump(kind, size, rng, blossoms=0.75 if kind == "flame" else 0.0)
        elif what == "frond":
            tile = frond(size, rng)
        else:
            tile = card(kind, size, rng)
        sheet.paste(tile, (x0, y0))
    sheet = bled(sheet)
    sheet.paste((255, 255, 255, 255), FOLIAGE_CELLS["solid"])  # last: its white must not bleed under the leaves
    return sheet
