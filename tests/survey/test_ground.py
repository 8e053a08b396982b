"""The truth's terrain: plate, shore, beaches."""

from __future__ import annotations

import numpy as np
import pytest

from xmscenes.survey.canvas import Canvas
from xmscenes.survey.ground import bank_beaches, cut_shore, level_pads, plate

CANVAS = Canvas(shape=(40, 60), cell_m=1.0, corner_m=(0.0, 0.0))
WET = np.broadcast_to(CANVAS.x < 20.0, CANVAS.shape).copy()
HIGH = np.full(CANVAS.shape, 12.0, dtype=np.float32)


def test_a_plate_meets_its_spots_and_keeps_to_their_plane_away_from_the_rim() -> None:
    coarse = Canvas(shape=(20, 20), cell_m=8.0, corner_m=(0.0, 0.0))
    x, y = np.meshgrid(coarse.x[::3], coarse.y[::3])
    spots = np.column_stack([x.ravel(), y.ravel(), 3.0 + 0.1 * x.ravel() - 0.05 * y.ravel()])
    z = plate(coarse, spots, np.ones(coarse.shape, dtype=bool), 8.0)
    want = 3.0 + 0.1 * coarse.x[None, :] - 0.05 * coarse.y[:, None]
    np.testing.assert_allclose(z[::3, ::3], want[::3, ::3], atol=0.002)
    # the discrete plate has a free rim, where it flattens out; spots every 24 m
    np.testing.assert_allclose(z[3:-3, 3:-3], want[3:-3, 3:-3], atol=0.13)


def test_a_wall_stands_at_its_crest_and_the_bed_below_the_level() -> None:
    low = np.full(CANVAS.shape, 0.5, dtype=np.float32)
    z = cut_shore(low, CANVAS, WET, np.zeros(CANVAS.shape, dtype=bool), 0.0, 1.8)
    assert z[20, 21] == pytest.approx(1.8)
    assert z[20, 50] == pytest.approx(0.5)
    assert (z[WET] < -0.5).all()


def test_a_beach_runs_out_at_the_water_and_the_ground_behind_it_is_a_bank() -> None:
    beach = np.broadcast_to((CANVAS.x >= 20.0) & (CANVAS.x < 35.0), CANVAS.shape).copy()
    z = cut_shore(HIGH, CANVAS, WET, beach, 0.0, 1.8)
    assert z[20, 20] < 0.2
    assert z[20, 36] - z[20, 34] > 8.0  # a cliff, as it falls out
    banked = bank_beaches(z, CANVAS, beach, ~WET, 0.5)
    assert np.diff(banked[20, 20:]).max() <= 0.5 + 1e-5
    np.testing.assert_array_equal(bank_beaches(z, CANVAS, beach, ~WET, 0.0), z)


def test_a_pad_is_level_under_its_building() -> None:
    from shapely import box

    slope = np.broadcast_to(0.2 * CANVAS.x, CANVAS.shape).astype(np.float32)
    z = level_pads(slope, CANVAS, [box(25.0, 10.0, 35.0, 20.0)])
    assert np.ptp(z[11:19, 26:34]) == pytest.approx(0.0, abs=1e-6)
    assert z[35, 50] == pytest.approx(10.0)
