from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xmscenes.errors import InputError
from xmscenes.look.atlas import (
    ATLASES,
    BANDS,
    CELL_PIXELS,
    COLUMN_CELLS,
    COLUMNS,
    FACADE_PIXELS,
    FOLIAGE_CELLS,
    FOLIAGE_PIXELS,
    ROW_PIXELS,
    STOREYS_PIXELS,
    STRIPS,
    band_uv,
    column_uv,
    find_images,
    foliage_uv,
    strip_uv,
)
from xmscenes.look.materials import MATERIALS, THEMES
from xmscenes.look.means import COVER_RGB, STRIP_RGB

ASSETS = Path(__file__).parents[2] / "assets"
BUDGET_PIXELS = 2 * 2048 * 2048
BUDGET_BYTES = 6_000_000


def test_strips_and_bands_do_not_overlap_and_fit_the_sheet() -> None:
    taken = np.zeros((FACADE_PIXELS, FACADE_PIXELS // CELL_PIXELS), dtype=int)
    for row, first, count in STRIPS.values():
        taken[row * ROW_PIXELS : (row + 1) * ROW_PIXELS, first : first + count] += 1
    for top, bottom, _ in BANDS.values():
        taken[top:bottom] += 1
    assert taken.max() == 1


def test_colour_images_stay_within_two_sheets_of_2048_pixels_and_six_megabytes() -> None:
    pixels, size = 0, 0
    for name in ATLASES:
        for kind, path in find_images(name, ASSETS).items():
            with Image.open(path) as image:
                pixels += image.width * image.height if kind == "albedo" else 0
            size += path.stat().st_size
    assert pixels <= BUDGET_PIXELS
    assert size <= BUDGET_BYTES


def test_every_material_finds_its_images_and_knows_its_themes() -> None:
    for material in MATERIALS:
        if material.texture is not None:
            assert "albedo" in find_images(material.texture, ASSETS)
        assert len(material.emissive_by_theme) == len(THEMES)
        assert material.emissive("day") == (0.0, 0.0, 0.0)


def test_an_atlas_image_that_is_missing_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"facade_albedo\.jpg: atlas image missing; run scripts/make_atlas\.py"):
        find_images("facade", tmp_path)


def test_texture_coordinates_stay_inside_their_strip() -> None:
    uv = strip_uv("colonial", np.array([0.0, 4.0]), np.array([1.0, 0.0]))
    row, first, count = STRIPS["colonial"]
    assert first * CELL_PIXELS < uv[0, 0] * FACADE_PIXELS < first * CELL_PIXELS + 2
    assert (first + count) * CELL_PIXELS - 2 < uv[1, 0] * FACADE_PIXELS < (first + count) * CELL_PIXELS
    assert row * ROW_PIXELS < uv[1, 1] * FACADE_PIXELS < uv[0, 1] * FACADE_PIXELS < (row + 1) * ROW_PIXELS


def test_columns_lie_side_by_side_and_repeat_upwards() -> None:
    with Image.open(find_images("storeys", ASSETS)["albedo"]) as image:
        assert image.size == STOREYS_PIXELS
    firsts = sorted(COLUMNS.values())
    assert np.diff([*firsts, STOREYS_PIXELS[0] // CELL_PIXELS]).tolist() == [COLUMN_CELLS] * len(firsts)
    uv = column_uv("curtain", np.array([0.0, 2.0]), np.array([32.0, 0.0]))
    assert uv[0, 1] - uv[1, 1] == pytest.approx(8.0)
    first = COLUMNS["curtain"] * CELL_PIXELS / STOREYS_PIXELS[0]
    assert first < uv[0, 0] < uv[1, 0] < first + COLUMN_CELLS * CELL_PIXELS / STOREYS_PIXELS[0]


def test_bands_run_on_round_the_sheet() -> None:
    uv = band_uv("baluster", np.array([0.0, 48.0]), np.array([0.0, 1.0]))
    assert uv[1, 0] - uv[0, 0] == pytest.approx(2.0)


def test_leaves_have_no_dark_fringe() -> None:
    with Image.open(find_images("foliage", ASSETS)["albedo"]) as image:
        pixels = np.asarray(image.convert("RGBA")).astype(float)
    x0, y0, x1, y1 = FOLIAGE_CELLS["leaf_banyan"]
    cell = pixels[y0:y1, x0:x1]
    edge = (cell[..., 3] > 20) & (cell[..., 3] < 200)
    solid = cell[..., 3] == 255
    assert cell[edge][:, 1].mean() > 0.75 * cell[solid][:, 1].mean()
    u = foliage_uv("leaf_banyan", np.array([[0.0, 0.0], [1.0, 1.0]])) * FOLIAGE_PIXELS
    assert x0 < u[0, 0] < u[1, 0] < x1


def test_mean_colours_are_known_for_every_strip_and_cover() -> None:
    assert set(STRIP_RGB) == {*STRIPS, *BANDS}
    assert set(COVER_RGB) == {"roof", "ground", "paving"}
