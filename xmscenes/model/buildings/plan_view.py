"""Plan view of one building's reconstruction, drawn with Pillow."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, Any

import numpy as np

from xmscenes.records import Surface

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw

    from xmscenes.model.buildings.reconstruct import Story
    from xmscenes.model.buildings.roofed import RoofStory

MARGIN_M = 1.0
PAPER, GREY, BLACK = (255, 255, 255), (190, 195, 205), (20, 20, 20)
OFF_PLANE = {-1: BLACK, -2: (220, 0, 200), -3: (70, 160, 70)}  # loose, wall, on a dome, cone or barrel
RIDGE, STEP = (205, 30, 30), (30, 60, 210)


class _Page:
    """Plan coordinates (relative metres) to pixels, north up."""

    def __init__(self, low: NDArray[np.float64], high: NDArray[np.float64], size_px: int) -> None:
        self.low = low - MARGIN_M
        extent = high - low + 2 * MARGIN_M
        self.scale = size_px / float(extent.max())
        self.size = (max(1, round(extent[0] * self.scale)), max(1, round(extent[1] * self.scale)))

    def __call__(self, xy: NDArray[Any]) -> list[tuple[float, float]]:
        place = (np.asarray(xy)[:, :2] - self.low) * self.scale
        return [(float(x), self.size[1] - float(y)) for x, y in place]


def draw_plan(story: Story, size_px: int) -> Image.Image:
    """Draw points by plane, candidate cuts, partition and final roof; an empty page for an outline of nothing."""
    from PIL import Image, ImageDraw

    if story.scan is None:
        return Image.new("RGB", (size_px, size_px), PAPER)
    rings = [ring - story.scan.origin[:2] for polygon, holes in story.polygons for ring in (polygon, *holes)]
    corners = np.concatenate(rings)
    page = _Page(corners.min(axis=0), corners.max(axis=0), size_px)
    image = Image.new("RGB", page.size, PAPER)
    draw = ImageDraw.Draw(image)
    for part in story.parts:
        if part is not None:
            _draw_part(draw, page, part)
    _draw_roof(draw, page, story)
    _draw_scale(draw, page)
    return image


def plane_colour(number: int) -> tuple[int, int, int]:
    """Colour of the n-th plane; neighbours in number lie far apart in hue."""
    r, g, b = colorsys.hsv_to_rgb((0.08 + number * 0.381966) % 1.0, 0.65, 0.88)
    return round(255 * r), round(255 * g), round(255 * b)


def _draw_part(draw: ImageDraw.ImageDraw, page: _Page, part: RoofStory) -> None:
    xy = part.partition.xy / 1000.0
    for h in range(0, len(part.partition.origin), 2):
        ends = part.partition.origin[[h, h + 1]]
        draw.line(page(np.asarray(xy[ends], dtype=np.float64)), fill=GREY, width=1)
    radius = max(1.5, min(4.0, 0.06 * page.scale))
    for (x, y), label in zip(page(part.xyz), part.roof.labels.tolist(), strict=True):
        colour = plane_colour(label) if label >= 0 else OFF_PLANE[label]
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    for row, meets in zip(part.cuts.rows, part.cuts.meets.tolist(), strict=True):
        foot = row[:2] - (row[:2] @ row[2:4]) * row[2:4]
        ends = np.array([foot + row[4] * row[2:4], foot + row[5] * row[2:4]])
        draw.line(page(ends), fill=RIDGE if meets else STEP, width=2)


def _draw_roof(draw: ImageDraw.ImageDraw, page: _Page, story: Story) -> None:
    if story.scan is None or story.feature.form is None:
        return
    for solid in story.feature.solids[story.feature.form]:
        for face, surface in zip(solid.faces, solid.surface.tolist(), strict=True):
            if surface != Surface.ROOF:
                continue
            for ring in face:
                places = page(solid.vertices[list(ring)] - story.scan.origin)
                draw.line([*places, places[0]], fill=BLACK, width=3)


def _draw_scale(draw: ImageDraw.ImageDraw, page: _Page) -> None:
    length_m = 10.0 if page.size[0] / page.scale > 25.0 else 2.0
    x, y = 12.0, page.size[1] - 14.0
    draw.line((x, y, x + length_m * page.scale, y), fill=BLACK, width=3)
    draw.text((x, y - 16), f"{length_m:.0f} m", fill=BLACK)
