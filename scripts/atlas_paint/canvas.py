"""A canvas in metres that carries colour, relief, roughness, metal and light at once."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

OVER = 2  # supersampling


def noise(shape, scale_px, rng, octaves=4):
    """Fractal noise about 0 with deviation 1 that wraps on both axes."""
    total = np.zeros(shape)
    for k in range(octaves):
        layer = gaussian_filter(rng.normal(size=shape), max(scale_px / 2**k, 0.6), mode="wrap")
        total += layer / layer.std() / 1.7**k
    return total / total.std()


class Canvas:
    """``width_m`` by ``height_m``, at ``px`` pixels a metre across and ``py`` down; x right, y down from the top."""

    def __init__(self, pixels, size_m, rng, rgb=(230, 226, 216), rough=0.85):
        self.w, self.h = pixels[0] * OVER, pixels[1] * OVER
        self.px, self.py = self.w / size_m[0], self.h / size_m[1]
        self.size_m, self.rng = size_m, rng
        self.rgb = np.full((self.h, self.w, 3), rgb, dtype=float)
        self.relief = np.zeros((self.h, self.w))  # centimetres, out of the wall is positive
        self.rough = np.full((self.h, self.w), rough)
        self.metal = np.zeros((self.h, self.w))
        self.glow = np.zeros((self.h, self.w, 3))

    # masks
    def polygon(self, points):
        """Mask of a polygon of (x, y) metres."""
        image = Image.new("L", (self.w, self.h), 0)
        ImageDraw.Draw(image).polygon([(x * self.px, y * self.py) for x, y in points], fill=1)
        return np.asarray(image).astype(bool)

    def rect(self, x0, y0, x1, y1):
        """Mask of a rectangle, edges on whole pixels."""
        mask = np.zeros((self.h, self.w), bool)
        a, b = round(x0 * self.px), round(x1 * self.px)
        c, d = round(y0 * self.py), round(y1 * self.py)
        mask[max(c, 0) : max(d, 0), max(a, 0) : max(b, 0)] = True
        return mask

    def arch(self, x, top, w, bottom, kind="round"):
        """Mask of an opening centred on x; round, segment (flat arch) or pointed top, or flat."""
        half = w / 2
        if kind == "flat":
            return self.rect(x - half, top, x + half, bottom)
        t = np.linspace(0, np.pi, 25)
        if kind == "round":
            curve = [(x + half * np.cos(a), top + half - half * np.sin(a)) for a in t]
        elif kind == "segment":
            rise = 0.18 * w
            curve = [(x + half * np.cos(a), top + rise - rise * np.sin(a)) for a in t]
        else:
            rise = 0.95 * w
            u = np.linspace(1, -1, 25)
            curve = [(x + half * v, top + rise - rise * (1 - abs(v) ** 1.6) ** 0.75) for v in u]
        return self.polygon([(x + half, bottom), *curve, (x - half, bottom)])

    # paint
    def put(self, mask, rgb=None, relief=None, rough=None, metal=None, glow=None):
        """Set what is given inside a mask."""
        if rgb is not None:
            self.rgb[mask] = rgb
        if relief is not None:
            self.relief[mask] = relief
        if rough is not None:
            self.rough[mask] = rough
        if metal is not None:
            self.metal[mask] = metal
        if glow is not None:
            self.glow[mask] = glow

    def grain(self, mask, amount, scale_px=3.0, relief=0.0, warm=0.3):
        """Mottle a surface with noise."""
        field = noise((self.h, self.w), scale_px * OVER, self.rng)
        tone = 1 + amount * field[..., None] * np.array([1, 1 - 0.1 * warm, 1 - 0.3 * warm])
        self.rgb[mask] = (self.rgb * tone)[mask]
        if relief:
            self.relief[mask] += relief * field[mask]

    def streaks(self, mask, amount, rng_scale=10.0):
        """Rain streaks that run down from the top of the canvas."""
        wide = noise((1, self.w), rng_scale * OVER, self.rng, 3)
        fade = np.linspace(1.0, 0.35, self.h)[:, None]
        soft = noise((self.h, self.w), 16 * OVER, self.rng, 2)
        tone = 1 - 0.55 * amount * np.clip(wide * fade + 0.4 * soft, 0, 2.5)
        self.rgb[mask] = (self.rgb * tone[..., None])[mask]

    def masonry(self, mask, colours, course, length, joint_rgb, joint=0.012, bond=0.5, spread=1.0, relief=0.8):
        """Lay courses of blocks; a whole number of blocks fits the canvas across, so that bays meet."""
        courses = max(1, round(self.size_m[1] / course))
        blocks = max(1, round(self.size_m[0] / length))
        y = (np.arange(self.h) + 0.5) / self.h * courses
        x = (np.arange(self.w) + 0.5) / self.w * blocks
        row = np.floor(y).astype(int)
        shifted = x[None, :] + ((row % 2) * bond)[:, None]
        column = np.floor(shifted).astype(int) % blocks
        palette = np.array(colours, float)
        pick = self.rng.uniform(0, len(palette) - 1, (courses, blocks))
        low = np.floor(pick).astype(int)
        table = palette[low] + (palette[np.minimum(low + 1, len(palette) - 1)] - palette[low]) * (pick - low)[..., None]
        table += self.rng.normal(0, 5 * spread, (courses, blocks, 1))
        rgb = table[np.clip(row, 0, courses - 1)[:, None], column]
        jx, jy = joint / length * self.size_m[0] / self.size_m[0], joint / course
        fx, fy = shifted - np.floor(shifted), (y - np.floor(y))[:, None]
        gap = (fx < jx) | (fx > 1 - jx) | (fy < jy) | (fy > 1 - jy)
        rgb = np.where(gap[..., None], joint_rgb, rgb)
        self.rgb[mask] = rgb[mask]
        self.relief[mask] = np.where(gap, -relief, 0.0)[mask] + self.relief[mask] * 0

    def done(self):
        """Downsample to (albedo, normal, orm, emissive) as float arrays in [0, 1]."""
        soft = gaussian_filter(self.relief, 0.8, mode=("nearest", "wrap"))
        metres = soft / 100
        gx = (np.roll(metres, -1, 1) - np.roll(metres, 1, 1)) / 2 * self.px
        gy = np.gradient(metres, axis=0) * self.py
        normal = np.stack([-gx, gy, np.ones_like(gx)], -1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        above = sum(
            np.clip(gaussian_filter(self.relief, s * OVER, mode=("nearest", "wrap")) - self.relief, 0, None)
            for s in (3, 8, 18)
        )
        shade = 1 / (1 + above * 0.055)
        # A soft contact shadow falls down and to the right of what stands out, as most light comes from above.
        shifted = np.roll(
            gaussian_filter(self.relief, 3 * OVER, mode=("nearest", "wrap")), (4 * OVER, 2 * OVER), (0, 1)
        )
        shade *= 1 / (1 + np.clip(shifted - self.relief, 0, 20) * 0.02)
        rgb = np.clip(self.rgb * (0.35 + 0.65 * shade[..., None]), 0, 255) / 255
        orm = np.stack([shade, self.rough, self.metal], -1)
        return tuple(_down(a) for a in (rgb, normal * 0.5 + 0.5, np.clip(orm, 0, 1), np.clip(self.glow, 0, 255) / 255))


def _down(a):
    h, w, c = a.shape
    return a.reshape(h // OVER, OVER, w // OVER, OVER, c).mean((1, 3))
