from __future__ import annotations

import numpy as np
import pytest

from xmscenes.preview.style import light_at, theme_of


def brightness(elevation: float, theme: str | None = None) -> float:
    light = light_at(240.0, elevation, theme)
    return sum(light.sun_rgb) + sum(light.sky_rgb)


def test_light_grows_with_the_sun() -> None:
    values = [brightness(e) for e in (-20, -3, 12, 40)]
    assert values == sorted(values)


@pytest.mark.parametrize("elevation", np.linspace(-20, 60, 41).tolist())
def test_light_changes_smoothly(elevation: float) -> None:
    assert abs(brightness(elevation) - brightness(elevation + 0.5)) < 0.4


def test_a_theme_wins_over_the_clock() -> None:
    assert light_at(240.0, -30.0, "day").windows == 0.0
    assert light_at(240.0, 60.0, "night").windows == 1.0
    assert light_at(240.0, 60.0, "dusk").sun[2] < 0.15


def test_the_sun_never_shines_from_below() -> None:
    assert all(light_at(240.0, e, t).sun[2] > 0 for e in (-40, -3, 0, 30) for t in (None, "day", "dusk", "night"))


def test_windows_are_dark_by_day_and_lit_by_night() -> None:
    assert light_at(0, 40).windows == 0.0
    assert light_at(0, -20).windows == 1.0
    assert [theme_of(e) for e in (40, 0, -20)] == ["day", "dusk", "night"]
