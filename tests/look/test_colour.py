"""Mean colours of the atlases, which far levels wear."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xmscenes.look.colour import MEANS, albedo_at, albedo_over, linear_from_srgb, measure_means, srgb_from_linear


def test_the_table_fits_the_shipped_pictures(repository: Path) -> None:
    stored, measured = json.loads(MEANS.read_text()), measure_means(repository / "assets")
    assert stored.keys() == measured.keys()
    for name, rows in measured.items():
        worst = np.abs(np.array(rows) - np.array(stored[name])).max()
        assert worst <= 8, f"{name}: run scripts/measure_atlas.py"


def test_a_texture_is_sampled_where_its_coordinates_point() -> None:
    brick, white = albedo_at("facade", np.array([[0.06, 0.85], [0.5, 0.995]]))
    assert brick[0] > brick[2] * 1.5
    assert white.min() > 0.5


def test_coordinates_repeat_and_an_unknown_texture_is_white() -> None:
    uv = np.array([[0.1, 0.2], [3.1, -0.8]])
    one, two = albedo_at("facade", uv)
    assert one == pytest.approx(two)
    assert albedo_at("nothing", uv).tolist() == [[1.0] * 3] * 2


def test_a_triangle_takes_the_mean_over_its_whole_area() -> None:
    bay = np.array([[[0.0, 0.126], [0.125, 0.126], [0.125, 0.26]], [[0.0, 0.126], [0.125, 0.26], [0.0, 0.26]]])
    u, v = (g.ravel() for g in np.meshgrid(np.linspace(0.001, 0.124, 40), np.linspace(0.127, 0.259, 40)))
    truth = albedo_at("facade", np.column_stack([u, v])).mean(axis=0)
    assert albedo_over("facade", bay).mean(axis=0) == pytest.approx(truth, rel=0.06)


def test_srgb_survives_linear_light_and_back() -> None:
    ramp = np.arange(256)
    assert np.array_equal(srgb_from_linear(linear_from_srgb(ramp)), ramp)
