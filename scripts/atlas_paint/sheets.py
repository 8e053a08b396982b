"""Put strips, bands and covers together into the images that scenes load."""

from __future__ import annotations

import numpy as np

from atlas_paint.canvas import Canvas, noise
from atlas_paint.facades import PAINTERS
from xmscenes.look.atlas import (
    BANDS,
    CELL_PIXELS,
    COLUMN_STOREYS,
    COLUMNS,
    FACADE_PIXELS,
    ROW_PIXELS,
    STOREYS_PIXELS,
    STRIPS,
)

FLAT = (0.5, 0.5, 1.0)
PAIRS = ((0, 1), (2, 3), (3, 0), (1, 2))  # bays of a strip by storey: each once in either column


def facade_sheet(seed=11):
    """Albedo, normal, orm and emissive of the facade sheet, floats in [0, 1]."""
    n = FACADE_PIXELS
    sheets = [
        np.ones((n, n, 3)) * 0.92,
        np.ones((n, n, 3)) * FLAT,
        np.ones((n, n, 3)) * (1.0, 0.85, 0.0),
        np.zeros((n, n, 3)),
    ]
    for i, (name, (row, first, cells)) in enumerate(STRIPS.items()):
        maps = PAINTERS[name](np.random.default_rng([seed, i])).done()
        y, x = row * ROW_PIXELS, first * CELL_PIXELS
        for sheet, image in zip(sheets, maps, strict=True):
            sheet[y : y + ROW_PIXELS, x : x + cells * CELL_PIXELS] = image
    for i, (name, (top, bottom, span)) in enumerate(BANDS.items()):
        maps = _band(name, (n, bottom - top), span, np.random.default_rng([seed, 100 + i]))
        for sheet, image in zip(sheets, maps, strict=True):
            sheet[top:bottom] = image
    return sheets


def storeys_sheet(seed=11):
    """Albedo, normal, orm and emissive of the sheet that repeats upwards, out of the bays of the facade sheet."""
    wide, high = STOREYS_PIXELS
    row = high // COLUMN_STOREYS
    at = (np.arange(row) + 0.5) * ROW_PIXELS / row - 0.5
    low = np.floor(at).astype(int)
    share = (at - low)[:, None, None]
    sheets = [np.zeros((high, wide, 3)) for _ in range(4)]
    for name, first in COLUMNS.items():
        maps = PAINTERS[name](np.random.default_rng([seed, list(STRIPS).index(name)])).done()
        for sheet, image in zip(sheets, maps, strict=True):
            shrunk = image[low.clip(0)] * (1 - share) + image[(low + 1).clip(max=ROW_PIXELS - 1)] * share
            for k, pair in enumerate(PAIRS):
                for i, bay in enumerate(pair):
                    x, y = (first + i) * CELL_PIXELS, k * row
                    sheet[y : y + row, x : x + CELL_PIXELS] = shrunk[:, bay * CELL_PIXELS : (bay + 1) * CELL_PIXELS]
    return sheets


def _band(name, pixels, span, rng):
    c = Canvas(pixels, (span, pixels[1] / 85.3), rng, (236, 232, 222))
    everything = np.ones((c.h, c.w), bool)
    high = c.size_m[1]
    if name == "baluster":
        c.put(c.rect(0, 0.12, span, high - 0.1), (92, 88, 80), -10.0)
        u = (np.arange(c.w) / c.px) % 0.25 - 0.125
        v = np.arange(c.h) / c.py
        half = 0.035 + 0.05 * np.abs(np.sin((v - 0.12) / (high - 0.22) * np.pi * 1.5)) ** 1.2
        urn = (np.abs(u)[None, :] < half[:, None]) & c.rect(0, 0.12, span, high - 0.1)
        c.put(urn, (222, 216, 202), 2.0)
        tone = np.clip(1.05 - 2.2 * np.abs(u + 0.02), 0.7, 1.05)[None, :, None] * np.ones((c.h, 1, 1))
        c.rgb[urn] = (c.rgb * tone)[urn]
    elif name == "cornice":
        for k, (a, b, relief) in enumerate(((0, 0.1, 9.0), (0.1, 0.2, 5.0), (0.2, 0.3, 7.0), (0.3, high, 2.0))):
            c.put(c.rect(0, a, span, b), np.array([240, 236, 226]) * (1 - 0.03 * k), relief)
    c.grain(everything, 0.02, 3.0)
    return c.done()


def roof_tile(seed=5, pixels=512, size_m=6.0):
    """Red pan tiles in courses, 24 columns and 18 courses to 6 m: albedo and normal."""
    rng = np.random.default_rng(seed)
    over = 2
    n = pixels * over
    columns, courses = 24, 18
    u, v = (np.arange(n) + 0.5) / n * columns, (np.arange(n) + 0.5) / n * courses
    fu, fv = u - np.floor(u), v - np.floor(v)
    iu, iv = np.floor(u).astype(int), np.floor(v).astype(int)
    colour = np.array([(172, 98, 74), (180, 106, 80), (164, 91, 70), (186, 114, 87), (157, 89, 71)], float)
    pick = colour[rng.integers(5, size=(courses, columns))] + rng.normal(0, 5, (courses, columns, 1))
    rgb = pick[iv[:, None], iu[None, :]]
    roll = np.abs(np.sin(fu * np.pi)) ** 0.7
    height = 5.0 * roll[None, :] + 2.6 * fv[:, None]
    shade = (0.62 + 0.42 * roll)[None, :] * (0.9 + 0.14 * fv)[:, None]
    lip = np.where(fv > 0.92, 0.62, 1.0)[:, None] * np.where(fv < 0.08, 0.78, 1.0)[:, None]
    patina = noise((n, n), 40, rng)
    rgb = rgb * shade[..., None] * lip[..., None] * (1 + 0.05 * patina[..., None])
    moss = np.clip(noise((n, n), 70, rng) - 1.1, 0, 1)[..., None]
    rgb = rgb * (1 - 0.35 * moss) + np.array([104, 98, 78]) * 0.35 * moss
    px = n / size_m
    gx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 200 * px
    gy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 200 * px
    normal = np.stack([-gx, gy, np.ones_like(gx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    small = lambda a: a.reshape(pixels, over, pixels, over, 3).mean((1, 3))  # noqa: E731
    return np.clip(small(rgb) / 255, 0, 1), small(normal * 0.5 + 0.5)


def _relief(height, px, strength):
    gx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2 * px * strength
    gy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 2 * px * strength
    normal = np.stack([-gx, gy, np.ones_like(gx)], -1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True) * 0.5 + 0.5


def ground_grain(seed=6, pixels=512, size_m=6.0):
    """A neutral grain that the mesh's colour tints: earth, rock, concrete."""
    rng = np.random.default_rng(seed)
    field = 0.6 * noise((pixels, pixels), 20, rng, 5) + 0.4 * noise((pixels, pixels), 2, rng, 2)
    speck = noise((pixels, pixels), 1.0, rng, 1)
    tone = 0.86 + 0.05 * field - 0.05 * np.clip(np.abs(speck) - 1.6, 0, 1)
    return np.clip(tone[..., None] * np.array([1.0, 0.99, 0.97]), 0, 1), _relief(field, pixels / size_m, 0.006)


def paving_slabs(seed=8, pixels=512, size_m=6.0):
    """Neutral stone slabs, 0.6 m by 0.4 m, in courses: lanes of the island, roof terraces."""
    rng = np.random.default_rng(seed)
    rows, columns = 15, 10
    y, x = (np.arange(pixels) + 0.5) / pixels * rows, (np.arange(pixels) + 0.5) / pixels * columns
    row = np.floor(y).astype(int)
    shifted = x[None, :] + ((row % 2) * 0.5)[:, None]
    column = np.floor(shifted).astype(int) % columns
    tone = 0.86 + rng.normal(0, 0.045, (rows, columns))[row[:, None], column]
    warm = rng.normal(0, 0.008, (rows, columns))[row[:, None], column]
    fx, fy = shifted - np.floor(shifted), (y - np.floor(y))[:, None]
    edge = np.minimum(np.minimum(fx, 1 - fx) * 0.6, np.minimum(fy, 1 - fy) * 0.4)
    gap = np.clip(1 - edge / 0.016, 0, 1)
    tone = (tone + 0.025 * noise((pixels, pixels), 6, rng)) * (1 - 0.42 * gap)
    rgb = tone[..., None] * (1 + warm[..., None] * np.array([1.0, 0.2, -1.0]))
    return np.clip(rgb, 0, 1), _relief(-gap, pixels / size_m, 0.006)
