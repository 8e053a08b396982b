"""The storeys of the facade sheet, one painter a strip. Bays are 3 m wide, storeys 3.2 m high."""

from __future__ import annotations

import numpy as np

from atlas_paint.canvas import Canvas
from atlas_paint.openings import (
    WOOD_BROWN,
    WOOD_GREEN,
    WOOD_TEAL,
    WOOD_WHITE,
    bars,
    glass,
    louvres,
    panelled_door,
    window,
)
from xmscenes.look.atlas import BAY_M, CELL_PIXELS, ROW_PIXELS, STOREY_M, STRIPS

REDS = [(182, 100, 74), (194, 112, 82), (204, 126, 94), (188, 106, 78), (168, 90, 70), (210, 136, 102)]
JOINT = (196, 176, 154)
GRANITES = [(178, 170, 158), (190, 182, 170), (168, 160, 150), (198, 190, 176)]
STONE = (204, 196, 182)
PLASTER = (236, 231, 220)


def blank_canvas(cells, rng, rgb=PLASTER, rough=0.85):
    """A bare canvas of some bays."""
    return Canvas((cells * CELL_PIXELS, ROW_PIXELS), (cells * BAY_M, STOREY_M), rng, rgb, rough)


def _all(canvas):
    return np.ones((canvas.h, canvas.w), bool)


def _brick(canvas, mask=None):
    mask = _all(canvas) if mask is None else mask
    canvas.masonry(mask, REDS, 0.08, 0.25, JOINT, joint=0.011, spread=1.3, relief=0.7)
    canvas.grain(mask, 0.04, 14.0)
    canvas.rough[mask] = 0.88


def _stucco(canvas, amount=0.02):
    canvas.grain(_all(canvas), amount, 2.0, 0.03)
    canvas.grain(_all(canvas), 0.012, 24.0)


def _course(canvas, top, height, relief=3.5, rgb=STONE):
    band = canvas.rect(0, top, canvas.size_m[0], top + height)
    canvas.put(band, rgb, relief, 0.8)
    canvas.grain(band, 0.03, 3.0)


def _centres(canvas):
    return [(i + 0.5) * BAY_M for i in range(round(canvas.size_m[0] / BAY_M))]


def amoy_arch(rng):
    """Red brick with granite bands and round-headed windows."""
    c = blank_canvas(4, rng)
    _brick(c)
    _course(c, 0.0, 0.22)
    _course(c, 2.98, 0.1, 2.0)
    for i, x in enumerate(_centres(c)):
        window(
            c,
            x,
            0.62,
            1.12,
            2.42,
            rng,
            kind="round",
            surround=(212, 204, 188),
            keystone=True,
            frame=WOOD_WHITE if i % 2 else WOOD_BROWN,
            shutters="closed" if i == 2 else None,
            shutter_rgb=WOOD_GREEN,
            lit=i in (0, 3),
        )
    c.streaks(_all(c), 0.05)
    return c


def amoy_rect(rng):
    """Red brick, straight windows under flat brick arches, green shutters."""
    c = blank_canvas(4, rng)
    _brick(c)
    _course(c, 0.0, 0.18)
    for i, x in enumerate(_centres(c)):
        window(
            c,
            x,
            0.66,
            1.05,
            2.4,
            rng,
            kind="segment",
            surround=(208, 200, 186),
            frame=WOOD_GREEN if i % 2 else WOOD_WHITE,
            panes=(2, 3),
            shutters=("open", None, "closed", "open")[i],
            shutter_rgb=(70, 98, 82),
            lit=i in (1, 3),
        )
    c.streaks(_all(c), 0.05)
    return c


def colonial(rng):
    """Pale render with louvred shutters and moulded frames."""
    c = blank_canvas(4, rng)
    _stucco(c)
    _course(c, 0.0, 0.2, 5.0, (240, 236, 226))
    _course(c, 0.24, 0.06, 2.5, (232, 227, 216))
    for i, x in enumerate(_centres(c)):
        window(
            c,
            x,
            0.68,
            1.08,
            2.44,
            rng,
            kind="round" if i in (0, 2) else "flat",
            surround=(244, 240, 231),
            surround_m=0.16,
            frame=WOOD_WHITE,
            panes=(2, 3),
            shutters=("closed", "open", None, "open")[i],
            shutter_rgb=WOOD_TEAL if i % 2 else WOOD_GREEN,
            lit=i in (1, 2),
        )
        for side in (-1.5, 1.5):
            c.put(c.rect(x + side - 0.13, 0.3, x + side + 0.13, STOREY_M), (240, 235, 225), 3.0)
    c.streaks(_all(c), 0.06)
    return c


def dacuo(rng):
    """Minnan brick: diaper patterns between granite, small barred stone windows, granite below."""
    c = blank_canvas(4, rng)
    c.masonry(_all(c), REDS, 0.1, 0.3, (214, 190, 164), joint=0.014, spread=1.0, relief=0.6)
    y, x = np.mgrid[0 : c.h, 0 : c.w]
    u, v = x / c.px, y / c.py
    for i, cx in enumerate(_centres(c)):
        panel = c.rect(cx - 1.15, 0.55, cx + 1.15, 2.05)
        if i % 2 == 0:
            diaper = (((u - cx) / 0.3 + v / 0.3) % 1.0 < 0.16) | (((u - cx) / 0.3 - v / 0.3) % 1.0 < 0.16)
            c.put(panel, (186, 92, 64), 0.5)
            c.put(panel & diaper, (226, 196, 160), 1.2)
        c.put(c.rect(cx - 1.22, 0.48, cx + 1.22, 0.55) | c.rect(cx - 1.22, 2.05, cx + 1.22, 2.12), (206, 120, 84), 2.5)
        c.put(c.rect(cx - 1.22, 0.48, cx - 1.15, 2.12) | c.rect(cx + 1.15, 0.48, cx + 1.22, 2.12), (206, 120, 84), 2.5)
        if i % 2:
            c.put(c.rect(cx - 0.5, 0.72, cx + 0.5, 1.9), STONE, 4.0)
            hole = c.rect(cx - 0.38, 0.84, cx + 0.38, 1.78)
            c.put(hole, (40, 40, 40), -8.0, 0.5)
            if i == 3:
                c.put(hole, glow=(170, 128, 76))
            bars(c, hole, (cx - 0.38, 0.84, cx + 0.38, 1.78), 5, 1, (186, 178, 164), 1.0, 0.07)
    low = c.rect(0, 2.25, c.size_m[0], STOREY_M)
    c.masonry(low, GRANITES, 0.32, 0.9, (150, 142, 132), joint=0.012, relief=0.8)
    c.grain(low, 0.04, 3.0, 0.1)
    _course(c, 2.2, 0.1, 3.0)
    _course(c, 0.0, 0.26, 5.0, (214, 150, 110))
    c.streaks(_all(c), 0.05)
    return c


def qilou(rng):
    """Upper floors of arcade houses: pilasters, paired windows, swags and panels in worn render."""
    c = blank_canvas(4, rng, (234, 226, 208))
    _stucco(c, 0.03)
    for i, x in enumerate(_centres(c)):
        for side in (-1.5, 1.5):
            c.put(c.rect(x + side - 0.2, 0, x + side + 0.2, STOREY_M), (242, 236, 220), 6.0)
            c.put(c.rect(x + side - 0.26, 0.24, x + side + 0.26, 0.42), (244, 238, 222), 9.0)
        for dx in (-0.5, 0.5):
            window(
                c,
                x + dx,
                0.62,
                0.72,
                2.1,
                rng,
                kind=("round", "flat", "segment", "round")[i],
                surround=(244, 238, 224),
                surround_m=0.09,
                panes=(2, 4),
                sill=True,
                frame=(WOOD_GREEN, WOOD_BROWN, WOOD_WHITE, WOOD_TEAL)[i],
                shutters="closed" if (i == 1 and dx > 0) else None,
            )
        c.put(c.rect(x - 1.0, 2.36, x + 1.0, 2.92), (240, 233, 216), 2.0)
        c.put(c.rect(x - 0.92, 2.44, x + 0.92, 2.84), (228, 219, 200), 0.5)
        if i % 2 == 0:
            t = np.linspace(0, np.pi, 20)
            c.put(c.polygon([(x + 0.6 * np.cos(a), 2.52 + 0.22 * np.sin(a)) for a in t]), (244, 238, 222), 2.0)
    _course(c, 0.0, 0.2, 8.0, (242, 236, 222))
    c.streaks(_all(c), 0.1)
    return c


def shop(rng):
    """Shop fronts under an arcade: boards without words, shutters, counters, goods in the light."""
    c = blank_canvas(4, rng, (206, 198, 184))
    _stucco(c, 0.03)
    boards = [(142, 46, 38), (40, 84, 74), (196, 158, 84), (58, 66, 92)]
    for i, x in enumerate(_centres(c)):
        c.put(c.rect(x - 1.34, 0.08, x + 1.34, 0.62), boards[i], 6.0, 0.5)
        c.put(
            c.rect(x - 1.28, 0.14, x + 1.28, 0.56), np.array(boards[i]) * 1.12, 5.0, 0.5, glow=np.array(boards[i]) * 0.5
        )
        for k in range(4):
            c.put(
                c.rect(x - 0.8 + k * 0.42, 0.24, x - 0.54 + k * 0.42, 0.47),
                (226, 206, 150),
                6.0,
                0.4,
                glow=(190, 160, 96),
            )
        hole = c.rect(x - 1.3, 0.72, x + 1.3, STOREY_M)
        if i == 1:
            c.put(hole, (150, 152, 150), -6.0, 0.45, 0.5)
            y = (np.arange(c.h) / c.py / 0.11) % 1.0
            c.relief[hole] = (-6.0 + 1.2 * np.abs(y - 0.5)[:, None] * np.ones((1, c.w)))[hole]
            continue
        c.put(hole, (58, 52, 46), -30.0, 0.7)
        depth = np.linspace(1.0, 0.55, c.h)[:, None, None]
        c.glow[hole] = (np.array([255, 214, 150]) * 0.8 * depth * np.ones((1, c.w, 1)))[hole]
        c.rgb[hole] = (np.array([104, 92, 76]) * depth * np.ones((1, c.w, 1)))[hole]
        for shelf in (1.2, 1.7, 2.2):
            c.put(c.rect(x - 1.1, shelf, x + 1.1, shelf + 0.05), (128, 96, 64), -20.0)
            for k in range(9):
                tone = np.array(
                    [(196, 84, 58), (214, 178, 96), (92, 132, 108), (218, 212, 196), (88, 104, 140)][rng.integers(5)],
                    float,
                )
                a = x - 1.05 + k * 0.235
                c.put(
                    c.rect(a, shelf - rng.uniform(0.16, 0.3), a + 0.17, shelf), tone * 0.8, -22.0, 0.6, glow=tone * 0.55
                )
        c.put(c.rect(x - 1.2, 2.5, x + 0.3, STOREY_M), (138, 92, 58), -10.0, 0.6, glow=(60, 40, 22))
        if i == 3:
            view = c.rect(x - 1.25, 0.78, x + 1.25, 2.5)
            bars(c, view, (x - 1.25, 0.78, x + 1.25, 2.5), 4, 2, WOOD_BROWN, -5.0)
    for k in range(5):
        c.put(c.rect(k * 3.0 - 0.17, 0, k * 3.0 + 0.17, STOREY_M), (214, 206, 192), 4.0)
    return c


def slab(rng):
    """Flats of the 1980s: small tiles, aluminium sliding windows, cages, air conditioners, stains."""
    c = blank_canvas(4, rng, (222, 218, 208))
    c.masonry(
        _all(c),
        [(228, 224, 214), (220, 216, 206), (214, 208, 198)],
        0.06,
        0.12,
        (200, 194, 184),
        joint=0.008,
        spread=0.6,
        relief=0.15,
    )
    for i, x in enumerate(_centres(c)):
        w = (1.9, 1.5, 2.1, 1.5)[i]
        window(
            c,
            x,
            0.7,
            w,
            2.2,
            rng,
            surround=None,
            frame=(176, 180, 180),
            panes=(2 if w < 1.8 else 3, 1),
            lit=i in (0, 2),
        )
        if i in (1, 2):
            box = (x - w / 2 - 0.1, 0.6, x + w / 2 + 0.1, 2.34)
            cage = c.rect(*box)
            grid = (((np.arange(c.w) / c.px - box[0]) / 0.115) % 1.0 < 0.17)[None, :] | (
                ((np.arange(c.h) / c.py - box[1]) / 0.42) % 1.0 < 0.06
            )[:, None]
            c.put(cage & grid, (196, 198, 196), 16.0, 0.4, 0.6, (0, 0, 0))
            c.put(c.rect(box[0], 2.3, box[2], 2.38), (186, 188, 186), 16.0, 0.4, 0.6)
        if i in (0, 3):
            a = x + (0.62 if i == 0 else -1.3)
            c.put(c.rect(a, 2.42, a + 0.78, 2.94), (226, 226, 220), 22.0, 0.6)
            y, u = np.mgrid[0 : c.h, 0 : c.w]
            fan = ((u / c.px - a - 0.3) ** 2 + (y / c.py - 2.68) ** 2) < 0.21**2
            c.put(fan, (92, 94, 92), 18.0)
    _course(c, 0.0, 0.1, 2.0, (206, 202, 192))
    c.streaks(_all(c), 0.12, 6.0)
    return c


def house(rng):
    """Plain houses of later years: render or tiles, aluminium windows, a thin canopy."""
    c = blank_canvas(4, rng, (232, 228, 218))
    _stucco(c, 0.02)
    for i, x in enumerate(_centres(c)):
        w = (1.5, 1.2, 1.7, 1.2)[i]
        window(
            c,
            x,
            0.74,
            w,
            2.24,
            rng,
            surround=(240, 237, 229) if i % 2 else None,
            surround_m=0.1,
            frame=((120, 122, 122), WOOD_WHITE, (84, 72, 62), WOOD_WHITE)[i],
            panes=(2, 2 if i % 2 else 1),
            lit=i in (1, 2),
        )
        c.put(c.rect(x - w / 2 - 0.2, 0.5, x + w / 2 + 0.2, 0.58), (214, 208, 198), 20.0)
    c.streaks(_all(c), 0.1, 8.0)
    return c


def curtain(rng):
    """A curtain wall: tall panes in silver mullions, a spandrel at each floor."""
    c = blank_canvas(4, rng, (120, 144, 158), 0.1)
    for k in range(8):
        a = k * 1.5
        pane = c.rect(a, 0, a + 1.5, STOREY_M)
        tone = rng.uniform(0.97, 1.03)  # more, and a tower looks like masonry from afar
        ramp = np.linspace(1.1, 0.92, c.h)[:, None, None]
        c.rgb[pane] = (np.array([104, 130, 146]) * tone * ramp * np.ones((1, c.w, 1)))[pane]
        if rng.uniform() < 0.5:
            view = c.rect(a + 0.06, 0.72, a + 1.44, STOREY_M - 0.06)
            light = np.linspace(1.0, 0.6, c.h)[:, None, None]
            warm = np.array([255, 226, 178]) if rng.uniform() < 0.6 else np.array([226, 236, 244])
            c.glow[view] = (warm * rng.uniform(0.45, 0.95) * light * np.ones((1, c.w, 1)))[view]
    c.put(c.rect(0, 0, c.size_m[0], 0.72), (70, 90, 104), 0.0, 0.22, 0.2, (0, 0, 0))
    for k in range(9):
        c.put(c.rect(k * 1.5 - 0.03, 0, k * 1.5 + 0.03, STOREY_M), (150, 164, 172), 5.0, 0.35, 0.7, (0, 0, 0))
    for y in (0.0, 0.72):
        c.put(c.rect(0, y, c.size_m[0], y + 0.06), (176, 186, 190), 5.0, 0.35, 0.7, (0, 0, 0))
    return c


def school(rng):
    """Schools and offices: bands of windows between brick-faced piers, a parapet below."""
    c = blank_canvas(4, rng, (234, 228, 216))
    _stucco(c)
    low = c.rect(0, 2.3, c.size_m[0], 2.95)
    c.masonry(low, REDS, 0.08, 0.25, JOINT, relief=0.5)
    for i, x in enumerate(_centres(c)):
        window(
            c,
            x,
            0.6,
            2.3,
            2.28,
            rng,
            surround=(240, 236, 226),
            surround_m=0.08,
            frame=(WOOD_WHITE, (92, 128, 122))[i % 2],
            panes=(4, 2),
            lit=i != 1,
        )
        c.put(
            c.rect(x + 1.5 - 0.2, 0, x + 1.5 + 0.2, STOREY_M) | c.rect(x - 1.5 - 0.2, 0, x - 1.5 + 0.2, STOREY_M),
            (240, 234, 222),
            9.0,
        )
    _course(c, 0.0, 0.28, 12.0, (240, 235, 224))
    _course(c, 2.95, 0.25, 4.0, (236, 230, 218))
    c.streaks(_all(c), 0.06)
    return c


def lancet(rng):
    """Tall pointed church windows in pale stone render."""
    c = blank_canvas(2, rng, (238, 232, 220))
    _stucco(c)
    for x in _centres(c):
        window(
            c,
            x,
            0.3,
            1.25,
            2.85,
            rng,
            kind="pointed",
            surround=(246, 241, 231),
            surround_m=0.2,
            frame=(86, 74, 64),
            panes=(2, 5),
            lit=True,
        )
    c.streaks(_all(c), 0.05)
    return c


def veranda(rng):
    """What lies behind a veranda: doors with shutters in a shaded wall."""
    c = blank_canvas(2, rng, (226, 219, 204))
    _stucco(c)
    for i, x in enumerate(_centres(c)):
        window(
            c,
            x,
            0.62,
            1.15,
            3.12,
            rng,
            kind="segment",
            surround=(240, 234, 222),
            surround_m=0.14,
            frame=WOOD_BROWN,
            panes=(2, 5),
            sill=False,
            shutters="closed" if i else None,
            shutter_rgb=(76, 104, 88),
        )
    _course(c, 2.98, 0.22, 1.0, (168, 96, 70))
    dim = np.linspace(0.8, 1.0, c.h)[:, None, None]
    c.rgb *= dim
    return c


def door_villa(rng):
    """The front door of a villa."""
    c = blank_canvas(1, rng)
    _brick(c)
    _course(c, 0.0, 0.2)
    panelled_door(
        c, 1.5, 0.55, 1.35, STOREY_M, (96, 52, 38), kind="round", frame=(214, 206, 190), frame_m=0.24, rng=rng
    )
    return c


def door_dacuo(rng):
    """The door of a Minnan hall: red leaves in a granite frame, couplets without words beside it."""
    c = blank_canvas(1, rng)
    c.masonry(_all(c), REDS, 0.1, 0.3, (214, 190, 164), joint=0.014, relief=0.6)
    panelled_door(c, 1.5, 0.7, 1.5, STOREY_M, (146, 40, 30), frame=STONE, frame_m=0.26, fanlight=False, rng=rng)
    for x in (0.4, 2.6):
        c.put(c.rect(x - 0.16, 0.9, x + 0.16, 2.5), (178, 44, 34), 1.5, 0.7)
    c.put(c.rect(0.95, 0.1, 2.05, 0.46), (60, 44, 36), 5.0, 0.5)
    return c


def door_steel(rng):
    """A steel double door under a little canopy."""
    c = blank_canvas(1, rng, (232, 228, 218))
    _stucco(c)
    panelled_door(c, 1.5, 0.85, 1.5, STOREY_M, (108, 92, 78), frame=(206, 202, 194), frame_m=0.1, rng=rng)
    c.put(c.rect(0.45, 0.55, 2.55, 0.66), (196, 190, 180), 30.0)
    return c


def door_church(rng):
    """A pointed portal."""
    c = blank_canvas(1, rng, (238, 232, 220))
    _stucco(c)
    for k, (w, tone) in enumerate(((2.3, 246), (1.95, 226), (1.6, 240))):
        c.put(c.arch(1.5, 0.15 + k * 0.16, w, STOREY_M, "pointed"), (tone, tone - 6, tone - 18), 4.0 - 4 * k)
    hole = c.arch(1.5, 0.68, 1.3, STOREY_M, "pointed")
    c.put(hole, (88, 50, 36), -10.0, 0.5)
    bars(c, hole, (0.85, 0.68, 2.15, STOREY_M), 4, 1, (66, 36, 26), -8.0)
    return c


def brick(rng):
    """Bare brick."""
    c = blank_canvas(2, rng)
    _brick(c)
    c.streaks(_all(c), 0.06)
    return c


def stucco(rng):
    """Bare render."""
    c = blank_canvas(2, rng, (234, 230, 220))
    _stucco(c, 0.03)
    c.streaks(_all(c), 0.07, 8.0)
    return c


def granite(rng):
    """Dressed granite in courses."""
    c = blank_canvas(2, rng)
    c.masonry(_all(c), GRANITES, 0.32, 0.75, (146, 138, 128), joint=0.014, spread=1.2, relief=1.0)
    c.grain(_all(c), 0.05, 2.5, 0.12)
    c.streaks(_all(c), 0.06)
    return c


def mosaic(rng):
    """Small tiles of later flats."""
    c = blank_canvas(2, rng, (226, 222, 212))
    c.masonry(
        _all(c),
        [(228, 224, 214), (220, 216, 206), (212, 206, 196)],
        0.06,
        0.12,
        (200, 194, 184),
        joint=0.008,
        spread=0.6,
        relief=0.15,
    )
    c.streaks(_all(c), 0.12, 8.0)
    return c


PAINTERS = {
    f.__name__: f
    for f in (amoy_arch, amoy_rect, colonial, dacuo, qilou, shop, slab, house, curtain, school, lancet, veranda,
              door_villa, door_dacuo, door_steel, door_church, brick, stucco, granite, mosaic)
}  # fmt: skip
assert set(PAINTERS) == set(STRIPS), "every strip has its painter"
_ = (glass, louvres)
