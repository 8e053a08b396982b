"""Windows, doors, shutters and shop fronts on a canvas."""

from __future__ import annotations

import numpy as np

GLASS = ((52, 66, 74), (70, 84, 92), (40, 52, 60))
WARM = ((255, 206, 132), (255, 222, 164), (244, 232, 206), (255, 190, 112))
WOOD_GREEN, WOOD_BROWN, WOOD_WHITE, WOOD_TEAL = (64, 92, 78), (98, 62, 44), (226, 222, 210), (72, 118, 116)


def glass(canvas, mask, rng, lit=None):
    """Dark glass with a sky gradient; behind it a curtain now and then; light for the evening."""
    h = canvas.h
    rows = np.where(mask.any(1))[0]
    if not len(rows):
        return
    top, bottom = rows[0], rows[-1] + 1
    gradient = np.zeros(h)
    gradient[top:bottom] = np.linspace(1.25, 0.8, bottom - top)
    base = np.array(GLASS[rng.integers(3)], float)
    rgb = base * gradient[:, None, None] * np.ones((1, canvas.w, 1))
    canvas.rgb[mask] = rgb[mask]
    canvas.put(mask, rough=0.12, metal=0.0)
    curtain = rng.uniform() < 0.35
    if curtain:
        columns = np.where(mask.any(0))[0]
        left, right = columns[0], columns[-1] + 1
        part = np.zeros_like(mask)
        third = max(1, int((right - left) * rng.uniform(0.22, 0.38)))
        part[:, left : left + third] = True
        part[:, right - third : right] = True
        fold = 1 + 0.08 * np.sin(np.arange(canvas.w) * 0.55)
        canvas.rgb[mask & part] = (np.array([168, 162, 150]) * fold[None, :, None] * np.ones((h, 1, 1)))[mask & part]
    lit = rng.uniform() < 0.55 if lit is None else lit
    if lit:
        warm = np.array(WARM[rng.integers(4)], float) * rng.uniform(0.55, 1.0)
        falloff = np.zeros(h)
        falloff[top:bottom] = np.linspace(1.0, 0.62, bottom - top)
        canvas.glow[mask] = (warm * falloff[:, None, None] * np.ones((1, canvas.w, 1)))[mask]


def bars(canvas, mask, box, columns, rows, rgb, relief, width=0.05):
    """Glazing bars of a window inside its mask; ``box`` is (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    lines = [canvas.rect(x - width / 2, y0, x + width / 2, y1) for x in np.linspace(x0, x1, columns + 1)]
    lines += [canvas.rect(x0, y - width / 2, x1, y + width / 2) for y in np.linspace(y0, y1, rows + 1)]
    for line in lines:
        canvas.put(line & mask, rgb, relief, 0.6, 0.0, (0, 0, 0))


def louvres(canvas, box, rgb, relief):
    """A shutter leaf: stiles, rails and slanted slats."""
    x0, y0, x1, y1 = box
    leaf = canvas.rect(*box)
    canvas.put(leaf, rgb, relief, 0.6, 0.0, (0, 0, 0))
    inner = canvas.rect(x0 + 0.06, y0 + 0.07, x1 - 0.06, y1 - 0.07)
    y = (np.arange(canvas.h) + 0.5) / canvas.py
    slat = ((y / 0.075) % 1.0)[:, None] * np.ones((1, canvas.w))
    canvas.relief[inner] = (relief - 1.2 + 1.4 * slat)[inner]
    canvas.rgb[inner] = (np.array(rgb, float) * (0.72 + 0.36 * slat[..., None]))[inner]
    canvas.put(canvas.rect(x0, (y0 + y1) / 2 - 0.04, x1, (y0 + y1) / 2 + 0.04), rgb, relief)


def window(canvas, x, top, w, bottom, rng, *, kind="flat", frame=WOOD_BROWN, surround=(206, 198, 184), surround_m=0.12,
           panes=(2, 3), shutters=None, shutter_rgb=WOOD_GREEN, sill=True, keystone=False, lit=None):  # fmt: skip
    """A whole window: raised surround, reveal, frame, glass, sill, and shutters open beside it or closed over it."""
    if surround is not None:
        outer = canvas.arch(x, top - surround_m, w + 2 * surround_m, bottom, kind)
        canvas.put(outer, surround, 3.0, 0.8)
        canvas.grain(outer, 0.03, 2.0)
    hole = canvas.arch(x, top, w, bottom, kind)
    canvas.put(hole, np.array(frame) * 0.55, -14.0, 0.7)
    edge = 0.06
    pane = canvas.arch(x, top + edge, w - 2 * edge, bottom - edge, kind)
    canvas.put(pane, frame, -9.0, 0.55)
    view = canvas.arch(x, top + 2 * edge, w - 4 * edge, bottom - 2 * edge, kind)
    canvas.put(view, relief=-12.0)
    glass(canvas, view, rng, lit)
    bars(
        canvas,
        view,
        (x - w / 2 + 2 * edge, top + 2 * edge, x + w / 2 - 2 * edge, bottom - 2 * edge),
        *panes,
        frame,
        -9.5,
    )
    if sill:
        canvas.put(
            canvas.rect(x - w / 2 - surround_m - 0.06, bottom, x + w / 2 + surround_m + 0.06, bottom + 0.11),
            surround or (196, 190, 178),
            9.0,
            0.8,
        )
    if keystone:
        canvas.put(
            canvas.polygon(
                [
                    (x - 0.1, top - surround_m - 0.1),
                    (x + 0.1, top - surround_m - 0.1),
                    (x + 0.07, top + 0.12),
                    (x - 0.07, top + 0.12),
                ]
            ),
            surround or (206, 198, 184),
            6.0,
        )
    spring = top + (w / 2 if kind == "round" else 0.12 if kind == "segment" else 0)
    if shutters == "closed":
        for a, b in ((x - w / 2 + 0.03, x - 0.01), (x + 0.01, x + w / 2 - 0.03)):
            louvres(canvas, (a, spring, b, bottom - 0.02), shutter_rgb, -3.0)
    elif shutters == "open":
        for a, b in ((x - w - 0.02, x - w / 2 - 0.02), (x + w / 2 + 0.02, x + w + 0.02)):
            louvres(canvas, (a, spring, b, bottom - 0.02), shutter_rgb, 4.0)


def panelled_door(
    canvas,
    x,
    top,
    w,
    bottom,
    rgb,
    *,
    kind="flat",
    leaves=2,
    frame=(190, 184, 172),
    frame_m=0.18,
    fanlight=True,
    rng=None,
):
    """A door with a stone frame, panelled leaves, a fanlight and ring handles."""
    canvas.put(canvas.arch(x, top - frame_m, w + 2 * frame_m, bottom, kind), frame, 5.0, 0.8)
    hole = canvas.arch(x, top, w, bottom, kind)
    canvas.put(hole, np.array(rgb) * 0.5, -12.0)
    head = top + (0.55 if fanlight else 0.04)
    if fanlight:
        light = (
            canvas.arch(x, top + 0.06, w - 0.12, head - 0.04, kind)
            if kind != "flat"
            else canvas.rect(x - w / 2 + 0.06, top + 0.06, x + w / 2 - 0.06, head - 0.04)
        )
        glass(canvas, light & hole, rng, True)
        bars(canvas, light & hole, (x - w / 2, top, x + w / 2, head), 4, 1, rgb, -9.0)
    leaf_w = (w - 0.06) / leaves
    for i in range(leaves):
        a = x - w / 2 + 0.03 + i * leaf_w
        leaf = canvas.rect(a + 0.01, head, a + leaf_w - 0.01, bottom)
        canvas.put(leaf & (hole | canvas.rect(x - w / 2, head, x + w / 2, bottom)), rgb, -9.0, 0.5)
        for y0, y1 in ((0.08, 0.42), (0.5, 0.94)):
            span = bottom - head
            canvas.put(
                canvas.rect(a + 0.12, head + span * y0, a + leaf_w - 0.12, head + span * y1),
                np.array(rgb) * 0.86,
                -11.0,
            )
            canvas.put(
                canvas.rect(a + 0.17, head + span * y0 + 0.05, a + leaf_w - 0.17, head + span * y1 - 0.05),
                np.array(rgb) * 1.08,
                -9.0,
            )
        canvas.put(
            canvas.rect(
                a + (leaf_w - 0.16 if i == 0 else 0.08),
                head + 0.9,
                a + (leaf_w - 0.08 if i == 0 else 0.16),
                head + 1.05,
            ),
            (196, 164, 92),
            -6.0,
            0.3,
            0.8,
        )
